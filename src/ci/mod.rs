//! A run on GitHub: what started it, what its pull requests hold, and what is told there.
//!
//! Comments and issues are found again by a hidden line ([`marker`]) and by who wrote them
//! ([`sticky`]); [`api`] talks to GitHub, with one type that reads and one that writes. Nothing here
//! plans, applies or prints: commands hand in texts and write out what they get back.

pub mod api;
pub mod bundle;
pub mod commands;
mod error;
pub mod event;
pub mod marker;
pub mod outputs;
pub mod previews;
mod runner;
pub mod sticky;

pub use error::CiError;
pub use event::Event;
pub use runner::Runner;
