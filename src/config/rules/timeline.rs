//! The periods of a timeline follow each other, and each splits the whole cost.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::support::{self, Field, shown};
use super::{Context, Rule};
use crate::config::declaration::Section;
use crate::config::problem::{At, Problem};
use crate::model::money::Percent;
use crate::model::time::Month;
use crate::model::timeline::{Shares, Timeline};

pub const RULE: Rule = Rule {
    name: "timeline",
    codes: &[
        "timeline.order",
        "split.total",
        "split.duplicate",
        "split.single",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    for entry in declaration.payers.iter() {
        if let Some(timeline) = &entry.value.cost_center {
            judge(
                timeline,
                &declaration.payers.at(entry).key("cost_center"),
                problems,
            );
        }
    }
    for (file, defaults) in &declaration.defaults {
        if let Some(timeline) = &defaults.cost_center {
            let at = At::file(*file)
                .key(Section::Defaults.as_str())
                .key("cost_center");
            judge(timeline, &at, problems);
        }
    }
    for entry in declaration.organizations.iter() {
        if let Some(timeline) = &entry.value.defaults.cost_center {
            let at = declaration
                .organizations
                .at(entry)
                .key("defaults")
                .key("cost_center");
            judge(timeline, &at, problems);
        }
    }
    for entry in declaration.cost_centers.iter() {
        if let Some(parents) = &entry.value.parent {
            let at = declaration.cost_centers.at(entry).key("parent");
            order(parents.0.iter().map(|above| above.from), &at, problems);
        }
    }
    let hits = support::accounts(estate, Field::CostCenter, |account, _| {
        let timeline = account.value.cost_center.as_ref()?;
        (!is_plain(timeline)).then_some(())
    });
    for hit in hits {
        if matches!(hit.origin, support::Origin::Own(_))
            && let Some(timeline) = &declaration.accounts.entries()[hit.account]
                .value
                .cost_center
        {
            judge(
                timeline,
                &support::place(estate, hit.origin, Field::CostCenter),
                problems,
            );
        }
    }
}

/// One code since ever, as most accounts have it: nothing to judge.
fn is_plain(timeline: &Timeline) -> bool {
    matches!(timeline.0.as_slice(), [period] if matches!(period.shares, Shares::Whole(_)))
}

/// Reports periods that do not follow each other.
fn order(
    periods: impl Iterator<Item = Option<Month>>,
    at: &At,
    problems: &mut Vec<Problem>,
) {
    let mut before: Option<Month> = None;
    for (position, from) in periods.enumerate() {
        let place = || at.clone().index(position);
        match (from, before) {
            (None, _) if position > 0 => problems.push(
                Problem::error(
                    "timeline.order",
                    place(),
                    "only the first entry of a timeline may leave out when it begins",
                    "say from which month it counts: `from: 2027-01`",
                )
                .label("begins when?"),
            ),
            (Some(from), Some(last)) if from <= last => problems.push(
                Problem::error(
                    "timeline.order",
                    place().key("from"),
                    format!("this entry begins with {from}, and the one before it with {last}"),
                    "write the entries in the order of their months, each month once",
                )
                .label("not after the one before")
                .related(at.clone().index(position - 1), "the one before"),
            ),
            _ => {}
        }
        before = from.or(before);
    }
}

fn judge(timeline: &Timeline, at: &At, problems: &mut Vec<Problem>) {
    order(timeline.0.iter().map(|period| period.from), at, problems);
    let several = timeline.0.len() > 1;
    for (position, period) in timeline.0.iter().enumerate() {
        let base = if several {
            at.clone().index(position)
        } else {
            at.clone()
        };
        shares(&period.shares, base.key("split"), problems);
    }
}

fn shares(shares: &Shares, at: At, problems: &mut Vec<Problem>) {
    let parts = match shares {
        Shares::Whole(_) => return,
        Shares::Even(codes) => {
            duplicates(codes, &at, problems);
            codes.len()
        }
        Shares::Fixed(parts) => {
            total(parts.values(), &at, problems);
            parts.len()
        }
    };
    if parts == 1 {
        let code = shares.codes().next().unwrap_or_default();
        problems.push(
            Problem::warning(
                "split.single",
                at,
                "a split with one part splits nothing",
                format!("write `cost_center: {}`", shown(code)),
            )
            .label("one part only"),
        );
    }
}

/// Reports codes that an even list names more than once.
pub fn duplicates(codes: &[String], at: &At, problems: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    for (position, code) in codes.iter().enumerate() {
        if !seen.insert(code) {
            problems.push(
                Problem::error(
                    "split.duplicate",
                    at.clone().index(position),
                    format!("`{}` is named twice", shown(code)),
                    "name each cost centre once; for uneven parts write a map: `{CC-110: 60, CC-120: 40}`",
                )
                .label("named again"),
            );
        }
    }
}

/// Reports percentages that do not total 100.
pub fn total<'p>(parts: impl Iterator<Item = &'p Percent>, at: &At, problems: &mut Vec<Problem>) {
    let parts: Vec<Decimal> = parts.map(|part| part.0).collect();
    let total: Decimal = parts.iter().sum();
    if total == Decimal::ONE_HUNDRED {
        return;
    }
    let (verb, rest) = if total < Decimal::ONE_HUNDRED {
        ("missing", Decimal::ONE_HUNDRED - total)
    } else {
        ("too many", total - Decimal::ONE_HUNDRED)
    };
    let same = parts.windows(2).all(|pair| pair[0] == pair[1]) && parts.len() > 1;
    let help = if same {
        "for even parts write a list instead of a map: `split: [CC-110, CC-120, CC-130]`".to_owned()
    } else {
        format!(
            "change the parts so that they total 100.00 exactly: {} {verb}",
            rest.normalize()
        )
    };
    problems.push(
        Problem::error(
            "split.total",
            at.clone(),
            format!("the parts total {}, not 100", total.normalize()),
            help,
        )
        .label("not the whole"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, found_in, said};
    use super::*;

    const HEAD: &str = "version: 1
organizations: {core: {provider: aws, id: o-abcdefghij}}
";

    #[test]
    fn periods_follow_each_other_and_parts_total_the_whole() {
        let text = format!(
            "{HEAD}
accounts:
  a: {{organization: core, cost_center: [A, {{from: 2027-01, split: {{A: 33.33, B: 33.33, C: 33.34}}}}]}}
  b: {{organization: core, cost_center: [A, B]}}
  c: {{organization: core, cost_center: [{{from: 2027-02, cost_center: A}}, {{from: 2027-02, cost_center: B}}]}}
  d: {{organization: core, cost_center: {{split: {{A: 60, B: 30}}}}}}
  e: {{organization: core, cost_center: {{split: {{A: 33, B: 33, C: 33}}}}}}
  f: {{organization: core, cost_center: {{split: [A, B, A]}}}}
  g: {{organization: core, cost_center: {{split: [A]}}}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "timeline.order accounts.b.cost_center[1]",
                "timeline.order accounts.c.cost_center[1].from",
                "split.total accounts.d.cost_center.split",
                "split.total accounts.e.cost_center.split",
                "split.duplicate accounts.f.cost_center.split[2]",
                "warning split.single accounts.g.cost_center.split",
            ]
        );
        let said = said(&RULE, &text);
        assert!(said[2].ends_with("10 missing"), "{}", said[2]);
        assert!(said[3].contains("write a list"), "{}", said[3]);
    }

    #[test]
    fn parents_follow_each_other_too() {
        let text = format!(
            "{HEAD}
cost_centers:
  A: {{name: A}}
  B: {{name: B, parent: [A, {{from: 2027-01}}, {{from: 2027-06, parent: A}}]}}
  C: {{name: C, parent: [{{from: 2027-02, parent: A}}, {{from: 2027-01, parent: B}}]}}
  D: {{name: D, parent: [A, B]}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "timeline.order cost_centers.C.parent[1].from",
                "timeline.order cost_centers.D.parent[1]",
            ]
        );
    }

    #[test]
    fn a_default_is_judged_where_it_stands() {
        let file = "defaults: {organization: core, cost_center: {split: {A: 1, B: 2}}}
accounts: {a: A, b: B}
";
        assert_eq!(
            found_in(&RULE, &[("bursar.yaml", HEAD), ("a.yaml", file)]),
            ["split.total 1: defaults.cost_center.split"]
        );
    }
}
