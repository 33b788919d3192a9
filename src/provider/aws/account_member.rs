//! `aws.account.member`: is the account an active member of the organization that pays for it?
//! Looked up in one listing, never asked one by one.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::organizations::{Member, State};
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "aws.account.member",
        "Is the account an active member of the organization that pays for it?",
        &["organizations:ListAccounts"],
        &["organizations:ListAccounts"],
        "correct the account's id, its organization, or say since when it is `closed`",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Account {
            return None;
        }
        let id = case.subject.address.last();
        if case.external() {
            return Some(behind_external(case).await);
        }
        let Some(session) = case.lister().await else {
            return Some(Answer::skipped("not asked: its payer cannot be reached"));
        };
        let Ok(members) = case.aws.members(&session).await else {
            return Some(Answer::skipped(
                "not asked: the organization's accounts cannot be listed",
            ));
        };
        Some(match members.iter().find(|member| member.id == *id) {
            Some(member) => judged(member),
            None => absent(case),
        })
    })
}

fn judged(member: &Member) -> Answer {
    let state = member.state.word();
    let answer = match member.state {
        State::Active => Answer::pass("an active member of the organization"),
        State::PendingActivation => {
            Answer::warn("not active yet").remedy("finish its sign-up in AWS")
        }
        State::PendingClosure => Answer::warn("the account is being closed")
            .remedy("once it is closed, write `closed: YYYY-MM-DD`: it is kept with its history"),
        State::Suspended | State::Closed => Answer::fail(format!("the account is {state}")).remedy(
            "write `closed: YYYY-MM-DD`: the account is kept with its history, and no longer asked",
        ),
        State::Other => Answer::warn(format!("the account is {state}")),
    };
    let answer = answer
        .evidence("state", state)
        .evidence("name", &member.name);
    match member.joined {
        Some(joined) => answer.evidence("joined", joined.to_string()),
        None => answer,
    }
}

fn absent(case: &Case<'_>) -> Answer {
    let organization = case.subject.around.organization;
    let of = organization.map_or("the organization", |(_, one)| one.id.as_str());
    Answer::fail(format!("no member of {of}")).remedy(
        "it left, or belongs to another organization: correct `organization` or the id, or write \
         `closed: YYYY-MM-DD` to keep it with its history",
    )
}

/// Where the bill is somebody else's, a member can still say who pays for it.
async fn behind_external(case: &Case<'_>) -> Answer {
    let skipped =
        || Answer::skipped("the bill is somebody else's: nobody here may list its members");
    if !case.signs_in() {
        return skipped();
    }
    let session = match case.session().await {
        Ok(session) => session,
        Err(skipped) => return skipped,
    };
    let (Ok(found), Some((payer, _))) = (case.aws.organization(&session).await, case.payer())
    else {
        return skipped();
    };
    if found.management_account == payer {
        Answer::pass(format!("says itself that {payer} pays for it"))
            .evidence("management_account", payer)
    } else {
        Answer::fail(format!(
            "says itself that {} pays for it, not {payer}",
            found.management_account
        ))
        .remedy("correct the account's `payer`")
        .evidence("management_account", &found.management_account)
        .evidence("wanted", payer)
    }
}
