//! `azure_csp.export.billing`: may the partner's billing reports be had through Microsoft Graph?
//!
//! An export is made when somebody asks for it, so there is nothing that could be late, and asking
//! for one would start a job. So permission is proven in two other ways: the token says that its
//! application has it, and Graph answers a question that needs it, after a job that is not there.

use std::sync::Arc;

use super::case::{Asking, Case, OnlineCheck, check, skipped};
use super::client::{Resource, Token, graph};
use crate::model::finding::Badge;
use crate::model::spec::Export;
use crate::provider::answer::Answer;
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

const ROLE: &str = "PartnerBilling.Read.All";

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "azure_csp.export.billing",
        "May the partner's billing reports be exported through Microsoft Graph?",
        &["entra:Token", "graph:GetPartnerBillingOperation"],
        &[ROLE],
        "give the application the permission `PartnerBilling.Read.All` of Microsoft Graph",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Export {
            export: Export::PartnerBilling(_),
            ..
        } = case.subject.what
        else {
            return None;
        };
        if case.external() {
            return Some(Answer::skipped("the bill is somebody else's"));
        }
        Some(judged(case).await)
    })
}

async fn judged(case: &Case<'_>) -> Answer {
    let ways = case.credentials();
    let mut tokens: Vec<(&str, Arc<Token>)> = Vec::new();
    let mut first = None;
    for way in &ways {
        match case.sign_in(way, Resource::Graph).await {
            Ok(token) => tokens.push((way, token)),
            Err(unsigned) => {
                first.get_or_insert_with(|| skipped(way, &unsigned));
            }
        }
    }
    // Either application will do: the one that has the role, else one that does not say.
    tokens.sort_by_key(|(_, token)| match token.has_role(ROLE) {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    });
    let Some((way, token)) = tokens.first() else {
        return first.unwrap_or_else(|| Answer::skipped("no credential is declared for this"));
    };
    let client = case.client_id(way);
    if token.has_role(ROLE) == Some(false) {
        return missing(client).evidence("client_id", client);
    }
    let answer = match graph::billing_reachable(&case.csp.client.graph, token).await {
        Ok(()) => Answer::pass(
            "billing reports can be exported; each is made when it is asked for, up to yesterday's use",
        ),
        Err(trouble) if trouble.kind == Kind::Denied => trouble.evidence(missing(client)),
        Err(trouble) => trouble.answer("ask for billing reports"),
    };
    answer.evidence("client_id", client)
}

fn missing(client: &str) -> Answer {
    Answer::fail(format!("the application {client} lacks {ROLE}"))
        .remedy(
            "add it in Entra: App registrations, the application, API permissions, Microsoft Graph, \
             Application permissions; then Grant admin consent; a new token has it some minutes later. \
             Or run:",
        )
        .paste(format!(
            "ROLE=$(az ad sp show --id 00000003-0000-0000-c000-000000000000 --query \
             \"appRoles[?value=='{ROLE}'].id\" -o tsv)\naz ad app permission add --id {client} --api \
             00000003-0000-0000-c000-000000000000 --api-permissions $ROLE=Role\naz ad app permission \
             admin-consent --id {client}"
        ))
}
