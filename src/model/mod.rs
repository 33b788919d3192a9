//! Plain types: what the words of the language mean. Imports nothing else of ours, reads nothing,
//! writes nothing.

pub mod address;
pub mod canonical;
pub mod hash;
pub mod provider;
pub mod record;
