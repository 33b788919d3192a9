//! What an apply did: for people what was not done and why, for machines all of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::Result as Done;
use crate::engine::Plan;
use crate::engine::change::Change;

use super::text::{self, thousands};
use super::{Look, style};

/// What is waiting for the same thing is named up to here.
const NAMED: usize = 3;

/// The verdict, then every failure with its cause, then what was not tried because of it.
#[must_use]
pub fn render(plan: &Plan, results: &[Done], serial: u64, look: Look) -> String {
    let done = results
        .iter()
        .filter(|result| **result == Done::Done)
        .count();
    let all = results.len();
    let rest = if done == all {
        ""
    } else {
        "; the next apply goes on with the rest"
    };
    let verdict = format!(
        "Applied {} of {}, serial {serial}{rest}.",
        thousands(done),
        thousands(all)
    );
    let color = if done == all {
        style::GOOD
    } else {
        style::WARNING
    };
    let mut out = format!("\n{}\n", look.paint(color, verdict));
    let mut waiting: BTreeMap<String, Vec<&Change>> = BTreeMap::new();
    for (change, result) in plan.changes.iter().zip(results) {
        let why = match result {
            Done::Done => continue,
            Done::Failed(error) => {
                out += &failed(change, error, look);
                continue;
            }
            Done::Skipped { needs } => format!("as {needs} was not done"),
            Done::Blocked => match &change.blocked {
                Some(block) => format!("blocked by {} of {}", block.check, block.address),
                None => "blocked".to_owned(),
            },
        };
        waiting.entry(why).or_default().push(change);
    }
    for (why, changes) in waiting {
        let names: Vec<&str> = changes
            .iter()
            .take(NAMED)
            .map(|c| c.address.as_str())
            .collect();
        let more = match changes.len() - names.len() {
            0 => String::new(),
            more => format!(" and {} more", thousands(more)),
        };
        let first = format!("  {} ", look.paint(style::WARNING, "not tried:"));
        let told = format!("{}{more}, {why}", names.join(", "));
        out += &text::wrap(&told, look.width, &first, 13, "    ");
    }
    out
}

fn failed(change: &Change, error: &crate::platform::PlatformError, look: Look) -> String {
    let first = format!("  {} ", look.paint(style::ERROR, "failed:"));
    let told = text::clean(&format!("{}: {error}", change.address));
    let mut out = text::wrap(&told, look.width, &first, 10, "    ");
    if !error.help().is_empty() {
        let first = format!("    {} ", look.paint(style::HELP, "help:"));
        out += &text::wrap(
            &text::clean(error.help()),
            look.width,
            &first,
            10,
            "          ",
        );
    }
    out
}

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
