//! AWS: one check a file, one client.
//!
//! Checks of declared text and of secrets at hand need no network ([`CHECKS`]); the others are
//! asked by [`Aws`], in the order of [`ONLINE`].

mod account_member;
mod case;
pub mod client;
mod export;
mod external_id;
mod identity;
mod key_age;
mod key_csv;
mod key_form;
mod key_user;
mod listing;
mod organization_members;
mod payer_management;
mod permissions;
mod probe;
mod recommendations;

use super::local::LocalCheck;
use super::shared::{expires, present};
use crate::credential::Secret;
use crate::credential::inspect::aws_csv::{self, AwsCsv};
use crate::model::secret_ref::SecretRef;
use crate::model::spec::{AwsAccessKey, Credential};

use super::answer::Answer;
use super::probe::Question;
use case::OnlineCheck;

pub use probe::{Aws, checks as online_checks};

pub(super) const CHECKS: &[LocalCheck] = &[
    LocalCheck {
        check: present::check("aws.credential.present"),
        ask: present::ask,
    },
    LocalCheck {
        check: expires::check("aws.credential.expires"),
        ask: expires::ask,
    },
    LocalCheck {
        check: key_csv::CHECK,
        ask: key_csv::ask,
    },
    LocalCheck {
        check: key_form::CHECK,
        ask: key_form::ask,
    },
    LocalCheck {
        check: key_user::CHECK,
        ask: key_user::ask,
    },
];

/// The checks that ask AWS, in the order in which they are told.
const ONLINE: &[OnlineCheck] = &[
    identity::CHECK,
    external_id::CHECK,
    permissions::CHECK,
    key_age::CHECK,
    organization_members::CHECK,
    payer_management::CHECK,
    account_member::CHECK,
    export::definition::CHECK,
    export::health::CHECK,
    export::bucket::CHECK,
    export::bucket_policy::CHECK,
    export::read::CHECK,
    export::age::CHECK,
    recommendations::cost_optimization_hub::CHECK,
    recommendations::compute_optimizer::CHECK,
    recommendations::trusted_advisor::CHECK,
];

/// The access key that the question is about.
fn access_key<'a>(question: &Question<'a>) -> Option<&'a AwsAccessKey> {
    match question.subject.credential()? {
        Credential::AwsAccessKey(key) => Some(key),
        _ => None,
    }
}

/// Both halves of the key, from its CSV file or from its two references; none where the CSV file
/// holds no key.
fn halves_of<E>(
    key: &AwsAccessKey,
    secret: &dyn Fn(&SecretRef) -> Result<Secret, E>,
) -> Result<Option<(Secret, Secret)>, E> {
    match (&key.csv, &key.access_key_id, &key.secret_access_key) {
        (Some(csv), ..) => match aws_csv::read(&secret(csv)?) {
            AwsCsv::Key(key) => Ok(Some((key.id, key.secret))),
            _ => Ok(None),
        },
        (None, Some(id), Some(key)) => Ok(Some((secret(id)?, secret(key)?))),
        _ => Ok(None),
    }
}

/// Both halves of the key that the question is about.
fn halves(key: &AwsAccessKey, question: &Question<'_>) -> Result<Option<(Secret, Secret)>, Answer> {
    let halves = halves_of(key, &|reference| question.secret(reference))?;
    match (halves, &key.csv) {
        (None, Some(_)) => Err(Answer::skipped(
            "not looked at: the CSV file holds no access key",
        )),
        (halves, _) => Ok(halves),
    }
}
