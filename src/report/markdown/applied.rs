//! What an apply did, for the step's summary and for the pull requests whose changes it made.

use crate::apply::Outcome;
use crate::engine::Plan;
use crate::report::applied;

use super::inline;
use super::page::{Fold, Page};
use super::plan::{Head, LOOK, foot, title};

/// An apply, with what is told around it.
pub struct Applied<'a> {
    pub plan: &'a Plan,
    /// Nothing where nothing was to be done.
    pub outcome: Option<&'a Outcome>,
    /// `5 changes: 3 previewed in #41, 2 in #42`.
    pub previews: Option<&'a str>,
    /// Changes that nobody saw, by address.
    pub unseen: &'a [String],
    /// The plan, as the terminal shows it.
    pub told: &'a str,
    pub verdict: &'a str,
    pub head: Head<'a>,
}

/// Writes an apply on a page, and ends it.
#[must_use]
pub fn applied(done: &Applied<'_>, mut page: Page) -> String {
    page.add(&title(done.head, done.verdict));
    if let Some(previews) = done.previews {
        page.add(&format!("{}\n", inline(previews)));
    }
    let unseen = done.unseen.join("\n");
    page.lines("Previewed in no pull request", "text", &unseen, Fold::Long);
    if let Some(outcome) = done.outcome {
        page.lines(
            "",
            "text",
            &applied::render(done.plan, outcome, LOOK),
            Fold::Never,
        );
    }
    page.lines("Plan", "text", done.told, Fold::Always);
    page.end(&foot(done.head, "`bursar ci apply`"))
}
