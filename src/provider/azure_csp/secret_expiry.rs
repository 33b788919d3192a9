//! `azure_csp.secret.expiry`: how long does the application's secret work, as Entra knows it?

use super::case::{Asking, Case, OnlineCheck, check, skipped};
use super::client::Resource;
use super::client::graph::{self, Password};
use crate::credential::Secret;
use crate::credential::inspect::azure_secret;
use crate::model::finding::{Badge, Check};
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::expiry;
use crate::provider::probe::{Question, Run};
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: Check {
        required: false,
        ..check(
            Badge::Api,
            "azure_csp.secret.expiry",
            "How long does the application's secret work, as Entra knows it?",
            &["entra:Token", "graph:GetApplication"],
            &["Application.Read.All"],
            "make a new client secret in Entra, and put its value where the reference points",
        )
    },
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(credential) = case.subject.what else {
            return None;
        };
        let (client, reference) = match credential {
            Credential::PartnerCenter(c) => (&c.client_id, &c.secret_key),
            Credential::PartnerApi(c) => (&c.client_id, &c.secret_key),
            _ => return None,
        };
        let name = case.subject.address.last();
        let token = match case.sign_in(&name, Resource::Graph).await {
            Ok(token) => token,
            Err(unsigned) => return Some(skipped(&name, &unsigned)),
        };
        let question = Question {
            subject: case.subject,
            run: case.run,
        };
        let secret = match question.secret(reference) {
            Ok(secret) => secret,
            Err(skipped) => return Some(skipped),
        };
        let http = &case.csp.client.graph;
        Some(match graph::passwords(http, &token, client).await {
            Ok(passwords) => judge(&passwords, &secret, case.run),
            Err(trouble) if trouble.kind == Kind::Denied => {
                let declared = credential.common().expires_on.is_some();
                let answer = Answer::skipped("Entra does not tell this application");
                if declared {
                    answer
                } else {
                    answer.remedy(
                        "declare `expires_on`, or allow the application `Application.Read.All` of \
                         Microsoft Graph",
                    )
                }
            }
            Err(trouble) => trouble.answer("read the application's secrets"),
        })
    })
}

/// Entra knows a secret by its first characters.
fn judge(passwords: &[Password], secret: &Secret, run: &Run<'_>) -> Answer {
    let begins = |one: &&Password| {
        let hint = one.hint.as_deref().unwrap_or_default();
        !hint.is_empty() && azure_secret::has_hint(secret, hint)
    };
    let ends = |one: &Password| {
        let end: jiff::Timestamp = one.end_date_time.as_deref()?.parse().ok()?;
        Some((end, one.display_name.clone().unwrap_or_default()))
    };
    // Of several that begin alike the one that ends first: a warning too early does no harm.
    let found = passwords.iter().filter(begins).filter_map(ends).min();
    match found {
        Some((end, name)) => {
            let answer = expiry::of_moment("the application's secret", end, run);
            if name.is_empty() {
                answer
            } else {
                answer.evidence("secret", name)
            }
        }
        None => Answer::skipped("Entra lists no secret that begins like this one"),
    }
}
