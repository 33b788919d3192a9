//! What an apply did, for the step's summary and for the pull requests whose changes it made.

use super::inline;
use super::page::{Fold, Page};
use super::plan::{Head, foot, title};

/// An apply, with what is told around it.
pub struct Applied<'a> {
    pub verdict: &'a str,
    /// `5 changes: 3 previewed in #41, 2 in #42`.
    pub previews: Option<&'a str>,
    /// Changes that nobody saw.
    pub unseen: &'a [String],
    /// What was done, line by line.
    pub result: &'a str,
    /// The plan, as the terminal shows it.
    pub plan: &'a str,
    pub head: Head<'a>,
}

/// Writes an apply on a page, and ends it.
#[must_use]
pub fn applied(done: &Applied<'_>, mut page: Page) -> String {
    page.add(&title(done.head, &inline(done.verdict)));
    if let Some(previews) = done.previews {
        page.add(&format!("\n{previews}\n"));
    }
    let unseen = done.unseen.join("\n");
    page.lines("Previewed in no pull request", "text", &unseen, Fold::Long);
    page.lines("", "text", done.result, Fold::Never);
    page.lines("Plan", "text", done.plan, Fold::Always);
    page.end(&foot(done.head, "`bursar ci apply`"))
}
