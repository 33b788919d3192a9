//! Comparing three ways: what people changed in a workbook since it was written, against what
//! changed in the declaration since.

mod facts;
mod money;

use super::alike::Alike;
use super::judge::Judge;
use super::read::{BadCell, Cell, Read};
use super::rows::Sheets;
use facts::{of_sheets, of_workbook};
use money::Money;

pub(super) use facts::{ALERTS, All, Facts, workspaces};

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

/// The columns of a cost centre's manager.
const MANAGER: [&str; 2] = ["Manager e-mail", "Manager Name"];

pub(super) const fn sheet(what: &What) -> &'static str {
    match what {
        What::CostCenter(_) => "Cost Centers",
        What::Budget { .. } => "Budgets",
        What::Workspace { .. } => "Workspaces",
    }
}
