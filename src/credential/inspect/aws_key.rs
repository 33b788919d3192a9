//! An access key of AWS: what its two halves look like.

use super::{Copied, copied};
use crate::credential::Secret;

/// What the id of an access key is, by its first letters (AWS: "IAM identifiers").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdForm {
    /// `AKIA…`: a long-term access key of a user.
    AccessKey,
    /// `ASIA…`: a temporary key, of no use without its session token.
    Temporary,
    /// `AROA…`, `AIDA…` and others: the id of a role, a user or another thing; with what it is.
    OtherThing(&'static str),
    /// Forty characters: the secret half.
    LooksLikeSecret,
    /// Blanks or quotation marks became part of it.
    Miscopied(Copied),
    /// None of these.
    Unknown,
}

/// What the secret half of an access key looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretForm {
    /// Forty characters.
    Secret,
    /// The id half.
    LooksLikeId,
    /// Blanks or quotation marks became part of it.
    Miscopied(Copied),
    /// Not forty characters; this many instead.
    Length(usize),
    /// Forty characters, some of which never occur in a secret.
    Unknown,
}

/// Unique id prefixes that are not access keys (AWS IAM user guide, "IAM identifiers").
const OTHERS: [(&str, &str); 7] = [
    ("AROA", "a role"),
    ("AIDA", "a user"),
    ("AGPA", "a group"),
    ("AIPA", "an instance profile"),
    ("ANPA", "a managed policy"),
    ("APKA", "a public key"),
    ("ASCA", "a certificate"),
];

/// Looks at the id.
#[must_use]
pub fn id(value: &Secret) -> IdForm {
    let text = value.expose_text().unwrap_or_default();
    let copied = copied(text);
    if copied != Copied::Well {
        return IdForm::Miscopied(copied);
    }
    if has_secret_form(text) {
        return IdForm::LooksLikeSecret;
    }
    if !has_id_form(text) {
        return IdForm::Unknown;
    }
    match &text[..4] {
        "AKIA" => IdForm::AccessKey,
        "ASIA" => IdForm::Temporary,
        prefix => OTHERS
            .iter()
            .find(|(other, _)| *other == prefix)
            .map_or(IdForm::Unknown, |(_, what)| IdForm::OtherThing(what)),
    }
}

/// Looks at the secret.
#[must_use]
pub fn secret(value: &Secret) -> SecretForm {
    let text = value.expose_text().unwrap_or_default();
    let copied = copied(text);
    if copied != Copied::Well {
        SecretForm::Miscopied(copied)
    } else if has_secret_form(text) {
        SecretForm::Secret
    } else if has_id_form(text) {
        SecretForm::LooksLikeId
    } else if text.chars().count() != 40 {
        SecretForm::Length(text.chars().count())
    } else {
        SecretForm::Unknown
    }
}

/// The id with its middle left out: enough to find the key in the console.
#[must_use]
pub fn short(value: &Secret) -> Option<String> {
    let text = value.expose_text().filter(|text| has_id_form(text))?;
    Some(format!("{}…{}", &text[..4], &text[text.len() - 4..]))
}

/// Twenty capital letters and digits that begin with `A`.
fn has_id_form(text: &str) -> bool {
    text.len() == 20
        && text.starts_with('A')
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Forty characters of Base64.
fn has_secret_form(text: &str) -> bool {
    text.len() == 40
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}
