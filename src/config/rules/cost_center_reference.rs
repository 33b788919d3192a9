//! Every cost centre that a cost falls on is declared, and alive in the months that it is used in.

use std::collections::HashSet;

use super::support::{self, Field, Found, Names, Origin, shown};
use super::{Context, Rule};
use crate::config::declaration::{Section, Table};
use crate::config::problem::{At, Problem};
use crate::model::spec::{CostCenter, Method};
use crate::model::time::Month;
use crate::model::timeline::{Shares, Timeline};

pub const RULE: Rule = Rule {
    name: "cost_center_reference",
    codes: &[
        "reference.unknown",
        "reference.former-name",
        "cost-center.life",
    ],
    check,
};

/// Where in a timeline something is wrong: the period, and which of its codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Wrong {
    period: usize,
    code: usize,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Unknown,
    Former(usize),
    /// Used before its first month.
    Early(usize),
    /// Used after its last month.
    Late(usize),
}

struct Judge<'a> {
    names: Names<'a>,
    table: &'a Table<CostCenter>,
}

impl Judge<'_> {
    /// Everything that is wrong with a timeline; `last` is the last month that costs can fall in.
    fn each(&self, timeline: &Timeline, last: Option<Month>, mut wrong: impl FnMut(Wrong)) {
        for (period, entry) in timeline.0.iter().enumerate() {
            let next = timeline.0.get(period + 1).and_then(|next| next.from);
            let end = match (next.map(|from| from.plus(-1)), last) {
                (Some(end), Some(last)) => Some(end.min(last)),
                (end, last) => end.or(last),
            };
            let mut judge = |code: usize, name: &str| {
                if let Some(what) = self.judge(name, entry.from, end) {
                    wrong(Wrong { period, code, what });
                }
            };
            match &entry.shares {
                // The usual case, without a list.
                Shares::Whole(name) => judge(0, name),
                shares => shares
                    .codes()
                    .enumerate()
                    .for_each(|(at, name)| judge(at, name)),
            }
        }
    }

    fn judge(&self, code: &str, from: Option<Month>, end: Option<Month>) -> Option<What> {
        let at = match self.names.find(code) {
            Found::Nowhere => return Some(What::Unknown),
            Found::Unread => return None,
            Found::Former(at) => return Some(What::Former(at)),
            Found::Present(at) => at,
        };
        let life = &self.table.entries()[at].value;
        // A period that began "since ever" begins with its cost centre.
        if let (Some(first), Some(from)) = (life.from, from)
            && from < first
        {
            return Some(What::Early(at));
        }
        life.to
            .is_some_and(|to| end.is_none_or(|end| end > to))
            .then_some(What::Late(at))
    }
}

/// Where a code of a timeline stands.
pub fn place(timeline: &Timeline, period: usize, code: usize, at: At) -> At {
    let Some(entry) = timeline.0.get(period) else {
        return at;
    };
    let several = timeline.0.len() > 1;
    let at = if several { at.index(period) } else { at };
    match &entry.shares {
        Shares::Whole(_) if several => at.key("cost_center"),
        Shares::Whole(_) => at,
        Shares::Even(_) => at.key("split").index(code),
        Shares::Fixed(parts) => match parts.keys().nth(code) {
            Some(name) => at.key("split").key(name).name(),
            None => at.key("split"),
        },
    }
}

fn name(timeline: &Timeline, wrong: Wrong) -> &str {
    let period = timeline.0.get(wrong.period);
    period
        .and_then(|period| period.shares.codes().nth(wrong.code))
        .unwrap_or_default()
}

impl Judge<'_> {
    fn problem(&mut self, timeline: &Timeline, wrong: Wrong, at: &At, more: usize) -> Problem {
        let name = name(timeline, wrong);
        let place = place(timeline, wrong.period, wrong.code, at.clone());
        let from = timeline.0.get(wrong.period).and_then(|period| period.from);
        let more = match more {
            0 => String::new(),
            1 => ", for this account and 1 more".to_owned(),
            more => format!(", for this account and {more} more"),
        };
        let (position, first) = match wrong.what {
            What::Unknown => return self.names.unknown(name, place),
            What::Former(now) => return self.names.former_name(name, now, place),
            What::Early(at) => (at, true),
            What::Late(at) => (at, false),
        };
        let entry = &self.table.entries()[position];
        let code = shown(&entry.key);
        let life = self.table.at(entry);
        match (entry.value.from, entry.value.to) {
            (Some(begin), _) if first => Problem::error(
                "cost-center.life",
                place,
                format!(
                    "costs fall on `{code}` from {} on, and it begins with {begin}{more}",
                    from.map_or_else(String::new, |from| from.to_string())
                ),
                format!("begin this period with `from: {begin}`, or `{code}` earlier"),
            )
            .label("does not exist yet")
            .related(life.key("from"), "begins here"),
            (_, Some(to)) => Problem::error(
                "cost-center.life",
                place,
                format!("costs fall on `{code}` after {to}, its last month{more}"),
                format!(
                    "let another cost centre follow: `- {{from: {}, cost_center: …}}` at the end of the timeline",
                    to.plus(1)
                ),
            )
            .label("has ended by then")
            .related(life.key("to"), "ends here"),
            _ => self.names.unknown(name, place),
        }
    }

    fn timeline(&mut self, timeline: &Timeline, at: &At, life: bool, problems: &mut Vec<Problem>) {
        let mut found = Vec::new();
        self.each(timeline, None, |wrong| {
            let of_life = matches!(wrong.what, What::Early(_) | What::Late(_));
            if life || !of_life {
                found.push(wrong);
            }
        });
        for wrong in found {
            problems.push(self.problem(timeline, wrong, at, 0));
        }
    }
}

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let declaration = &estate.declaration;
    let table = &declaration.cost_centers;
    let names = Names::new("cost centre", declaration, table, |center| &center.previously);
    let mut judge = Judge { names, table };
    for entry in declaration.payers.iter() {
        if let Some(timeline) = &entry.value.cost_center {
            let at = declaration.payers.at(entry).key("cost_center");
            judge.timeline(timeline, &at, true, problems);
        }
    }
    // Of defaults only the names: in which months they count, their accounts know.
    for (file, defaults) in &declaration.defaults {
        if let Some(timeline) = &defaults.cost_center {
            let at = At::file(*file)
                .key(Section::Defaults.as_str())
                .key("cost_center");
            judge.timeline(timeline, &at, false, problems);
        }
    }
    for entry in declaration.organizations.iter() {
        if let Some(timeline) = &entry.value.defaults.cost_center {
            let at = declaration
                .organizations
                .at(entry)
                .key("defaults")
                .key("cost_center");
            judge.timeline(timeline, &at, false, problems);
        }
    }
    accounts(context, &mut judge, problems);
    structure(context, &mut judge.names, problems);
}

fn accounts(context: Context<'_>, judge: &mut Judge<'_>, problems: &mut Vec<Problem>) {
    let estate = context.estate;
    let hits = support::accounts(estate, Field::CostCenter, |account, _| {
        let timeline = account.value.cost_center.as_ref()?;
        let mut first = None;
        judge.each(
            timeline,
            account.value.closed.map(|day| day.month()),
            |wrong| {
                first.get_or_insert(wrong);
            },
        );
        first
    });
    for hit in hits {
        let account = &estate.declaration.accounts.entries()[hit.account].value;
        let Some(timeline) = &account.cost_center else {
            continue;
        };
        let own = matches!(hit.origin, Origin::Own(_));
        let at = support::place(estate, hit.origin, Field::CostCenter);
        let mut all = Vec::new();
        judge.each(timeline, account.closed.map(|day| day.month()), |wrong| {
            all.push(wrong)
        });
        for wrong in all {
            let of_life = matches!(wrong.what, What::Early(_) | What::Late(_));
            if own || of_life {
                problems.push(judge.problem(timeline, wrong, &at, hit.more));
            }
        }
    }
}

/// The financial structure's own references: parents, budgets, shared costs.
fn structure(context: Context<'_>, names: &mut Names<'_>, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    for entry in declaration.cost_centers.iter() {
        let Some(parents) = &entry.value.parent else {
            continue;
        };
        for (period, above) in parents.0.iter().enumerate() {
            if let Some(parent) = &above.parent {
                let at = declaration.cost_centers.at(entry);
                let place = support::parent_place(parents, period, at);
                names.report(parent, place, problems);
            }
        }
    }
    for entry in declaration.budgets.iter() {
        names.report(&entry.key, declaration.budgets.at(entry).name(), problems);
    }
    for entry in declaration.shared_costs.iter() {
        let at = declaration.shared_costs.at(entry);
        let mut seen = HashSet::new();
        for (position, code) in entry.value.among.iter().enumerate() {
            if seen.insert(code) {
                names.report(code, at.clone().key("among").index(position), problems);
            }
        }
        if let Method::Fixed(parts) = &entry.value.method {
            for code in parts.keys() {
                let place = at.clone().key("method").key("fixed").key(code).name();
                names.report(code, place, problems);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, found_in, said};
    use super::*;

    const HEAD: &str = "version: 1
organizations: {core: {provider: aws, id: o-abcdefghij}}
cost_centers:
  CC-1: {name: One, previously: [CC-0]}
  CC-2: {name: Two, from: 2025-01, to: 2026-12, parent: CC-1}
";

    #[test]
    fn codes_lead_to_cost_centres_wherever_they_stand() {
        let text = format!(
            "{HEAD}  CC-3: {{name: Three, parent: CC-9}}
payers: {{'1': {{organization: core, cost_center: CC-8}}}}
accounts:
  a: {{organization: core, cost_center: CC-1}}
  b: {{organization: core, cost_center: CC-7}}
  c: {{organization: core, cost_center: {{split: {{CC-1: 50, CC-7: 50}}}}}}
  d: {{organization: core, cost_center: [CC-1, {{from: 2027-01, split: [CC-0, CC-1]}}]}}
budgets: {{FY2027: {{CC-1: 1, CC-6: 1}}}}
shared_costs:
  s: {{match: {{service: x}}, method: even, among: [CC-1, CC-5]}}
  t: {{match: {{service: x}}, method: {{fixed: {{CC-1: 50, CC-4: 50}}}}}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "reference.unknown accounts.b.cost_center",
                "reference.unknown ~accounts.c.cost_center.split.CC-7",
                "warning reference.former-name accounts.d.cost_center[1].split[0]",
                "reference.unknown ~budgets.FY2027.CC-6",
                "reference.unknown cost_centers.CC-3.parent",
                "reference.unknown payers.1.cost_center",
                "reference.unknown shared_costs.s.among[1]",
                "reference.unknown ~shared_costs.t.method.fixed.CC-4",
            ]
        );
    }

    #[test]
    fn cost_centres_are_used_while_they_live() {
        let text = format!(
            "{HEAD}
accounts:
  a: {{organization: core, cost_center: CC-2}}
  b: {{organization: core, cost_center: CC-2, closed: 2026-12-31}}
  c: {{organization: core, cost_center: [CC-2, {{from: 2027-01, cost_center: CC-1}}]}}
  d: {{organization: core, cost_center: [CC-2, {{from: 2027-02, cost_center: CC-1}}]}}
  e: {{organization: core, cost_center: [CC-1, {{from: 2024-12, cost_center: CC-2}}, {{from: 2026-01, cost_center: CC-1}}]}}
"
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "cost-center.life accounts.a.cost_center",
                "cost-center.life accounts.d.cost_center[0].cost_center",
                "cost-center.life accounts.e.cost_center[1].cost_center",
            ]
        );
        assert_eq!(
            said(&RULE, &text)[0],
            "costs fall on `CC-2` after 2026-12, its last month; let another cost centre follow: `- {from: 2027-01, cost_center: …}` at the end of the timeline"
        );
    }

    #[test]
    fn a_default_is_blamed_once() {
        let file = "defaults: {organization: core, cost_center: CC-2}
accounts: {a: A, b: B, c: {closed: 2026-01-01}}
";
        assert_eq!(
            found_in(&RULE, &[("bursar.yaml", HEAD), ("a.yaml", file)]),
            ["cost-center.life 1: defaults.cost_center"]
        );
        let closed = "defaults: {organization: core, cost_center: CC-2}
accounts: {c: {closed: 2026-01-01}}
";
        assert!(found_in(&RULE, &[("bursar.yaml", HEAD), ("a.yaml", closed)]).is_empty());
        let unknown = "defaults: {cost_center: CC-11, organization: core}
accounts: {a: A, b: B}
";
        assert_eq!(
            found_in(&RULE, &[("bursar.yaml", HEAD), ("a.yaml", unknown)]),
            ["reference.unknown 1: defaults.cost_center"]
        );
    }
}
