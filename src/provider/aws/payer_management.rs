//! `aws.payer.management`: is the payer the management account of the declared organization? Only
//! that account's bill has the costs of all members.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::organizations::Organization;
use super::client::{Kind, Statement, policy};
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "aws.payer.management",
        "Is the payer the management account of the declared organization?",
        &["organizations:DescribeOrganization"],
        &["organizations:DescribeOrganization"],
        "declare the management account as the payer",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Payer {
            return None;
        }
        let (payer, _) = case.payer()?;
        if case.external() {
            return Some(Answer::skipped(
                "the bill is somebody else's (`external: true`): known, but not readable",
            ));
        }
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let wanted = case
            .subject
            .around
            .organization
            .map(|(_, one)| one.id.as_str());
        Some(match case.aws.organization(&session).await {
            Ok(found) => judged(payer, wanted, &found),
            Err(trouble) if trouble.is("AWSOrganizationsNotInUseException") => {
                let answer = Answer::fail(format!("{payer} is in no organization"));
                let answer = match wanted {
                    Some(id) => answer.evidence("wanted", id),
                    None => answer,
                };
                trouble.evidence(answer.remedy(
                    "declare the organization that pays, or create one in AWS Organizations with \
                     this account as its management account",
                ))
            }
            Err(trouble) if trouble.kind == Kind::Denied => trouble
                .answer("ask which organization the payer manages")
                .remedy("allow it to the principal in the payer's account:")
                .paste(policy(&[Statement::allow(
                    [
                        "organizations:DescribeOrganization",
                        "organizations:ListAccounts",
                    ],
                    ["*"],
                )])),
            Err(trouble) => trouble.answer("ask which organization the payer manages"),
        })
    })
}

fn judged(payer: &str, wanted: Option<&str>, found: &Organization) -> Answer {
    let answer = if found.management_account != payer {
        Answer::fail(format!(
            "{payer} is a member of {}; its management account is {}",
            found.id, found.management_account
        ))
        .remedy(format!(
            "declare {} as the payer, and {payer} under `accounts`; where you cannot reach that \
             account because its bill is a reseller's, add `external: true` to it",
            found.management_account
        ))
    } else if let Some(wanted) = wanted.filter(|wanted| *wanted != found.id) {
        Answer::fail(format!(
            "{payer} manages organization {}, and {wanted} is declared",
            found.id
        ))
        .remedy(format!(
            "write `id: {}`, or give the payer to the organization that it manages",
            found.id
        ))
    } else {
        Answer::pass(format!("{payer} manages {}", found.id))
    };
    let answer = match wanted {
        Some(wanted) => answer.evidence("wanted", wanted),
        None => answer,
    };
    answer
        .evidence("organization", &found.id)
        .evidence("management_account", &found.management_account)
}
