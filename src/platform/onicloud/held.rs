//! What Onicloud holds of a resource: plain values, of records as of rows. Fields that nobody said
//! are none, so that what only the platform knows is never ours to change.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::hash::ContentHash;
use crate::model::money::Currency;
use crate::model::record::Record;
use crate::model::settings::{FiscalYear, StructureSettings};
use crate::model::spec::{Account, Budget, CostCenter, Manager};
use crate::model::time::Month;
use crate::structure::allocation::parts;
use crate::structure::budget::months;
use crate::structure::who::open;

/// The values of a row, by field; absent ones were not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Held(pub BTreeMap<Field, Value>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Name,
    Manager,
    Alerts,
    Parent,
    From,
    To,
    Currency,
    Months,
    CostCenter,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    Text(String),
    /// E-mail address, and name.
    Manager(String, Option<String>),
    /// Rising.
    Alerts(Vec<u16>),
    /// Of the twelve months of a fiscal year, from its first on.
    Months([Option<Decimal>; 12]),
    /// Codes with their percentages, sorted.
    Parts(Vec<(String, Decimal)>),
}

impl Held {
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.0.get(&field)
    }

    pub fn set(&mut self, field: Field, value: Option<Value>) {
        if let Some(value) = value {
            self.0.insert(field, value);
        }
    }

    /// Only these fields.
    pub fn only(&self, fields: &[Field]) -> Self {
        let kept = self.0.iter().filter(|(field, _)| fields.contains(field));
        Self(kept.map(|(field, value)| (*field, value.clone())).collect())
    }

    pub fn fields(&self) -> Vec<Field> {
        self.0.keys().copied().collect()
    }
}

/// Names a row by its content; a row that is not there has a name too.
pub fn hash(held: Option<&Held>) -> ContentHash {
    // Maps of plain values always serialise.
    ContentHash::of(&serde_json::to_vec(&held).unwrap_or_default())
}

/// Which columns there are: what has none cannot be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub managers: bool,
    pub alerts: bool,
    pub parents: bool,
    pub from: bool,
    pub to: bool,
    pub currency: bool,
    pub months: bool,
    pub percent: bool,
}

/// All that is recorded of the structure, decoded.
#[derive(Debug, Default)]
pub struct Structure {
    pub centers: BTreeMap<String, CostCenter>,
    pub budgets: BTreeMap<(String, String), Budget>,
    pub accounts: BTreeMap<Address, Account>,
}

impl Structure {
    pub fn of(records: &[Record]) -> Self {
        Self::of_specs(records.iter().map(|record| (&record.address, &record.spec)))
    }

    /// Specs of other kinds are passed over.
    pub fn of_specs<'a>(specs: impl Iterator<Item = (&'a Address, &'a Canonical)>) -> Self {
        let mut all = Self::default();
        for (address, spec) in specs {
            let spec = spec.as_str();
            let mut parts = address.parts();
            match address.kind() {
                Kind::CostCenter => {
                    if let (Some(code), Ok(center)) = (parts.next(), serde_json::from_str(spec)) {
                        all.centers.insert(code.into_owned(), center);
                    }
                }
                Kind::Budget => {
                    if let (Some(code), Some(year), Ok(budget)) =
                        (parts.next(), parts.next(), serde_json::from_str(spec))
                    {
                        let key = (code.into_owned(), year.into_owned());
                        all.budgets.insert(key, budget);
                    }
                }
                Kind::Account => {
                    if let Ok(account) = serde_json::from_str(spec) {
                        all.accounts.insert(address.clone(), account);
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// Who answers for a cost centre in a month: its own manager, or that of the nearest one above.
    fn manager(&self, code: &str, month: Month) -> Option<&Manager> {
        let mut at = self.centers.get(code)?;
        // No more steps than there are cost centres, whatever the parents say.
        for _ in 0..self.centers.len() {
            if at.manager.is_some() {
                break;
            }
            at = self.centers.get(at.parent.as_ref()?.at(month)?)?;
        }
        at.manager.as_ref()
    }

    fn center(&self, code: &str, month: Month, layout: Layout) -> Option<Held> {
        let center = self.centers.get(code)?;
        let mut held = Held::default();
        held.set(Field::Name, Some(Value::Text(center.name.clone())));
        let manager = self.manager(code, month).filter(|_| layout.managers);
        let manager = manager.map(|one| Value::Manager(one.email.clone(), one.name.clone()));
        held.set(Field::Manager, manager);
        let alerts = (layout.alerts && !center.alerts.is_empty()).then(|| center.alerts.clone());
        held.set(Field::Alerts, alerts.map(Value::Alerts));
        let parent = center.parent.as_ref().and_then(|all| all.at(month));
        let parent = parent.filter(|_| layout.parents);
        held.set(
            Field::Parent,
            parent.map(|code| Value::Text(code.to_owned())),
        );
        let text = |month: Month| Value::Text(month.to_string());
        held.set(Field::From, center.from.filter(|_| layout.from).map(text));
        held.set(Field::To, center.to.filter(|_| layout.to).map(text));
        Some(held)
    }

    fn budget(
        &self,
        code: &str,
        year: &str,
        settings: &StructureSettings,
        layout: Layout,
    ) -> Option<Held> {
        let key = (code.to_owned(), year.to_owned());
        let budget = self.budgets.get(&key)?;
        let first = FiscalYear::first(settings.fiscal_year, year)?;
        let default = settings.currency.unwrap_or(Currency::USD);
        let by_month = months(budget, first, default);
        let mut held = Held::default();
        let currency = budget.currency.unwrap_or(default).code().to_owned();
        held.set(
            Field::Currency,
            layout.currency.then_some(Value::Text(currency)),
        );
        let amounts = std::array::from_fn(|at| {
            let month = first.plus(i32::try_from(at).unwrap_or(0));
            by_month.get(&month).map(Decimal::normalize)
        });
        held.set(
            Field::Months,
            layout.months.then_some(Value::Months(amounts)),
        );
        Some(held)
    }

    fn workspace(&self, address: &Address, month: Month, layout: Layout) -> Option<Held> {
        let account = self.accounts.get(address)?;
        let mut held = Held::default();
        let period = account.cost_center.as_ref().and_then(|all| all.at(month));
        if let Some(period) = period.filter(|_| open(account, month)) {
            let parts = parts(&period.shares).into_iter();
            let parts = parts.map(|part| (part.code.to_owned(), part.percent.normalize()));
            let value = Value::Parts(whole(parts.collect(), layout));
            held.set(Field::CostCenter, Some(value));
        }
        Some(held)
    }

    /// What Onicloud should hold of a recorded resource; none of what it cannot hold.
    pub fn held(
        &self,
        address: &Address,
        month: Month,
        settings: &StructureSettings,
        layout: Layout,
    ) -> Option<Held> {
        let mut names = address.parts();
        match address.kind() {
            Kind::CostCenter => self.center(&names.next()?, month, layout),
            Kind::Budget => self.budget(&names.next()?, &names.next()?, settings, layout),
            Kind::Account => self.workspace(address, month, layout),
            _ => None,
        }
    }
}

/// Where a workspace falls on one cost centre only, the largest part stands for all; of equals the
/// first by code.
fn whole(mut parts: Vec<(String, Decimal)>, layout: Layout) -> Vec<(String, Decimal)> {
    if !layout.percent && parts.len() > 1 {
        parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        parts.truncate(1);
        parts[0].1 = Decimal::ONE_HUNDRED;
    }
    parts
}

/// Whether a resource can have a row.
pub const fn is_held(kind: Kind) -> bool {
    matches!(kind, Kind::CostCenter | Kind::Budget | Kind::Account)
}
