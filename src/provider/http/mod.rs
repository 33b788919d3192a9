//! HTTP: how providers are asked for which there is no SDK that does it all.
//!
//! One [`Http`] for each provider and run. It counts and limits requests, signs each try anew, tries
//! again where that may help, bounds what it reads, and sorts what went wrong into
//! [`Trouble`](super::trouble::Trouble) with the provider's [`Dialect`]. It never judges what it
//! read, and nothing of an address or header reaches a log: both may carry secrets.

mod client;
mod dialect;
mod reply;
mod request;
#[cfg(test)]
mod tests;

pub use client::Http;
pub use dialect::{Dialect, Problem};
pub use reply::Reply;
pub use request::{Anonymous, Authorize, Call, Request};
