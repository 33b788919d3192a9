//! AWS: one check a file.

mod key_csv;
mod key_form;
mod key_user;

use super::local::LocalCheck;
use super::shared::{expires, present};
use crate::credential::Secret;
use crate::credential::inspect::aws_csv::{self, AwsCsv};
use crate::model::spec::{AwsAccessKey, Credential};

use super::answer::Answer;
use super::probe::Question;

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

/// The access key that the question is about.
fn access_key<'a>(question: &Question<'a>) -> Option<&'a AwsAccessKey> {
    match question.subject.credential()? {
        Credential::AwsAccessKey(key) => Some(key),
        _ => None,
    }
}

/// Both halves of the key, from its CSV file or from its two references.
fn halves(key: &AwsAccessKey, question: &Question<'_>) -> Result<Option<(Secret, Secret)>, Answer> {
    match (&key.csv, &key.access_key_id, &key.secret_access_key) {
        (Some(csv), ..) => match aws_csv::read(&question.secret(csv)?) {
            AwsCsv::Key(key) => Ok(Some((key.id, key.secret))),
            _ => Err(Answer::skipped(
                "not looked at: the CSV file holds no access key",
            )),
        },
        (None, Some(id), Some(secret)) => {
            Ok(Some((question.secret(id)?, question.secret(secret)?)))
        }
        _ => Ok(None),
    }
}
