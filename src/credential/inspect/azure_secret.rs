//! A client secret of an Entra application.

use super::{Copied, copied, is_guid};
use crate::credential::Secret;

/// What a text that should be a client secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AzureSecret {
    /// It may be one.
    Plausible,
    /// A GUID: the secret's id, which stands beside its value in the portal.
    SecretId,
    /// The value as the portal shows it later: its first characters and stars.
    Masked,
    /// Blanks or quotation marks became part of it.
    Miscopied(Copied),
    /// Too short to be one.
    Short,
}

/// Looks at a client secret.
#[must_use]
pub fn inspect(secret: &Secret) -> AzureSecret {
    let text = secret.expose_text().unwrap_or_default();
    // Entra makes values of 32 to 40 characters; the bound leaves room for others.
    const SHORTEST: usize = 16;
    if is_guid(text.trim().trim_matches(['"', '\''])) {
        AzureSecret::SecretId
    } else if copied(text) != Copied::Well {
        AzureSecret::Miscopied(copied(text))
    } else if text.ends_with("****") {
        AzureSecret::Masked
    } else if text.len() < SHORTEST {
        AzureSecret::Short
    } else {
        AzureSecret::Plausible
    }
}

/// Whether a client secret begins with the hint that Microsoft Graph shows of it: its first three
/// characters. Says nothing more about it.
#[must_use]
pub fn has_hint(secret: &Secret, hint: &str) -> bool {
    let text = secret.expose_text().unwrap_or_default();
    hint.chars().count() == 3 && text.starts_with(hint)
}
