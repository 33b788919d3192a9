//! Changes of the financial structure, as finance reads them: from which month an account falls on
//! another cost centre, which month's budget becomes what.

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::engine::change::{Change, FieldChange};
use crate::model::canonical::Canonical;
use crate::model::leaf::Leaf;
use crate::model::money::{Currency, by_month};
use crate::model::parents::Parents;
use crate::model::time::Month;
use crate::model::timeline::{Shares, Timeline};
use crate::report::text::grouped;
use crate::structure::spans;

use super::field::Told;
use super::{Shown, paying};

/// A value of a field as what it is; none where it is not that.
fn typed<T: DeserializeOwned>(value: &Option<Value>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(value) => serde_json::from_value(value.clone()).ok().map(Some),
    }
}

/// An allocation that changes: one line for each span of months that it changes in.
#[must_use]
pub fn allocation(field: &FieldChange) -> Option<Vec<Told>> {
    let before: Option<Timeline> = typed(&field.before)?;
    let after: Option<Timeline> = typed(&field.after)?;
    let spans = spans::of_shares(before.as_ref(), after.as_ref());
    let told = spans.into_iter().map(|span| Told {
        path: field.path.clone(),
        label: format!("cost centre{}", span.months),
        before: span.before.as_ref().map(shares),
        after: span.after.as_ref().map(shares),
        note: None,
    });
    Some(told.collect())
}

/// A parent that changes: one line for each span of months that it changes in. `named` says what a code
/// is called.
#[must_use]
pub fn parent(field: &FieldChange, named: &dyn Fn(&str) -> String) -> Option<Vec<Told>> {
    let before: Option<Parents> = typed(&field.before)?;
    let after: Option<Parents> = typed(&field.after)?;
    let spans = spans::of_parents(before.as_ref(), after.as_ref());
    let told = spans.into_iter().map(|span| Told {
        path: field.path.clone(),
        label: format!("parent{}", span.months),
        before: span.before.as_deref().map(named),
        after: span.after.as_deref().map(named),
        note: None,
    });
    Some(told.collect())
}

/// Shares in a few words: `CC-110`, `CC-110 60% + CC-120 40%`, `CC-110 + CC-120 evenly`.
#[must_use]
pub fn shares(shares: &Shares) -> String {
    match shares {
        Shares::Whole(code) => code.clone(),
        Shares::Even(codes) => format!("{} evenly", codes.join(" + ")),
        Shares::Fixed(parts) => parts
            .iter()
            .map(|(code, part)| format!("{code} {part}%"))
            .collect::<Vec<_>>()
            .join(" + "),
    }
}

/// As many months of a budget are told one by one; more are told by their total.
const FEW_MONTHS: usize = 3;

/// A budget before and after: its currency, and what it comes to in the year.
pub struct Years {
    pub currency: [String; 2],
    pub sum: [Option<Decimal>; 2],
}

impl Years {
    #[must_use]
    pub fn of(change: &Change, shown: &Shown<'_>) -> Self {
        let default = shown.planned.project.settings().structure.currency;
        let default = default.map_or("USD", |currency| currency.code());
        let specs = [
            paying::former(change),
            change.spec.as_ref().map(Canonical::value),
        ];
        let currency = specs.each_ref().map(|spec| {
            let own = spec
                .as_ref()
                .and_then(|spec| spec.get("currency")?.as_str());
            own.unwrap_or(default).to_owned()
        });
        let sum = specs.each_ref().map(|spec| {
            let map = spec.as_ref()?.as_object()?;
            if map.contains_key("amount") {
                return number(&map.get("amount").cloned());
            }
            let months = map.iter().filter(|(key, _)| Month::parse(key).is_ok());
            let amounts = months.filter_map(|(_, value)| value.as_str()?.parse::<Decimal>().ok());
            Some(amounts.sum())
        });
        Self { currency, sum }
    }

    fn moved(&self) -> bool {
        self.currency[0] != self.currency[1]
    }

    /// Two amounts in words, and by how much it grows: in one currency only.
    fn told(&self, path: &str, label: String, amounts: [Option<Decimal>; 2]) -> Told {
        let [before, after] = [0, 1].map(|side| {
            let amount = amounts[side]?;
            Some(money(&amount.to_string(), &self.currency[side]))
        });
        let growth = growth(amounts[0], amounts[1]);
        Told {
            path: path.to_owned(),
            label,
            before,
            after,
            note: growth.filter(|_| !self.moved()),
        }
    }
}

/// The changed fields of a budget, and what it means for the year.
#[must_use]
pub fn budget(fields: &[FieldChange], years: &Years) -> Vec<Told> {
    let months: Vec<(Month, &FieldChange)> = fields
        .iter()
        .filter_map(|field| Some((Month::parse(&field.path).ok()?, field)))
        .collect();
    let mut told: Vec<Told> = Vec::new();
    if let Some(moved) = moved(fields, &months, years) {
        return moved;
    }
    let sides = |field: &FieldChange| [number(&field.before), number(&field.after)];
    let rest = fields
        .iter()
        .filter(|field| Month::parse(&field.path).is_err());
    for field in rest {
        told.push(match &*field.path {
            "amount" => years.told("amount", YEAR.to_owned(), sides(field)),
            // One that is not declared is the project's, not none.
            "currency" => Told {
                before: Some(years.currency[0].clone()),
                after: Some(years.currency[1].clone()),
                ..Told::of(field)
            },
            _ => Told::of(field),
        });
    }
    let year = fields.iter().any(|field| field.path == "amount");
    let mut known = None;
    if months.len() <= FEW_MONTHS {
        let month = |(month, field): &(Month, &FieldChange)| {
            years.told(&field.path, name(*month), sides(field))
        };
        told.extend(months.iter().map(month));
    } else if let (Some((first, field)), Some((last, _))) = (months.first(), months.last()) {
        let sums = [0, 1].map(|side| {
            let all = months.iter().filter_map(|(_, field)| sides(field)[side]);
            all.reduce(|sum, amount| sum + amount)
        });
        let (first, last) = (name(*first), name(*last));
        let label = format!("{} months, {first} to {last}", months.len());
        told.push(years.told(&field.path, label, sums));
        known = Some(sums);
    }
    // What the year comes to, unless that is what was told.
    let told_months = !months.is_empty() && known != Some(years.sum);
    if (told_months || years.moved()) && !year && years.sum.iter().any(Option::is_some) {
        let path = fields.last().map_or("amount", |field| &field.path);
        told.push(years.told(path, YEAR.to_owned(), years.sum));
    }
    told
}

const YEAR: &str = "the year";

/// A budget that is told by the year instead of by months, or the other way: both totals. None where
/// it is neither.
fn moved(
    fields: &[FieldChange],
    months: &[(Month, &FieldChange)],
    years: &Years,
) -> Option<Vec<Told>> {
    let year = fields.iter().find(|field| field.path == "amount")?;
    let others = usize::from(years.moved());
    if months.is_empty() || fields.len() > months.len() + 1 + others {
        return None;
    }
    let side = |of: &dyn Fn(&FieldChange) -> Option<Decimal>| {
        let all: Vec<Decimal> = months.iter().filter_map(|(_, field)| of(field)).collect();
        match (of(year), all.len()) {
            (Some(year), _) => Some((year, String::new())),
            (None, 0) => None,
            (None, 1) => Some((all.into_iter().sum(), " in 1 month".to_owned())),
            (None, many) => Some((all.into_iter().sum(), format!(" in {many} months"))),
        }
    };
    let before = side(&|field| number(&field.before));
    let after = side(&|field| number(&field.after));
    let sum = |side: &Option<(Decimal, String)>| side.as_ref().map(|(sum, _)| *sum);
    let how = |side: Option<(Decimal, String)>| side.map(|(_, how)| how).unwrap_or_default();
    let mut told = years.told(&year.path, YEAR.to_owned(), [sum(&before), sum(&after)]);
    told.before = told.before.map(|text| text + &how(before));
    told.after = told.after.map(|text| text + &how(after));
    let mut all = differing(year, months, years);
    all.push(told);
    Some(all)
}

/// The months that differ where an amount for the year became amounts for all of its months, or the other
/// way; none where they are many.
fn differing(year: &FieldChange, months: &[(Month, &FieldChange)], years: &Years) -> Vec<Told> {
    let whole = [number(&year.before), number(&year.after)];
    let Some(amount) = whole[0].or(whole[1]) else {
        return Vec::new();
    };
    if months.len() != 12 || years.moved() {
        return Vec::new();
    }
    let digits = Currency::parse(&years.currency[0]).map_or(2, Currency::minor_digits);
    let mut sorted = months.to_vec();
    sorted.sort_by_key(|(month, _)| *month);
    let spread = sorted.iter().zip(by_month(amount, digits));
    let differ: Vec<Told> = spread
        .filter_map(|((month, field), even)| {
            let even = Some(even);
            let sides = match whole[0] {
                Some(_) => [even, number(&field.after)],
                None => [number(&field.before), even],
            };
            let told = || years.told(&field.path, name(*month), sides);
            (sides[0] != sides[1]).then(told)
        })
        .collect();
    match differ.len() <= FEW_MONTHS {
        true => differ,
        false => Vec::new(),
    }
}

/// What a whole budget comes to: `420,000 USD`, `234,500.50 USD in 12 months`.
#[must_use]
pub fn total(spec: &Value, currency: &str) -> String {
    let Some(map) = spec.as_object() else {
        return String::new();
    };
    if let Some(amount) = map.get("amount").and_then(Value::as_str) {
        return money(amount, currency);
    }
    let months: Vec<Decimal> = map
        .iter()
        .filter(|(key, _)| Month::parse(key).is_ok())
        .filter_map(|(_, value)| value.as_str()?.parse().ok())
        .collect();
    let count = match months.len() {
        1 => "1 month".to_owned(),
        many => format!("{many} months"),
    };
    let sum: Decimal = months.into_iter().sum();
    format!("{} in {count}", money(&sum.to_string(), currency))
}

fn number(value: &Option<Value>) -> Option<Decimal> {
    value.as_ref()?.as_str()?.parse().ok()
}

/// An amount: `18,000 USD`, `18,000.50 USD`: where there are decimals, as many as the currency has.
#[must_use]
pub fn money(amount: &str, currency: &str) -> String {
    let number = amount.parse::<Decimal>().map(|number| {
        if number.fract().is_zero() {
            return number.trunc().to_string();
        }
        let digits = Currency::parse(currency).map_or(2, Currency::minor_digits);
        let mut number = number.normalize();
        number.rescale(number.scale().max(digits));
        number.to_string()
    });
    let number = number.as_deref().unwrap_or(amount);
    format!("{} {currency}", grouped(number))
        .trim_end()
        .to_owned()
}

/// By how much it grows: `+11.1%`.
fn growth(before: Option<Decimal>, after: Option<Decimal>) -> Option<String> {
    let (before, after) = (before?, after?);
    let change = (after - before).checked_div(before)?;
    let percent = (change * Decimal::ONE_HUNDRED).round_dp(1).normalize();
    let sign = if percent.is_sign_positive() { "+" } else { "" };
    Some(format!("{sign}{percent}%"))
}

/// A month by its name: `June 2026`.
fn name(month: Month) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let text = month.to_string();
    let (year, number) = text.split_once('-').unwrap_or((&text, ""));
    let name = number
        .parse::<usize>()
        .ok()
        .and_then(|at| NAMES.get(at.wrapping_sub(1)));
    name.map_or_else(|| text.clone(), |name| format!("{name} {year}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(path: &str, before: Value, after: Value) -> FieldChange {
        let some = |value: Value| (!value.is_null()).then_some(value);
        FieldChange {
            path: path.to_owned(),
            before: some(before),
            after: some(after),
            observed: None,
        }
    }

    fn years(currency: &str) -> Years {
        Years {
            currency: [currency.to_owned(), currency.to_owned()],
            sum: [None, None],
        }
    }

    fn read(told: Vec<Told>) -> Vec<String> {
        told.iter().map(ToString::to_string).collect()
    }

    fn moved(before: Value, after: Value) -> Vec<String> {
        read(allocation(&field("cost_center", before, after)).unwrap())
    }

    #[test]
    fn an_account_moves_from_a_month_on() {
        let next = json!(["A", {"cost_center": "B", "from": "2027-02"}]);
        assert_eq!(
            moved(json!("A"), next.clone()),
            ["cost centre from 2027-02: A → B"]
        );
        assert_eq!(moved(next, json!("A")), ["cost centre from 2027-02: B → A"]);
        assert_eq!(moved(json!("A"), json!("B")), ["cost centre: A → B"]);
        assert_eq!(moved(Value::Null, json!("B")), ["cost centre: none → B"]);
    }

    #[test]
    fn only_the_months_that_differ_are_told() {
        let before = json!(["A", {"cost_center": "B", "from": "2026-04"}, {"cost_center": "C", "from": "2026-07"}]);
        let after = json!(["A", {"split": {"B": "60", "C": "40"}, "from": "2026-04"}, {"cost_center": "C", "from": "2026-07"}]);
        assert_eq!(
            moved(before, after),
            ["cost centre 2026-04 to 2026-06: B → B 60% + C 40%"]
        );
    }

    #[test]
    fn a_month_of_a_budget_is_named() {
        let june = field("2026-06", json!("18000"), json!("20000"));
        assert_eq!(
            read(budget(&[june], &years("USD"))),
            ["June 2026: 18,000 USD → 20,000 USD (+11.1%)"]
        );
        let year = field("amount", json!("120000"), json!("90000.50"));
        assert_eq!(
            read(budget(&[year], &years("USD"))),
            ["the year: 120,000 USD → 90,000.50 USD (-25%)"]
        );
    }

    #[test]
    fn a_year_that_becomes_months_shows_both_totals() {
        let mut fields = vec![field("amount", json!("30000"), Value::Null)];
        let months =
            (4..=6).map(|month| field(&format!("2026-0{month}"), Value::Null, json!("9000.5")));
        fields.extend(months);
        assert_eq!(
            read(budget(&fields, &years("USD"))),
            ["the year: 30,000 USD → 27,001.50 USD in 3 months (-10%)"]
        );
    }

    #[test]
    fn the_month_that_differs_from_an_even_year_is_named() {
        let amount = |at: i8| if at == 6 { "40000" } else { "35000" };
        let months =
            (1..=12).map(|at| field(&format!("2026-{at:02}"), Value::Null, json!(amount(at))));
        let mut fields: Vec<FieldChange> = months.collect();
        fields.push(field("amount", json!("420000"), Value::Null));
        let expected = [
            "June 2026: 35,000 USD → 40,000 USD (+14.3%)",
            "the year: 420,000 USD → 425,000 USD in 12 months (+1.2%)",
        ];
        assert_eq!(read(budget(&fields, &years("USD"))), expected);
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(money("125000.5", "USD"), "125,000.50 USD");
        assert_eq!(money("125000.00", "USD"), "125,000 USD");
        assert_eq!(money("1250.5", "KWD"), "1,250.500 KWD");
        assert_eq!(money("12500", "JPY"), "12,500 JPY");
    }

    #[test]
    fn many_months_are_told_by_their_total() {
        let months: Vec<FieldChange> = (4..=9)
            .map(|month| field(&format!("2026-0{month}"), json!("100"), json!("150")))
            .collect();
        assert_eq!(
            read(budget(&months, &years("EUR"))),
            ["6 months, April 2026 to September 2026: 600 EUR → 900 EUR (+50%)"]
        );
    }
}
