//! Provider ids: their canonical form and their formats.

use std::borrow::Cow;

use super::provider::Provider;

/// The canonical form of a payer's or account's id: GUIDs and OCIDs in lower case, Google Cloud
/// billing accounts in upper case, everything else as written.
#[must_use]
pub fn canonical(provider: Option<Provider>, id: &str) -> Cow<'_, str> {
    let lower = |id: &'_ str| id.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_guid(id) {
        return if lower(id) {
            Cow::Owned(id.to_ascii_lowercase())
        } else {
            Cow::Borrowed(id)
        };
    }
    if provider == Some(Provider::Gcp)
        && is_billing_account(id)
        && id.bytes().any(|b| b.is_ascii_lowercase())
    {
        return Cow::Owned(id.to_ascii_uppercase());
    }
    Cow::Borrowed(id)
}

/// Eight, four, four, four and twelve hexadecimal digits.
#[must_use]
pub fn is_guid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A Google Cloud billing account: three groups of six hexadecimal digits, in either case.
#[must_use]
pub fn is_billing_account(id: &str) -> bool {
    id.len() == 20
        && id.bytes().enumerate().all(|(at, byte)| match at {
            6 | 13 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
