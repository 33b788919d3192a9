//! The action as runners run it: its scripts alone, and whole, in a workflow that `act` runs.
#![cfg(unix)]

mod find;
mod hand_over;
mod real;
mod repository;
mod support;
mod workflow;

#[path = "../support/tools.rs"]
mod tools;
