//! Findings of a check: the verdict first, then the bad ones, then what passed, counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use jiff::Timestamp;
use serde::Serialize;

use crate::config::estate::Estate;
use crate::model::finding::{Finding, Status};

use super::text::thousands as number;
use super::{Look, findings, style, text};

/// Findings as machines read them.
#[derive(Debug, Serialize)]
pub struct Document<'f> {
    pub format_version: u32,
    pub summary: Summary,
    pub calls: Calls<'f>,
    pub findings: &'f [Finding],
}

/// The requests that asking took, retries included.
#[derive(Debug, Serialize)]
pub struct Calls<'f> {
    pub total: u64,
    /// By `service:Operation`.
    pub by_operation: &'f BTreeMap<String, u64>,
}

/// How many of each answer.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Summary {
    pub pass: usize,
    pub warn: usize,
    pub pending: usize,
    pub unknown: usize,
    pub fail: usize,
    pub skipped: usize,
}

impl Summary {
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let count = |status| {
            findings
                .iter()
                .filter(|finding| finding.status == status)
                .count()
        };
        Self {
            pass: count(Status::Pass),
            warn: count(Status::Warn),
            pending: count(Status::Pending),
            unknown: count(Status::Unknown),
            fail: count(Status::Fail),
            skipped: count(Status::Skipped),
        }
    }
}

/// The document of a check.
#[must_use]
pub fn document<'f>(findings: &'f [Finding], calls: &'f BTreeMap<String, u64>) -> Document<'f> {
    Document {
        format_version: 1,
        summary: Summary::of(findings),
        calls: Calls {
            total: calls.values().sum(),
            by_operation: calls,
        },
        findings,
    }
}

/// The findings as text.
#[must_use]
pub fn render(findings: &[Finding], estate: &Estate, now: Timestamp, look: Look) -> String {
    let summary = Summary::of(findings);
    let mut parts = Vec::new();
    for (count, word) in [
        (summary.fail, "failed"),
        (summary.unknown, "unknown"),
        (summary.pending, "not delivered yet"),
        (summary.warn, "with a warning"),
        (summary.pass, "passed"),
        (summary.skipped, "not asked"),
    ] {
        if count > 0 {
            parts.push(format!("{} {word}", number(count)));
        }
    }
    let verdict = if parts.is_empty() {
        "nothing to ask".to_owned()
    } else {
        parts.join(", ")
    };
    let mut out = format!(
        "{}\n",
        look.paint(style::BOLD, format!("Access: {verdict}"))
    );
    let told = findings::tell(findings.iter(), estate, now, None, look);
    if !told.is_empty() {
        out.push('\n');
        out.push_str(&told);
    }
    out + &skipped(findings, look)
}

/// What was not asked, by its reason: where a secret is not at hand, all that would look at it.
fn skipped(findings: &[Finding], look: Look) -> String {
    let mut reasons: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for one in findings.iter().filter(|one| one.status == Status::Skipped) {
        let reason = one.message.strip_prefix("not looked at: ");
        reasons
            .entry(reason.unwrap_or(&one.message))
            .or_default()
            .push(one);
    }
    // `token: environment variable X is not set` says the same as the reason without its field.
    let fields: Vec<&str> = reasons.keys().copied().collect();
    for long in fields {
        let known: Option<Vec<&str>> = long
            .split("; ")
            .map(|part| {
                let (_, bare) = part.split_once(": ")?;
                reasons.get_key_value(bare).map(|(bare, _)| *bare)
            })
            .collect();
        if let Some(first) = known.as_ref().and_then(|known| known.first())
            && let Some(all) = reasons.remove(long)
        {
            reasons.entry(first).or_default().extend(all);
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let count: usize = reasons.values().map(Vec::len).sum();
    let mut out = look
        .paint(style::DIM, format!("\n  {} not asked:", number(count)))
        .to_string();
    out.push('\n');
    for (reason, all) in reasons {
        let about: BTreeSet<String> = all.iter().map(|one| one.address.to_string()).collect();
        let about = text::some_of(about.into_iter(), look.width / 2);
        let line = format!("{} of {about}: {reason}", number(all.len()));
        let line = text::wrap(&text::clean(&line), look.width, "    ", 4, "      ");
        for line in line.lines() {
            let _ = writeln!(out, "{}", look.paint(style::DIM, line));
        }
    }
    out
}
