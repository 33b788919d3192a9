//! What an apply did: for people what was not done and why, for machines all of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::{Outcome, Result as Done};
use crate::engine::Plan;
use crate::model::address::Address;
use crate::platform::Finished;

use super::text::{self, thousands};
use super::{Look, style};

/// What is waiting for the same thing is named up to here.
const NAMED: usize = 3;

/// The verdict, then every failure with its cause, then what was not tried because of it.
#[must_use]
pub fn render(plan: &Plan, outcome: &Outcome, look: Look) -> String {
    let (done, all) = (outcome.done(), outcome.results.len());
    let serial = outcome.serial;
    let complete = outcome.is_complete();
    let rest = if complete {
        ""
    } else {
        "; the next apply goes on with the rest"
    };
    let verdict = format!(
        "Applied {} of {}, serial {serial}{rest}.",
        thousands(done),
        thousands(all)
    );
    let color = if complete {
        style::GOOD
    } else {
        style::WARNING
    };
    let mut out = format!("\n{}\n", look.paint(color, verdict));
    let mut waiting: BTreeMap<String, Vec<&Address>> = BTreeMap::new();
    let changes = plan.changes.iter().zip(&outcome.results);
    let changes =
        changes.map(|(change, result)| (&change.address, change.blocked.as_ref(), result));
    // What should have followed a rename is told only where it did not.
    let behind = outcome
        .behind
        .iter()
        .map(|(address, result)| (address, None, result));
    for (address, block, result) in changes.chain(behind) {
        let why = match result {
            Done::Done => continue,
            Done::Failed(error) => {
                out += &failed(address, error, look);
                continue;
            }
            Done::Skipped { needs } => format!("as {needs} was not done"),
            Done::Blocked => match block {
                Some(block) => format!("blocked by {} of {}", block.check, block.address),
                None => "blocked".to_owned(),
            },
        };
        waiting.entry(why).or_default().push(address);
    }
    for (why, changes) in waiting {
        let names: Vec<&str> = changes
            .iter()
            .take(NAMED)
            .map(|address| address.as_str())
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

/// What was written for the platform, and what a person does next; nothing where there is neither.
#[must_use]
pub fn finished(finished: &Finished, look: Look) -> String {
    let mut out = String::new();
    if !finished.written.is_empty() {
        let _ = writeln!(out, "Wrote {}", finished.written.join(" and "));
    }
    if let Some(next) = &finished.next {
        out += &text::wrap(next, look.width, "Next: ", 6, "      ");
    }
    match out.is_empty() {
        true => out,
        false => format!("\n{out}"),
    }
}

fn failed(address: &Address, error: &crate::platform::PlatformError, look: Look) -> String {
    let first = format!("  {} ", look.paint(style::ERROR, "failed:"));
    let told = text::clean(&format!("{address}: {error}"));
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
    /// Files that were written for a platform that is a document, from the project's folder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<String>,
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
pub fn document(plan: &Plan, outcome: &Outcome, finished: Option<&Finished>) -> Document {
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
        written: finished.map_or_else(Vec::new, |finished| finished.written.clone()),
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
