//! Cloud Advisor, whose API is called Optimizer. Asked in the home region.

use serde::Deserialize;

use super::{Service, Session};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::Trouble;

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// Whether the tenancy uses Cloud Advisor: `ACTIVE` or `INACTIVE`; none where it never did.
pub async fn enrolment(session: &Session) -> Result<Option<String>, Trouble> {
    const CALL: Call = Call {
        name: "optimizer:ListEnrollmentStatuses",
        action: "read optimizer-api-family",
    };
    #[derive(Deserialize)]
    struct Enrolment {
        status: String,
    }
    let query = [("compartmentId", session.tenancy.as_str())];
    let home = session.home_or_declared();
    let url = session.url(
        &CALL,
        Service::Optimizer,
        &home,
        &["enrollmentStatus"],
        &query,
    )?;
    let (page, _): (Items<Enrolment>, _) = session.json(&CALL, Request::get(url)).await?;
    Ok(page.items.into_iter().next().map(|one| one.status))
}

/// How many kinds of recommendation there are; one page of them.
pub async fn recommendations(session: &Session) -> Result<usize, Trouble> {
    const CALL: Call = Call {
        name: "optimizer:ListRecommendations",
        action: "read optimizer-api-family",
    };
    #[derive(Deserialize)]
    struct Recommendation {}
    let query = [
        ("compartmentId", session.tenancy.as_str()),
        ("compartmentIdInSubtree", "true"),
        ("limit", "100"),
    ];
    let home = session.home_or_declared();
    let url = session.url(
        &CALL,
        Service::Optimizer,
        &home,
        &["recommendations"],
        &query,
    )?;
    let (page, _): (Items<Recommendation>, _) = session.json(&CALL, Request::get(url)).await?;
    Ok(page.items.len())
}
