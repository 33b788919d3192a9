//! Budgets: an amount for the year as long as the months are its even parts, else amounts by month.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{CannotWrite, Placed, Planner};
use crate::config::format::{Entries, Patch, Place, Value};
use crate::model::money::Currency;
use crate::model::settings::FiscalYear;
use crate::model::spec::Budget;
use crate::model::time::Month;
use crate::structure::allocation::divide;
use crate::workbook::compare::What;
use crate::workbook::rows::{Budgets, Sheets};

impl Planner<'_> {
    pub(super) fn budgets(
        &mut self,
        now: &Sheets,
        wanted: &Sheets,
        different: &[What],
    ) -> Result<(), CannotWrite> {
        let rows = wanted.budgets.iter();
        let wanted: HashMap<(&str, &str), &Budgets> =
            rows.map(|row| ((&*row.year, &*row.code), row)).collect();
        let declaration = &self.project.estate.declaration;
        let entries: HashMap<(&str, &str), _> = declaration
            .budgets
            .iter()
            .map(|entry| {
                (
                    (entry.year.as_deref().unwrap_or_default(), &*entry.key),
                    entry,
                )
            })
            .collect();
        let fiscal = declaration.settings.structure.fiscal_year;
        for what in different {
            let What::Budget { code, year } = what else {
                continue;
            };
            let Some(first) = FiscalYear::first(fiscal, year) else {
                continue;
            };
            let key = (year.as_str(), code.as_str());
            let at = ["budgets", year, code];
            match (entries.get(&key), wanted.get(&key)) {
                (Some(entry), None) => self.put(self.path(entry.file), &at, Patch::Remove),
                (Some(entry), Some(row)) => {
                    let patch = patch(&entry.value, row, first, now.currency);
                    self.put(self.path(entry.file), &at, patch);
                }
                (None, Some(row)) => {
                    let found = self.places.of_budget(code, year)?;
                    let value = value(row, first, now.currency);
                    self.put(found.path.clone(), &at, Patch::Set(value));
                    self.plan.placed.push(Placed {
                        what: what.clone(),
                        path: found.path,
                        why: found.why,
                    });
                }
                (None, None) => {}
            }
        }
        Ok(())
    }
}

/// The amount for the year whose even parts the months are.
fn even(row: &Budgets) -> Option<Decimal> {
    let months: Vec<Decimal> = row.months.iter().copied().collect::<Option<_>>()?;
    let total = months.iter().sum();
    let digits = row.currency.minor_digits();
    (divide(total, digits, &[Decimal::ONE; 12]) == months).then_some(total)
}

/// An amount as people write it: whole, or with all decimals of its currency.
fn amount(amount: Decimal, currency: Currency) -> Value {
    let plain = amount.normalize();
    if plain.scale() == 0 {
        return Value::number(plain);
    }
    let digits = usize::try_from(currency.minor_digits()).unwrap_or(2);
    Value::Number(format!("{plain:.digits$}"))
}

fn currency(currency: Currency) -> Value {
    Value::text(currency.code())
}

/// A budget that is not declared yet, or in another form.
fn value(row: &Budgets, first: Month, default: Currency) -> Value {
    let other = row.currency != default;
    let mut fields = Vec::new();
    match even(row) {
        Some(total) if !other => return amount(total, row.currency),
        Some(total) => {
            fields.push(("amount".to_owned(), amount(total, row.currency)));
            fields.push(("currency".to_owned(), currency(row.currency)));
        }
        None => {
            fields.extend(other.then(|| ("currency".to_owned(), currency(row.currency))));
            fields.extend(by_month(row, first));
        }
    }
    Value::Map(fields)
}

fn by_month(row: &Budgets, first: Month) -> impl Iterator<Item = (String, Value)> + '_ {
    let named = move |(place, given): (i32, &Option<Decimal>)| {
        let value = amount((*given)?, row.currency);
        Some((first.plus(place).to_string(), value))
    };
    (0..12).zip(&row.months).filter_map(named)
}

fn patch(declared: &Budget, row: &Budgets, first: Month, default: Currency) -> Patch {
    let mut changes = Vec::new();
    let mut change = |field: String, patch: Patch| changes.push((field, patch));
    let place = match declared.amount {
        Some(_) if even(row).is_none() => return Patch::Set(value(row, first, default)),
        Some(before) => {
            let total = even(row).unwrap_or_default();
            if total != before.0 {
                change("amount".to_owned(), Patch::Set(amount(total, row.currency)));
            }
            Place::Fields(&["amount", "currency"])
        }
        None => {
            for (place, wanted) in (0..12).zip(&row.months) {
                let month = first.plus(place);
                let before = declared.months.get(&month).map(|amount| amount.0);
                if before != *wanted {
                    let wanted = wanted.map(|wanted| Patch::Set(amount(wanted, row.currency)));
                    change(month.to_string(), wanted.unwrap_or(Patch::Remove));
                }
            }
            Place::Sorted
        }
    };
    if declared.currency.unwrap_or(default) != row.currency {
        let wanted = (row.currency != default).then(|| Patch::Set(currency(row.currency)));
        change("currency".to_owned(), wanted.unwrap_or(Patch::Remove));
    }
    Patch::Entries(Entries {
        short: Some("amount"),
        place,
        changes,
    })
}
