//! Merging: the rows as they are to be, which are those that are declared now with the workbook's changes.

use std::collections::{BTreeMap, HashMap};

use super::compare::{Compared, Edit, What, workspaces};
use super::parents;
use super::read::Read;
use super::rows::{Budgets, CostCenters, Sheets, Workspaces};
use super::write::NAMES;
use crate::model::time::Month;

/// The rows as they are to be. `delete`: what the workbook has no row for any more goes, without workspaces:
/// accounts are taken out where they are declared.
#[must_use]
pub fn merge(read: &Read, now: &Sheets, compared: &Compared, delete: bool) -> Sheets {
    let mut wanted = now.clone();
    let mut centers = Centers::of(read, now);
    let mut budgets = BudgetRows::of(read, now);
    let mut falls: HashMap<(String, String), Vec<Workspaces>> = HashMap::new();
    for edit in &compared.edits {
        match &edit.what {
            What::CostCenter(code) => centers.change(code, edit),
            What::Budget { code, year } => budgets.change(code, year, edit, now),
            What::Workspace { provider, id } => {
                falls.insert((provider.clone(), id.clone()), Vec::new());
            }
        }
    }
    if delete {
        for missing in &compared.missing {
            match &missing.what {
                What::CostCenter(code) => drop(centers.all.remove(code)),
                What::Budget { code, year } => {
                    budgets.all.remove(&(year.clone(), code.clone()));
                }
                What::Workspace { .. } => {}
            }
        }
    }
    wanted.cost_centers = centers.rows(now.month);
    wanted.budgets = budgets.all.into_values().collect();
    if !falls.is_empty() {
        for (_, row) in workspaces(read, now, None) {
            let key = (row.provider.clone(), row.id.clone());
            if let Some(rows) = falls.get_mut(&key) {
                rows.push(row);
            }
        }
        wanted.workspaces = fallen(&now.workspaces, falls);
    }
    wanted
}

/// The rows of all workspaces, with those that changed.
fn fallen(
    now: &[Workspaces],
    mut falls: HashMap<(String, String), Vec<Workspaces>>,
) -> Vec<Workspaces> {
    let mut wanted = Vec::with_capacity(now.len());
    let mut rows = now.iter().peekable();
    while let Some(row) = rows.next() {
        let same = |other: &&Workspaces| other.provider == row.provider && other.id == row.id;
        let Some(mut parts) = falls.remove(&(row.provider.clone(), row.id.clone())) else {
            wanted.push(row.clone());
            continue;
        };
        while rows.next_if(same).is_some() {}
        parts.sort_by(|a, b| (a.from, &a.code).cmp(&(b.from, &b.code)));
        // Nobody pays before the first period anyway.
        let later = parts.iter().any(|part| part.from.is_some());
        if later {
            parts.retain(|part| part.code.is_some());
        }
        for part in &mut parts {
            part.organization.clone_from(&row.organization);
            part.name.clone_from(&row.name);
        }
        wanted.extend(parts);
    }
    wanted
}

/// A cost centre with its own manager, apart from that of one above.
struct Center {
    row: CostCenters,
    own: Option<Manager>,
    /// Whether somebody changed its manager.
    named: bool,
}

/// Address and name.
type Manager = (Option<String>, Option<String>);

struct Centers<'r> {
    all: BTreeMap<String, Center>,
    theirs: HashMap<&'r str, &'r CostCenters>,
}

impl<'r> Centers<'r> {
    fn of(read: &'r Read, now: &Sheets) -> Self {
        let center = |row: &CostCenters| {
            let manager = (row.manager_email.clone(), row.manager_name.clone());
            let own = !row.inherited && row.manager_email.is_some();
            Center {
                row: row.clone(),
                own: own.then_some(manager),
                named: false,
            }
        };
        let lines = read.cost_centers.iter();
        Self {
            all: now
                .cost_centers
                .iter()
                .map(|row| (row.code.clone(), center(row)))
                .collect(),
            theirs: lines
                .map(|line| (line.value.code.as_str(), &line.value))
                .collect(),
        }
    }

    fn change(&mut self, code: &str, edit: &Edit) {
        let Some(theirs) = self.theirs.get(code).copied() else {
            return;
        };
        let new = || Center {
            row: CostCenters {
                code: code.to_owned(),
                name: String::new(),
                manager_email: None,
                manager_name: None,
                inherited: true,
                parent: None,
                from: None,
                to: None,
                alerts: Vec::new(),
            },
            own: None,
            named: false,
        };
        let center = self.all.entry(code.to_owned()).or_insert_with(new);
        let row = &mut center.row;
        match edit.field {
            "Cost Center Name" => row.name.clone_from(&theirs.name),
            "Parent Code" => row.parent.clone_from(&theirs.parent),
            "From" => row.from = theirs.from,
            "To" => row.to = theirs.to,
            "Alert 1 %" => row.alerts.clone_from(&theirs.alerts),
            "Manager e-mail" | "Manager Name" => {
                center.named = true;
                let whole = (theirs.manager_email.clone(), theirs.manager_name.clone());
                match &mut center.own {
                    _ if whole == (None, None) => center.own = None,
                    Some((email, _)) if edit.field == "Manager e-mail" => *email = whole.0,
                    Some((_, name)) => *name = whole.1,
                    own => *own = Some(whole),
                }
            }
            _ => {}
        }
    }

    /// The rows, each with the manager that it then has in a month.
    fn rows(self, month: Month) -> Vec<CostCenters> {
        let all = self.all;
        // Who answers for it, and whether one above names them.
        let manager = |code: &str| {
            let mut own = all.get(code).and_then(|center| center.own.clone());
            if all.get(code).is_some_and(|center| center.named) && own == above(&all, code, month) {
                // Naming the manager that it has anyway names none.
                own = None;
            }
            match own {
                Some(own) => (own, false),
                None => match above(&all, code, month) {
                    Some(manager) => (manager, true),
                    None => ((None, None), false),
                },
            }
        };
        let row = |center: &Center| {
            let ((email, name), inherited) = manager(&center.row.code);
            CostCenters {
                manager_email: email,
                manager_name: name,
                inherited,
                ..center.row.clone()
            }
        };
        all.values().map(row).collect()
    }
}

/// The manager of the nearest cost centre above that has one.
fn above(all: &BTreeMap<String, Center>, code: &str, month: Month) -> Option<Manager> {
    let mut at = code.to_owned();
    // No more steps than there are, whatever the parents say.
    for _ in 0..all.len() {
        at = parents::at(all.get(&at)?.row.parent.as_deref(), month)?;
        if let Some(own) = all.get(&at).and_then(|center| center.own.clone()) {
            return Some(own);
        }
    }
    None
}

struct BudgetRows<'r> {
    /// By year and code, as the sheet is sorted.
    all: BTreeMap<(String, String), Budgets>,
    theirs: HashMap<(&'r str, &'r str), &'r Budgets>,
}

impl<'r> BudgetRows<'r> {
    fn of(read: &'r Read, now: &Sheets) -> Self {
        let key = |row: &Budgets| (row.year.clone(), row.code.clone());
        let lines = read.budgets.iter().map(|line| &line.value);
        Self {
            all: now
                .budgets
                .iter()
                .map(|row| (key(row), row.clone()))
                .collect(),
            theirs: lines.map(|row| ((&*row.year, &*row.code), row)).collect(),
        }
    }

    fn change(&mut self, code: &str, year: &str, edit: &Edit, now: &Sheets) {
        let Some(theirs) = self.theirs.get(&(year, code)).copied() else {
            return;
        };
        let new = || Budgets {
            code: code.to_owned(),
            year: year.to_owned(),
            currency: now.currency,
            months: [None; 12],
        };
        let key = (year.to_owned(), code.to_owned());
        let row = self.all.entry(key).or_insert_with(new);
        if edit.field == "Currency" {
            row.currency = theirs.currency;
            return;
        }
        let first = usize::try_from(now.starts - 1).unwrap_or(0);
        for place in 0..12 {
            if NAMES[(first + place) % 12] == edit.field {
                row.months[place] = theirs.months[place];
            }
        }
    }
}

impl Sheets {
    /// What two say differently, in the order of their sheets; nothing where they say the same. The order
    /// of rows means nothing.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<What> {
        let mut different = Vec::new();
        let centers = |sheets: &Self| -> BTreeMap<String, CostCenters> {
            let rows = sheets.cost_centers.iter();
            rows.map(|row| (row.code.clone(), row.clone())).collect()
        };
        let (ours, theirs) = (centers(self), centers(other));
        different.extend(differ(&ours, &theirs).map(|code| What::CostCenter(code.clone())));
        let budgets = |sheets: &Self| -> BTreeMap<(String, String), Budgets> {
            let rows = sheets.budgets.iter();
            rows.map(|row| ((row.year.clone(), row.code.clone()), row.clone()))
                .collect()
        };
        let (ours, theirs) = (budgets(self), budgets(other));
        different.extend(differ(&ours, &theirs).map(|(year, code)| What::Budget {
            code: code.clone(),
            year: year.clone(),
        }));
        let falls = |sheets: &Self| {
            let mut all: BTreeMap<(String, String), Vec<Workspaces>> = BTreeMap::new();
            for row in &sheets.workspaces {
                let key = (row.provider.clone(), row.id.clone());
                all.entry(key).or_default().push(row.clone());
            }
            all
        };
        let (ours, theirs) = (falls(self), falls(other));
        different.extend(
            differ(&ours, &theirs).map(|(provider, id)| What::Workspace {
                provider: provider.clone(),
                id: id.clone(),
            }),
        );
        different
    }
}

/// The keys whose values differ, or stand on one side only.
fn differ<'a, K: Ord, V: PartialEq>(
    ours: &'a BTreeMap<K, V>,
    theirs: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = &'a K> {
    let other = ours
        .iter()
        .filter(|(key, value)| theirs.get(key) != Some(value));
    let new = theirs.keys().filter(|key| !ours.contains_key(key));
    other.map(|(key, _)| key).chain(new)
}
