//! Judging: cells that are well written, and that nothing can be made of.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::alike::Alike;
use super::compare::{ALERTS, All, Edit, Facts, What, workspaces};
use super::parents;
use super::read::{BadCell, Read};
use super::rows::{Sheets, Workspaces};

/// Collects what is wrong with a workbook as it is compared.
pub(super) struct Judge<'r> {
    read: &'r Read,
    /// The rows of each workspace that somebody changed.
    workspaces: HashMap<(String, String), Vec<(u32, Workspaces)>>,
    /// All codes, declared, in use or in the workbook.
    codes: HashSet<&'r str>,
    /// Cost centres with more alerts than a row has room for.
    crowded: HashMap<&'r str, usize>,
    bad: Vec<BadCell>,
}

impl<'r> Judge<'r> {
    pub(super) fn new(read: &'r Read, now: &'r Sheets, alike: &Alike<'_>) -> Self {
        let declared = now.cost_centers.iter().map(|row| row.code.as_str());
        let here = read.cost_centers.iter();
        let here = here.map(|line| line.value.code.as_str());
        let crowded = now.cost_centers.iter();
        let crowded = crowded.filter(|row| row.alerts.len() > ALERTS);
        // Also former ones, which are still understood.
        let paying = now.workspaces.iter().filter_map(|row| row.code.as_deref());
        let budgeted = now.budgets.iter().map(|row| row.code.as_str());
        let mut rows: HashMap<(String, String), Vec<(u32, Workspaces)>> = HashMap::new();
        for (at, row) in workspaces(read, now, Some(alike)) {
            let key = (row.provider.clone(), row.id.clone());
            rows.entry(key).or_default().push((at, row));
        }
        Self {
            read,
            workspaces: rows,
            codes: declared.chain(here).chain(paying).chain(budgeted).collect(),
            crowded: crowded.map(|row| (&*row.code, row.alerts.len())).collect(),
            bad: Vec::new(),
        }
    }

    fn fault(&mut self, sheet: &'static str, row: u32, heading: &str, message: String, help: &str) {
        self.bad.push(BadCell {
            cell: self.read.cell(sheet, row, heading),
            message,
            help: help.to_owned(),
        });
    }

    /// A row about an account that nobody declares.
    pub(super) fn stranger(&mut self, facts: &Facts) {
        self.fault(
            "Workspaces",
            facts.row,
            "Workspace ID",
            "nobody declares this workspace".to_owned(),
            "correct the id, or declare the account first (`bursar import ORGANIZATION` lists them)",
        );
    }

    /// Whether a sheet without the column From says who pays for what changes by month. What it says
    /// is only taken where it is what is declared.
    pub(super) fn has_no_months(
        &mut self,
        what: &What,
        facts: &Facts,
        declared: Option<&Facts>,
    ) -> bool {
        if !matches!(what, What::Workspace { .. }) || self.read.has("Workspaces", "From") {
            return false;
        }
        const CODE: &str = "Cost Center Code";
        let is = declared.and_then(|facts| facts.values.get(CODE));
        let Some(is) = is.filter(|is| is.contains("from ")) else {
            return false;
        };
        let last = is.rsplit("; ").next().unwrap_or_default();
        let last = last.strip_prefix("from ").and_then(|last| last.get(8..));
        if last != facts.values.get(CODE).map(String::as_str) {
            self.fault(
                "Workspaces",
                facts.row,
                CODE,
                format!("it is declared by month ({is}), and the sheet has no column From"),
                "add the column From with its months; `bursar structure export` writes it",
            );
        }
        true
    }

    /// All that is wrong, with what is wrong about these edits.
    pub(super) fn bad(mut self, edits: &[Edit], theirs: &All) -> Vec<BadCell> {
        let mut new: BTreeMap<&What, &Edit> = BTreeMap::new();
        for edit in edits {
            match &edit.what {
                What::CostCenter(code) if edit.field == "Parent Code" && !edit.after.is_empty() => {
                    for parent in parents::codes(Some(&edit.after)) {
                        if parent == *code {
                            let message = format!("{code} cannot be its own parent");
                            let help = "write the code of the cost centre above it";
                            self.fault_of(edit, message, help);
                        } else {
                            self.known(edit, &parent);
                        }
                    }
                }
                What::CostCenter(code) if edit.field == "Alert 1 %" => {
                    if let Some(number) = self.crowded.get(code.as_str()).copied() {
                        let message =
                            format!("{code} has {number} alerts, and a row has room for {ALERTS}");
                        self.fault_of(
                            edit,
                            message,
                            "change them where the cost centre is declared",
                        );
                    }
                }
                What::CostCenter(_) => {}
                What::Budget { code, .. } => {
                    if edit.before.is_empty() && edit.ours.is_none() {
                        new.entry(&edit.what).or_insert(edit);
                    }
                    let amounts = theirs.get(&edit.what).is_some_and(|facts| {
                        let mut values = facts.values.iter();
                        values.any(|(field, value)| *field != "Currency" && !value.is_empty())
                    });
                    if !amounts && !self.told(edit.cell.row, "Budgets") {
                        let message = format!("the budget of {code} has no amount in any month");
                        self.fault_of(edit, message, NO_AMOUNT);
                    }
                }
                What::Workspace { provider, id } => self.parts(provider, id),
            }
        }
        for edit in new.into_values() {
            if let What::Budget { code, .. } = &edit.what
                && !self.codes.contains(code.as_str())
            {
                let (code, row) = (code.clone(), edit.cell.row);
                self.fault("Budgets", row, "Cost Center Code", unknown(&code), UNKNOWN);
            }
        }
        self.bad
            .sort_by_key(|bad| (bad.cell.sheet, bad.cell.row, bad.cell.column));
        self.bad
    }

    fn told(&self, row: u32, sheet: &str) -> bool {
        let mut bad = self.bad.iter();
        bad.any(|bad| bad.cell.row == row && bad.cell.sheet == sheet)
    }

    fn fault_of(&mut self, edit: &Edit, message: String, help: &str) {
        self.bad.push(BadCell {
            cell: edit.cell.clone(),
            message,
            help: help.to_owned(),
        });
    }

    fn known(&mut self, edit: &Edit, code: &str) {
        if !self.codes.contains(code) {
            self.fault_of(edit, unknown(code), UNKNOWN);
        }
    }

    /// Codes that nobody has, and months from which on nobody would pay.
    fn parts(&mut self, provider: &str, id: &str) {
        let key = (provider.to_owned(), id.to_owned());
        let rows = self.workspaces.get(&key).cloned().unwrap_or_default();
        for (at, row) in &rows {
            match &row.code {
                Some(code) if !self.codes.contains(code.as_str()) => {
                    self.fault(
                        "Workspaces",
                        *at,
                        "Cost Center Code",
                        unknown(code),
                        UNKNOWN,
                    );
                }
                None if row.from.is_some()
                    || rows
                        .iter()
                        .any(|(_, other)| other.from.is_none() && other.code.is_some()) =>
                {
                    let message = match row.from {
                        Some(from) => format!("{id} would fall on nobody from {from} on"),
                        None => format!("a part of {id} would fall on nobody"),
                    };
                    self.fault("Workspaces", *at, "Cost Center Code", message, NOBODY);
                }
                _ => {}
            }
        }
    }
}

const UNKNOWN: &str = "correct the code, or add the cost centre to the sheet Cost Centers";
const NO_AMOUNT: &str = "write amounts, 0 for none; a budget that is not wanted any more loses its row, with `--delete-missing`";
const NOBODY: &str =
    "write a code; an account that has ended is closed where it is declared (`closed: YYYY-MM-DD`)";

fn unknown(code: &str) -> String {
    format!("no cost centre has the code `{code}`")
}
