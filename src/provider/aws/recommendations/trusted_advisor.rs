//! `aws.recommendations.trusted_advisor`: can the checks of Trusted Advisor be read? Needs a support
//! plan with access to its API.

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
            Err(trouble) if trouble.is("SubscriptionRequiredException") => {
                no_plan(&case.subject.address.last(), &trouble)
            }
            Err(trouble) => refused("Trusted Advisor", &trouble, PERMISSIONS),
        })
    })
}

fn no_plan(organization: &str, trouble: &Trouble) -> Answer {
    trouble.evidence(
        Answer::fail("the payer's support plan has no access to Trusted Advisor")
            .remedy(
                "AWS opens its API to the plans Business and Enterprise alone; where you don't want \
                 one, say so in `bursar.yaml`, with a day of your own:",
            )
            .paste(format!(
                "waive:\n  - check: {}\n    for: recommendations/{organization}\n    until: \
                 YYYY-MM-DD\n    reason: no such support plan",
                CHECK.check.id
            )),
    )
}
