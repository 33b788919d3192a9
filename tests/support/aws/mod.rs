//! Stand-ins for AWS, for tests that run the real program: `World` is a whole payer with its
//! organization, bucket, exports and accounts, behind one `Front` that counts, delays and spoils.
//!
//! A test includes this with `#[path = "support/aws/mod.rs"] mod aws;`, and tools.rs beside it as
//! `mod tools`. Who answers what: `Ministack` (STS, IAM, S3, CUR), `Billing` (what nobody else
//! imitates: Data Exports, Cost Optimization Hub, Compute Optimizer, Support, and an organization
//! with states and pages), `Moto` (a second opinion on organizations). `Crowd` is thousands of
//! accounts that answer fast.
#![allow(dead_code)] // Each test uses a part.

pub mod billing;
pub mod cbor;
pub mod client;
pub mod crowd;
pub mod front;
pub mod ministack;
pub mod model;
pub mod moto;
#[path = "../stand/program.rs"]
pub mod program;
pub mod sigv4;
pub mod simulation;
#[path = "../stand/web.rs"]
pub mod web;
pub mod world;
