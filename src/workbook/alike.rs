//! What is alike in the workbook, then and now: nearly all of very many rows, and nothing to tell about. Found
//! on plain values, before anything is made into text.
//!
//! The three mostly stand in the same order, so they are walked side by side, and only rows that do not meet
//! their like are looked up by key. Rows in another order cost time and change nothing.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use rust_decimal::Decimal;

use super::read::{Line, Read};
use super::rows::{Budgets, CostCenters, Sheets, Workspaces};
use crate::model::time::Month;

/// Rows that one side may have put in, or left out, in one place before the walk gives up.
const ASTRAY: usize = 64;

/// What is alike on all three sides, known by the few things that are not.
#[derive(Debug)]
pub(super) struct Alike<'a> {
    /// By code.
    other_centers: HashSet<&'a str>,
    /// By code and year.
    other_budgets: HashSet<(&'a str, &'a str)>,
    /// By provider and id.
    other_workspaces: HashSet<(&'a str, &'a str)>,
}

impl<'a> Alike<'a> {
    pub(super) fn of(read: &'a Read, then: &'a Sheets, now: &'a Sheets) -> Self {
        let amounts = |row: &'a Budgets| (row.currency, row.months);
        let centers = sides(&read.cost_centers, &then.cost_centers, &now.cost_centers);
        let budgets = sides(&read.budgets, &then.budgets, &now.budgets);
        let workspaces = sides(&read.workspaces, &then.workspaces, &now.workspaces);
        Self {
            other_centers: others(&centers, |row| &*row.code, shown),
            other_budgets: others(&budgets, year, amounts),
            other_workspaces: others(&workspaces, account, part),
        }
    }

    pub(super) fn center(&self, row: &CostCenters) -> bool {
        !self.other_centers.contains(&*row.code)
    }

    pub(super) fn budget(&self, row: &Budgets) -> bool {
        !self.other_budgets.contains(&year(row))
    }

    pub(super) fn workspace(&self, row: &Workspaces) -> bool {
        !self.other_workspaces.contains(&account(row))
    }
}

/// Theirs, then and now.
fn sides<'a, T>(theirs: &'a [Line<T>], then: &'a [T], now: &'a [T]) -> [Vec<&'a T>; 3] {
    let theirs = theirs.iter().map(|line| &line.value);
    [
        theirs.collect(),
        then.iter().collect(),
        now.iter().collect(),
    ]
}

/// A cost centre as a sheet shows it: not whether its manager is its own.
type Center<'a> = ([Option<&'a str>; 3], &'a str, [Option<Month>; 2], &'a [u16]);

fn shown(row: &CostCenters) -> Center<'_> {
    let texts = [
        row.manager_email.as_deref(),
        row.manager_name.as_deref(),
        row.parent.as_deref(),
    ];
    (texts, &*row.name, [row.from, row.to], &*row.alerts)
}

fn year(row: &Budgets) -> (&str, &str) {
    (&*row.code, &*row.year)
}

fn account(row: &Workspaces) -> (&str, &str) {
    (&*row.provider, &*row.id)
}

/// A part of a workspace: from when, who, how much.
fn part(row: &Workspaces) -> (Option<Month>, Option<&str>, Decimal) {
    (row.from, row.code.as_deref(), row.percent)
}

/// The keys whose rows are not the same on all sides, in whatever order.
fn others<'a, T, K: Copy + Eq + Hash, V: Ord>(
    sides: &[Vec<&'a T>; 3],
    key: impl Fn(&'a T) -> K,
    value: impl Fn(&'a T) -> V,
) -> HashSet<K> {
    let mut sides = sides.each_ref().map(Vec::as_slice);
    let alike = |rows: [Option<&&'a T>; 3]| match rows {
        [Some(theirs), Some(then), Some(now)] => [then, now]
            .into_iter()
            .all(|row| key(theirs) == key(row) && value(theirs) == value(row)),
        _ => false,
    };
    // Rows that meet their like on all sides are left out: the others are then the same as before.
    let mut rest: HashMap<K, [Vec<V>; 3]> = HashMap::new();
    loop {
        while alike(sides.map(<[_]>::first)) {
            sides = sides.map(|side| &side[1..]);
        }
        let meeting = meeting(sides, &key);
        if meeting.is_none() {
            while alike(sides.map(<[_]>::last)) {
                sides = sides.map(|side| &side[..side.len() - 1]);
            }
        }
        for (at, side) in sides.iter_mut().enumerate() {
            let (astray, ahead) = side.split_at(meeting.map_or(side.len(), |steps| steps[at]));
            for row in astray {
                rest.entry(key(row)).or_default()[at].push(value(row));
            }
            *side = ahead;
        }
        if meeting.is_none() {
            break;
        }
    }
    let differs = |(key, mut values): (K, [Vec<V>; 3])| {
        values.iter_mut().for_each(|values| values.sort_unstable());
        let [theirs, then, now] = values;
        (theirs != then || theirs != now).then_some(key)
    };
    rest.into_iter().filter_map(differs).collect()
}

/// How many rows to pass on each side until all go on with the same key, or past it where they are there.
fn meeting<'a, T, K: Eq>(sides: [&[&'a T]; 3], key: impl Fn(&'a T) -> K) -> Option<[usize; 3]> {
    let [theirs, then, now] = sides.map(|side| &side[..side.len().min(ASTRAY)]);
    let steps = theirs.iter().enumerate().find_map(|(steps, row)| {
        let wanted = key(row);
        let place = |side: &[&'a T]| side.iter().position(|row| key(row) == wanted);
        Some([steps, place(then)?, place(now)?])
    })?;
    Some(if steps == [0; 3] { [1; 3] } else { steps })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u32, u32);

    fn found(sides: [&[Row]; 3]) -> Vec<u32> {
        let sides = sides.map(|side| side.iter().collect::<Vec<_>>());
        let mut found: Vec<u32> = others(&sides, |row| row.0, |row| row.1)
            .into_iter()
            .collect();
        found.sort_unstable();
        found
    }

    /// By key alone, however the rows stand.
    fn expected(sides: [&[Row]; 3]) -> Vec<u32> {
        let values = |side: &[Row], key| {
            let rows = side.iter().filter(|row| row.0 == key);
            let mut values: Vec<u32> = rows.map(|row| row.1).collect();
            values.sort_unstable();
            values
        };
        let mut keys: Vec<u32> = sides.concat().iter().map(|row| row.0).collect();
        keys.sort_unstable();
        keys.dedup();
        let differs = |key: &u32| {
            let [theirs, then, now] = sides.map(|side| values(side, *key));
            theirs != then || theirs != now
        };
        keys.into_iter().filter(differs).collect()
    }

    #[test]
    fn rows_in_order_differ_where_they_do() {
        let then: Vec<Row> = (0..1000).map(|key| (key, 0)).collect();
        let mut theirs = then.clone();
        theirs[500].1 = 7;
        theirs.insert(3, (5000, 0));
        theirs.swap(900, 901);
        let mut now = then.clone();
        now.splice(100..100, (6000..6200).map(|key| (key, 0)));
        now.remove(990);
        let found = found([&theirs, &then, &now]);
        assert_eq!(found, expected([&theirs, &then, &now]));
        assert_eq!(found.len(), 1 + 1 + 200 + 1);
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_rows_changes_nothing(
            common in proptest::collection::vec((0u32..40, 0u32..3), 0..200),
            changes in proptest::collection::vec((0usize..3, 0usize..200, 0u32..40, 0u32..3, 0u8..3), 0..12),
        ) {
            let mut sides = [common.clone(), common.clone(), common];
            for (side, at, key, value, how) in changes {
                let side = &mut sides[side];
                let at = at.min(side.len());
                match how {
                    0 => side.insert(at, (key, value)),
                    1 if at < side.len() => { side.remove(at); }
                    _ => side.rotate_left(at),
                }
            }
            let sides = sides.each_ref().map(Vec::as_slice);
            proptest::prop_assert_eq!(found(sides), expected(sides));
        }
    }
}
