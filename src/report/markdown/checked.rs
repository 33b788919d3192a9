//! What a check found, for the one issue that a team watches: each cause, what is blind because of it,
//! what to do, and who owns it.

use std::fmt::Write as _;

use crate::config::estate::Estate;
use crate::model::finding::{Finding, Status};
use crate::report::findings::{self, Cause};
use crate::report::text;

use super::page::{Fold, Page};
use super::plan::{Head, foot, title};
use super::{code, inline};

/// As many causes are told.
const MOST: usize = 30;
/// As many resources of one cause are named.
const NAMED: usize = 10;

/// The text. `told` are the findings that somebody must see to.
#[must_use]
pub fn checked(told: &[&Finding], estate: &Estate, head: Head<'_>, mut page: Page) -> String {
    let (causes, left) = findings::known(told.iter().copied(), estate, Some(MOST));
    let all = text::count(causes.len() + left, "cause", "causes");
    page.add(&format!(
        "Cost data cannot be read, or soon cannot be: {all}. This issue is kept up to date by every check, and closed when all is well.\n"
    ));
    for cause in &causes {
        page.add(&paragraph(cause));
        if let Some(first) = cause.findings.first() {
            page.lines("To paste", "text", &first.paste, Fold::Long);
        }
    }
    if left > 0 {
        page.add(&format!(
            "\nAnd {} more: `bursar check` tells all.\n",
            text::thousands(left)
        ));
    }
    page.end(&foot(head, "`bursar check`"))
}

/// The step's summary of a check: all of it, as the terminal shows it.
#[must_use]
pub fn check_summary(head: Head<'_>, report: &str, mut page: Page) -> String {
    let mut lines = report.trim().lines();
    let verdict = lines.next().unwrap_or_default();
    page.add(&title(head, verdict));
    let rest: Vec<&str> = lines.collect();
    page.lines("", "text", &rest.join("\n"), Fold::Never);
    page.end(&foot(head, "`bursar check`"))
}

/// What is said when all is well again.
#[must_use]
pub fn mended(head: Head<'_>) -> String {
    format!(
        "All access that is declared can be proven again.\n{}",
        foot(head, "`bursar check`")
    )
}

fn paragraph(cause: &Cause<'_>) -> String {
    let Some(first) = cause.findings.first() else {
        return String::new();
    };
    let word = match first.status {
        Status::Fail => "Broken",
        Status::Unknown => "Could not be asked",
        Status::Pending => "Not delivered yet",
        _ => "Ends soon",
    };
    let names: Vec<String> = cause
        .findings
        .iter()
        .take(NAMED)
        .map(|finding| code(finding.address.as_str()))
        .collect();
    let more = match cause.findings.len() - names.len() {
        0 => String::new(),
        more => format!(" and {} more", text::thousands(more)),
    };
    let mut out = format!(
        "\n#### {word}: {}{more}\n\n{} ({})\n",
        names.join(", "),
        inline(&first.message),
        code(&first.check)
    );
    if let Some(behind) = &cause.behind {
        let _ = writeln!(out, "\n- **Blind because of it**: {}", inline(behind));
    }
    if !first.remedy.is_empty() {
        let _ = writeln!(out, "- **What to do**: {}", inline(&first.remedy));
    }
    if !cause.owners.is_empty() {
        let owners = text::some_of(cause.owners.iter().cloned(), 200);
        let _ = writeln!(out, "- **Owned by**: {}", inline(&owners));
    }
    out
}
