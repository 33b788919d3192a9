//! Comparing three ways: what people changed in a workbook since it was written, against what
//! changed in the declaration since.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use rust_decimal::Decimal;

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
    /// Things that the workbook has no row for any more: never taken for a deletion.
    pub missing: Vec<What>,
    /// Rows about accounts that nobody declares.
    pub strangers: Vec<BadCell>,
}

/// The values of one thing by column, and its first row.
#[derive(Debug, Default)]
struct Facts {
    values: BTreeMap<&'static str, String>,
    row: u32,
}

type All = BTreeMap<What, Facts>;

/// What a workbook changes, compared with what was declared when it was written and with what is
/// declared now.
#[must_use]
pub fn compare(read: &Read, then: &Sheets, now: &Sheets) -> Compared {
    let (base, ours) = (of_sheets(then), of_sheets(now));
    let theirs = of_workbook(read, now);
    let mut compared = Compared::default();
    for (what, facts) in &theirs {
        if matches!(what, What::Workspace { .. }) && !ours.contains_key(what) {
            compared.strangers.push(stranger(read, facts));
            continue;
        }
        let nothing = BTreeMap::new();
        let of = |all: &'_ All| all.get(what).map(|facts| facts.values.clone());
        let before = of(&base).unwrap_or_else(|| nothing.clone());
        let declared = of(&ours).unwrap_or(nothing);
        for (field, after) in &facts.values {
            let value = |of: &BTreeMap<&str, String>| of.get(field).cloned().unwrap_or_default();
            let (was, is) = (value(&before), value(&declared));
            if *after == was || *after == is {
                continue;
            }
            let edit = Edit {
                what: what.clone(),
                field,
                after: after.clone(),
                ours: (is != was).then_some(is),
                before: was,
                cell: read.cell(sheet(what), facts.row, field),
            };
            match edit.ours {
                Some(_) => compared.conflicts.push(edit),
                None => compared.edits.push(edit),
            }
        }
    }
    // A row that could not be read is not missing.
    if read.bad.is_empty() {
        let gone = |what: &&What| ours.contains_key(*what) && !theirs.contains_key(*what);
        compared.missing = base.keys().filter(gone).cloned().collect();
    }
    compared
}

const fn sheet(what: &What) -> &'static str {
    match what {
        What::CostCenter(_) => "Cost Centers",
        What::Budget { .. } => "Budgets",
        What::Workspace { .. } => "Workspaces",
    }
}

fn stranger(read: &Read, facts: &Facts) -> BadCell {
    BadCell {
        cell: read.cell("Workspaces", facts.row, "Workspace ID"),
        message: "nobody declares this workspace".to_owned(),
        help:
            "correct the id, or declare the account first (`bursar import ORGANIZATION` lists them)"
                .to_owned(),
    }
}

fn of_sheets(sheets: &Sheets) -> All {
    collect(
        sheets.cost_centers.iter().map(|row| (0, row)),
        sheets.budgets.iter().map(|row| (0, row)),
        sheets.workspaces.iter().map(|row| (0, row)),
        sheets.starts,
    )
}

fn of_workbook(read: &Read, now: &Sheets) -> All {
    // A workbook of another maker names no provider: the id alone must do.
    let known: HashMap<&str, &str> = now
        .workspaces
        .iter()
        .map(|row| (row.id.as_str(), row.provider.as_str()))
        .collect();
    let named = |row: &Workspaces| {
        let mut row = row.clone();
        if let ("", Some(provider)) = (&*row.provider, known.get(&*row.id)) {
            row.provider = (*provider).to_owned();
        }
        row
    };
    let workspaces: Vec<(u32, Workspaces)> = read
        .workspaces
        .iter()
        .map(|line| (line.row, named(&line.value)))
        .collect();
    collect(
        read.cost_centers.iter().map(|line| (line.row, &line.value)),
        read.budgets.iter().map(|line| (line.row, &line.value)),
        workspaces.iter().map(|(row, value)| (*row, value)),
        now.starts,
    )
}

fn collect<'a>(
    centers: impl Iterator<Item = (u32, &'a CostCenters)>,
    budgets: impl Iterator<Item = (u32, &'a Budgets)>,
    workspaces: impl Iterator<Item = (u32, &'a Workspaces)>,
    starts: i8,
) -> All {
    let mut all = All::new();
    for (row, center) in centers {
        let values = of_center(center);
        all.insert(What::CostCenter(center.code.clone()), Facts { values, row });
    }
    for (row, budget) in budgets {
        let what = What::Budget {
            code: budget.code.clone(),
            year: budget.year.clone(),
        };
        let values = of_budget(budget, starts);
        all.insert(what, Facts { values, row });
    }
    for (what, (row, parts)) in grouped(workspaces) {
        let values = BTreeMap::from([("Cost Center Code", told(parts))]);
        all.insert(what, Facts { values, row });
    }
    all
}

fn of_center(center: &CostCenters) -> BTreeMap<&'static str, String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let month = |value: Option<Month>| value.map_or_else(String::new, |month| month.to_string());
    let alerts: Vec<String> = center.alerts.iter().map(ToString::to_string).collect();
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
        let code = row.code.as_deref().unwrap_or("nobody");
        parts.entry(row.from).or_default().push((code, row.percent));
    }
    all
}

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
