//! What `plan`, `apply` and `accounts` say and do, with the real program: snapshots with and without
//! colour at 80 columns, exit codes, and documents held to their schemas.

mod accounts;
mod apply;
mod base;
mod documents;
mod large;
mod paying;
mod plan;
mod platform;
mod refused;
mod structure;
mod support;
mod written_back;
