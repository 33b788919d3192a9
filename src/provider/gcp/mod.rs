//! Google Cloud: one check a file, one client.
//!
//! Checks of declared text and of secrets at hand need no network ([`CHECKS`]); the others are asked
//! by [`Gcp`], in the order of [`ONLINE`].

mod account_project;
mod apis;
mod case;
mod client;
mod export;
mod grant;
mod identity;
mod key_age;
mod key_form;
mod key_hosts;
mod key_project;
mod listing;
mod organization_members;
mod payer_billing_account;
mod permissions;
mod probe;
mod recommendations;
mod tree;

use super::answer::Answer;
use super::local::LocalCheck;
use super::probe::Question;
use super::shared::{expires, present, token};
use crate::credential::inspect::gcp_key::{self, Facts, GcpKey};
use crate::model::spec::{Credential, GcpServiceAccount};

use case::OnlineCheck;

pub use probe::{Gcp, checks as online_checks};

/// The checks that ask Google Cloud, in the order in which they are told.
const ONLINE: &[OnlineCheck] = &[
    identity::CHECK,
    apis::CHECK,
    permissions::CHECK,
    key_age::CHECK,
    organization_members::CHECK,
    payer_billing_account::CHECK,
    account_project::CHECK,
    export::dataset::CHECK,
    export::table::CHECK,
    export::read::CHECK,
    export::age::CHECK,
    recommendations::commitments::CHECK,
    recommendations::projects::CHECK,
];

pub(super) const CHECKS: &[LocalCheck] = &[
    LocalCheck {
        check: present::check("gcp.credential.present"),
        ask: present::ask,
    },
    LocalCheck {
        check: expires::check("gcp.credential.expires"),
        ask: expires::ask,
    },
    LocalCheck {
        check: key_form::CHECK,
        ask: key_form::ask,
    },
    LocalCheck {
        check: key_hosts::CHECK,
        ask: key_hosts::ask,
    },
    LocalCheck {
        check: key_project::CHECK,
        ask: key_project::ask,
    },
    LocalCheck {
        check: token::check("gcp.token.form"),
        ask: federated_token,
    },
];

fn federated_token(question: &Question<'_>) -> Option<Answer> {
    match question.subject.credential()? {
        // A provider may allow other audiences than its own name, so that none is expected here.
        Credential::GcpWorkloadIdentity(c) => Some(token::ask(question, c.token.as_ref()?, None)),
        _ => None,
    }
}

/// The declared service account and what its key is.
fn key<'a>(question: &Question<'a>) -> Option<(&'a GcpServiceAccount, Result<GcpKey, Answer>)> {
    let Credential::GcpServiceAccount(account) = question.subject.credential()? else {
        return None;
    };
    Some((
        account,
        question
            .secret(&account.key)
            .map(|secret| gcp_key::inspect(&secret)),
    ))
}

/// Judges the facts of a key; where there are none, `gcp.key.form` says why.
fn key_facts(
    question: &Question<'_>,
    judge: impl FnOnce(&GcpServiceAccount, Facts) -> Answer,
) -> Option<Answer> {
    let (account, key) = key(question)?;
    Some(match key {
        Ok(GcpKey::Key(facts)) => judge(account, facts),
        Ok(_) => Answer::skipped("not looked at: see gcp.key.form"),
        Err(skipped) => skipped,
    })
}
