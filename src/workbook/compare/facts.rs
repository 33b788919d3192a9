//! Facts: what rows say about each thing, as text by column, so that three sides can be held together and
//! told.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::What;
use crate::model::time::Month;
use crate::workbook::alike::Alike;
use crate::workbook::read::Read;
use crate::workbook::rows::{Budgets, CostCenters, Sheets, Workspaces};
use crate::workbook::write::NAMES;

/// The values of one thing by column, and its first row.
#[derive(Debug, Default)]
pub(in crate::workbook) struct Facts {
    pub(in crate::workbook) values: BTreeMap<&'static str, String>,
    pub(in crate::workbook) row: u32,
    /// Whether it is a cost centre whose manager is that of one above.
    pub(super) inherits: bool,
}

pub(in crate::workbook) type All = BTreeMap<What, Facts>;

pub(super) fn of_sheets(sheets: &Sheets, alike: &Alike<'_>) -> All {
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

pub(super) fn of_workbook(read: &Read, now: &Sheets, alike: &Alike<'_>) -> All {
    let workspaces = workspaces(read, now, Some(alike));
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

/// The rows of Workspaces, without those that are alike where that is known. A workbook of another maker names no provider: the
/// id alone must do.
pub(in crate::workbook) fn workspaces(
    read: &Read,
    now: &Sheets,
    alike: Option<&Alike<'_>>,
) -> Vec<(u32, Workspaces)> {
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
        .filter(|line| !alike.is_some_and(|alike| alike.workspace(&line.value)))
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
pub(in crate::workbook) const ALERTS: usize = 3;

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
