//! `aws.recommendations.trusted_advisor`: can the checks of Trusted Advisor be read? Needs a support
//! plan with access to its API.

use jiff::ToSpan;

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::{Trouble, recommendations};
use super::{refused, session};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

const PERMISSIONS: &[&str] = &["support:DescribeTrustedAdvisorChecks"];

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "aws.recommendations.trusted_advisor",
        "Can the checks of Trusted Advisor be read?",
        PERMISSIONS,
        PERMISSIONS,
        "choose a support plan for the payer that includes Trusted Advisor's API, or waive this",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let session = match session(case).await? {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match recommendations::trusted_advisor(&session).await {
            Ok(checks) => Answer::pass("the checks of Trusted Advisor can be read")
                .evidence("checks", checks.to_string()),
            Err(trouble) if trouble.is("SubscriptionRequiredException") => no_plan(case, &trouble),
            Err(trouble) => refused("Trusted Advisor", &trouble, PERMISSIONS),
        })
    })
}

fn no_plan(case: &Case<'_>, trouble: &Trouble) -> Answer {
    let organization = case.subject.address.last();
    let until = case.run.today().civil().saturating_add(1.year());
    trouble.evidence(
        Answer::fail("the payer's support plan has no access to Trusted Advisor")
            .remedy(
                "AWS opens Trusted Advisor's API from the plan Business on; where you don't want that, \
                 accept it for a year in `bursar.yaml`:",
            )
            .paste(format!(
                "waive:\n  - check: {}\n    for: recommendations/{organization}\n    until: {until}\n    \
                 reason: no such support plan",
                CHECK.check.id
            )),
    )
}
