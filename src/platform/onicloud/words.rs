//! Words: a row of the download in the language's own words, so that a plan can show what somebody
//! changed in it.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value as Json;

use super::held::{Field, Held, Value};
use super::judge::{Frame, Judged};
use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::leaf::Leaf;
use crate::model::money::{Amount, Currency, Percent};
use crate::model::parents::Parents;
use crate::model::record::Record;
use crate::model::settings::FiscalYear;
use crate::model::spec::{Account, Budget, CostCenter, Manager};
use crate::model::time::Month;
use crate::model::timeline::{Period, Shares, Timeline};

/// The recorded spec with what somebody else wrote in its place; none where none of that can be
/// said in the fields that are recorded.
pub fn over(record: &Record, judged: &Judged, frame: Frame<'_>) -> Option<Json> {
    let seen = judged.seen.as_ref()?;
    let differs =
        |field: Field| judged.owned.contains(&field) && seen.get(field) != judged.ours.get(field);
    let text = record.spec.as_str();
    let json = match record.address.kind() {
        Kind::CostCenter => {
            let mut center: CostCenter = serde_json::from_str(text).ok()?;
            if let (true, Some(Value::Text(name))) = (differs(Field::Name), seen.get(Field::Name)) {
                center.name.clone_from(name);
            }
            if differs(Field::Manager) && center.manager.is_some() {
                center.manager = manager(seen);
            }
            if differs(Field::Alerts) && !center.alerts.is_empty() {
                center.alerts = alerts(seen);
            }
            if differs(Field::Parent) && center.parent.is_some() {
                center.parent = text_of(seen, Field::Parent).map(Parents::one);
            }
            if differs(Field::From) && center.from.is_some() {
                center.from = month_of(seen, Field::From);
            }
            if differs(Field::To) && center.to.is_some() {
                center.to = month_of(seen, Field::To);
            }
            spec(&center)
        }
        Kind::Budget => {
            let mut budget: Budget = serde_json::from_str(text).ok()?;
            if differs(Field::Currency) && budget.currency.is_some() {
                budget.currency = currency(seen);
            }
            if differs(Field::Months) {
                months(&mut budget, seen, &record.address, frame)?;
            }
            spec(&budget)
        }
        _ => {
            let mut account: Account = serde_json::from_str(text).ok()?;
            if differs(Field::CostCenter) && account.cost_center.is_some() {
                account.cost_center = timeline(seen);
            }
            spec(&account)
        }
    };
    (json != record.spec.value()).then_some(json)
}

/// What a row says that nobody recorded.
pub fn alone(address: &Address, seen: &Held, frame: Frame<'_>) -> Option<Json> {
    match address.kind() {
        Kind::CostCenter => {
            let Some(Value::Text(name)) = seen.get(Field::Name) else {
                return None;
            };
            let mut json = serde_json::json!({ "name": name });
            json["manager"] = serde_json::to_value(manager(seen)).ok()?;
            json["alerts"] = alerts(seen).into();
            for (key, field) in [
                ("parent", Field::Parent),
                ("from", Field::From),
                ("to", Field::To),
            ] {
                json[key] = text_of(seen, field).into();
            }
            if let Some(map) = json.as_object_mut() {
                map.retain(|_, value| {
                    !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty())
                });
            }
            Some(json)
        }
        Kind::Budget => {
            let mut budget = Budget {
                currency: currency(seen),
                ..Budget::default()
            };
            months(&mut budget, seen, address, frame)?;
            // An amount for the year is the same, where its months are.
            let total: Decimal = budget.months.values().map(|amount| amount.0).sum();
            let year = Budget {
                amount: Some(Amount(total.normalize())),
                ..Budget::default()
            };
            let first = FiscalYear::first(frame.settings.fiscal_year, &address.last())?;
            let default = frame.settings.currency.unwrap_or(Currency::USD);
            let currency = budget.currency.unwrap_or(default);
            let spread = crate::structure::budget::months(&year, first, currency);
            let same = |(month, amount): (&Month, &Decimal)| {
                budget
                    .months
                    .get(month)
                    .is_some_and(|seen| seen.0 == *amount)
            };
            if spread.iter().all(same) {
                budget.amount = year.amount;
            }
            Some(spec(&budget))
        }
        _ => {
            let account = Account {
                cost_center: Some(timeline(seen)?),
                ..Account::default()
            };
            Some(spec(&account))
        }
    }
}

/// Types of the model always serialise.
fn spec<T: Serialize>(value: &T) -> Json {
    Canonical::of(value).map_or(Json::Null, |canonical| canonical.value())
}

fn manager(seen: &Held) -> Option<Manager> {
    match seen.get(Field::Manager)? {
        Value::Manager(email, name) => Some(Manager {
            email: email.clone(),
            name: name.clone(),
        }),
        _ => None,
    }
}

fn text_of(seen: &Held, field: Field) -> Option<&str> {
    match seen.get(field)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn month_of(seen: &Held, field: Field) -> Option<Month> {
    Month::parse(text_of(seen, field)?).ok()
}

fn alerts(seen: &Held) -> Vec<u16> {
    match seen.get(Field::Alerts) {
        Some(Value::Alerts(alerts)) => alerts.clone(),
        _ => Vec::new(),
    }
}

fn currency(seen: &Held) -> Option<Currency> {
    match seen.get(Field::Currency)? {
        Value::Text(code) => Currency::parse(code).ok(),
        _ => None,
    }
}

fn months(budget: &mut Budget, seen: &Held, address: &Address, frame: Frame<'_>) -> Option<()> {
    let Value::Months(amounts) = seen.get(Field::Months)? else {
        return None;
    };
    if let Some(amount) = &mut budget.amount {
        let total: Decimal = amounts.iter().flatten().sum();
        *amount = Amount(total.normalize());
        return Some(());
    }
    let first = FiscalYear::first(frame.settings.fiscal_year, &address.last())?;
    for (at, amount) in (0i32..).zip(amounts) {
        match amount {
            Some(amount) => budget.months.insert(first.plus(at), Amount(*amount)),
            None => budget.months.remove(&first.plus(at)),
        };
    }
    Some(())
}

fn timeline(seen: &Held) -> Option<Timeline> {
    let Value::Parts(parts) = seen.get(Field::CostCenter)? else {
        return None;
    };
    let shares = match parts.as_slice() {
        [(code, percent)] if *percent == Decimal::ONE_HUNDRED => Shares::Whole(code.clone()),
        parts => {
            let parts = parts.iter();
            Shares::Fixed(
                parts
                    .map(|(code, part)| (code.clone(), Percent(*part)))
                    .collect(),
            )
        }
    };
    Some(Timeline(vec![Period { from: None, shares }]))
}
