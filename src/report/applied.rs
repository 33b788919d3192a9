//! What an apply did, as machines read it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::{Outcome, Result as Done};
use crate::engine::Plan;

/// The document of an apply.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    pub format_version: u32,
    /// The state's serial now.
    pub serial: u64,
    /// The plan's digest.
    pub digest: String,
    pub done: usize,
    pub not_done: usize,
    pub changes: Vec<Applied>,
}

/// What became of one change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Applied {
    pub address: String,
    pub action: &'static str,
    /// `done`, `blocked`, `skipped` or `failed`.
    pub result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The document.
#[must_use]
pub fn document(plan: &Plan, outcome: &Outcome) -> Document {
    let applied = plan.changes.iter().zip(&outcome.results);
    let applied = applied.map(|(change, result)| Applied {
        address: change.address.to_string(),
        action: change.action.as_str(),
        result: word(result),
        message: match result {
            Done::Blocked => change
                .blocked
                .as_ref()
                .map(|block| format!("{} of {}", block.check, block.address)),
            other => message(other),
        },
    });
    // What should have followed a rename is told only where it did not.
    let behind = outcome.behind.iter().map(|(address, result)| Applied {
        address: address.to_string(),
        action: "follow",
        result: word(result),
        message: message(result),
    });
    let done = outcome.done();
    Document {
        format_version: 1,
        serial: outcome.serial,
        digest: plan.digest.to_string(),
        done,
        not_done: outcome.results.len() + outcome.behind.len() - done,
        changes: applied.chain(behind).collect(),
    }
}

const fn word(result: &Done) -> &'static str {
    match result {
        Done::Done => "done",
        Done::Blocked => "blocked",
        Done::Skipped { .. } => "skipped",
        Done::Failed(_) => "failed",
    }
}

fn message(result: &Done) -> Option<String> {
    match result {
        Done::Done | Done::Blocked => None,
        Done::Skipped { needs } => Some(format!("{needs} was not done")),
        Done::Failed(error) => Some(format!("{error} ({})", error.help())),
    }
}
