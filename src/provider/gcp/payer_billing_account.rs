//! `gcp.payer.billing_account`: is the billing account there, open, and in the declared currency?

use super::case::{Case, OnlineCheck};
use super::client::billing::Account;
use super::grant::{self, To};
use super::permissions::{On, SEE_ACCOUNT};
use crate::model::address;
use crate::model::finding::Badge;
use crate::model::spec::Payer;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "gcp.payer.billing_account",
        "Is the billing account open, and in the declared currency?",
        &["cloudbilling.billingAccounts.get"],
        &[SEE_ACCOUNT],
        "declare the id that Billing, Account management shows",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Payer {
            return None;
        }
        let (id, payer) = case.payer()?;
        if payer.external {
            return Some(Answer::skipped(
                "the bill is somebody else's (`external: true`): known, but not readable",
            ));
        }
        let session = match case.along(case.payer_way()).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        if case
            .lacks(&session, On::BillingAccount(id), SEE_ACCOUNT)
            .await
        {
            return Some(Answer::skipped(format!(
                "not asked: {SEE_ACCOUNT} is missing, as `gcp.permissions` says"
            )));
        }
        let held = case.gcp.held(&session, On::BillingAccount(id)).await;
        if held.is_err_and(|trouble| !trouble.passes()) {
            return Some(Answer::skipped("not asked: `gcp.permissions` says why"));
        }
        Some(match case.gcp.account(&session, id).await {
            Ok(account) => judged(&account, payer),
            Err(trouble) if trouble.kind == Kind::Missing => {
                trouble.evidence(Answer::fail(format!("there is no billing account {id}")))
            }
            Err(trouble)
                if trouble.kind == Kind::Denied && !trouble.is(super::client::DISABLED) =>
            {
                let role = grant::role(SEE_ACCOUNT);
                trouble
                    .answer("see the billing account")
                    .remedy(format!("grant {role} on it:"))
                    .paste(grant::command(&session, role, To::BillingAccount(id)))
            }
            Err(trouble) => {
                case.told(&session, &trouble, "see the billing account")
                    .await
            }
        })
    })
}

fn judged(account: &Account, payer: &Payer) -> Answer {
    let found = account.currency_code.as_str();
    let wanted = payer.currency.as_ref().map(ToString::to_string);
    let differs = wanted
        .as_deref()
        .filter(|wanted| !found.is_empty() && *wanted != found);
    let answer = if !account.open {
        Answer::fail("the billing account is closed").remedy(
            "reopen it (Billing, Account management), or declare the billing account that pays now",
        )
    } else if let Some(wanted) = differs {
        Answer::fail(format!(
            "the billing account is in {found}, and {wanted} is declared"
        ))
        .remedy(format!("write `currency: {found}`"))
    } else {
        Answer::pass(match found {
            "" => "the billing account is open".to_owned(),
            found => format!("the billing account is open, in {found}"),
        })
    };
    let facts = [
        ("name", account.display_name.as_str()),
        ("currency", found),
        (
            "master_billing_account",
            account.master_billing_account.as_str(),
        ),
    ];
    facts
        .into_iter()
        .filter(|(_, fact)| !fact.is_empty())
        .fold(answer, |answer, (name, fact)| answer.evidence(name, fact))
}
