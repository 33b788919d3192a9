//! A plan as people read it: the verdict first, then what is taken away, then the rest; alike
//! changes as one line, the odd ones by name.

mod findings;
mod group;
pub mod json;
mod value;

use std::fmt::Write;

use crate::access::Board;
use crate::engine::change::{Change, FieldChange, Summary};
use crate::model::record::{Action, Provenance};
use crate::planning::{Lines, Planned};

use super::{Look, style};

pub use findings::one as finding;
pub use group::By;
pub use value::shown;

/// What a plan is shown with.
pub struct Shown<'a> {
    pub planned: &'a Planned,
    pub lines: &'a Lines<'a>,
    /// What was found for this plan, and stored findings for the rest.
    pub board: &'a Board,
    pub by: By,
    /// Whether nothing was asked over a network.
    pub offline: bool,
}

/// The verdict in one line: `3 to add, 1 to change, nothing deleted; 2 blocked`.
#[must_use]
pub fn verdict(summary: &Summary) -> String {
    let mut parts = Vec::new();
    for (count, what) in [
        (summary.add, "to add"),
        (summary.adopt, "to adopt"),
        (summary.change, "to change"),
        (summary.rename, "to rename"),
        (summary.wait, "waiting for a person"),
    ] {
        if count > 0 {
            parts.push(format!("{} {what}", number(count)));
        }
    }
    match (summary.delete, summary.forget) {
        (0, 0) if parts.is_empty() => return "no changes".to_owned(),
        (0, 0) => parts.push("nothing deleted".to_owned()),
        (delete, forget) => {
            if delete > 0 {
                parts.insert(0, format!("{} to delete", number(delete)));
            }
            if forget > 0 {
                parts.push(format!("{} to forget", number(forget)));
            }
        }
    }
    let mut text = parts.join(", ");
    if summary.blocked > 0 {
        let _ = write!(text, "; {} blocked", number(summary.blocked));
    }
    text
}

/// A number with separators for thousands: `12,400`.
#[must_use]
pub fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The plan as text.
#[must_use]
pub fn render(shown: &Shown<'_>, look: Look) -> String {
    let plan = &shown.planned.plan;
    let summary = plan.summary();
    let mut text = String::new();
    if plan.has_changes() {
        let _ = writeln!(
            text,
            "{}",
            look.paint(style::BOLD, format!("Plan: {}", verdict(&summary)))
        );
    } else {
        let resources = plan.unchanged;
        let what = if resources == 1 {
            "resource is"
        } else {
            "resources are"
        };
        let _ = writeln!(
            text,
            "{} {} {what} registered as declared",
            look.paint(style::BOLD, "No changes:"),
            number(resources)
        );
    }
    text += &changes(shown, look);
    drift(&mut text, shown, look);
    text.push_str(&findings::render(shown, look));
    for note in &plan.notes {
        let _ = write!(text, "\n{} {note}\n", look.paint(style::HELP, "note:"));
    }
    text
}

/// The changes alone, without a verdict: what is taken away first.
#[must_use]
pub fn changes(shown: &Shown<'_>, look: Look) -> String {
    let mut text = String::new();
    section(&mut text, "Removed", shown, look, |change| change.removes());
    section(&mut text, "Renamed", shown, look, |change| {
        change.action == Action::Rename
    });
    section(&mut text, "Changed", shown, look, |change| {
        change.action == Action::Update
    });
    section(&mut text, "Added", shown, look, |change| {
        matches!(change.action, Action::Create | Action::Adopt)
    });
    section(&mut text, "Waiting", shown, look, |change| {
        change.action == Action::Wait
    });
    text
}

fn section(
    text: &mut String,
    title: &str,
    shown: &Shown<'_>,
    look: Look,
    wanted: impl Fn(&Change) -> bool,
) {
    let changes: Vec<&Change> = shown
        .planned
        .plan
        .changes
        .iter()
        .filter(|change| wanted(change))
        .collect();
    if changes.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", look.paint(style::BOLD, title));
    for group in group::groups(&changes, shown) {
        text.push_str(&group::render(&group, shown, look));
    }
}

/// One change in full: its line, where it is declared, and its fields.
fn change(change: &Change, shown: &Shown<'_>, look: Look) -> String {
    let mut text = String::new();
    let name = name(change)
        .map(|name| format!("  {name}"))
        .unwrap_or_default();
    let place = change
        .source
        .as_ref()
        .map(|source| place(&shown.lines.of(source)))
        .unwrap_or_default();
    let symbol = look.paint(color(change.action), change.action.symbol());
    let mut head = format!("{}{name}", change.address);
    if let Some(from) = &change.from {
        head = format!("{} (was {}){name}", change.address, from.last());
    }
    let _ = writeln!(text, "  {symbol} {}", aligned(&head, &place, look));
    let mut say = |line: String| {
        let _ = writeln!(text, "      {line}");
    };
    if change.action == Action::Forget {
        say("forgotten here, left where it is registered".to_owned());
    }
    if let Some(reason) = &change.reason {
        say(format!("reason: {reason}"));
    }
    if change.follows > 0 {
        let records = if change.follows == 1 {
            "reference follows"
        } else {
            "references follow"
        };
        say(format!("{} {records}", number(change.follows)));
    }
    if change.used_by > 0 {
        say(format!("used by {}", number(change.used_by)));
    }
    if let Some(block) = &change.blocked {
        say(format!(
            "{} by {} of {}",
            look.paint(style::ERROR, "blocked"),
            block.check,
            block.address
        ));
    }
    if change.action != Action::Create {
        for field in &change.fields {
            say(self::field(field, look));
        }
    }
    text
}

/// The end of a line flush right where there is room, else behind two blanks.
fn aligned(head: &str, tail: &str, look: Look) -> String {
    let used = 4 + head.chars().count() + tail.chars().count();
    let gap = look.width.saturating_sub(used).max(2);
    if tail.is_empty() {
        head.to_owned()
    } else {
        format!("{head}{}{}", " ".repeat(gap), look.paint(style::DIM, tail))
    }
}

/// A field that changes, in one line.
#[must_use]
pub fn field(field: &FieldChange, look: Look) -> String {
    let value = |value: &Option<serde_json::Value>| {
        value.as_ref().map(|value| value::shown(&field.path, value))
    };
    let arrow = if look.unicode { "→" } else { "->" };
    let mut text = match (value(&field.before), value(&field.after)) {
        (Some(before), Some(after)) => {
            format!(
                "{}: {} {arrow} {}",
                field.path,
                look.paint(style::DELETE, before),
                look.paint(style::ADD, after)
            )
        }
        (None, Some(after)) => format!(
            "{}: {} {}",
            field.path,
            look.paint(style::DIM, "set to"),
            look.paint(style::ADD, after)
        ),
        (Some(before), None) => format!(
            "{}: {} {}",
            field.path,
            look.paint(style::DELETE, before),
            look.paint(style::DIM, "removed")
        ),
        (None, None) => field.path.clone(),
    };
    if let Some(observed) = value(&field.observed) {
        let _ = write!(text, " (the platform has {observed})");
    }
    text
}

/// The name for people in a change's spec.
fn name(change: &Change) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        name: Option<String>,
    }
    let spec = change
        .spec
        .as_ref()
        .or(change.before.as_ref().map(|record| &record.spec))?;
    serde_json::from_str::<Named>(spec.as_str()).ok()?.name
}

fn place(provenance: &Provenance) -> String {
    match (&provenance.file, provenance.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.clone(),
        _ => String::new(),
    }
}

const fn color(action: Action) -> anstyle::Style {
    match action {
        Action::Create | Action::Adopt => style::ADD,
        Action::Delete | Action::Forget => style::DELETE,
        Action::Update | Action::Rename | Action::Wait => style::CHANGE,
    }
}

fn drift(text: &mut String, shown: &Shown<'_>, look: Look) {
    let drift = &shown.planned.plan.drift;
    if drift.is_empty() {
        return;
    }
    let title = "Drift: changed on the platform, not here (written back by `apply --drift-only`)";
    let _ = writeln!(text, "\n{}", look.paint(style::BOLD, title));
    for entry in drift {
        let missing = if entry.missing {
            "  gone from the platform"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "  {} {}{missing}",
            look.paint(style::CHANGE, "!"),
            entry.address
        );
        for field in entry.fields.iter().filter(|_| !entry.missing) {
            let _ = writeln!(text, "      {}", self::field(field, look));
        }
    }
}
