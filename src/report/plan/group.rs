//! Groups: changes of one organization stand together, alike ones become one line, and what is
//! odd about some of them is listed. The more there is, the shorter it is told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::engine::change::Change;
use crate::model::address::Kind;
use crate::model::finding::Status;
use crate::model::record::Action;
use crate::report::text::{self, thousands};
use crate::report::{Look, style};

use super::owners::{self, Block, Owners};
use super::{Shown, field, line};

/// What alike changes are grouped by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Organization,
    CostCenter,
    File,
}

/// A section of as many changes is told one by one, without headings.
const FEW: usize = 6;
/// As many alike changes are told one by one in a longer section; more become one line.
const ALIKE: usize = 3;
/// As many removals are named one by one: nothing goes unseen.
const REMOVED: usize = 20;
/// As many updates with values of their own are told in full.
const VARIED: usize = 20;
/// As many headings are told at length; with more, each becomes one line.
const BLOCKS: usize = 8;
/// As many one-line blocks are shown.
const MOST_BLOCKS: usize = 40;

/// What the groups of all sections are shown with.
pub struct View<'a, 's> {
    pub shown: &'a Shown<'s>,
    pub look: Look,
    owners: Owners,
}

impl<'a, 's> View<'a, 's> {
    #[must_use]
    pub fn new(shown: &'a Shown<'s>, look: Look) -> Self {
        Self {
            shown,
            look,
            owners: Owners::of(shown),
        }
    }

    fn one(&self, change: &Change) -> String {
        line::change(change, self.shown, self.look)
    }

    fn line(&self, action: Action, text: &str, changes: &[&Change]) -> String {
        line::line(action, "", text, &self.places(changes), self.look)
    }

    /// Where all of these are declared: the file, or how many files.
    fn places(&self, changes: &[&Change]) -> String {
        let files: BTreeSet<String> = changes
            .iter()
            .filter_map(|change| self.shown.lines.of_change(change).file)
            .collect();
        match files.len() {
            0 => String::new(),
            1 => {
                let gone = changes.iter().all(|change| change.removes());
                let was = if gone { line::WAS } else { "" };
                format!("{was}{}", files.into_iter().next().unwrap_or_default())
            }
            many => format!("{} files", thousands(many)),
        }
    }

    fn remark(&self, text: &str) -> String {
        format!("      {}\n", self.look.paint(style::DIM, text))
    }
}

/// A section's changes as text.
#[must_use]
pub fn render(changes: &[&Change], view: &View<'_, '_>) -> String {
    if changes.len() <= FEW {
        return detailed(changes, view);
    }
    let mut blocks: BTreeMap<Block, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let block = view.owners.block(change, view.shown);
        blocks.entry(block).or_default().push(change);
    }
    let mut out = String::new();
    if blocks.len() > BLOCKS && blocks.len() < changes.len() {
        for (block, changes) in blocks.iter().take(MOST_BLOCKS) {
            out += &overview(block, changes, view);
        }
        let rest = blocks.values().skip(MOST_BLOCKS);
        let left: usize = rest.clone().map(Vec::len).sum();
        if left > 0 {
            let (left, groups) = (thousands(left), thousands(rest.count()));
            out += &format!(
                "  and {left} more in {groups} more groups: `bursar plan --json` lists all\n"
            );
        }
        return out;
    }
    for (block, changes) in &blocks {
        let title = format!("{}:", block.title());
        out += &format!("  {}\n", view.look.paint(style::BOLD, title));
        out += &detailed(changes, view);
    }
    out
}

/// A block at length: what its accounts stand on in one line, then group by group.
fn detailed(changes: &[&Change], view: &View<'_, '_>) -> String {
    let (base, rest): (Vec<&Change>, Vec<&Change>) = changes
        .iter()
        .partition(|change| is_base(change) && change.action == Action::Create);
    let (credentials, rest): (Vec<&Change>, Vec<&Change>) = rest
        .into_iter()
        .partition(|change| change.kind() == Kind::Credential);
    let base = match base.as_slice() {
        few if few.len() <= ALIKE => few.iter().map(|change| view.one(change)).collect(),
        many => {
            let words = counted(many, view.shown.by);
            view.line(Action::Create, &words, many) + &odd(many, view)
        }
    };
    told(&credentials, view) + &base + &told(&rest, view)
}

/// Changes by themselves where they are few or unlike, as groups where they are many and alike.
fn told(changes: &[&Change], view: &View<'_, '_>) -> String {
    let mut out = String::new();
    let mut varied: BTreeMap<Kind, usize> = BTreeMap::new();
    for alike in alike(changes) {
        let Some(first) = alike.first() else { continue };
        let (kind, action) = (first.kind(), first.action);
        let most = match action {
            Action::Delete | Action::Forget => REMOVED,
            Action::Update => 1,
            _ => ALIKE,
        };
        if alike.len() > most {
            out += &group(kind, action, &alike, view);
            continue;
        }
        for change in alike {
            let told = varied.entry(kind).or_default();
            *told += usize::from(action == Action::Update);
            if *told <= VARIED {
                out += &view.one(change);
            }
        }
    }
    for (kind, told) in varied.into_iter().filter(|(_, told)| *told > VARIED) {
        let (more, noun) = (thousands(told - VARIED), kind.noun(told - VARIED));
        out += &format!(
            "    and {more} more {noun}, each with values of its own: `bursar plan --json` lists all\n"
        );
    }
    out
}

/// Puts changes together that are told in the same words, in the order of their first.
fn alike<'c>(changes: &[&'c Change]) -> Vec<Vec<&'c Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    let mut known: HashMap<(Kind, Action, String), usize> = HashMap::new();
    for change in changes {
        let words = match change.action {
            // A rename is always told by itself.
            Action::Rename => change.address.to_string(),
            Action::Update | Action::Adopt => {
                let fields = serde_json::to_string(&change.fields).unwrap_or_default();
                // The same numbers in another currency are another change.
                let currency = match change.kind() {
                    Kind::Budget => line::spec(change).map(|spec| spec["currency"].to_string()),
                    _ => None,
                };
                fields + &currency.unwrap_or_default()
            }
            _ => String::new(),
        };
        let key = (change.kind(), change.action, words);
        let at = *known.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(change);
    }
    groups
}

/// Alike changes in one line, with the fields that they share and the first of their names.
fn group(kind: Kind, action: Action, changes: &[&Change], view: &View<'_, '_>) -> String {
    let mut head = format!("{} {}", thousands(changes.len()), kind.noun(changes.len()));
    head += &gist(kind, action, changes);
    head += &answers(changes, view);
    let mut out = view.line(action, &head, changes);
    out += &field::lines(changes, view.shown, view.look);
    let names = changes.iter().map(|change| name(change));
    out += &view.remark(&text::some_of(names, view.look.width.saturating_sub(6)));
    out + &odd(changes, view)
}

/// What a person calls it.
fn name(change: &Change) -> String {
    let spec = line::spec(change).filter(|_| matches!(change.kind(), Kind::Account | Kind::Payer));
    let name = spec.and_then(|spec| spec["name"].as_str().map(text::clean));
    match change.kind() {
        Kind::Budget => change
            .address
            .parts()
            .next()
            .unwrap_or_default()
            .into_owned(),
        _ => name.unwrap_or_else(|| text::middle(&change.address.last(), 24).into_owned()),
    }
}

/// What a group of accounts or budgets comes to.
fn gist(kind: Kind, action: Action, changes: &[&Change]) -> String {
    let arrow = if matches!(action, Action::Create | Action::Adopt) {
        "→"
    } else {
        "of"
    };
    match kind {
        Kind::Account if action != Action::Update => {
            let codes: BTreeSet<String> = changes
                .iter()
                .flat_map(|change| owners::codes(change))
                .collect();
            match codes.len() {
                0 => format!(" {arrow} no cost centre"),
                1..=3 => format!(
                    " {arrow} {}",
                    codes.into_iter().collect::<Vec<_>>().join(", ")
                ),
                many => format!(" {arrow} {} cost centres", thousands(many)),
            }
        }
        Kind::Budget => {
            let years: BTreeSet<String> = changes
                .iter()
                .map(|change| change.address.last().into_owned())
                .collect();
            format!(" of {}", years.into_iter().collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}

/// `, 410 pass, 2 blocked`: what was found about each, where anything was.
fn answers(changes: &[&Change], view: &View<'_, '_>) -> String {
    let blocked = changes
        .iter()
        .filter(|change| change.blocked.is_some())
        .count();
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.blocked.is_none()) {
        let findings = view.shown.board.of(&change.address).iter();
        let worst = findings
            .map(|finding| finding.status)
            .filter(|status| *status != Status::Skipped)
            .max();
        if let Some(worst) = worst {
            *counts.entry(worst).or_default() += 1;
        }
    }
    let mut text = String::new();
    for (status, count) in counts {
        text += &format!(", {} {}", thousands(count), status.as_str());
    }
    if blocked > 0 {
        text += &format!(", {} blocked", thousands(blocked));
    }
    text
}

/// Changes that are not quite like the others of their group: blocked, or without a cost centre.
fn odd(changes: &[&Change], view: &View<'_, '_>) -> String {
    let width = view.look.width.saturating_sub(6);
    let mut causes: BTreeMap<String, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        if let Some(block) = &change.blocked {
            causes.entry(line::cause(block)).or_default().push(change);
        }
    }
    let mut out = String::new();
    for (cause, names) in causes {
        let who = if names.len() == changes.len() {
            String::new()
        } else {
            format!(
                ": {}",
                text::some_of(names.iter().map(|change| name(change)), width / 2)
            )
        };
        out += &format!(
            "      {} {cause}{who}\n",
            view.look.paint(style::ERROR, "blocked:")
        );
    }
    let homeless: Vec<&&Change> = changes
        .iter()
        .filter(|change| change.kind() == Kind::Account && change.action == Action::Create)
        .filter(|change| owners::codes(change).is_empty())
        .collect();
    if !homeless.is_empty() && homeless.len() < changes.len() {
        let warning = view.look.paint(style::WARNING, "no cost centre:");
        out += &format!(
            "      {warning} {}\n",
            text::some_of(
                homeless.iter().map(|change| name(change)),
                width.saturating_sub(16)
            )
        );
    }
    out
}

/// A block in one line.
fn overview(block: &Block, changes: &[&Change], view: &View<'_, '_>) -> String {
    let action = changes
        .first()
        .map_or(Action::Update, |change| change.action);
    let alike = changes.iter().all(|change| change.action == action);
    let action = if alike { action } else { Action::Update };
    let text = format!(
        "{}: {}{}",
        block.title(),
        counted(changes, view.shown.by),
        answers(changes, view)
    );
    view.line(action, &text, changes)
}

/// What an organization's accounts stand on.
fn is_base(change: &Change) -> bool {
    matches!(
        change.kind(),
        Kind::Organization | Kind::Recommendations | Kind::Payer | Kind::Export
    )
}

/// `organization, 1 payer, 2 exports, 412 accounts → 31 cost centres`.
fn counted(changes: &[&Change], by: By) -> String {
    let mut counts: BTreeMap<Kind, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        counts.entry(change.kind()).or_default().push(change);
    }
    let one = |(kind, changes): (Kind, Vec<&Change>)| match (kind, changes.as_slice()) {
        (Kind::Organization | Kind::Recommendations, [_]) => kind.noun(1).to_owned(),
        _ => {
            let action = changes
                .first()
                .map_or(Action::Update, |change| change.action);
            let gist = match (by, kind) {
                (By::CostCenter, Kind::Account) => String::new(),
                _ => gist(kind, action, &changes),
            };
            let count = changes.len();
            format!("{} {}{gist}", thousands(count), kind.noun(count))
        }
    };
    counts.into_iter().map(one).collect::<Vec<_>>().join(", ")
}
