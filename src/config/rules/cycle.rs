//! Cost centres form trees, and roles are assumed from a credential that stands on its own.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::support::{codes, parent_place, shown};
use super::{Context, Rule};
use crate::config::declaration::Table;
use crate::config::problem::{At, Problem};
use crate::model::spec::{CostCenter, Credential};
use crate::model::time::Month;

pub const RULE: Rule = Rule {
    name: "cycle",
    codes: &["cycle.cost-center", "cycle.credential"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    cost_centers(&declaration.cost_centers, problems);
    let table = &declaration.credentials;
    let source = |at: usize| match &table.entries()[at].value {
        Credential::AwsRole(role) => role.source.as_deref(),
        _ => None,
    };
    let edges = edges(table, source);
    let mut starts: Vec<usize> = edges.keys().copied().collect();
    starts.sort_unstable();
    for ring in find(starts, |at| edges.get(&at).copied()) {
        report(
            "cycle.credential",
            table,
            &ring,
            "roles are to be assumed from each other",
            "name a credential as `source` that needs no other, such as `{aws_default: {}}`",
            |at| {
                let at = table.at(&table.entries()[at]);
                at.key("aws_role").key("source")
            },
            problems,
        );
    }
}

/// No cost centre stands above itself, in no month. A ring that begins in a month has a parent that begins
/// in it: only those are followed.
fn cost_centers(table: &Table<CostCenter>, problems: &mut Vec<Problem>) {
    let codes = codes(table);
    // By month, none for since ever, what has another parent from then on.
    let mut begin: BTreeMap<Option<Month>, Vec<usize>> = BTreeMap::new();
    let parents = |at: usize| {
        let parents = table.entries()[at].value.parent.as_ref();
        parents.map_or(&[][..], |parents| &parents.0)
    };
    for at in 0..table.len() {
        for above in parents(at).iter().filter(|above| above.parent.is_some()) {
            begin.entry(above.from).or_default().push(at);
        }
    }
    // Which period of a cost centre holds in a month; the first one holds before all months.
    let period = |at: usize, month: Option<Month>| {
        let begun = |from: Option<Month>| from.is_none_or(|from| month.is_some_and(|m| from <= m));
        parents(at).iter().rposition(|above| begun(above.from))
    };
    let parent = |at: usize, month: Option<Month>| {
        let above = &parents(at)[period(at, month)?];
        codes.get(above.parent.as_deref()?).copied()
    };
    let mut known: HashSet<Vec<usize>> = HashSet::new();
    for (month, starts) in begin {
        for ring in find(starts, |at| parent(at, month)) {
            if known.contains(&ring) {
                continue;
            }
            let (what, help) = match month {
                None => (
                    "cost centres are each other's parents".to_owned(),
                    "take `parent` out of one of them, or name another parent".to_owned(),
                ),
                Some(month) => (
                    format!("cost centres are each other's parents in {month}"),
                    format!("name another parent for one of them from that month on, or none: `{{from: {month}}}`"),
                ),
            };
            let place = |at: usize| {
                let entry = &table.entries()[at];
                let place = table.at(entry);
                match (&entry.value.parent, period(at, month)) {
                    (Some(parents), Some(period)) => {
                        parent_place(parents, period, place)
                    }
                    _ => place.key("parent"),
                }
            };
            report("cycle.cost-center", table, &ring, &what, &help, place, problems);
            known.insert(ring);
        }
    }
}

fn edges<'a, T>(
    table: &'a Table<T>,
    next: impl Fn(usize) -> Option<&'a str>,
) -> HashMap<usize, usize> {
    (0..table.len())
        .filter_map(|at| {
            next(at)
                .and_then(|name| table.position(name))
                .map(|to| (at, to))
        })
        .collect()
}

fn report<T>(
    code: &'static str,
    table: &Table<T>,
    ring: &[usize],
    what: &str,
    help: &str,
    place: impl Fn(usize) -> At,
    problems: &mut Vec<Problem>,
) {
    let entries = table.entries();
    let keys: Vec<&str> = ring.iter().map(|at| &*entries[*at].key).collect();
    let Some((first, rest)) = ring.split_first() else {
        return;
    };
    let message = format!("{what}: {}", path(&keys));
    let mut problem = Problem::error(code, place(*first), message, help).label("leads back here");
    for at in rest.iter().take(4) {
        problem = problem.related(place(*at), "goes on here");
    }
    problems.push(problem);
}

/// `a → b → a`, shortened where it is long.
pub fn path(keys: &[&str]) -> String {
    const MOST: usize = 6;
    let mut names: Vec<String> = keys.iter().take(MOST).map(|key| shown(key)).collect();
    if keys.len() > MOST {
        names.push(format!("… ({} more)", keys.len() - MOST));
    }
    names.extend(keys.first().map(|key| shown(key)));
    names.join(" → ")
}

/// The cycles of a graph in which each node has at most one successor, as far as they are reached from
/// `starts`; each begins with its smallest node.
pub fn find(starts: Vec<usize>, next: impl Fn(usize) -> Option<usize>) -> Vec<Vec<usize>> {
    let mut done: HashSet<usize> = HashSet::with_capacity(starts.len());
    let mut cycles = Vec::new();
    for start in starts {
        let mut trail = Vec::new();
        let mut on_trail: HashMap<usize, usize> = HashMap::new();
        let mut at = start;
        while !done.contains(&at) {
            if let Some(from) = on_trail.get(&at) {
                let mut cycle: Vec<usize> = trail[*from..].to_vec();
                let smallest = (0..cycle.len()).min_by_key(|n| cycle[*n]).unwrap_or(0);
                cycle.rotate_left(smallest);
                cycles.push(cycle);
                break;
            }
            on_trail.insert(at, trail.len());
            trail.push(at);
            match next(at) {
                Some(to) => at = to,
                None => break,
            }
        }
        done.extend(trail);
    }
    cycles
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn cycles_are_found_once_each() {
        let text = "version: 1
credentials:
  a: {aws_role: {role_name: r, source: b}}
  b: {aws_role: {role_name: r, source: a}}
  c: {aws_role: {role_name: r, source: c}}
  d: {aws_role: {role_name: r, source: a}}
  e: {aws_role: {role_name: r}}
cost_centers:
  X: {name: X, parent: Z}
  Y: {name: Y, parent: X}
  Z: {name: Z, parent: Y}
  W: {name: W, parent: Z}
";
        assert_eq!(
            found(&RULE, text),
            [
                "cycle.cost-center cost_centers.X.parent",
                "cycle.credential credentials.a.aws_role.source",
                "cycle.credential credentials.c.aws_role.source",
            ]
        );
        assert!(
            said(&RULE, text)[0]
                .starts_with("cost centres are each other's parents: X → Z → Y → X;")
        );
    }

    #[test]
    fn a_ring_of_any_month_is_found_and_named() {
        let text = "version: 1
cost_centers:
  A: {name: A, parent: [B, {from: 2027-01}, {from: 2027-06, parent: C}]}
  B: {name: B, parent: [{from: 2027-01, parent: A}]}
  C: {name: C, parent: [{from: 2027-09, parent: E}]}
  D: {name: D, previously: [E], parent: A}
";
        assert_eq!(
            found(&RULE, text),
            ["cycle.cost-center cost_centers.A.parent[2].parent"]
        );
        assert!(
            said(&RULE, text)[0]
                .starts_with("cost centres are each other's parents in 2027-09: A → C → D → A;")
        );
        // Two that swap their places are never each other's parents at one time.
        let swapped = text.replace("from: 2027-09, parent: E", "from: 2027-09, parent: B");
        let swapped = swapped.replace("parent: C}", "parent: B}");
        assert!(said(&RULE, &swapped)[0].contains("in 2027-06: A → B → A"));
        let sound = swapped.replace(", {from: 2027-06, parent: B}", "");
        assert!(found(&RULE, &sound).is_empty());
    }

    #[test]
    fn a_long_chain_is_no_cycle() {
        let next = |n: usize| (n < 50_000).then_some(n + 1);
        assert!(find((0..50_000).collect(), next).is_empty());
    }
}
