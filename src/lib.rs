//! bursar registers cloud accounts for cost data and keeps the financial structure they fall on.
//!
//! ARCHITECTURE.md has the data flow, the house and its invariants.
#![forbid(unsafe_code)]

pub mod access;
pub mod apply;
pub mod ci;
pub mod cli;
pub mod config;
pub mod credential;
pub mod engine;
pub mod env;
pub mod git;
pub mod http;
pub mod import;
pub mod model;
pub mod planning;
pub mod platform;
pub mod provider;
pub mod report;
pub mod state;
pub mod storage;
pub mod structure;
pub mod testkit;
pub mod workbook;
