//! Access to Google Cloud as a user meets it: the real program against a stand-in that is held to
//! Google's own discovery documents. A good world is all green; each prerequisite that is taken away is
//! one cause, told with what to change.

mod calls;
#[allow(dead_code, reason = "some of it is another test's")]
#[path = "../support/declared.rs"]
mod declared;
mod exports;
#[path = "../support/google/mod.rs"]
mod google;
mod import;
mod judge;
mod key;
mod leak;
mod members;
mod project;
mod sign_in;
#[path = "../support/stand/mod.rs"]
mod stand;
mod story;
#[path = "../support/tools.rs"]
mod tools;
mod trouble;
mod way;
