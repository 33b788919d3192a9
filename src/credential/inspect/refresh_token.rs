//! A refresh token of Entra, as the Partner API needs it.

use super::{Copied, copied, is_guid, jwt};
use crate::credential::Secret;

/// What a text that should be a refresh token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshToken {
    /// It may be one: nothing is known about their form.
    Plausible,
    /// A GUID: the id of something.
    Guid,
    /// A token of three parts: an access token or an id token, of no use after an hour.
    AccessToken,
    /// Blanks or quotation marks became part of it.
    Miscopied(Copied),
    /// Too short to be one.
    Short,
}

/// Looks at a refresh token.
#[must_use]
pub fn inspect(token: &Secret) -> RefreshToken {
    let text = token.expose_text().unwrap_or_default();
    // They are several hundred characters long.
    const SHORTEST: usize = 80;
    if is_guid(text.trim()) {
        RefreshToken::Guid
    } else if copied(text) != Copied::Well {
        RefreshToken::Miscopied(copied(text))
    } else if matches!(jwt::inspect(token), jwt::Jwt::Token(_)) {
        RefreshToken::AccessToken
    } else if text.len() < SHORTEST {
        RefreshToken::Short
    } else {
        RefreshToken::Plausible
    }
}
