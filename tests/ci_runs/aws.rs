//! The parts of the stand-ins for AWS that keep a state.
#![allow(dead_code)] // A part of them is used.

#[path = "../support/aws/client.rs"]
pub mod client;
#[path = "../support/aws/ministack.rs"]
pub mod ministack;
#[path = "../support/aws/sigv4.rs"]
pub mod sigv4;

use crate::stand::{program, web};
