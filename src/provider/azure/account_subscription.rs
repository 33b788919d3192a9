//! `azure.account.subscription`: is the subscription there, in use, of the tenant, and on the payer's
//! bill? Looked up in lists, never asked one by one.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Session;
use super::listing::{self, Known, Member};
use super::roles::READER;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::subject::What;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "azure.account.subscription",
        "Is the subscription enabled, in the declared tenant, and on the bill of its payer?",
        &[
            "Resources:Subscriptions_List",
            "Billing:BillingSubscriptions_List",
        ],
        &[
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Billing/billingAccounts/billingSubscriptions/read",
        ],
        "correct the subscription's id, its organization or its payer, or say since when it is `closed`",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Account { account, .. } = case.subject.what else {
            return None;
        };
        let way = account.credentials.as_deref().or_else(|| case.lister_way());
        let Some(way) = way else {
            return Some(Answer::skipped("no credential is declared for this"));
        };
        let session = match case.along(way).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let Ok(known) = listing::known(case, &session).await else {
            return Some(Answer::skipped(
                "not asked: the tenant's subscriptions cannot be listed",
            ));
        };
        let id = case.subject.address.last().to_ascii_lowercase();
        Some(match known.members.get(&id) {
            Some(member) => judged(case, &known, member),
            None => absent(&session, &known, &id),
        })
    })
}

fn judged(case: &Case<'_>, known: &Known, member: &Member) -> Answer {
    let payer = case.payer().filter(|(_, payer)| !payer.external);
    let on_bill = payer.filter(|(id, _)| known.bills.iter().any(|bill| bill == id));
    if let Some((payer, _)) = on_bill
        && !member.payers.iter().any(|id| id == payer)
    {
        let others = match member.payers.as_slice() {
            [] => String::new(),
            others => format!(", but on that of {}", others.join(", ")),
        };
        return facts(
            Answer::fail(format!(
                "the subscription is not on the bill of {payer}{others}"
            ))
            .remedy(
                "correct the account's `payer`, or write `closed: YYYY-MM-DD` if it moved away",
            ),
            member,
        );
    }
    let word = member.word();
    let answer = match (&member.state, word) {
        (Some(_), "Enabled") => Answer::pass("an enabled subscription of the tenant"),
        (None, "Active") => Answer::pass(
            "on the payer's bill; the credential has no role on the subscription itself",
        ),
        (_, "Warned" | "PastDue" | "Expiring") => {
            Answer::warn(format!("the subscription is {word}: Azure will disable it"))
                .remedy("see the subscription's bill in Cost Management + Billing")
        }
        (_, "Disabled" | "Suspended" | "Expired") => Answer::fail(format!(
            "the subscription is {word}: it runs nothing"
        ))
        .remedy(
            "enable it in the portal; or write `closed: YYYY-MM-DD`: it is kept with its history, \
                 and no longer asked",
        ),
        (_, "Deleted") => Answer::fail("the subscription is deleted")
            .remedy("write `closed: YYYY-MM-DD`: it is kept with its history, and no longer asked"),
        _ => Answer::warn(format!("the subscription is {word}")),
    };
    facts(answer, member)
}

fn facts(answer: Answer, member: &Member) -> Answer {
    answer
        .evidence("state", member.word())
        .evidence("name", &member.name)
}

/// Azure says nothing of subscriptions that one has no role on: so both are told.
fn absent(session: &Session, known: &Known, id: &str) -> Answer {
    let bill = match known.bills.as_slice() {
        [] => String::new(),
        bills => format!(", nor the bill of {}", bills.join(", ")),
    };
    Answer::fail(format!("{} sees no such subscription{bill}", session.who()))
        .remedy(format!(
            "correct the id, or its organization; if both are right, the credential has no role on it: \
             assign {}:",
            READER.named()
        ))
        .paste(READER.assign(&session.claims.oid, &format!("/subscriptions/{id}")))
}
