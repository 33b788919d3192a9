//! A plan as a pull request shows it: the verdict, what is taken away, what cannot be read, then the
//! rest, folded.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::access::blocks;
use crate::engine::Refusal;
use crate::engine::change::{Change, Summary};
use crate::model::address::Address;
use crate::model::finding::{Finding, Status};
use crate::planning::base::{BEHIND, Marks};
use crate::planning::{Proposal, Proposed};
use crate::report::plan::{self, Shown, listings};
use crate::report::{Look, findings, text};

use super::page::{Fold, Page};
use super::{code, inline, payers, tree};

/// The look of what stands in a block of code: GitHub shows about a hundred columns.
pub const LOOK: Look = Look {
    width: 100,
    ..Look::PLAIN
};

/// A pull request's plan, with what is told around it.
pub struct Preview<'a> {
    pub shown: &'a Shown<'a>,
    /// What it does to settings and credentials.
    pub proposal: &'a Proposal,
    /// What is reached with credentials that nobody agreed to yet, and so was not asked.
    pub withheld: &'a BTreeSet<Address>,
    /// Sentences worth knowing, beyond those of the plan.
    pub notes: &'a [String],
    pub head: Head<'a>,
    /// The refusals, as the terminal would show them.
    pub refusals: &'a str,
    /// Warnings about the files, one a line.
    pub warnings: &'a str,
    /// The state that it was compared with.
    pub serial: u64,
}

/// What names a page: project, commit, run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Head<'a> {
    pub project: Option<&'a str>,
    pub commit: &'a str,
    /// Where the run can be read.
    pub run: Option<&'a str>,
}

/// How many of a plan's changes are whose, and what stands in their way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verdict {
    pub own: Summary,
    /// Changes that waited before, and how many of them take something away.
    pub before: Summary,
    pub refused: usize,
    pub drifted: usize,
}

impl Verdict {
    #[must_use]
    pub fn of(shown: &Shown<'_>) -> Self {
        let plan = &shown.planned.plan;
        let is_own = |change: &Change| is_own(shown, change);
        Self {
            own: Summary::of(plan.changes.iter().filter(|change| is_own(change))),
            before: Summary::of(plan.changes.iter().filter(|change| !is_own(change))),
            refused: plan
                .refusals
                .iter()
                .filter(|one| is_own_refusal(shown, one))
                .count(),
            drifted: plan.drift.len(),
        }
    }

    /// Whether somebody should look at it.
    #[must_use]
    pub fn matters(&self) -> bool {
        self.own.total() + self.refused + self.before.delete + self.before.forget > 0
    }

    /// In one line.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = plan::verdict(&self.own);
        if self.refused > 0 {
            let reasons = text::count(self.refused, "reason", "reasons");
            line = format!("refused for {reasons}; otherwise {line}");
        }
        let (waiting, gone) = (self.before.total(), self.before.delete + self.before.forget);
        if waiting > 0 {
            let _ = write!(line, "; {} more waited before", text::thousands(waiting));
        }
        if gone > 0 {
            let removals = text::count(gone, "removal", "removals");
            let _ = write!(line, ", {removals} among them");
        }
        line
    }
}

/// Whether this branch makes a change; all of them, where nobody looked at what it began from.
fn is_own(shown: &Shown<'_>, change: &Change) -> bool {
    shown.marks.is_none_or(|marks| marks.is_own(change))
}

/// Whether a plan is refused because of this branch; being behind is its own matter too.
fn is_own_refusal(shown: &Shown<'_>, refusal: &Refusal) -> bool {
    let before = |marks: &Marks| marks.was_refused(refusal) && refusal.code != BEHIND;
    !shown.marks.is_some_and(before)
}

/// Writes a plan on a page, and ends it.
#[must_use]
pub fn preview(preview: &Preview<'_>, mut page: Page) -> String {
    let verdict = Verdict::of(preview.shown);
    page.add(&title(preview.head, &verdict.line()));
    page.add(&format!("\n{}\n", asked(preview)));
    page.add(&alerts(preview, &verdict));
    if verdict.refused > 0 {
        page.lines("Refused", "text", preview.refusals, Fold::Never);
    }
    let shown = preview.shown;
    let is_own = |change: &Change| is_own(shown, change);
    let removed = plan::changes_where(shown, LOOK, |change| is_own(change) && change.removes());
    page.lines("", "diff", &signs_first(&removed), Fold::Never);
    let gone = |change: &Change| !is_own(change) && change.removes();
    let gone = plan::changes_where(shown, LOOK, gone);
    page.lines("Waited before", "diff", &signs_first(&gone), Fold::Never);
    access(preview, &mut page);
    let rest = plan::changes_where(shown, LOOK, |change| is_own(change) && !change.removes());
    page.lines("Changes", "diff", &signs_first(&rest), Fold::Long);
    page.lines("Warnings", "text", preview.warnings, Fold::Long);
    page.lines("Who pays", "text", &payers::payers(shown), Fold::Long);
    if let Some(drawing) = tree::changed(shown) {
        page.add(&format!(
            "\n<details><summary>Structure where it changes</summary>\n\n{drawing}\n</details>\n"
        ));
    }
    let before = plan::elsewhere(shown, LOOK);
    page.lines(
        "Not from this pull request",
        "diff",
        &signs_first(&before),
        Fold::Always,
    );
    if verdict.refused == 0 {
        let title = "Refused before this pull request";
        page.lines(title, "text", preview.refusals, Fold::Always);
    }
    page.lines("Drift", "text", &plan::drift(shown, LOOK), Fold::Long);
    let listed = listings::render(shown.compared, shown.board, LOOK);
    page.lines(
        "Accounts that providers list",
        "text",
        &listed,
        Fold::Always,
    );
    let warned = told(preview, |finding| !bad(preview, finding));
    page.lines("More about access", "text", &warned, Fold::Always);
    let notes = shown.planned.plan.notes.iter().chain(preview.notes);
    let notes: String = notes.map(|note| format!("- {}\n", inline(note))).collect();
    if !notes.is_empty() {
        page.add(&format!("\n{notes}"));
    }
    let digest = shown.planned.plan.digest.to_string();
    let state = format!("plan {}, state at serial {}", code(&digest), preview.serial);
    page.end(&foot(preview.head, &state))
}

/// A pull request whose files do not hold: what is wrong, as the terminal shows it.
#[must_use]
pub fn invalid(head: Head<'_>, verdict: &str, report: &str, mut page: Page) -> String {
    page.add(&title(head, verdict));
    page.lines("", "text", report, Fold::Never);
    page.end(&foot(head, "nothing was planned"))
}

/// What is declared otherwise than at the base, where no state and no provider can be asked.
pub struct Declarations<'a> {
    pub shown: &'a Shown<'a>,
    /// Why nothing else can be told.
    pub why: &'a str,
    pub proposal: &'a Proposal,
    pub head: Head<'a>,
}

/// Writes what is declared otherwise on a page, and ends it.
#[must_use]
pub fn declarations(told: &Declarations<'_>, mut page: Page) -> String {
    let verdict = Verdict::of(told.shown);
    let line = format!("declarations only: {}", plan::verdict(&verdict.own));
    page.add(&title(told.head, &line));
    page.add(&format!(
        "\n> [!NOTE]\n> {} Compared with what the base declares, not with what is registered; no access was proven.\n",
        inline(told.why)
    ));
    page.add(&proposed(told.proposal));
    let changes = plan::changes_where(told.shown, LOOK, |_| true);
    page.lines("Changes", "diff", &signs_first(&changes), Fold::Long);
    page.lines("Who pays", "text", &payers::payers(told.shown), Fold::Long);
    if let Some(drawing) = tree::changed(told.shown) {
        page.add(&format!(
            "\n<details><summary>Structure where it changes</summary>\n\n{drawing}\n</details>\n"
        ));
    }
    page.end(&foot(told.head, "no state was read"))
}

pub(super) fn title(head: Head<'_>, verdict: &str) -> String {
    let project = head.project.map(|name| format!(" {}", code(name)));
    format!("### bursar{}: {verdict}\n", project.unwrap_or_default())
}

/// What was looked at, and where the run is.
pub(super) fn foot(head: Head<'_>, about: &str) -> String {
    let commit: String = head.commit.chars().take(12).collect();
    let run = head.run.map(|url| format!(" · [run]({url})"));
    let commit = match commit.is_empty() {
        true => String::new(),
        false => format!("commit {} · ", code(&commit)),
    };
    format!("\n<sub>{commit}{about}{}</sub>\n", run.unwrap_or_default())
}

/// How much of the access behind this plan is known, in one line.
fn asked(preview: &Preview<'_>) -> String {
    let shown = preview.shown;
    if shown.offline {
        return "Access: not asked in this run (`--offline`)".to_owned();
    }
    let told: Vec<&Finding> = shown.board.all().collect();
    let of = |status: Status| {
        told.iter()
            .filter(|finding| finding.status == status)
            .count()
    };
    let unlisted = shown
        .compared
        .iter()
        .filter(|one| one.outcome.is_err())
        .count();
    let parts: Vec<String> = [
        (of(Status::Fail), "failed"),
        (of(Status::Unknown), "could not be asked"),
        (of(Status::Warn), "with a warning"),
        (of(Status::Pending), "not delivered yet"),
        (of(Status::Pass), "passed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{} {word}", text::thousands(count)))
    .collect();
    let mut line = match parts.is_empty() {
        true => "Access: nothing had to be asked".to_owned(),
        false => format!("Access: {}", parts.join(", ")),
    };
    if unlisted > 0 {
        let organizations = text::count(unlisted, "organization", "organizations");
        let _ = write!(
            line,
            "; the accounts of {organizations} could not be listed"
        );
    }
    line
}

/// What must not be missed.
fn alerts(preview: &Preview<'_>, verdict: &Verdict) -> String {
    let mut out = String::new();
    let removed = verdict.own.delete + verdict.own.forget;
    if removed > 0 {
        let resources = text::count(removed, "resource", "resources");
        let _ = writeln!(out, "\n> [!CAUTION]\n> Takes {resources} away.");
    }
    let gone = verdict.before.delete + verdict.before.forget;
    if gone > 0 {
        let resources = text::count(gone, "resource", "resources");
        let _ = writeln!(
            out,
            "\n> [!CAUTION]\n> A merge also takes {resources} away that waited before, as below: this is where somebody sees it."
        );
    }
    out += &proposed(preview.proposal);
    if !preview.withheld.is_empty() {
        let names = preview.withheld.iter().map(ToString::to_string);
        let names = text::some_of(names, 300);
        let _ = writeln!(
            out,
            "\n> [!WARNING]\n> Not asked before the merge, as it is reached with credentials that this pull request brings: {}.",
            inline(&names)
        );
    }
    out
}

/// Settings and credentials that the pull request touches.
fn proposed(proposal: &Proposal) -> String {
    if proposal.is_empty() {
        return String::new();
    }
    let mut parts: Vec<String> = Vec::new();
    if !proposal.settings.is_empty() {
        let names: Vec<String> = proposal.settings.iter().map(|key| code(key)).collect();
        parts.push(format!("changes {}", names.join(", ")));
    }
    for (what, word) in [
        (Proposed::Adds, "adds"),
        (Proposed::Changes, "changes"),
        (Proposed::Removes, "removes"),
    ] {
        let names = proposal.credentials.iter().filter(|(_, is)| **is == what);
        let names: Vec<String> = names.map(|(name, _)| code(name)).collect();
        if !names.is_empty() {
            let noun = if names.len() == 1 {
                "credential"
            } else {
                "credentials"
            };
            parts.push(format!("{word} the {noun} {}", names.join(", ")));
        }
    }
    format!(
        "\n> [!IMPORTANT]\n> This pull request touches `bursar.yaml`, where trust lives: it {}. State, platform, guard, required access, waivers and credentials are those of the base until it is merged.\n",
        parts.join("; ")
    )
}

fn bad(preview: &Preview<'_>, finding: &Finding) -> bool {
    let require = preview.shown.planned.project.settings().access.require;
    blocks(finding, require)
}

fn told(preview: &Preview<'_>, wanted: impl Fn(&Finding) -> bool) -> String {
    let found = preview.shown.board.all().filter(|finding| wanted(finding));
    let estate = &preview.shown.planned.project.estate;
    findings::tell(found, estate, preview.shown.now, Some(20), LOOK)
}

/// What cannot be read, or could not be proven.
fn access(preview: &Preview<'_>, page: &mut Page) {
    let failing = told(preview, |finding| bad(preview, finding));
    page.lines("Access that is not proven", "text", &failing, Fold::Never);
}

/// GitHub colours the lines of a difference by their first sign.
fn signs_first(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix("  ") {
        Some(rest) if rest.starts_with(['+', '-']) => format!("{rest}\n"),
        Some(rest) if rest.starts_with(['~', '>']) => format!("!{rest}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
