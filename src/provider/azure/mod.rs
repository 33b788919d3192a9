//! Azure: one check a file, one client.
//!
//! Checks of declared text and of secrets at hand need no network ([`CHECKS`]); the others are asked by
//! [`Azure`], in the order of [`ONLINE`].

mod account_subscription;
mod case;
mod certificate_expiry;
mod certificate_form;
mod client;
mod datasets;
mod export;
mod identity;
mod listing;
mod organization_subscriptions;
mod payer_billing;
mod permissions;
mod probe;
mod recommendations;
mod roles;
mod sas_expiry;
mod sas_form;
mod sas_permissions;
mod sas_policy;
mod sas_protocol;
mod sas_scope;
mod scope;
mod secret_expiry;
pub(super) mod secret_value;

use super::answer::Answer;
use super::local::LocalCheck;
use super::probe::Question;
use super::shared::{expires, present, token};
use crate::credential::inspect::certificate::{self, Certificate};
use crate::credential::inspect::sas::{self, Facts, Sas};
use crate::model::finding::{Badge, Check};
use crate::model::spec::Credential;
use case::OnlineCheck;

pub use probe::{Azure, checks as online_checks};

pub(super) const CHECKS: &[LocalCheck] = &[
    LocalCheck {
        check: present::check("azure.credential.present"),
        ask: present::ask,
    },
    LocalCheck {
        check: expires::check("azure.credential.expires"),
        ask: expires::ask,
    },
    LocalCheck {
        check: secret_value::CHECK,
        ask: secret_value::ask,
    },
    LocalCheck {
        check: certificate_form::CHECK,
        ask: certificate_form::ask,
    },
    LocalCheck {
        check: certificate_expiry::CHECK,
        ask: certificate_expiry::ask,
    },
    LocalCheck {
        check: sas_form::CHECK,
        ask: sas_form::ask,
    },
    LocalCheck {
        check: sas_expiry::CHECK,
        ask: sas_expiry::ask,
    },
    LocalCheck {
        check: sas_permissions::CHECK,
        ask: sas_permissions::ask,
    },
    LocalCheck {
        check: sas_scope::CHECK,
        ask: sas_scope::ask,
    },
    LocalCheck {
        check: sas_protocol::CHECK,
        ask: sas_protocol::ask,
    },
    LocalCheck {
        check: sas_policy::CHECK,
        ask: sas_policy::ask,
    },
    LocalCheck {
        check: datasets::CHECK,
        ask: datasets::ask,
    },
    LocalCheck {
        check: token::check("azure.token.form"),
        ask: federated_token,
    },
];

/// The checks that ask Azure, in the order in which they are told.
const ONLINE: &[OnlineCheck] = &[
    identity::CHECK,
    permissions::CHECK,
    secret_expiry::CHECK,
    organization_subscriptions::CHECK,
    payer_billing::CHECK,
    account_subscription::CHECK,
    export::definition::CHECK,
    export::health::CHECK,
    export::provider::CHECK,
    export::read::CHECK,
    export::age::CHECK,
    recommendations::CHECK,
];

/// The audience that Entra expects of a federated token, unless an application says otherwise.
const AUDIENCE: &str = "api://AzureADTokenExchange";

fn federated_token(question: &Question<'_>) -> Option<Answer> {
    match question.subject.credential()? {
        Credential::AzureFederated(c) => {
            Some(token::ask(question, c.token.as_ref()?, Some(AUDIENCE)))
        }
        _ => None,
    }
}

/// A check of a shared access signature: it reads exports, so it speaks for COST.
const fn of_sas(id: &'static str, question: &'static str, remedy: &'static str) -> Check {
    Check {
        badge: Badge::Cost,
        ..super::local::api(id, question, remedy)
    }
}

/// What the credential's signature is; none where it is no signature's credential.
fn sas(question: &Question<'_>) -> Option<Result<Sas, Answer>> {
    let Credential::AzureSas(credential) = question.subject.credential()? else {
        return None;
    };
    let reference = credential
        .token
        .as_ref()
        .or(credential.connection_string.as_ref())?;
    Some(
        question
            .secret(reference)
            .map(|secret| sas::inspect(&secret)),
    )
}

/// Judges the facts of a signature; where there are none, `azure.sas.form` says why.
fn sas_facts(question: &Question<'_>, judge: impl FnOnce(&Facts) -> Answer) -> Option<Answer> {
    Some(match sas(question)? {
        Ok(Sas::Token(facts)) => judge(&facts),
        Ok(_) => Answer::skipped("not looked at: see azure.sas.form"),
        Err(skipped) => skipped,
    })
}

/// Judges a certificate; where it is not at hand, that is the answer.
fn certificate(
    question: &Question<'_>,
    judge: impl FnOnce(Certificate) -> Answer,
) -> Option<Answer> {
    let Credential::AzureCertificate(credential) = question.subject.credential()? else {
        return None;
    };
    Some(match question.secret(&credential.certificate) {
        Ok(secret) => judge(certificate::inspect(&secret)),
        Err(skipped) => skipped,
    })
}
