//! Groups: alike changes become one line, and what is odd about some of them is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::engine::change::Change;
use crate::engine::reference;
use crate::model::address::Kind;
use crate::model::record::Action;
use crate::report::{Look, style};

use super::{Shown, aligned, change, color, field, number};

/// What alike changes are grouped by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Organization,
    CostCenter,
    File,
}

/// As many alike changes are shown one by one; more become one line.
const FEW: usize = 4;
/// As many of a group are named.
const NAMED: usize = 3;

/// Changes that are told together.
pub struct Group<'c> {
    /// What they have in common, where they were put together.
    label: String,
    changes: Vec<&'c Change>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    rank: usize,
    kind: Kind,
    action: Action,
    label: String,
    fields: String,
}

/// Puts alike changes together: same action and kind, same organization (or file, or cost
/// centre), and for updates the same values before and after.
pub fn groups<'c>(changes: &[&'c Change], shown: &Shown<'_>) -> Vec<Group<'c>> {
    let mut groups: BTreeMap<Likeness, Vec<&'c Change>> = BTreeMap::new();
    for (rank, change) in changes.iter().enumerate() {
        let label = label(change, shown);
        let fields = match change.action {
            Action::Update | Action::Adopt => {
                serde_json::to_string(&change.fields).unwrap_or_default()
            }
            _ => String::new(),
        };
        // Kinds keep their order; a rename is always told by itself.
        let rank = if change.action == Action::Rename {
            rank
        } else {
            0
        };
        groups
            .entry(Likeness {
                rank,
                kind: change.kind(),
                action: change.action,
                label,
                fields,
            })
            .or_default()
            .push(change);
    }
    groups
        .into_iter()
        .map(|(likeness, changes)| Group {
            label: likeness.label,
            changes,
        })
        .collect()
}

fn label(change: &Change, shown: &Shown<'_>) -> String {
    match shown.by {
        By::File => change
            .source
            .as_ref()
            .and_then(|source| shown.lines.of(source).file)
            .unwrap_or_default(),
        By::Organization => organization(change).unwrap_or_default(),
        By::CostCenter => cost_centers(change)
            .into_iter()
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn organization(change: &Change) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Owner {
        organization: Option<String>,
    }
    if !matches!(change.kind(), Kind::Account | Kind::Payer) {
        return change
            .address
            .provider()
            .map(|provider| provider.to_string());
    }
    let spec = change
        .spec
        .as_ref()
        .or(change.before.as_ref().map(|record| &record.spec))?;
    serde_json::from_str::<Owner>(spec.as_str())
        .ok()?
        .organization
}

fn cost_centers(change: &Change) -> BTreeSet<String> {
    let spec = change
        .spec
        .as_ref()
        .or(change.before.as_ref().map(|record| &record.spec));
    let codes = spec.map(|spec| reference::cost_centers(&change.address, &spec.value()));
    codes.unwrap_or_default().into_iter().collect()
}

/// A group as text: each change by itself where they are few.
pub fn render(group: &Group<'_>, shown: &Shown<'_>, look: Look) -> String {
    if group.changes.len() <= FEW {
        return group
            .changes
            .iter()
            .map(|one| change(one, shown, look))
            .collect();
    }
    let Some(first) = group.changes.first() else {
        return String::new();
    };
    let mut text = String::new();
    let symbol = look.paint(color(first.action), first.action.symbol());
    let head = heading(group, first, shown, look);
    let _ = writeln!(
        text,
        "  {symbol} {}",
        aligned(&head, &places(group, shown), look)
    );
    if first.action == Action::Update {
        for one in &first.fields {
            let _ = writeln!(text, "      {}", field(one, look));
        }
    }
    let names: Vec<String> = group
        .changes
        .iter()
        .take(NAMED)
        .map(|one| one.address.last().into_owned())
        .collect();
    let more = group.changes.len() - names.len();
    let line = format!("{} and {} more", names.join(", "), number(more));
    let _ = writeln!(text, "      {}", look.paint(style::DIM, line));
    odd_ones(group, &mut text, look);
    text
}

fn heading(group: &Group<'_>, first: &Change, shown: &Shown<'_>, look: Look) -> String {
    let count = group.changes.len();
    let mut head = format!("{} {}", number(count), first.kind().noun(count));
    let preposition = match shown.by {
        By::Organization => "of",
        By::CostCenter => "on",
        By::File => "in",
    };
    if !group.label.is_empty() {
        let _ = write!(head, " {preposition} {}", group.label);
    }
    if shown.by != By::CostCenter && first.kind() == Kind::Account {
        let codes: BTreeSet<String> = group
            .changes
            .iter()
            .flat_map(|one| cost_centers(one))
            .collect();
        let arrow = if look.unicode { "→" } else { "->" };
        match codes.len() {
            0 => head.push_str(", on no cost centre"),
            1 => {
                let _ = write!(
                    head,
                    " {arrow} {}",
                    codes.into_iter().next().unwrap_or_default()
                );
            }
            many => {
                let _ = write!(head, " {arrow} {} cost centres", number(many));
            }
        }
    }
    head
}

fn places(group: &Group<'_>, shown: &Shown<'_>) -> String {
    let files: BTreeSet<String> = group
        .changes
        .iter()
        .filter_map(|one| one.source.as_ref())
        .filter_map(|source| shown.lines.of(source).file)
        .collect();
    match files.len() {
        0 => String::new(),
        1 => files.into_iter().next().unwrap_or_default(),
        many => format!("{} files", number(many)),
    }
}

/// Changes that are not quite like the others of their group.
fn odd_ones(group: &Group<'_>, text: &mut String, look: Look) {
    let blocked: Vec<&&Change> = group
        .changes
        .iter()
        .filter(|one| one.blocked.is_some())
        .collect();
    for one in blocked.iter().take(NAMED) {
        if let Some(block) = &one.blocked {
            let _ = writeln!(
                text,
                "      {} {} by {} of {}",
                look.paint(style::ERROR, "blocked:"),
                one.address.last(),
                block.check,
                block.address
            );
        }
    }
    if blocked.len() > NAMED {
        let _ = writeln!(
            text,
            "      {} {} more",
            look.paint(style::ERROR, "blocked:"),
            number(blocked.len() - NAMED)
        );
    }
    let account = |one: &&&Change| one.kind() == Kind::Account && one.action == Action::Create;
    let homeless: Vec<String> = group
        .changes
        .iter()
        .filter(account)
        .filter(|one| cost_centers(one).is_empty())
        .map(|one| one.address.last().into_owned())
        .collect();
    if !homeless.is_empty() && homeless.len() < group.changes.len() {
        let named = homeless
            .iter()
            .take(NAMED)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let more = homeless.len().saturating_sub(NAMED);
        let more = if more > 0 {
            format!(" and {} more", number(more))
        } else {
            String::new()
        };
        let _ = writeln!(text, "      on no cost centre: {named}{more}");
    }
}
