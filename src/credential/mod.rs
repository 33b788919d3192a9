//! Credentials: from a reference to a secret, at the last moment.
//!
//! Only this module and what is under it holds secret bytes. What leaves it are [`Secret`]s, which
//! cannot be printed, and plain facts about them (see [`inspect`]). Never talks to a network.

pub mod assertion;
mod error;
mod exec;
pub mod inspect;
mod redact;
mod resolver;
mod secret;
#[cfg(test)]
mod tests;

pub use error::CredentialError;
pub use redact::{conceal, redact};
pub use resolver::{Env, Exec, Origin, Resolver};
pub use secret::Secret;
