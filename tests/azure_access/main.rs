//! Azure as a user meets it: the real program against stand-ins. A good world is all green; each
//! prerequisite that is taken away is one cause, told with what to change.

#[path = "../support/azure/mod.rs"]
mod azure;
#[allow(dead_code, reason = "some of it is another test's")]
#[path = "../support/declared.rs"]
mod declared;
mod exports;
mod good;
mod import;
mod judges;
mod leak;
mod signin;
#[path = "../support/stand/mod.rs"]
mod stand;
mod story;
#[path = "../support/tools.rs"]
mod tools;
mod trouble;
