//! `aws.recommendations.compute_optimizer`: is the payer enrolled, and can the recommendations be read?

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::{Session, Trouble, recommendations};
use super::{refused, session};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

const PERMISSIONS: &[&str] = &[
    "compute-optimizer:GetEnrollmentStatus",
    "compute-optimizer:GetRecommendationSummaries",
];

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "aws.recommendations.compute_optimizer",
        "Is the payer enrolled in Compute Optimizer, and can it be read?",
        PERMISSIONS,
        PERMISSIONS,
        "opt in, in the payer's account: Compute Optimizer, Account management",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let session = match session(case).await? {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match asked(&session).await {
            Ok(answer) => answer,
            Err(trouble) if trouble.is("OptInRequiredException") => {
                trouble.evidence(not_enrolled())
            }
            Err(trouble) => refused("Compute Optimizer", &trouble, PERMISSIONS),
        })
    })
}

async fn asked(session: &Session) -> Result<Answer, Trouble> {
    let (status, reason) = recommendations::compute_optimizer(session).await?;
    let answer = match status.as_str() {
        "Active" => {
            let count = recommendations::compute_optimizer_summaries(session).await?;
            Answer::pass("the payer is enrolled, and its recommendations can be read")
                .evidence("summaries", count.to_string())
        }
        "Pending" => Answer::pending("Compute Optimizer is enrolling the payer")
            .remedy("wait: the first recommendations take up to a day"),
        "Failed" => Answer::fail("Compute Optimizer failed to enrol the payer")
            .remedy("opt in again, in the payer's account: Compute Optimizer, Account management"),
        _ => not_enrolled(),
    };
    let answer = answer.evidence("status", status);
    Ok(match reason {
        Some(reason) => answer.evidence("reason", reason),
        None => answer,
    })
}

fn not_enrolled() -> Answer {
    Answer::fail("the payer is not enrolled in Compute Optimizer")
        .remedy(
            "opt in, in the payer's account, for all members at once: Compute Optimizer, Account \
             management; or with the command below; the first recommendations take up to a day",
        )
        .paste(
            "aws compute-optimizer update-enrollment-status --status Active --include-member-accounts",
        )
}
