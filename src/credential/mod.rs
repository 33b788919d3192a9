//! Credentials: from a reference to a secret, at the last moment.
//!
//! Only this module and what is under it holds secret bytes. What leaves it are [`Secret`]s, which
//! cannot be printed, and plain facts about them (see [`inspect`]). What reads ([`Resolver`]) and what
//! writes a renewed secret back ([`Writer`]) are different types. Never talks to a network.

pub mod assertion;
mod error;
mod exec;
pub mod inspect;
mod redact;
mod resolver;
mod secret;
mod signing_key;
#[cfg(test)]
mod tests;
mod writer;

pub use error::CredentialError;
pub use redact::{conceal, hand_to_masking, redact};
pub use resolver::{Env, Exec, Origin, Resolver};
pub use secret::Secret;
pub use signing_key::SigningKey;
pub use writer::{Prepared, Writer};
