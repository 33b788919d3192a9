//! A plan as people read it: the verdict first, then what is taken away, then the rest; alike
//! changes as one line, the odd ones by name.

mod base;
mod document;
mod field;
mod finance;
mod group;
pub mod json;
mod line;
pub mod listings;
pub mod now;
mod owners;
pub(in crate::report) mod paying;
pub mod removed;
pub mod stale;
mod value;

use std::fmt::Write;

use jiff::Timestamp;

use crate::access::Board;
use crate::engine::change::{Change, FieldChange, Summary};
use crate::import::Compared;
use crate::model::record::Action;
use crate::model::settings::Settings;
use crate::planning::base::Marks;
use crate::planning::{Lines, Planned};

use super::{Look, findings, style, text};

pub use finance::{shares, total};
pub use group::By;
pub use value::shown;

/// What a plan is shown with.
pub struct Shown<'a> {
    pub planned: &'a Planned,
    pub lines: &'a Lines<'a>,
    /// What was found for this plan, and stored findings for the rest.
    pub board: &'a Board,
    /// Listings of accounts, compared with what is declared.
    pub compared: &'a [Compared],
    pub by: By,
    /// Whether nothing was asked over a network.
    pub offline: bool,
    /// Whether it is shown by an apply, which goes on from here.
    pub applies: bool,
    /// Whose the changes are, where that was asked.
    pub marks: Option<&'a Marks>,
    /// The moment of the run.
    pub now: Timestamp,
}

/// As many drifted resources are listed.
const MOST_DRIFT: usize = 20;

/// The verdict in one line: `3 to add, 1 to change, nothing deleted; 2 blocked`.
#[must_use]
pub fn verdict(summary: &Summary) -> String {
    let mut parts = Vec::new();
    for (count, what) in [
        (summary.delete, "to delete"),
        (summary.forget, "to forget"),
        (summary.add, "to add"),
        (summary.adopt, "to adopt"),
        (summary.change, "to change"),
        (summary.rename, "to rename"),
        (summary.wait, "waiting for a person"),
    ] {
        if count > 0 {
            parts.push(format!("{} {what}", text::thousands(count)));
        }
    }
    if parts.is_empty() {
        return "no changes".to_owned();
    }
    if summary.delete == 0 {
        parts.push("nothing deleted".to_owned());
    }
    let mut text = parts.join(", ");
    if summary.blocked > 0 {
        let _ = write!(text, "; {} blocked", text::thousands(summary.blocked));
    }
    text
}

/// The plan as text.
#[must_use]
pub fn render(shown: &Shown<'_>, look: Look) -> String {
    let plan = &shown.planned.plan;
    let told = base::verdict(shown);
    let mut out = String::new();
    let refused = plan.refusals.len();
    if refused > 0 {
        let reasons = text::count(refused, "reason", "reasons");
        let head = look.paint(style::ERROR, format!("Refused for {reasons}"));
        let _ = writeln!(out, "{head}; otherwise {told}");
    } else if plan.has_changes() {
        let head = look.paint(style::BOLD, format!("Plan: {told}"));
        let _ = writeln!(out, "{head}");
    } else if shown.planned.desired.resources.is_empty() {
        let head = look.paint(style::BOLD, "Nothing is declared yet:");
        let _ = writeln!(
            out,
            "{head} begin with {}",
            first_file(shown.planned.project.settings())
        );
    } else {
        let resources = plan.unchanged;
        let what = if resources == 1 {
            "resource is"
        } else {
            "resources are"
        };
        let _ = writeln!(
            out,
            "{} {} {what} registered as declared{}",
            look.paint(
                style::BOLD,
                if shown.applies {
                    "Nothing to do:"
                } else {
                    "No changes:"
                }
            ),
            text::thousands(resources),
            if shown.applies { "." } else { "" },
        );
    }
    out += &changes(shown, look);
    out += &drift(shown, look);
    out += &document::render(shown, look);
    out += &listings::render(shown.compared, shown.board, look);
    out.push_str(&findings::render(shown, look));
    for (at, note) in plan.notes.iter().enumerate() {
        if at == 0 {
            out.push('\n');
        }
        let first = format!("{} ", look.paint(style::HELP, "note:"));
        out += &text::wrap(note, look.width, &first, 6, "      ");
    }
    if !look.unicode {
        return out.replace('→', "->").replace('…', "~");
    }
    out
}

/// The changes alone, without a verdict: what is taken away first. Those that waited before come last.
#[must_use]
pub fn changes(shown: &Shown<'_>, look: Look) -> String {
    let own = |change: &Change| shown.marks.is_none_or(|marks| marks.is_own(change));
    let mut out = changes_where(shown, look, own);
    out += &who_pays(shown, look);
    out += &elsewhere(shown, look);
    out
}

/// What waited before the branch, and what the branch takes back; nothing where nobody looked.
#[must_use]
pub fn elsewhere(shown: &Shown<'_>, look: Look) -> String {
    base::elsewhere(&group::View::new(shown, look))
}

/// Who pays more and who pays less, once for the whole plan.
#[must_use]
pub fn who_pays(shown: &Shown<'_>, look: Look) -> String {
    paying::summary(shown, look)
}

/// Those of the changes that are wanted, as sections.
#[must_use]
pub fn changes_where(shown: &Shown<'_>, look: Look, wanted: impl Fn(&Change) -> bool) -> String {
    let mut out = String::new();
    sections(&mut out, &group::View::new(shown, look), &wanted);
    out
}

/// The changes that are wanted, by what is done: what is taken away first.
fn sections(out: &mut String, view: &group::View<'_, '_>, wanted: &dyn Fn(&Change) -> bool) {
    let mut section = |title: &str, actions: &[Action]| {
        let changes = view.shown.planned.plan.changes.iter();
        let changes = changes.filter(|change| actions.contains(&change.action) && wanted(change));
        let changes: Vec<&Change> = changes.collect();
        if !changes.is_empty() {
            let _ = writeln!(out, "\n{}", view.look.paint(style::BOLD, title));
            out.push_str(&group::render(&changes, view));
        }
    };
    section("Removed", &[Action::Delete, Action::Forget]);
    section("Renamed", &[Action::Rename]);
    section("Changed", &[Action::Update]);
    section("Added", &[Action::Create]);
    let adopted = "Adopted: the platform has them already";
    section(adopted, &[Action::Adopt]);
    section("Waiting", &[Action::Wait]);
}

/// Where a declaration best begins: a file in the first of the sources.
#[must_use]
pub fn first_file(settings: &Settings) -> String {
    let sources = settings.sources.as_ref().and_then(|all| all.first());
    match sources.map(|folder| folder.trim_end_matches('/')) {
        None | Some(".") => "organizations.yaml".to_owned(),
        Some(folder) => format!("{folder}/organizations.yaml"),
    }
}

/// A changed field in one line.
#[must_use]
pub fn field(field: &FieldChange, look: Look) -> String {
    field::Told::of(field).write(look)
}

const fn color(action: Action) -> anstyle::Style {
    match action {
        Action::Create | Action::Adopt => style::ADD,
        Action::Delete | Action::Forget => style::DELETE,
        Action::Update | Action::Rename | Action::Wait => style::CHANGE,
    }
}

/// What the platform has otherwise. Nothing of it is done unless it is asked for.
#[must_use]
pub fn drift(shown: &Shown<'_>, look: Look) -> String {
    let drift = &shown.planned.plan.drift;
    let mut out = String::new();
    if drift.is_empty() {
        return out;
    }
    let title = look.paint(style::BOLD, "Drifted");
    let _ = writeln!(out, "\n{title}: changed on the platform, not here");
    for entry in drift.iter().take(MOST_DRIFT) {
        let missing = if entry.missing {
            "  gone from the platform"
        } else {
            ""
        };
        let sign = look.paint(style::CHANGE, "!");
        let _ = writeln!(out, "  {sign} {}{missing}", entry.address);
        let fields = entry.fields.iter().filter(|_| !entry.missing);
        for told in fields.map(field::Told::drifted) {
            let _ = writeln!(out, "      {told}");
        }
    }
    if drift.len() > MOST_DRIFT {
        let more = text::thousands(drift.len() - MOST_DRIFT);
        let _ = writeln!(out, "  and {more} more: `bursar plan --json` lists all");
    }
    let _ = writeln!(
        out,
        "  `bursar apply --drift-only` writes back what is declared"
    );
    out
}
