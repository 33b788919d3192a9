//! `azure.secret.value`: is the client secret the secret's value?

use crate::credential::inspect::azure_secret::{self, AzureSecret};
use crate::model::finding::Check;
use crate::model::secret_ref::SecretRef;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;
use crate::provider::shared::miscopied;

pub(super) const CHECK: Check = local::api(
    "azure.secret.value",
    "Is the client secret the secret's value, and not its id?",
    REMEDY,
);

pub(in crate::provider) const REMEDY: &str = "in Entra, open the application, Certificates & secrets: copy the column \
                      Value, not Secret ID; it is shown only right after a secret is made, so make \
                      a new one if it is hidden";

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    match question.subject.credential()? {
        Credential::AzureClientSecret(c) => {
            Some(judge("the client secret", &c.client_secret, question))
        }
        _ => None,
    }
}

/// Judges the client secret behind a reference, also for the CSP's applications.
pub(in crate::provider) fn judge(
    what: &str,
    reference: &SecretRef,
    question: &Question<'_>,
) -> Answer {
    let secret = match question.secret(reference) {
        Ok(secret) => secret,
        Err(skipped) => return skipped,
    };
    match azure_secret::inspect(&secret) {
        AzureSecret::Plausible => Answer::pass(format!("{what} looks like a secret's value")),
        AzureSecret::SecretId => {
            Answer::fail(format!("{what} is a GUID: the secret's id, not its value"))
        }
        AzureSecret::Masked => Answer::fail(format!(
            "{what} ends in stars: it is the hint that Entra shows later"
        )),
        AzureSecret::Miscopied(copied) => Answer::fail(format!("{what} {}", miscopied(copied)))
            .remedy(format!("store {reference} again, without them")),
        AzureSecret::Short => Answer::fail(format!("{what} is too short to be a secret's value")),
    }
}
