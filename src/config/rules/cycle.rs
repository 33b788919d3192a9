//! Cost centres form trees, and roles are assumed from a credential that stands on its own.

use std::collections::{HashMap, HashSet};

use super::support::shown;
use super::{Context, Rule};
use crate::config::declaration::Table;
use crate::config::problem::{At, Problem};
use crate::model::spec::Credential;

pub const RULE: Rule = Rule {
    name: "cycle",
    codes: &["cycle.cost-center", "cycle.credential"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    let table = &declaration.cost_centers;
    let parent = |at: usize| table.entries()[at].value.parent.as_deref();
    report(
        "cycle.cost-center",
        table,
        &edges(table, parent),
        "cost centres are each other's parents",
        "take `parent` out of one of them, or name another parent",
        |at| at.key("parent"),
        problems,
    );
    let table = &declaration.credentials;
    let source = |at: usize| match &table.entries()[at].value {
        Credential::AwsRole(role) => role.source.as_deref(),
        _ => None,
    };
    report(
        "cycle.credential",
        table,
        &edges(table, source),
        "roles are to be assumed from each other",
        "name a credential as `source` that needs no other, such as `{aws_default: {}}`",
        |at| at.key("aws_role").key("source"),
        problems,
    );
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
    edges: &HashMap<usize, usize>,
    what: &str,
    help: &str,
    place: impl Fn(At) -> At,
    problems: &mut Vec<Problem>,
) {
    for cycle in find(edges) {
        let entries = table.entries();
        let keys: Vec<&str> = cycle.iter().map(|at| &*entries[*at].key).collect();
        let Some((first, rest)) = cycle.split_first() else {
            continue;
        };
        let message = format!("{what}: {}", path(&keys));
        let mut problem = Problem::error(code, place(table.at(&entries[*first])), message, help)
            .label("leads back here");
        for at in rest.iter().take(4) {
            problem = problem.related(place(table.at(&entries[*at])), "goes on here");
        }
        problems.push(problem);
    }
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

/// The cycles of a graph in which each node has at most one successor; each starts with its
/// smallest node.
pub fn find(next: &HashMap<usize, usize>) -> Vec<Vec<usize>> {
    let mut starts: Vec<usize> = next.keys().copied().collect();
    starts.sort_unstable();
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
            match next.get(&at) {
                Some(to) => at = *to,
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
    fn a_long_chain_is_no_cycle() {
        let next: HashMap<usize, usize> = (0..50_000).map(|n| (n, n + 1)).collect();
        assert!(find(&next).is_empty());
    }
}
