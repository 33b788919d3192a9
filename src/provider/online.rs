//! Online checks: what all providers that are asked over the network share of asking.

use std::pin::Pin;
use std::time::Duration;

use futures::future::join_all;

use super::answer::Answer;
use crate::model::address::Address;
use crate::model::finding::{Badge, Check, Finding};

/// A question that is on its way; it ends with none where the check does not apply to the subject.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Option<Answer>> + Send + 'a>>;

/// How long one check may take, once what it shares with others is there.
const DEADLINE: Duration = Duration::from_secs(60);

/// A required check that asks a provider.
pub const fn check(
    badge: Badge,
    id: &'static str,
    question: &'static str,
    calls: &'static [&'static str],
    permissions: &'static [&'static str],
    remedy: &'static str,
) -> Check {
    Check {
        id,
        question,
        badge,
        required: true,
        offline: false,
        calls,
        permissions,
        remedy,
    }
}

/// Asks all of them at once, each within its own deadline. The findings come in the order of the
/// checks.
pub async fn ask_all<'a>(
    asked: impl Iterator<Item = (&'static Check, Asking<'a>)>,
    address: &Address,
    at: &str,
) -> Vec<Finding> {
    let answers = asked.map(|(check, asking)| async move { (check, within(asking).await) });
    join_all(answers)
        .await
        .into_iter()
        .filter_map(|(check, answer)| Some(answer?.into_finding(check, address, at.to_owned())))
        .collect()
}

async fn within(asking: Asking<'_>) -> Option<Answer> {
    match tokio::time::timeout(DEADLINE, asking).await {
        Ok(answer) => answer,
        Err(_) => Some(
            Answer::unknown(format!("no answer within {} seconds", DEADLINE.as_secs()))
                .remedy("ask again; `BURSAR_LOG=debug` shows which call hangs"),
        ),
    }
}
