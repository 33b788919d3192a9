//! Recommendations: whether the services that make them are switched on and may be asked.

use super::{Session, Trouble};

/// Whether the account is enrolled in Compute Optimizer: `Active`, `Inactive`, `Pending`, `Failed`,
/// with AWS's reason.
pub async fn compute_optimizer(session: &Session) -> Result<(String, Option<String>), Trouble> {
    const ACTION: &str = "compute-optimizer:GetEnrollmentStatus";
    let answer = session
        .compute_optimizer()
        .get_enrollment_status()
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    let status = answer.status.map(|status| status.as_str().to_owned());
    Ok((status.unwrap_or_default(), answer.status_reason))
}

/// Whether recommendations of Compute Optimizer can be read: their number in summary.
pub async fn compute_optimizer_summaries(session: &Session) -> Result<usize, Trouble> {
    const ACTION: &str = "compute-optimizer:GetRecommendationSummaries";
    let answer = session
        .compute_optimizer()
        .get_recommendation_summaries()
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    Ok(answer.recommendation_summaries.unwrap_or_default().len())
}

/// Whether the account is enrolled in the Cost Optimization Hub: `Active` or `Inactive`.
pub async fn cost_optimization_hub(session: &Session) -> Result<Option<String>, Trouble> {
    const ACTION: &str = "cost-optimization-hub:ListEnrollmentStatuses";
    let answer = session
        .cost_optimization_hub()
        .list_enrollment_statuses()
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    let mut items = answer.items.unwrap_or_default();
    let own = items
        .iter()
        .position(|item| item.account_id.as_deref() == Some(&session.account));
    let item = match own {
        Some(at) => Some(items.swap_remove(at)),
        None => items.into_iter().next(),
    };
    Ok(item
        .and_then(|item| item.status)
        .map(|status| status.as_str().to_owned()))
}

/// Whether recommendations of the Cost Optimization Hub can be read.
pub async fn cost_optimization_hub_summaries(session: &Session) -> Result<(), Trouble> {
    const ACTION: &str = "cost-optimization-hub:ListRecommendationSummaries";
    session
        .cost_optimization_hub()
        .list_recommendation_summaries()
        .group_by("ResourceType")
        .send()
        .await
        .map(drop)
        .map_err(|error| Trouble::of(ACTION, &error))
}

/// How many checks Trusted Advisor has to offer. Needs a support plan: without one
/// `SubscriptionRequiredException`.
pub async fn trusted_advisor(session: &Session) -> Result<usize, Trouble> {
    const ACTION: &str = "support:DescribeTrustedAdvisorChecks";
    let answer = session
        .support()
        .describe_trusted_advisor_checks()
        .language("en")
        .send()
        .await
        .map_err(|error| Trouble::of(ACTION, &error))?;
    Ok(answer.checks.len())
}
