//! bursar registers cloud accounts for cost data and keeps the financial structure they fall on.
//!
//! ARCHITECTURE.md has the data flow, the house and its invariants.
#![forbid(unsafe_code)]

pub mod config;
pub mod model;
pub mod state;
pub mod testkit;
