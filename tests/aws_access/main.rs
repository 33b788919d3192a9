//! Access to AWS as a user meets it: the real program against stand-ins. A good world is all green;
//! each prerequisite that is taken away is one cause, told with what to change.

#[path = "../support/aws/mod.rs"]
mod aws;
mod calls;
#[allow(dead_code, reason = "some of it is another test's")]
#[path = "../support/declared.rs"]
mod declared;
mod identity;
mod leak;
mod members;
mod permissions;
mod project;
#[path = "../support/tools.rs"]
mod tools;
mod trouble;
mod way;
