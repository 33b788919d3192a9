//! OCI: one check a file.

mod key_fingerprint;
mod key_form;
mod key_passphrase;
mod region;
mod regions;

use super::answer::Answer;
use super::local::LocalCheck;
use super::probe::Question;
use super::shared::present;
use crate::credential::inspect::oci_key::{self, OciKey};
use crate::model::spec::{Credential, OciApiKey};

pub(super) const CHECKS: &[LocalCheck] = &[
    LocalCheck {
        check: present::check("oci.credential.present"),
        ask: present::ask,
    },
    LocalCheck {
        check: key_form::CHECK,
        ask: key_form::ask,
    },
    LocalCheck {
        check: key_passphrase::CHECK,
        ask: key_passphrase::ask,
    },
    LocalCheck {
        check: key_fingerprint::CHECK,
        ask: key_fingerprint::ask,
    },
    LocalCheck {
        check: region::CHECK,
        ask: region::ask,
    },
];

/// The API key that the question is about.
fn api_key<'a>(question: &Question<'a>) -> Option<&'a OciApiKey> {
    match question.subject.credential()? {
        Credential::OciApiKey(key) => Some(key),
        _ => None,
    }
}

/// Looks at the private key, with the passphrase where one is declared.
fn look(key: &OciApiKey, question: &Question<'_>) -> Result<OciKey, Answer> {
    let private = question.secret(&key.private_key)?;
    let passphrase = key
        .passphrase
        .as_ref()
        .map(|at| question.secret(at))
        .transpose()?;
    Ok(oci_key::inspect(&private, passphrase.as_ref()))
}
