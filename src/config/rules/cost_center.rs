//! A cost centre has a name, a life that begins before it ends, and alerts in order.

use std::collections::HashMap;

use super::support::{codes, parent_place, shown};
use super::{Context, Rule};
use crate::config::declaration::{Entry, Table};
use crate::config::problem::{At, Problem};
use crate::model::spec::CostCenter;
use crate::model::time::Month;

pub const RULE: Rule = Rule {
    name: "cost_center",
    codes: &[
        "cost-center.months",
        "cost-center.alerts",
        "cost-center.name",
        "cost-center.parent-life",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.cost_centers;
    let codes = codes(table);
    for entry in table.iter() {
        let center = &entry.value;
        let at = table.at(entry);
        let code = shown(&entry.key);
        if center.name.trim().is_empty() {
            problems.push(
                Problem::error(
                    "cost-center.name",
                    at.clone().key("name"),
                    format!("the cost centre `{code}` has an empty name"),
                    "write what people call it, for example `name: Payments`",
                )
                .label("empty"),
            );
        }
        if let (Some(from), Some(to)) = (center.from, center.to)
            && from > to
        {
            problems.push(
                Problem::error(
                    "cost-center.months",
                    at.clone().key("to"),
                    format!("`{code}` ends with {to}, before it begins with {from}"),
                    "write the first month as `from` and the last one as `to`",
                )
                .label("before it begins")
                .related(at.clone().key("from"), "begins here"),
            );
        }
        alerts(&center.alerts, &at, problems);
        lives(entry, table, &codes, problems);
    }
}

/// A cost centre stands below its parents while they live.
fn lives(
    entry: &Entry<CostCenter>,
    table: &Table<CostCenter>,
    codes: &HashMap<&str, usize>,
    problems: &mut Vec<Problem>,
) {
    let center = &entry.value;
    let Some(parents) = &center.parent else {
        return;
    };
    for (period, above) in parents.0.iter().enumerate() {
        let parent = above.parent.as_deref().and_then(|code| codes.get(code));
        let Some(parent) = parent.map(|at| &table.entries()[*at]) else {
            continue;
        };
        let next = parents.0.get(period + 1).and_then(|next| next.from);
        let until = next.map(|from| from.plus(-1));
        let first = center.from.max(above.from);
        let last = [center.to, until].into_iter().flatten().min();
        let empty = matches!((first, last), (Some(first), Some(last)) if last < first);
        if empty || parent.key == entry.key {
            continue;
        }
        let at = || parent_place(parents, period, table.at(entry));
        let place = table.at(parent);
        let (code, above) = (shown(&entry.key), shown(&parent.key));
        if let Some(to) = parent
            .value
            .to
            .filter(|to| last.is_none_or(|last| last > *to))
        {
            problems.push(
                Problem::error(
                    "cost-center.parent-life",
                    at(),
                    format!("`{code}` lives on after {to}, the last month of its parent `{above}`"),
                    format!(
                        "end it too (`to: {to}`), or name the parent that follows: `{{from: {}, parent: …}}`",
                        to.plus(1)
                    ),
                )
                .label("ends earlier")
                .related(place.clone().key("to"), "ends here"),
            );
        }
        // What stands there since ever begins with its parent.
        let early = |from: &Month| match (first, last) {
            (Some(first), _) => first < *from,
            (None, last) => last.is_some_and(|last| last < *from),
        };
        if let Some(from) = parent.value.from.filter(early) {
            problems.push(
                Problem::error(
                    "cost-center.parent-life",
                    at(),
                    format!(
                        "`{code}` begins before {from}, the first month of its parent `{above}`"
                    ),
                    format!("begin it later (`from: {from}`), or its parent earlier"),
                )
                .label("begins later")
                .related(place.key("from"), "begins here"),
            );
        }
    }
}

fn alerts(alerts: &[u16], at: &At, problems: &mut Vec<Problem>) {
    for (position, alert) in alerts.iter().enumerate() {
        let before = position
            .checked_sub(1)
            .and_then(|before| alerts.get(before));
        let message = if !(1..=1000).contains(alert) {
            format!("an alert at {alert} percent of the budget is out of range")
        } else if before.is_some_and(|before| before == alert) {
            format!("the alert at {alert} percent is given twice")
        } else if before.is_some_and(|before| before > alert) {
            format!("the alert at {alert} percent stands behind a higher one")
        } else {
            continue;
        };
        let mut right: Vec<u16> = alerts
            .iter()
            .copied()
            .filter(|alert| (1..=1000).contains(alert))
            .collect();
        right.sort_unstable();
        right.dedup();
        let right: Vec<String> = right.iter().take(12).map(u16::to_string).collect();
        problems.push(
            Problem::error(
                "cost-center.alerts",
                at.clone().key("alerts").index(position),
                message,
                format!(
                    "write percentages from 1 to 1000, each once, rising: `alerts: [{}]`",
                    right.join(", ")
                ),
            )
            .label("not in order"),
        );
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn lives_alerts_and_names_make_sense() {
        let text = "version: 1
cost_centers:
  A: {name: A, from: 2024-01, to: 2026-12, alerts: [50, 80, 100]}
  B: {name: B, parent: A, from: 2024-01, to: 2026-12}
  C: {name: ' ', alerts: [80, 50]}
  D: {name: D, from: 2027-01, to: 2026-12, alerts: [0]}
  E: {name: E, parent: A, from: 2023-01}
  F: {name: F, alerts: [50, 50]}
";
        assert_eq!(
            found(&RULE, text),
            [
                "cost-center.alerts cost_centers.C.alerts[1]",
                "cost-center.name cost_centers.C.name",
                "cost-center.alerts cost_centers.D.alerts[0]",
                "cost-center.months cost_centers.D.to",
                "cost-center.parent-life cost_centers.E.parent",
                "cost-center.parent-life cost_centers.E.parent",
                "cost-center.alerts cost_centers.F.alerts[1]",
            ]
        );
        assert!(said(&RULE, text)[0].ends_with("`alerts: [50, 80]`"));
    }

    #[test]
    fn a_parent_lives_in_the_months_that_it_is_one() {
        let text = "version: 1
cost_centers:
  A: {name: A, to: 2026-12}
  B: {name: B, from: 2027-01}
  C: {name: C, parent: [A, {from: 2027-01, parent: B}]}
  D: {name: D, parent: [A, {from: 2027-02, parent: B}]}
  E: {name: E, parent: [A, {from: 2026-12, parent: B}]}
  F: {name: F, parent: [B, {from: 2026-06, parent: A}], to: 2026-12}
  G: {name: G, parent: [B, {from: 2026-06, parent: A}], from: 2026-06, to: 2026-12}
  H: {name: H, parent: [A, {from: 2027-01}]}
";
        assert_eq!(
            found(&RULE, text),
            [
                "cost-center.parent-life cost_centers.D.parent[0].parent",
                "cost-center.parent-life cost_centers.E.parent[1].parent",
                "cost-center.parent-life cost_centers.F.parent[0].parent",
            ]
        );
    }
}
