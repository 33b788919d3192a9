//! Recommendations of an organization: are the services that make them switched on, and may they be
//! read? Asked with the credential of its payer, in whose account they cover all members.

pub mod compute_optimizer;
pub mod cost_optimization_hub;
pub mod trusted_advisor;

use std::sync::Arc;

use super::case::Case;
use super::client::{Kind, Session, Statement, Trouble, policy};
use crate::model::address;
use crate::provider::answer::Answer;

/// The session to ask with; none where the subject is something else.
async fn session(case: &Case<'_>) -> Option<Result<Arc<Session>, Answer>> {
    if case.kind() != address::Kind::Recommendations {
        return None;
    }
    let payers = case.subject.around.payers;
    if !payers.is_empty() && payers.iter().all(|(_, payer)| payer.external) {
        return Some(Err(Answer::skipped(
            "the bill is somebody else's, and so are its recommendations",
        )));
    }
    Some(case.session().await)
}

/// What kept a service from being asked: with the permissions to add, where it is those.
fn refused(service: &str, trouble: &Trouble, permissions: &[&'static str]) -> Answer {
    let answer = trouble.answer(&format!("ask {service}"));
    if trouble.kind != Kind::Denied {
        return answer;
    }
    answer
        .remedy("add this to a policy of the principal in the payer's account:")
        .paste(policy(&[Statement::allow(
            permissions.iter().copied(),
            ["*"],
        )]))
}
