//! Imports: what a provider lists in an organization against what is declared of it, and the text that
//! declares the rest.
//!
//! [`survey`] asks and compares; [`Draft`] puts new accounts into files. Nothing here writes a file or
//! prints.

mod declared;
mod draft;
mod ignore;
mod place;
mod survey;
#[cfg(test)]
mod tests;

pub use declared::Declared;
pub use draft::{Draft, FileDraft, Options};
pub use ignore::{Ignore, Malformed};
pub use place::CannotPlace;
pub use survey::{Compared, Survey, Undeclared, Wants, compare, survey};
