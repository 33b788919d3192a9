//! Access to a CSP partner as a user meets it: the real program against a stand-in for Microsoft. A good
//! world is all green; each prerequisite that is taken away is one cause, told with what to change.

mod checks;
#[path = "../support/csp/mod.rs"]
mod csp;
mod imports;
mod leak;
mod login;
mod renewal;
#[path = "../support/stand/mod.rs"]
mod stand;
