//! OCI: one check a file, one client.
//!
//! Checks of declared text and of secrets at hand need no network ([`CHECKS`]); the others are
//! asked by [`Oci`], in the order of [`ONLINE`].

mod account_member;
mod case;
mod client;
mod clock;
mod cloud_advisor;
mod export;
mod home_region;
mod identity;
mod key_age;
mod key_fingerprint;
mod key_form;
mod key_passphrase;
mod listing;
mod organization_compartments;
mod payer_currency;
mod payer_parent;
mod probe;
mod region;
mod statements;

use super::answer::Answer;
use super::local::LocalCheck;
use super::probe::Question;
use super::shared::present;
use crate::credential::inspect::oci_key::{self, OciKey};
use crate::model::spec::{Credential, OciApiKey};

use case::OnlineCheck;

pub use probe::{Oci, checks as online_checks};

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

/// The checks that ask OCI, in the order in which they are told.
const ONLINE: &[OnlineCheck] = &[
    identity::CHECK,
    clock::CHECK,
    home_region::CHECK,
    key_age::CHECK,
    organization_compartments::CHECK,
    payer_parent::CHECK,
    payer_currency::CHECK,
    account_member::CHECK,
    export::bucket::CHECK,
    export::read::CHECK,
    export::age::CHECK,
    cloud_advisor::CHECK,
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
