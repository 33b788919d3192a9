//! Access to OCI as a user meets it: the real program against a stand-in. A good world is all green;
//! each prerequisite that is taken away is one cause, told with what to change.

mod calls;
#[allow(dead_code, reason = "some of it is another test's")]
#[path = "../support/declared.rs"]
mod declared;
mod identity;
mod import;
mod judge;
mod leak;
mod members;
#[path = "../support/oci/mod.rs"]
mod oci;
mod project;
mod reports;
#[path = "../support/stand/mod.rs"]
mod stand;
mod story;
#[path = "../support/tools.rs"]
mod tools;
mod trouble;
mod way;
