//! What was found about access, one paragraph a cause.

use std::collections::HashMap;
use std::fmt::Write;

use jiff::Timestamp;

use crate::config::estate::Estate;
use crate::model::address::{Address, Kind};
use crate::model::finding::{Finding, SAID, Status};

use super::plan::Shown;
use super::{Look, behind, style, text};

/// The section of a plan about access: everything but what passed or was not asked.
#[must_use]
pub fn render(shown: &Shown<'_>, look: Look) -> String {
    let told = shown.board.all();
    let estate = &shown.planned.project.estate;
    let causes = tell(told, estate, shown.now, Some(20), look);
    if causes.is_empty() {
        return String::new();
    }
    format!("\n{}\n{causes}", look.paint(style::BOLD, "Access"))
}

/// A cause: findings that say the same in the same words, with what stands behind them.
pub struct Cause<'f> {
    /// At least one, of the same check and status.
    pub findings: Vec<&'f Finding>,
    /// `2 exports, 412 accounts on 31 cost centres`; nothing where that says no more than the findings.
    pub behind: Option<String>,
    /// Who owns what is behind it, as declared.
    pub owners: Vec<String>,
}

/// The causes that a person should know, the worst first: `most` of them, and how many more there are.
#[must_use]
pub fn known<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    estate: &Estate,
    most: Option<usize>,
) -> (Vec<Cause<'f>>, usize) {
    let mut told: Vec<&Finding> = findings
        .filter(|finding| !matches!(finding.status, Status::Pass | Status::Skipped))
        .collect();
    told.sort_by(|a, b| {
        b.status
            .cmp(&a.status)
            .then_with(|| a.address.cmp(&b.address))
            .then_with(|| a.check.cmp(&b.check))
    });
    let mut causes = causes(told);
    let left = causes.len().saturating_sub(most.unwrap_or(causes.len()));
    causes.truncate(causes.len() - left);
    let about: Vec<Vec<&Address>> = causes
        .iter()
        .map(|cause| cause.iter().map(|finding| &finding.address).collect())
        .collect();
    let behind = behind::count(estate, &about);
    let known = causes.into_iter().zip(behind).zip(&about);
    let known = known.map(|((findings, behind), about)| {
        // What is about accounts alone has nothing more behind it than those.
        let accounts = about.iter().all(|address| address.kind() == Kind::Account);
        Cause {
            findings,
            behind: behind.told().filter(|_| !accounts),
            owners: behind.owners(),
        }
    });
    (known.collect(), left)
}

/// Findings that a person should know, the worst first, `most` causes of them. What was said of
/// several resources in the same words is said once, with what stands behind it.
#[must_use]
pub fn tell<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    estate: &Estate,
    now: Timestamp,
    most: Option<usize>,
    look: Look,
) -> String {
    let (causes, left) = known(findings, estate, most);
    let mut out = String::new();
    for known in &causes {
        let behind = known
            .behind
            .as_ref()
            .map(|behind| format!("behind it {behind}"));
        let more = behind.into_iter().chain(age(&known.findings, now));
        out.push_str(&cause(&known.findings, more, look));
    }
    if left > 0 {
        let _ = writeln!(
            out,
            "  and {} more: `bursar check` shows all",
            text::thousands(left)
        );
    }
    out
}

/// Findings by cause: one check that says the same in the same words.
fn causes(findings: Vec<&Finding>) -> Vec<Vec<&Finding>> {
    type Key<'f> = (&'f str, Status, &'f str, &'f str, Option<&'f str>);
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut causes: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let key = (
            finding.check.as_str(),
            finding.status,
            finding.message.as_str(),
            // What is to be pasted may differ from one to the next, and is needed for each.
            finding.paste.as_str(),
            finding.waived.as_deref(),
        );
        match places.get(&key) {
            Some(at) => causes[*at].push(finding),
            None => {
                places.insert(key, causes.len());
                causes.push(vec![finding]);
            }
        }
    }
    causes
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
    // The provider's own words, where they are not in the message already: people search for them.
    if let Some(said) = finding.evidence.get(SAID)
        && !finding.message.contains(said.as_str())
    {
        let first = format!("      {} ", look.paint(style::DIM, "said:"));
        out += &text::wrap(&text::clean(said), look.width, &first, 12, "            ");
    }
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
