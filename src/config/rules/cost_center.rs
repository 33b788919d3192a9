//! A cost centre has a name, a life that begins before it ends, and alerts in order.

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};

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
        let parent = center
            .parent
            .as_deref()
            .and_then(|parent| table.get(parent));
        if let Some(parent) = parent.filter(|parent| parent.key != entry.key) {
            let begins_early =
                matches!((center.from, parent.value.from), (Some(own), Some(its)) if own < its);
            let ends_late = parent
                .value
                .to
                .is_some_and(|its| center.to.is_none_or(|own| own > its));
            let place = table.at(parent);
            let above = shown(&parent.key);
            if let Some(to) = parent.value.to.filter(|_| ends_late) {
                problems.push(
                    Problem::error(
                        "cost-center.parent-life",
                        at.clone().key("parent"),
                        format!(
                            "`{code}` lives on after {to}, the last month of its parent `{above}`"
                        ),
                        format!("end it too (`to: {to}`), or name a parent that lives as long"),
                    )
                    .label("ends earlier")
                    .related(place.clone().key("to"), "ends here"),
                );
            }
            if let Some(from) = parent.value.from.filter(|_| begins_early) {
                problems.push(
                    Problem::error(
                        "cost-center.parent-life",
                        at.key("parent"),
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
}
