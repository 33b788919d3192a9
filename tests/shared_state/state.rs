//! The suite of every store, as the crate's own tests run it.
#![allow(dead_code, unused_imports, unused_macros)]

pub use bursar::state::*;
#[path = "../../src/state/conformance.rs"]
pub mod conformance;
