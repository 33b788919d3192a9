//! What was found about access, one paragraph a cause.

use std::fmt::Write;

use jiff::Timestamp;

use crate::model::address::Address;
use crate::model::finding::{Finding, Status};
use crate::provider;
use crate::report::{Look, style, text};

use super::{Shown, behind};

/// Findings that a person should know: everything but what passed or was not asked.
#[must_use]
pub fn render(shown: &Shown<'_>, look: Look) -> String {
    let mut told: Vec<&Finding> = shown
        .board
        .all()
        .filter(|finding| !matches!(finding.status, Status::Pass | Status::Skipped))
        // Who is offline knows that nobody was asked.
        .filter(|finding| !(shown.offline && provider::is_not_built(&finding.check)))
        .collect();
    if told.is_empty() {
        return String::new();
    }
    told.sort_by(|a, b| {
        b.status
            .cmp(&a.status)
            .then_with(|| a.address.cmp(&b.address))
            .then_with(|| a.check.cmp(&b.check))
    });
    let mut out = format!("\n{}\n", look.paint(style::BOLD, "Access"));
    const MOST: usize = 20;
    // One cause, one paragraph: what was said of several in the same words is said once.
    let mut causes: Vec<Vec<&Finding>> = Vec::new();
    for finding in told {
        let same = |cause: &&mut Vec<&Finding>| {
            let first = cause[0];
            first.check == finding.check
                && first.status == finding.status
                && first.message == finding.message
                && first.waived == finding.waived
        };
        match causes.iter_mut().find(same) {
            Some(cause) => cause.push(finding),
            None => causes.push(vec![finding]),
        }
    }
    let told = causes;
    let about: Vec<Vec<&Address>> = told
        .iter()
        .take(MOST)
        .map(|cause| cause.iter().map(|finding| &finding.address).collect())
        .collect();
    let behind = behind::count(&shown.planned.project.estate, &about);
    for (findings, behind) in told.iter().zip(behind) {
        let old = age(findings, shown.now);
        out.push_str(&cause(
            findings,
            behind
                .told()
                .map(|behind| format!("behind it {behind}"))
                .into_iter()
                .chain(old),
            look,
        ));
    }
    if told.len() > MOST {
        let _ = writeln!(
            out,
            "  and {} more: `bursar check` shows all",
            text::thousands(told.len() - MOST)
        );
    }
    out
}

/// When stored answers were given, where the oldest is more than a day old.
fn age(findings: &[&Finding], now: Timestamp) -> Option<String> {
    let oldest = findings.iter().map(|finding| finding.at.as_str()).min()?;
    let at: Timestamp = oldest.parse().ok()?;
    match now.duration_since(at).as_hours() / 24 {
        ..1 => None,
        1 => Some("asked a day ago".to_owned()),
        days => Some(format!(
            "asked {} days ago",
            text::grouped(&days.to_string())
        )),
    }
}

/// One finding by itself.
#[must_use]
pub fn one(finding: &Finding, look: Look) -> String {
    cause(&[finding], std::iter::empty(), look)
}

/// Findings of one cause: what was asked, where, what was seen, what stands behind it, what to do.
fn cause(findings: &[&Finding], more: impl Iterator<Item = String>, look: Look) -> String {
    let Some(finding) = findings.first() else {
        return String::new();
    };
    let (style, word) = match finding.status {
        Status::Fail => (style::ERROR, "fail"),
        Status::Unknown => (style::WARNING, "unknown"),
        Status::Warn => (style::WARNING, "warn"),
        Status::Pending => (style::WARNING, "pending"),
        Status::Skipped => (style::DIM, "skipped"),
        Status::Pass => (style::GOOD, "pass"),
    };
    let names = findings.iter().map(|finding| finding.address.to_string());
    let used = 6 + word.len() + finding.check.len();
    let names = text::some_of(names, look.width.saturating_sub(used));
    let names = look.paint(style::DIM, names);
    let head = format!("  {} {}  {names}\n", look.paint(style, word), finding.check);
    let mut out = head;
    let more: String = more.map(|more| format!("; {more}")).collect();
    out += &text::wrap(
        &(text::clean(&finding.message) + &more),
        look.width,
        "      ",
        6,
        "      ",
    );
    if let Some(reason) = &finding.waived {
        out += &text::wrap(
            &text::clean(&format!("waived: {reason}")),
            look.width,
            "      ",
            6,
            "      ",
        );
    } else if !finding.remedy.is_empty() && finding.status != Status::Pass {
        let first = format!("      {} ", look.paint(style::HELP, "help:"));
        out += &text::wrap(
            &text::clean(&finding.remedy),
            look.width,
            &first,
            12,
            "            ",
        );
        for line in finding.paste.lines() {
            let _ = writeln!(out, "            {}", text::clean(line));
        }
    }
    out
}
