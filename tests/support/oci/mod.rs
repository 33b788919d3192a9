//! A stand-in for OCI, for tests that run the real program: one address for all services and regions,
//! `http://…/REGION/SERVICE/VERSION/…`. It verifies signatures as Oracle's documents say, judges by the
//! policies that stand in the tenancy, refuses unknown parameters, and keeps what came.
//!
//! Where it differs from OCI: policies are `Allow group`, `define` and `endorse` without conditions;
//! one tenancy with its parent and children; reports are a few bytes. What no client of ours should
//! send is kept as wrong, and fails the test at its end.
//!
//! A test includes this with `#[path = "support/oci/mod.rs"] mod oci;`, and stand/mod.rs beside it as
//! `mod stand`.
#![allow(dead_code)] // Each test uses a part.

mod identity;
mod policy;
mod server;
mod services;
pub mod signature;
mod storage;
pub mod tenancy;
pub mod world;
