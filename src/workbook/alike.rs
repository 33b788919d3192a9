//! What is alike in the workbook, then and now: nearly all of very many rows, and nothing to tell about. Found
//! on plain values, before anything is made into text.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use rust_decimal::Decimal;

use super::read::Read;
use super::rows::{Budgets, CostCenters, Sheets, Workspaces};
use crate::model::time::Month;

/// The things that are alike on all three sides.
#[derive(Debug, Default)]
pub(super) struct Alike<'a> {
    centers: HashSet<&'a str>,
    /// By code and year.
    budgets: HashSet<(&'a str, &'a str)>,
    /// By provider and id.
    workspaces: HashSet<(&'a str, &'a str)>,
}

impl<'a> Alike<'a> {
    pub(super) fn of(read: &'a Read, then: &'a Sheets, now: &'a Sheets) -> Self {
        let (workspaces, (centers, budgets)) = rayon::join(
            || {
                let theirs = read.workspaces.iter().map(|line| &line.value);
                let (theirs, (then, now)) = rayon::join(
                    || parts(theirs),
                    || (parts(&then.workspaces), parts(&now.workspaces)),
                );
                same(theirs, &then, &now)
            },
            || {
                let theirs = read.cost_centers.iter().map(|line| &line.value);
                let centers = same(
                    centers(theirs),
                    &centers(&then.cost_centers),
                    &centers(&now.cost_centers),
                );
                let theirs = read.budgets.iter().map(|line| &line.value);
                let budgets = same(
                    budgets(theirs),
                    &budgets(&then.budgets),
                    &budgets(&now.budgets),
                );
                (centers, budgets)
            },
        );
        Self {
            centers,
            budgets,
            workspaces,
        }
    }

    pub(super) fn center(&self, row: &CostCenters) -> bool {
        self.centers.contains(&*row.code)
    }

    pub(super) fn budget(&self, row: &Budgets) -> bool {
        self.budgets.contains(&(&*row.code, &*row.year))
    }

    pub(super) fn workspace(&self, row: &Workspaces) -> bool {
        self.workspaces.contains(&(&*row.provider, &*row.id))
    }
}

fn same<K: Eq + Hash, V: PartialEq>(
    theirs: HashMap<K, V>,
    then: &HashMap<K, V>,
    now: &HashMap<K, V>,
) -> HashSet<K> {
    let alike = |(key, value): (K, V)| {
        (then.get(&key) == Some(&value) && now.get(&key) == Some(&value)).then_some(key)
    };
    theirs.into_iter().filter_map(alike).collect()
}

/// A cost centre as a sheet shows it: not whether its manager is its own.
type Center<'a> = ([Option<&'a str>; 3], &'a str, [Option<Month>; 2], &'a [u16]);

fn centers<'a>(rows: impl IntoIterator<Item = &'a CostCenters>) -> HashMap<&'a str, Center<'a>> {
    let center = |row: &'a CostCenters| {
        let texts = [
            row.manager_email.as_deref(),
            row.manager_name.as_deref(),
            row.parent.as_deref(),
        ];
        let center = (texts, &*row.name, [row.from, row.to], &*row.alerts);
        (&*row.code, center)
    };
    rows.into_iter().map(center).collect()
}

fn budgets<'a>(
    rows: impl IntoIterator<Item = &'a Budgets>,
) -> HashMap<(&'a str, &'a str), &'a Budgets> {
    let key = |row: &'a Budgets| ((&*row.code, &*row.year), row);
    rows.into_iter().map(key).collect()
}

/// A part of a workspace: from when, who, how much.
type Part<'a> = (Option<Month>, Option<&'a str>, Decimal);

fn parts<'a>(
    rows: impl IntoIterator<Item = &'a Workspaces>,
) -> HashMap<(&'a str, &'a str), Vec<Part<'a>>> {
    let mut all: HashMap<_, Vec<Part<'_>>> = HashMap::new();
    for row in rows {
        let part = (row.from, row.code.as_deref(), row.percent);
        let parts = all.entry((&*row.provider, &*row.id)).or_default();
        // In an order of their own: rows stand in any.
        parts.insert(parts.partition_point(|other| *other < part), part);
    }
    all
}
