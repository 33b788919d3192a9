//! Recommendations: whether the services that make them are switched on and may be asked.

use super::{Session, Trouble, trouble};

/// How an account is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrolment {
    /// `Active`, `Inactive`, `Pending`, `Failed`; none where AWS knows nothing of it.
    pub status: Option<String>,
    /// AWS's reason.
    pub reason: Option<String>,
    /// Whether a management account enrolled its members too, where AWS says so.
    pub members: Option<bool>,
}

/// How the account is enrolled in Compute Optimizer.
pub async fn compute_optimizer(session: &Session) -> Result<Enrolment, Trouble> {
    const ACTION: &str = "compute-optimizer:GetEnrollmentStatus";
    let answer = session
        .compute_optimizer()
        .get_enrollment_status()
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    Ok(Enrolment {
        status: answer.status.map(|status| status.as_str().to_owned()),
        reason: answer.status_reason,
        members: Some(answer.member_accounts_enrolled),
    })
}

/// Whether recommendations of Compute Optimizer can be read: their number in summary.
pub async fn compute_optimizer_summaries(session: &Session) -> Result<usize, Trouble> {
    const ACTION: &str = "compute-optimizer:GetRecommendationSummaries";
    let answer = session
        .compute_optimizer()
        .get_recommendation_summaries()
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    Ok(answer.recommendation_summaries.unwrap_or_default().len())
}

/// How the account is enrolled in the Cost Optimization Hub.
pub async fn cost_optimization_hub(session: &Session) -> Result<Enrolment, Trouble> {
    const ACTION: &str = "cost-optimization-hub:ListEnrollmentStatuses";
    let answer = session
        .cost_optimization_hub()
        .list_enrollment_statuses()
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    let items = answer.items.unwrap_or_default();
    let own = items
        .iter()
        .find(|item| item.account_id.as_deref() == Some(&session.account));
    let status = own.or(items.first()).and_then(|item| item.status.as_ref());
    Ok(Enrolment {
        status: status.map(|status| status.as_str().to_owned()),
        reason: None,
        members: answer.include_member_accounts,
    })
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
        .map_err(|error| trouble::of(ACTION, &error))
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
        .map_err(|error| trouble::of(ACTION, &error))?;
    Ok(answer.checks.len())
}
