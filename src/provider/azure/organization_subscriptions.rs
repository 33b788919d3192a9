//! `azure.organization.subscriptions`: can the subscriptions of the tenant be listed?

use super::case::{Asking, Case, OnlineCheck, check};
use super::listing;
use super::roles::READER;
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "azure.organization.subscriptions",
        "Can the subscriptions of the tenant be listed?",
        &[
            "Resources:Subscriptions_List",
            "Billing:BillingSubscriptions_List",
        ],
        &[
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Billing/billingAccounts/billingSubscriptions/read",
        ],
        "give the credential a role on the subscriptions, or on the bill",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != Kind::Organization {
            return None;
        }
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let known = match listing::known(case, &session).await {
            Ok(known) => known,
            Err(trouble) => return Some(trouble.answer("list the tenant's subscriptions")),
        };
        let scope = format!(
            "/providers/Microsoft.Management/managementGroups/{}",
            session.claims.tid
        );
        let answer = match known.members.len() {
            0 => Answer::fail(format!("{} sees no subscription at all", session.who()))
                .remedy(format!(
                    "Azure lists what one has a role on: assign {} at the tenant's root management \
                     group, or at each subscription, or a role on the bill:",
                    READER.named()
                ))
                .paste(READER.assign(&session.claims.oid, &scope)),
            1 => Answer::pass("1 subscription is listed"),
            count => Answer::pass(format!("{count} subscriptions are listed")),
        };
        let answer = answer.evidence("subscriptions", known.members.len().to_string());
        let hidden: Vec<String> = known
            .hidden
            .iter()
            .map(|(payer, why)| format!("{payer}: {why}"))
            .collect();
        Some(if hidden.is_empty() {
            answer
        } else {
            answer.evidence("bills_not_read", hidden.join("; "))
        })
    })
}
