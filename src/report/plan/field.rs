//! Changed fields as lines: what it is, before, after, and where the new value is declared.

use std::collections::BTreeSet;
use std::fmt;

use crate::engine::change::{Change, FieldChange};
use crate::model::address::{Address, Kind};
use crate::model::record::Action;
use crate::report::{Look, style, text};

use super::{Shown, finance, paying, value};

/// A changed field in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The field's path, by which its origin is found.
    pub path: String,
    pub label: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub note: Option<String>,
}

impl Told {
    #[must_use]
    pub fn of(field: &FieldChange) -> Self {
        let shown = |value: &Option<serde_json::Value>| {
            value.as_ref().map(|value| value::shown(&field.path, value))
        };
        Self {
            path: field.path.clone(),
            label: field.path.replace("cost_center", "cost centre"),
            before: shown(&field.before),
            after: shown(&field.after),
            note: shown(&field.observed).map(|seen| format!("the platform has {seen}")),
        }
    }

    /// A drifted field: what the platform has, and what is declared.
    #[must_use]
    pub fn drifted(field: &FieldChange) -> String {
        let told = Self::of(field);
        let none = || "none".to_owned();
        let (seen, declared) = (
            told.before.unwrap_or_else(none),
            told.after.unwrap_or_else(none),
        );
        format!("{}: {seen} (declared: {declared})", told.label)
    }

    #[must_use]
    pub fn write(&self, look: Look) -> String {
        const NONE: &str = "none";
        let arrow = if look.unicode { "→" } else { "->" };
        let before = self.before.as_deref().unwrap_or(NONE);
        let after = self.after.as_deref().unwrap_or(NONE);
        let note = self.note.as_ref().map(|note| format!(" ({note})"));
        format!(
            "{}: {} {arrow} {}{}",
            self.label,
            look.paint(style::DELETE, before),
            look.paint(style::ADD, after),
            note.unwrap_or_default(),
        )
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(Look::PLAIN))
    }
}

/// The changed fields of alike changes, each with a line break. What was declared anew elsewhere
/// than at the change itself (through defaults, say) names its place.
#[must_use]
pub fn lines(changes: &[&Change], shown: &Shown<'_>, look: Look) -> String {
    let Some(first) = changes
        .first()
        .filter(|change| change.action != Action::Create)
    else {
        return String::new();
    };
    let mut out = String::new();
    let mut all = tell(first, shown);
    if first.kind() == Kind::Budget {
        // A year may come to something else in each.
        for change in &changes[1..] {
            let others = tell(change, shown);
            all.retain(|told| others.contains(told));
        }
    }
    for told in all {
        let place = match told.after {
            Some(_) => place(&told.path, changes, shown),
            None => String::new(),
        };
        out += &placed(&told.to_string(), &told.write(look), &place, look);
    }
    out + &paying::lines(changes, shown, look)
}

/// Where a field's new value is declared: nothing where that is just where the change is.
fn place(path: &str, changes: &[&Change], shown: &Shown<'_>) -> String {
    let mut places: BTreeSet<String> = BTreeSet::new();
    for change in changes {
        let origin = shown.lines.origin(change, path);
        let home = shown.lines.of_change(change).file;
        if origin.through.is_some() || origin.at.file != home {
            let through = origin.through.map(|through| format!("{through}, "));
            let at = super::line::place(&origin.at);
            places.insert(format!("{}{at}", through.unwrap_or_default()));
        }
    }
    match places.len() {
        0 | 1 => places.into_iter().next().unwrap_or_default(),
        many => format!("through {} defaults", text::thousands(many)),
    }
}

/// A line with a place at its end, or below it where there is no room.
fn placed(plain: &str, line: &str, place: &str, look: Look) -> String {
    const INDENT: usize = 6;
    let (length, tail) = (plain.chars().count(), place.chars().count());
    let blank = " ".repeat(INDENT);
    if place.is_empty() {
        if INDENT + length > look.width {
            let wrapped = text::wrap(plain, look.width, &blank, INDENT, "        ");
            return wrapped;
        }
        return format!("{blank}{line}\n");
    }
    if INDENT + length + 2 + tail <= look.width {
        let gap = " ".repeat(look.width - INDENT - length - tail);
        return format!("{blank}{line}{gap}{}\n", look.paint(style::DIM, place));
    }
    let gap = " ".repeat(look.width.saturating_sub(tail).max(INDENT));
    let first = placed(plain, line, "", look);
    format!("{first}{gap}{}\n", look.paint(style::DIM, place))
}

fn tell(change: &Change, shown: &Shown<'_>) -> Vec<Told> {
    if change.kind() == Kind::Budget {
        return finance::budget(&change.fields, &finance::Years::of(change, shown));
    }
    let named = |code: &str| named(code, shown);
    let mut all = Vec::new();
    for field in &change.fields {
        let spans = match (change.kind(), &*field.path) {
            _ if field.observed.is_some() => None,
            (_, "cost_center") => finance::allocation(field),
            (Kind::CostCenter, "parent") => finance::parent(field, &named),
            _ => None,
        };
        match spans {
            Some(told) => all.extend(told),
            None => all.push(protection(Told::of(field), change)),
        }
    }
    all
}

/// Protection that is not declared is the kind's default, not nothing.
fn protection(mut told: Told, change: &Change) -> Told {
    if told.path == "protect" {
        let recorded = change.before.as_ref().map(|record| record.protect);
        told.before = told.before.or(recorded.map(|protect| protect.to_string()));
        told.after = told.after.or(Some(change.protect.to_string()));
    }
    told
}

/// A cost centre's code with what it is called.
fn named(code: &str, shown: &Shown<'_>) -> String {
    let address = Address::cost_center(code);
    let resource = shown.planned.desired.get(address.as_str());
    let spec = resource.map(|resource| resource.spec.value());
    match spec.as_ref().and_then(|spec| spec["name"].as_str()) {
        Some(name) => format!("{code} {name}"),
        None => code.to_owned(),
    }
}
