//! Budgets: for a fiscal year and its months, in amounts that the currency has, within the parent's.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::support::{codes, shown};
use super::{Context, Rule};
use crate::config::declaration::Entry;
use crate::config::problem::{At, Problem};
use crate::model::money::{self, Amount, Currency};
use crate::model::parents::Above;
use crate::model::settings::FiscalYear;
use crate::model::spec::Budget;
use crate::model::time::Month;

pub const RULE: Rule = Rule {
    name: "budget",
    codes: &[
        "budget.year",
        "budget.month",
        "budget.amount",
        "budget.decimals",
        "budget.envelope",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    let structure = &declaration.settings.structure;
    let default = structure.currency.unwrap_or(Currency::USD);
    let table = &declaration.budgets;
    let mut years_said: Vec<(u32, &str)> = Vec::new();
    for entry in table.iter() {
        let at = table.at(entry);
        let year = entry.year.as_deref().unwrap_or_default();
        match FiscalYear::first(structure.fiscal_year, year) {
            Some(first) => months(entry, year, first, &at, problems),
            None => {
                // One problem a year, not one a cost centre.
                if !years_said.contains(&(entry.file.0, year)) {
                    years_said.push((entry.file.0, year));
                    problems.push(wrong_year(
                        year,
                        At::file(entry.file).key("budgets").key(year).name(),
                    ));
                }
            }
        }
        amounts(&entry.value, default, &at, problems);
    }
    envelopes(context, default, problems);
}

fn wrong_year(name: &str, at: At) -> Problem {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    let help = match digits.len() {
        4 => format!("write `FY{digits}`"),
        2 => format!("write `FY20{digits}`"),
        _ => "write `FY` and the year that it is named after, for example `FY2027`".to_owned(),
    };
    Problem::error(
        "budget.year",
        at,
        format!("`{}` is no fiscal year", shown(name)),
        help,
    )
    .label("not a fiscal year")
}

fn months(entry: &Entry<Budget>, year: &str, first: Month, at: &At, problems: &mut Vec<Problem>) {
    let last = first.plus(11);
    let outside: Vec<Month> = entry
        .value
        .months
        .keys()
        .copied()
        .filter(|month| *month < first || *month > last)
        .collect();
    for month in outside {
        problems.push(
            Problem::error(
                "budget.month",
                at.clone().key(&month.to_string()).name(),
                format!("{month} is no month of {year}, which runs from {first} to {last}"),
                "move it to its own fiscal year; `structure: {fiscal_year: {starts: 4, named_after: end}}` in bursar.yaml says when yours begins",
            )
            .label("of another year"),
        );
    }
}

fn amounts(budget: &Budget, default: Currency, at: &At, problems: &mut Vec<Problem>) {
    let currency = budget.currency.unwrap_or(default);
    if budget.amount.is_some() && !budget.months.is_empty() {
        problems.push(
            Problem::error(
                "budget.amount",
                at.clone().key("amount").name(),
                "a budget is given for the year or by month, and this one is given in both ways",
                "delete `amount`, or the months",
            )
            .label("in two ways"),
        );
    } else if budget.amount.is_none() && budget.months.is_empty() {
        problems.push(
            Problem::error(
                "budget.amount",
                at.clone().name(),
                "the budget has no amount",
                "write one for the year (`amount: 120000`), or one for each month (`2026-04: 9000`)",
            )
            .label("no amount"),
        );
    }
    let mut judge = |amount: &Amount, at: At| {
        let digits = currency.minor_digits();
        if amount.0.scale() > digits {
            let help = match digits {
                0 => format!("write a whole number: {currency} has no smaller unit"),
                _ => format!("write at most {digits} decimals: {currency} has no smaller unit"),
            };
            let message = format!("{amount} is no amount of {currency}");
            problems.push(
                Problem::error("budget.decimals", at, message, help).label("too many decimals"),
            );
        }
    };
    if let Some(amount) = &budget.amount {
        // A bare amount stands where the budget stands; a path that is too long leads there.
        judge(amount, at.clone().key("amount"));
    }
    for (month, amount) in &budget.months {
        judge(amount, at.clone().key(&month.to_string()));
    }
}

fn total(budget: &Budget) -> Option<Decimal> {
    budget
        .months
        .values()
        .chain(budget.amount.as_ref())
        .try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount.0))
}

/// What is budgeted below a parent in a year, in one currency.
#[derive(Default)]
struct Below<'a> {
    sum: Decimal,
    codes: HashSet<&'a str>,
    /// Whether some are below it in a part of the year only.
    partly: bool,
}

/// A parent's budget is an envelope: its children's together should fit in it, for the months in which
/// they are its children.
fn envelopes(context: Context<'_>, default: Currency, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    let fiscal = declaration.settings.structure.fiscal_year;
    let table = &declaration.budgets;
    let codes = codes(&declaration.cost_centers);
    let center = |code: &str| codes.get(code).copied();
    let mut below: HashMap<(usize, &str, Currency), Below<'_>> = HashMap::new();
    for entry in table.iter() {
        let own = center(&entry.key).map(|at| &declaration.cost_centers.entries()[at].value);
        let (Some(parents), Some(year), Some(amount)) = (
            own.and_then(|own| own.parent.as_ref()),
            entry.year.as_deref(),
            total(&entry.value),
        ) else {
            continue;
        };
        let Some(first) = FiscalYear::first(fiscal, year) else {
            continue;
        };
        let currency = entry.value.currency.unwrap_or(default);
        let mut add = |parent: &str, amount: Decimal, partly: bool| {
            if let Some(parent) = center(parent) {
                let below = below.entry((parent, year, currency)).or_default();
                below.sum = below.sum.saturating_add(amount);
                below.codes.insert(&entry.key);
                below.partly |= partly;
            }
        };
        let moves = |above: &Above| {
            let from = above.from;
            from.is_some_and(|from| from > first && from <= first.plus(11))
        };
        if !parents.0.iter().any(moves) {
            if let Some(parent) = parents.at(first) {
                add(parent, amount, false);
            }
            continue;
        }
        for (month, amount) in by_month(&entry.value, first, currency) {
            if let Some(parent) = parents.at(month) {
                add(parent, amount, true);
            }
        }
    }
    for entry in table.iter() {
        let currency = entry.value.currency.unwrap_or(default);
        let (Some(year), Some(own), Some(at)) = (
            entry.year.as_deref(),
            total(&entry.value),
            center(&entry.key),
        ) else {
            continue;
        };
        let Some(below) = below.get(&(at, year, currency)) else {
            continue;
        };
        let sum = below.sum.normalize();
        if sum > own {
            let months = match below.partly {
                true => ", for the months in which they are below it,",
                false => "",
            };
            problems.push(
                Problem::warning(
                    "budget.envelope",
                    table.at(entry).name(),
                    format!(
                        "the budgets of {} below `{}`{months} total {sum} {currency}, more than its own {own}",
                        match below.codes.len() {
                            1 => "1 cost centre".to_owned(),
                            many => format!("{many} cost centres"),
                        },
                        shown(&entry.key),
                    ),
                    format!("raise it to {sum} or lower theirs: a parent's budget is the envelope of its children's"),
                )
                .label("exceeded by its children"),
            );
        }
    }
}

/// What is budgeted for each month of the year that begins with `first`.
fn by_month(budget: &Budget, first: Month, currency: Currency) -> Vec<(Month, Decimal)> {
    match &budget.amount {
        Some(amount) => {
            let amounts = money::by_month(amount.0, currency.minor_digits());
            let months = (0..12).map(|at| first.plus(at));
            months.zip(amounts).collect()
        }
        None => {
            let named = budget.months.iter();
            named.map(|(month, amount)| (*month, amount.0)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;
    use crate::model::settings::NamedAfter;

    #[test]
    fn fiscal_years_begin_where_the_settings_say() {
        let year = |starts, named_after| {
            Some(FiscalYear {
                starts,
                named_after,
            })
        };
        let first = |name, fiscal| FiscalYear::first(fiscal, name).map(|month| month.to_string());
        assert_eq!(first("FY2027", None).as_deref(), Some("2027-01"));
        assert_eq!(
            first("FY2027", year(4, NamedAfter::End)).as_deref(),
            Some("2026-04")
        );
        assert_eq!(
            first("FY2027", year(4, NamedAfter::Start)).as_deref(),
            Some("2027-04")
        );
        assert_eq!(
            first("FY2027", year(1, NamedAfter::End)).as_deref(),
            Some("2027-01")
        );
        for wrong in ["2027", "FY27", "FY20277", "fy2027", ""] {
            assert_eq!(first(wrong, None), None, "{wrong}");
        }
    }

    #[test]
    fn budgets_are_for_a_year_in_real_amounts() {
        let text = "version: 1
structure: {currency: USD, fiscal_year: {starts: 4, named_after: end}}
cost_centers:
  P: {name: P}
  A: {name: A, parent: P}
  B: {name: B, parent: P}
budgets:
  FY2027:
    P: 100
    A: {2026-04: 60.25, 2027-04: 1}
    B: {amount: 50.001}
  FY2028:
    P: {amount: 100, currency: JPY}
    A: {amount: 10.5, currency: JPY}
    B: {amount: 200}
  FY2026:
    A: {currency: USD}
    B: {amount: 1, 2025-04: 1}
  FY27: {A: 1, B: 2}
";
        assert_eq!(
            found(&RULE, text),
            [
                "budget.amount ~budgets.FY2026.A",
                "budget.amount ~budgets.FY2026.B.amount",
                "budget.month ~budgets.FY2027.A.2027-04",
                "budget.decimals budgets.FY2027.B.amount",
                "warning budget.envelope ~budgets.FY2027.P",
                "budget.decimals budgets.FY2028.A.amount",
                "budget.year ~budgets.FY27",
            ]
        );
        let said = said(&RULE, text);
        assert!(said[6].ends_with("write `FY2027`"), "{}", said[6]);
        assert!(
            said[2].contains("which runs from 2026-04 to 2027-03"),
            "{}",
            said[2]
        );
    }

    #[test]
    fn an_envelope_holds_what_is_in_it_in_its_months() {
        let text = |parents: &str| {
            format!(
                "version: 1
cost_centers:
  P: {{name: P}}
  Q: {{name: Q, previously: [R]}}
  A: {{name: A, parent: {parents}}}
  B: {{name: B, parent: P}}
budgets:
  FY2027: {{P: 100, Q: 20, A: 100.01, B: 50}}
"
            )
        };
        assert_eq!(
            said(&RULE, &text("P"))[0].split(';').next().unwrap(),
            "the budgets of 2 cost centres below `P` total 150.01 USD, more than its own 100"
        );
        // Half of the year here, half there; the odd cent falls on the first months.
        let moved = text("[P, {from: 2027-07, parent: R}]");
        assert_eq!(
            said(&RULE, &moved)[..],
            [
                "the budgets of 2 cost centres below `P`, for the months in which they are below it, total 100.03 USD, more than its own 100; raise it to 100.03 or lower theirs: a parent's budget is the envelope of its children's",
                "the budgets of 1 cost centre below `Q`, for the months in which they are below it, total 49.98 USD, more than its own 20; raise it to 49.98 or lower theirs: a parent's budget is the envelope of its children's",
            ]
        );
        assert_eq!(found(&RULE, &text("[P, {from: 2027-06}]")).len(), 0);
        assert_eq!(found(&RULE, &text("[P, {from: 2028-01}]")).len(), 1);
    }
}
