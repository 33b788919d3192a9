//! The parts of the stand-ins for AWS that keep objects.
#![allow(dead_code)] // Each test uses a part.

#[path = "../support/aws/client.rs"]
pub mod client;
#[path = "../support/aws/ministack.rs"]
pub mod ministack;
#[path = "../support/aws/moto.rs"]
pub mod moto;
#[path = "../support/stand/program.rs"]
pub mod program;
#[path = "../support/aws/sigv4.rs"]
pub mod sigv4;
#[path = "../support/stand/web.rs"]
pub mod web;
