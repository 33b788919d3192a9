//! What stand-ins for clouds share: a server in this process (`web`), a Python program beside it
//! (`program`), and a gate before a server that counts, delays and spoils (`gate`).
//!
//! A test includes this with `#[path = "support/stand/mod.rs"] mod stand;`.
#![allow(dead_code)] // Each test uses a part.

pub mod gate;
pub mod program;
pub mod web;
