//! Stand-ins for Azure, for tests that run the real program: `World` is a whole tenant with its bill,
//! subscriptions, exports and storage, behind one gate that counts, delays and spoils.
//!
//! Strict where Azure is: tokens are signed, and for one audience; each path has its API version and no
//! other parameter; roles decide, at their scope and below; a shared access signature is verified byte
//! by byte. Where it differs from Azure: RBAC roles hold at once, billing has one role, and Entra knows
//! only the grant of an application.
//!
//! A test includes this with `#[path = "../support/azure/mod.rs"] mod azure;`, and beside it stand/mod.rs
//! as `mod stand` and declared.rs as `mod declared`.
#![allow(dead_code)] // Each test uses a part.
#![allow(clippy::result_large_err)] // Refusals are whole answers.

pub mod arm;
pub mod azurite;
pub mod blob;
pub mod entra;
pub mod graph;
pub mod project;
pub mod roles;
pub mod sas;
pub mod text;
pub mod world;
