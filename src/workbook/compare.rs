//! Comparing three ways: what people changed in a workbook since it was written, against what
//! changed in the declaration since.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::alike::Alike;
use super::judge::Judge;
use super::read::{BadCell, Cell, Read};
use super::rows::{Budgets, CostCenters, Sheets, Workspaces};
use super::write::NAMES;
use crate::model::time::Month;

/// What an edit is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    CostCenter(String),
    Budget { code: String, year: String },
    Workspace { provider: String, id: String },
}

/// One value that the workbook says otherwise than when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub what: What,
    /// The column that it stands in.
    pub field: &'static str,
    /// What it was when the workbook was written; empty for nothing.
    pub before: String,
    /// What the workbook says; empty for nothing.
    pub after: String,
    /// What is declared now, where that is neither.
    pub ours: Option<String>,
    pub cell: Cell,
}

/// What a workbook changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    pub edits: Vec<Edit>,
    /// What was changed in another way since.
    pub conflicts: Vec<Edit>,
    /// Things that the workbook has no row for any more: no deletion unless somebody says so.
    pub missing: Vec<Missing>,
    /// Cells that nothing can be made of: accounts that nobody declares, codes that nobody has.
    pub bad: Vec<BadCell>,
}

/// A thing that the workbook has no row for any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub what: What,
    /// Whether it was changed since the workbook was written.
    pub changed: bool,
}

/// The values of one thing by column, and its first row.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) values: BTreeMap<&'static str, String>,
    pub(super) row: u32,
    /// Whether it is a cost centre whose manager is that of one above.
    inherits: bool,
}

pub(super) type All = BTreeMap<What, Facts>;

/// What a workbook changes, compared with what was declared when it was written and with what is
/// declared now.
#[must_use]
pub fn compare(read: &Read, then: &Sheets, now: &Sheets) -> Compared {
    let alike = Alike::of(read, then, now);
    let (base, ours) = (of_sheets(then, &alike), of_sheets(now, &alike));
    let theirs = of_workbook(read, now, &alike);
    let mut compared = Compared::default();
    let mut judge = Judge::new(read, now, &alike);
    for (what, facts) in &theirs {
        let (before, declared) = (base.get(what), ours.get(what));
        let untouched = before.is_some_and(|before| before.values == facts.values);
        if matches!(what, What::Workspace { .. }) && declared.is_none() {
            // An account that was closed or taken out since has its row still.
            if !untouched {
                judge.stranger(facts);
            }
            continue;
        }
        if judge.has_no_months(what, facts, declared) {
            continue;
        }
        let gone = before.is_some() && declared.is_none();
        let money = Money::of(what, before, declared, facts);
        for (field, after) in &facts.values {
            if !read.has(sheet(what), field) {
                continue;
            }
            let value = |of: Option<&Facts>| {
                let value = of.and_then(|facts| facts.values.get(field));
                value.cloned().unwrap_or_default()
            };
            let (was, is) = (value(before), value(declared));
            if *after == was || *after == is {
                continue;
            }
            let inherits = |of: Option<&Facts>| of.is_some_and(|facts| facts.inherits);
            let manager = MANAGER.contains(field);
            // Without a manager of its own it has that of the one above, whoever that is now.
            if manager && facts.inherits && (inherits(before) || inherits(declared)) {
                continue;
            }
            if *field == "Alert 1 %" && shown_alerts(read) < is.split(", ").count() {
                // A sheet without the columns for them says nothing about them.
                continue;
            }
            let moved = is != was && !(manager && inherits(before) && inherits(declared));
            let mut edit = Edit {
                what: what.clone(),
                field,
                after: after.clone(),
                // What was taken out since is in conflict with whatever was changed of it.
                ours: (moved || gone).then_some(is),
                before: was,
                cell: read.cell(sheet(what), facts.row, field),
            };
            if let Some(money) = &money {
                money.told(&mut edit, before, declared);
            }
            match edit.ours {
                Some(_) => compared.conflicts.push(edit),
                None => compared.edits.push(edit),
            }
        }
    }
    // In the order of the columns.
    for edits in [&mut compared.edits, &mut compared.conflicts] {
        edits.sort_by(|a, b| (&a.what, a.cell.column).cmp(&(&b.what, b.cell.column)));
    }
    compared.bad = judge.bad(&compared.edits, &theirs);
    // A row that could not be read is not missing, nor is one of a sheet that was not given.
    if read.bad.is_empty() {
        let gone = |what: &&What| {
            read.gives(sheet(what)) && ours.contains_key(*what) && !theirs.contains_key(*what)
        };
        let missing = |what: &What| Missing {
            changed: base.get(what).map(|facts| &facts.values)
                != ours.get(what).map(|facts| &facts.values),
            what: what.clone(),
        };
        compared.missing = base.keys().filter(gone).map(missing).collect();
    }
    compared
}

/// How many columns of alerts a sheet has.
fn shown_alerts(read: &Read) -> usize {
    let columns = ["Alert 1 %", "Alert 2 %", "Alert 3 %"];
    let shown = columns.into_iter();
    shown
        .filter(|heading| read.has("Cost Centers", heading))
        .count()
}

/// The currencies of a budget: then, now, in the workbook. Amounts mean nothing without theirs.
struct Money<'a> {
    was: &'a str,
    is: &'a str,
    theirs: &'a str,
}

const CURRENCY: &str = "Currency";

impl<'a> Money<'a> {
    /// None where it is no budget, or where there is none on one side.
    fn of(
        what: &What,
        before: Option<&'a Facts>,
        declared: Option<&'a Facts>,
        theirs: &'a Facts,
    ) -> Option<Self> {
        let of = |facts: &'a Facts| facts.values.get(CURRENCY).map(String::as_str);
        match what {
            What::Budget { .. } => Some(Self {
                was: of(before?)?,
                is: of(declared?)?,
                theirs: of(theirs)?,
            }),
            _ => None,
        }
    }

    /// An amount that was changed here while the currency was changed there, or the other way, is a
    /// conflict: no amount of one currency may end in the other.
    fn told(&self, edit: &mut Edit, before: Option<&Facts>, declared: Option<&Facts>) {
        if edit.field != CURRENCY {
            if self.was != self.is && self.theirs != self.is {
                let ours = edit.ours.take();
                let ours = ours.unwrap_or_else(|| edit.before.clone());
                edit.ours = Some(format!("{ours} {}", self.is).trim().to_owned());
                edit.before = format!("{} {}", edit.before, self.was).trim().to_owned();
                edit.after = format!("{} {}", edit.after, self.theirs).trim().to_owned();
            }
            return;
        }
        let amounts = |facts: Option<&Facts>| {
            let mut values = facts.map(|facts| facts.values.clone()).unwrap_or_default();
            values.remove(CURRENCY);
            values
        };
        if amounts(before) != amounts(declared) {
            edit.ours
                .get_or_insert_with(|| format!("{}, with other amounts since", self.is));
        }
    }
}

/// The columns of a cost centre's manager.
const MANAGER: [&str; 2] = ["Manager e-mail", "Manager Name"];

pub(super) const fn sheet(what: &What) -> &'static str {
    match what {
        What::CostCenter(_) => "Cost Centers",
        What::Budget { .. } => "Budgets",
        What::Workspace { .. } => "Workspaces",
    }
}

fn of_sheets(sheets: &Sheets, alike: &Alike<'_>) -> All {
    let centers = sheets.cost_centers.iter();
    let budgets = sheets.budgets.iter();
    let workspaces = sheets.workspaces.iter();
    collect(
        centers.filter(|row| !alike.center(row)).map(|row| (0, row)),
        budgets.filter(|row| !alike.budget(row)).map(|row| (0, row)),
        workspaces
            .filter(|row| !alike.workspace(row))
            .map(|row| (0, row)),
        sheets.starts,
    )
}

fn of_workbook(read: &Read, now: &Sheets, alike: &Alike<'_>) -> All {
    let workspaces = workspaces(read, now, alike);
    let centers = read.cost_centers.iter();
    let budgets = read.budgets.iter();
    collect(
        centers
            .filter(|line| !alike.center(&line.value))
            .map(|line| (line.row, &line.value)),
        budgets
            .filter(|line| !alike.budget(&line.value))
            .map(|line| (line.row, &line.value)),
        workspaces.iter().map(|(row, value)| (*row, value)),
        now.starts,
    )
}

/// The rows of Workspaces without those that are left out. A workbook of another maker names no provider: the
/// id alone must do.
pub(super) fn workspaces(read: &Read, now: &Sheets, without: &Alike<'_>) -> Vec<(u32, Workspaces)> {
    let unnamed = read.workspaces.iter();
    let unnamed = unnamed
        .filter(|line| line.value.provider.is_empty())
        .count();
    let known: HashMap<&str, &str> = match unnamed {
        0 => HashMap::new(),
        _ => now
            .workspaces
            .iter()
            .map(|row| (row.id.as_str(), row.provider.as_str()))
            .collect(),
    };
    let named = |row: &Workspaces| {
        let mut row = row.clone();
        if let ("", Some(provider)) = (&*row.provider, known.get(&*row.id)) {
            row.provider = (*provider).to_owned();
        }
        row
    };
    let lines = read.workspaces.iter();
    lines
        .filter(|line| !without.workspace(&line.value))
        .map(|line| (line.row, named(&line.value)))
        .collect()
}

fn collect<'a>(
    centers: impl Iterator<Item = (u32, &'a CostCenters)>,
    budgets: impl Iterator<Item = (u32, &'a Budgets)>,
    workspaces: impl Iterator<Item = (u32, &'a Workspaces)>,
    starts: i8,
) -> All {
    let mut all = All::new();
    for (row, center) in centers {
        let facts = Facts {
            values: of_center(center),
            row,
            inherits: center.inherited
                || (center.manager_email.is_none() && center.manager_name.is_none()),
        };
        all.insert(What::CostCenter(center.code.clone()), facts);
    }
    for (row, budget) in budgets {
        let what = What::Budget {
            code: budget.code.clone(),
            year: budget.year.clone(),
        };
        let facts = Facts {
            values: of_budget(budget, starts),
            row,
            inherits: false,
        };
        all.insert(what, facts);
    }
    for (what, (row, parts)) in grouped(workspaces) {
        let facts = Facts {
            values: BTreeMap::from([("Cost Center Code", told(parts))]),
            row,
            inherits: false,
        };
        all.insert(what, facts);
    }
    all
}

fn of_center(center: &CostCenters) -> BTreeMap<&'static str, String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let month = |value: Option<Month>| value.map_or_else(String::new, |month| month.to_string());
    // The workbook has three columns for them.
    let alerts = center.alerts.iter().take(ALERTS).map(ToString::to_string);
    let alerts: Vec<String> = alerts.collect();
    BTreeMap::from([
        ("Manager e-mail", text(&center.manager_email)),
        ("Manager Name", text(&center.manager_name)),
        ("Cost Center Name", center.name.clone()),
        ("Parent Code", text(&center.parent)),
        ("From", month(center.from)),
        ("To", month(center.to)),
        ("Alert 1 %", alerts.join(", ")),
    ])
}

fn of_budget(budget: &Budgets, starts: i8) -> BTreeMap<&'static str, String> {
    let first = usize::try_from(starts - 1).unwrap_or(0);
    let mut values = BTreeMap::from([("Currency", budget.currency.to_string())]);
    for (place, amount) in budget.months.iter().enumerate() {
        let text = amount.map_or_else(String::new, |amount| amount.normalize().to_string());
        values.insert(NAMES[(first + place) % 12], text);
    }
    values
}

/// How many alerts a row has room for.
pub(super) const ALERTS: usize = 3;

/// The parts of a workspace by month.
type Parts<'a> = BTreeMap<Option<Month>, Vec<(&'a str, Decimal)>>;

fn grouped<'a>(
    rows: impl Iterator<Item = (u32, &'a Workspaces)>,
) -> BTreeMap<What, (u32, Parts<'a>)> {
    let mut all: BTreeMap<What, (u32, Parts<'a>)> = BTreeMap::new();
    for (at, row) in rows {
        let what = What::Workspace {
            provider: row.provider.clone(),
            id: row.id.clone(),
        };
        let (_, parts) = all.entry(what).or_insert_with(|| (at, Parts::new()));
        let code = row.code.as_deref().unwrap_or(NOBODY);
        parts.entry(row.from).or_default().push((code, row.percent));
    }
    for (_, parts) in all.values_mut() {
        // Nobody pays before the first period anyway.
        let nobody = parts.get(&None).is_some_and(|parts| {
            let mut codes = parts.iter().map(|(code, _)| *code);
            codes.all(|code| code == NOBODY)
        });
        if nobody && parts.len() > 1 {
            parts.remove(&None);
        }
    }
    all
}

/// What stands for an empty code.
const NOBODY: &str = "nobody";

/// Who pays, by month: `CC-110 60 + CC-120 40; from 2027-01 CC-120`.
fn told(parts: Parts<'_>) -> String {
    let mut out = String::new();
    for (from, mut parts) in parts {
        parts.sort_unstable();
        if !out.is_empty() {
            out += "; ";
        }
        if let Some(from) = from {
            let _ = write!(out, "from {from} ");
        }
        match parts.as_slice() {
            [(code, percent)] if *percent == Decimal::ONE_HUNDRED => out += code,
            parts => {
                let told: Vec<String> = parts
                    .iter()
                    .map(|(code, percent)| format!("{code} {}%", percent.normalize()))
                    .collect();
                out += &told.join(" + ");
            }
        }
    }
    out
}
