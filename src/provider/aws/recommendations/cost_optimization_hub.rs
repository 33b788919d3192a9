//! `aws.recommendations.cost_optimization_hub`: is the payer enrolled, and can the hub be read?

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::{Partition, Session, Trouble, recommendations};
use super::{refused, session};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

const PERMISSIONS: &[&str] = &[
    "cost-optimization-hub:ListEnrollmentStatuses",
    "cost-optimization-hub:ListRecommendationSummaries",
];

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "aws.recommendations.cost_optimization_hub",
        "Is the payer enrolled in the Cost Optimization Hub, and can it be read?",
        PERMISSIONS,
        PERMISSIONS,
        "enrol in the payer's account: Billing and Cost Management, Cost Optimization Hub",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let session = match session(case).await? {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        if session.partition != Partition::Commercial {
            return Some(Answer::skipped(
                "AWS offers no Cost Optimization Hub in China and GovCloud",
            ));
        }
        Some(match asked(&session).await {
            Ok(answer) => answer,
            Err(trouble) => refused("the Cost Optimization Hub", &trouble, PERMISSIONS),
        })
    })
}

async fn asked(session: &Session) -> Result<Answer, Trouble> {
    let status = recommendations::cost_optimization_hub(session).await?;
    let answer = match status.as_deref() {
        Some("Active") => {
            recommendations::cost_optimization_hub_summaries(session).await?;
            Answer::pass("the payer is enrolled, and its recommendations can be read")
        }
        _ => Answer::fail("the payer is not enrolled in the Cost Optimization Hub")
            .remedy(
                "enrol in the payer's account, for all members at once: Billing and Cost Management, \
                 Cost Optimization Hub, Enable; or with the command below; the first recommendations \
                 take up to a day",
            )
            .paste(
                "aws cost-optimization-hub update-enrollment-status --region us-east-1 \
                 --status Active --include-member-accounts",
            ),
    };
    Ok(answer.evidence("status", status.as_deref().unwrap_or("none")))
}
