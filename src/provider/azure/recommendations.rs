//! `azure.recommendations.advisor`: can Advisor's recommendations on costs be read? Asked of the first
//! subscription in use: a role that holds at the tenant's root holds at all.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::{Session, advisor};
use super::listing;
use super::roles::READER;
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::listing::State;
use crate::provider::trouble::{self, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "azure.recommendations.advisor",
        "Can Advisor's recommendations on costs be read?",
        &["Advisor:Recommendations_List"],
        &["Microsoft.Advisor/recommendations/read"],
        "assign the role Reader or Cost Management Reader",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != Kind::Recommendations {
            return None;
        }
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let Ok(known) = listing::known(case, &session).await else {
            return Some(Answer::skipped(
                "not asked: `azure.organization.subscriptions` says why",
            ));
        };
        let first = known
            .members
            .values()
            .find(|one| one.state.is_some() && one.judged() == State::Active);
        let Some(first) = first else {
            return Some(Answer::skipped(
                "not asked: the credential has a role on no subscription in use, as \
                 `azure.organization.subscriptions` says",
            ));
        };
        let answer = match advisor::touch(&session, &first.id).await {
            Ok(true) => Answer::pass("Advisor's recommendations can be read"),
            Ok(false) => Answer::pass("Advisor can be read; it has no recommendation on costs now"),
            Err(trouble) => refused(&session, &first.id, &trouble),
        };
        Some(answer.evidence("subscription", &first.id))
    })
}

fn refused(session: &Session, subscription: &str, trouble: &Trouble) -> Answer {
    let answer = trouble.answer("read Advisor's recommendations");
    let scope = format!("/subscriptions/{subscription}");
    if trouble.kind == trouble::Kind::Denied {
        return answer
            .remedy(format!("assign {}:", READER.named()))
            .paste(READER.assign(&session.claims.oid, &scope));
    }
    let code = trouble.code.as_deref().unwrap_or_default();
    if code.contains("NotRegistered") || code.contains("MissingSubscriptionRegistration") {
        return answer
            .remedy("register Advisor's resource provider in the subscription:")
            .paste(format!(
                "az provider register --namespace Microsoft.Advisor --subscription {subscription}"
            ));
    }
    answer
}
