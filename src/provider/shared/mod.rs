//! Checks that all providers have, written once.

pub mod access;
pub mod age;
pub mod expires;
pub mod lasting;
pub mod near;
pub mod period;
pub mod present;
pub mod token;

use crate::credential::inspect::Copied;

/// What happened to a text that was not copied well, to stand behind the field's name.
pub(super) const fn miscopied(copied: Copied) -> &'static str {
    match copied {
        Copied::Well => "is as it should be",
        Copied::Quoted => "has quotation marks around it that became part of it",
        Copied::Spaced => "has blanks or line breaks that became part of it",
    }
}
