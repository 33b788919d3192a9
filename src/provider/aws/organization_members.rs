//! `aws.organization.members`: can the organization's accounts be listed? One listing serves all
//! accounts of it.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::organizations::State;
use super::client::{Kind, Statement, policy};
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "aws.organization.members",
        "Can the accounts of the organization be listed?",
        &["organizations:ListAccounts"],
        &["organizations:ListAccounts"],
        "ask from the management account, or from a delegated administrator",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Organization {
            return None;
        }
        let payers = case.subject.around.payers;
        if !payers.is_empty() && payers.iter().all(|(_, payer)| payer.external) {
            return Some(Answer::skipped(
                "the bill is somebody else's, and so are the organization's accounts",
            ));
        }
        let Some(session) = case.lister().await else {
            return Some(Answer::skipped("not asked: its payer cannot be reached"));
        };
        Some(match case.aws.members(&session).await {
            Ok(members) => {
                let active = members
                    .iter()
                    .filter(|member| member.state == State::Active)
                    .count();
                Answer::pass(format!(
                    "{} accounts, {active} of them ACTIVE",
                    members.len()
                ))
                .evidence("accounts", members.len().to_string())
                .evidence("active", active.to_string())
            }
            Err(trouble) if trouble.kind == Kind::Denied => trouble
                .answer("list the organization's accounts")
                .remedy(
                    "allow it to the principal, in the management account or in one that is a \
                     delegated administrator (a member may never list):",
                )
                .paste(policy(&[Statement::allow(
                    [
                        "organizations:DescribeOrganization",
                        "organizations:ListAccounts",
                    ],
                    ["*"],
                )])),
            Err(trouble) if trouble.is("AWSOrganizationsNotInUseException") => {
                Answer::skipped("the payer stands alone: it is in no organization")
            }
            Err(trouble) => trouble.answer("list the organization's accounts"),
        })
    })
}
