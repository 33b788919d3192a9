//! Budgets: fiscal years, and what is budgeted for each of their months.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::model::money::{Currency, by_month};
use crate::model::settings::FiscalYear;
use crate::model::spec::Budget;
use crate::model::time::Month;

/// The twelve months of the fiscal year that a month is in, and its name.
#[must_use]
pub fn fiscal_year(fiscal: Option<FiscalYear>, month: Month) -> (String, Month) {
    let starts = fiscal.map_or(1, |fiscal| i32::from(fiscal.starts));
    let back = (i32::from(month.month()) - starts).rem_euclid(12);
    let first = month.plus(-back);
    (FiscalYear::name(fiscal, first), first)
}

/// What is budgeted for each of the twelve months from `first` on. An amount for the year is spread
/// evenly, what is left over on the first months.
#[must_use]
pub fn months(budget: &Budget, first: Month, default: Currency) -> BTreeMap<Month, Decimal> {
    let digits = budget.currency.unwrap_or(default).minor_digits();
    match &budget.amount {
        Some(amount) => {
            let all = (0..12).map(|at| first.plus(at));
            all.zip(by_month(amount.0, digits)).collect()
        }
        None => {
            let named = budget.months.iter();
            named.map(|(month, amount)| (*month, amount.0)).collect()
        }
    }
}

/// What is budgeted for the year.
#[must_use]
pub fn total(budget: &Budget) -> Decimal {
    match &budget.amount {
        Some(amount) => amount.0,
        None => budget.months.values().map(|amount| amount.0).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::leaf::Leaf;
    use crate::model::money::Amount;
    use crate::model::settings::NamedAfter;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn fiscal_years_are_named_after_where_they_end_or_start() {
        let year = |starts, named_after, of| {
            let fiscal = FiscalYear {
                starts,
                named_after,
            };
            let (name, first) = fiscal_year(Some(fiscal), month(of));
            format!("{name} from {first}")
        };
        assert_eq!(year(4, NamedAfter::End, "2026-11"), "FY2027 from 2026-04");
        assert_eq!(year(4, NamedAfter::End, "2027-03"), "FY2027 from 2026-04");
        assert_eq!(year(4, NamedAfter::Start, "2027-03"), "FY2026 from 2026-04");
        assert_eq!(year(1, NamedAfter::End, "2027-03"), "FY2027 from 2027-01");
        let (name, first) = fiscal_year(None, month("2026-12"));
        assert_eq!(format!("{name} from {first}"), "FY2026 from 2026-01");
    }

    #[test]
    fn a_year_is_spread_to_the_cent_with_the_rest_first() {
        let budget = Budget {
            amount: Some(Amount::parse("100").unwrap()),
            ..Budget::default()
        };
        let spread = months(&budget, month("2026-04"), Currency::USD);
        let amounts: Vec<String> = spread.values().map(Decimal::to_string).collect();
        assert_eq!(spread.values().sum::<Decimal>(), Decimal::ONE_HUNDRED);
        assert_eq!(&amounts[..5], ["8.34", "8.34", "8.34", "8.34", "8.33"]);
        let yen = Currency::parse("JPY").unwrap();
        let spread = months(&budget, month("2026-04"), yen);
        assert_eq!(spread[&month("2026-04")].to_string(), "9");
        assert_eq!(spread[&month("2027-03")].to_string(), "8");
    }
}
