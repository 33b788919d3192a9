//! What an apply did, as machines read it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::Result as Done;
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
pub fn document(plan: &Plan, results: &[Done], serial: u64) -> Document {
    let applied = plan
        .changes
        .iter()
        .zip(results)
        .map(|(change, result)| Applied {
            address: change.address.to_string(),
            action: change.action.as_str(),
            result: match result {
                Done::Done => "done",
                Done::Blocked => "blocked",
                Done::Skipped { .. } => "skipped",
                Done::Failed(_) => "failed",
            },
            message: match result {
                Done::Done => None,
                Done::Blocked => change
                    .blocked
                    .as_ref()
                    .map(|block| format!("{} of {}", block.check, block.address)),
                Done::Skipped { needs } => Some(format!("{needs} was not done")),
                Done::Failed(error) => Some(error.to_string()),
            },
        });
    let done = results
        .iter()
        .filter(|result| **result == Done::Done)
        .count();
    Document {
        format_version: 1,
        serial,
        digest: plan.digest.to_string(),
        done,
        not_done: results.len() - done,
        changes: applied.collect(),
    }
}
