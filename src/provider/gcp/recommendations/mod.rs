//! Recommendations of an organization: may those be read that say what costs too much?

pub mod commitments;
pub mod projects;

use std::sync::Arc;

use super::case::Case;
use super::client::recommender::{self, Kind};
use super::client::{DISABLED, Session};
use super::grant::{self, To};
use crate::model::address;
use crate::provider::answer::Answer;
use crate::provider::trouble;

/// The session to ask with; none where the subject is something else.
async fn session(case: &Case<'_>, way: Option<&str>) -> Option<Result<Arc<Session>, Answer>> {
    if case.kind() != address::Kind::Recommendations {
        return None;
    }
    if case.all_external() {
        return Some(Err(Answer::skipped(
            "the bill is somebody else's, and so are its recommendations",
        )));
    }
    Some(case.along(way).await)
}

/// Whether recommendations of a kind can be read, for a resource.
async fn readable(session: &Session, resource: &str, kind: Kind, to: To<'_>) -> Answer {
    match recommender::any(session, resource, kind).await {
        Ok(any) => Answer::pass(format!("recommendations for {resource} can be read"))
            .evidence("found", if any { "some" } else { "none now" }),
        Err(trouble) if trouble.kind == trouble::Kind::Unauthenticated => Answer::skipped(format!(
            "not asked: Google Cloud does not accept `{}`",
            session.credential
        )),
        Err(trouble) => {
            let answer = trouble.answer(&format!("read recommendations for {resource}"));
            if trouble.kind != trouble::Kind::Denied || trouble.is(DISABLED) {
                return answer;
            }
            let role = grant::role(kind.call.action);
            answer
                .remedy(format!("grant {role}; it takes a few minutes to hold:"))
                .paste(grant::command(session, role, to))
        }
    }
}
