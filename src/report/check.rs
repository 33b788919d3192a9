//! Findings of a check: the verdict first, then the bad ones, then what passed, counted.

use std::fmt::Write;

use serde::Serialize;

use crate::model::finding::{Finding, Status};

use super::plan::finding;
use super::text::thousands as number;
use super::{Look, style};

/// Findings as machines read them.
#[derive(Debug, Serialize)]
pub struct Document<'f> {
    pub format_version: u32,
    pub summary: Summary,
    pub findings: &'f [Finding],
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
pub fn document(findings: &[Finding]) -> Document<'_> {
    Document {
        format_version: 1,
        summary: Summary::of(findings),
        findings,
    }
}

/// The findings as text.
#[must_use]
pub fn render(findings: &[Finding], look: Look) -> String {
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
    let mut text = format!(
        "{}\n",
        look.paint(style::BOLD, format!("Access: {verdict}"))
    );
    let mut told: Vec<&Finding> = findings
        .iter()
        .filter(|one| !matches!(one.status, Status::Pass))
        .collect();
    told.sort_by(|a, b| {
        let skipped = |one: &Finding| one.status == Status::Skipped;
        skipped(a)
            .cmp(&skipped(b))
            .then_with(|| b.status.cmp(&a.status))
            .then_with(|| a.address.cmp(&b.address))
    });
    if !told.is_empty() {
        text.push('\n');
    }
    for one in told {
        if one.status == Status::Skipped {
            let line = format!("  skipped {}  {}: {}", one.check, one.address, one.message);
            let _ = writeln!(text, "{}", look.paint(style::DIM, line));
        } else {
            text.push_str(&finding(one, look));
        }
    }
    text
}
