//! `oci.payer.currency`: is the bill in the declared currency? Asked only where one is declared.

use std::collections::BTreeSet;

use jiff::ToSpan;

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::usage;
use super::statements::allow;
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "oci.payer.currency",
        "Is the bill in the declared currency?",
        &["usageapi:RequestSummarizedUsages"],
        &["read usage-report"],
        "declare the currency of the bill as `currency`",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Payer || case.external() {
            return None;
        }
        let (_, payer) = case.payer()?;
        let declared = payer.currency?.code();
        let session = match case.of_payer().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        // Whole months, as that is the granularity: this one, so far, and the last.
        let today = case.run.today().civil();
        let from = today.first_of_month().saturating_sub(1.month());
        let to = today.first_of_month().saturating_add(1.month());
        Some(match usage::currencies(&session, from, to).await {
            Ok(found) => judged(declared, &found),
            Err(trouble) if trouble.kind == Kind::Denied => trouble.evidence(
                Answer::warn("the currency of the bill cannot be seen")
                    .remedy("add this to a policy in the root compartment:")
                    .paste(allow(&["read usage-report"])),
            ),
            Err(trouble) => trouble.answer("ask for the currency of the bill"),
        })
    })
}

fn judged(declared: &str, found: &BTreeSet<String>) -> Answer {
    let list: Vec<&str> = found.iter().map(String::as_str).collect();
    let list = list.join(", ");
    let answer = match found.len() {
        0 => return Answer::skipped("no costs this month and last, so no currency either"),
        1 if found.contains(declared) => Answer::pass(format!("the bill is in {declared}")),
        _ if found.contains(declared) => {
            Answer::warn(format!("the bill is in several currencies: {list}")).remedy(
                "one payer has one currency: see which subscriptions the tenancy has, and which of \
                 them you mean",
            )
        }
        _ => Answer::fail(format!("the bill is in {list}, and {declared} is declared"))
            .remedy(format!("write `currency: {list}`")),
    };
    answer.evidence("found", list).evidence("wanted", declared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn one_currency_is_wanted() {
        let status = |found: &[&str]| {
            let found = found.iter().map(|&one| one.to_owned()).collect();
            judged("EUR", &found).status
        };
        assert_eq!(status(&["EUR"]), Status::Pass);
        assert_eq!(status(&["BRL"]), Status::Fail);
        assert_eq!(status(&["BRL", "EUR"]), Status::Warn);
        assert_eq!(status(&[]), Status::Skipped);
    }
}
