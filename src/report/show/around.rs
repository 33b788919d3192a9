//! What belongs to a resource and is registered by itself: the exports of a payer; the budgets of a cost
//! centre, and how many accounts are on it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::access::Board;
use crate::model::address::{Address, Kind};
use crate::model::record::Record;
use crate::report::data;
use crate::report::plan::{now, total};

/// An export of a payer.
#[derive(Debug, Serialize)]
pub struct Export {
    /// The name that it is declared under.
    pub name: String,
    pub address: String,
    pub kind: String,
    /// The last day that cost data was found for, UTC; null where none was found or nobody asked.
    pub data_through: Option<String>,
}

/// A budget of a cost centre.
#[derive(Debug, Serialize)]
pub struct Budget {
    pub address: String,
    /// What it comes to, in words.
    pub total: String,
}

/// What belongs to a resource. All none for kinds that nothing belongs to.
#[derive(Debug, Default, Serialize)]
pub struct Around {
    /// Of payers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exports: Option<Vec<Export>>,
    /// Of cost centres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budgets: Option<Vec<Budget>>,
    /// How many accounts are on a cost centre, whole or in part, in the month of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<usize>,
}

/// Which addresses must be looked at, by how they start.
#[must_use]
pub fn wanted(address: &Address) -> Vec<String> {
    let rest = address
        .as_str()
        .split_once('/')
        .map_or("", |(_, rest)| rest);
    match address.kind() {
        Kind::Payer => vec![format!("{}/{rest}/", Kind::Export.as_str())],
        Kind::CostCenter => vec![
            format!("{}/{rest}/", Kind::Budget.as_str()),
            format!("{}/", Kind::Account.as_str()),
        ],
        _ => Vec::new(),
    }
}

impl Around {
    /// From the records at the addresses that are [`wanted`]; `currency` is that of budgets that name none.
    #[must_use]
    pub fn of(
        address: &Address,
        records: &[Record],
        board: &Board,
        currency: &str,
        now: Timestamp,
    ) -> Self {
        let specs = |kind| {
            let records = records.iter();
            let records = records.filter(move |record| record.address.kind() == kind);
            records.map(|record| (&record.address, record.spec.value()))
        };
        let export = |(address, spec): (&Address, Value)| Export {
            name: address.last().into_owned(),
            address: address.to_string(),
            kind: word(&spec),
            data_through: data::through(address, board),
        };
        let budget = |(address, spec): (&Address, Value)| {
            let own = spec.get("currency").and_then(Value::as_str);
            Budget {
                address: address.to_string(),
                total: total(&spec, own.unwrap_or(currency)),
            }
        };
        let code = address.last();
        let on_it = |(_, spec): &(&Address, Value)| {
            let shares = now::allocation(spec, now);
            shares.is_some_and(|shares| shares.codes().any(|one| one == &*code))
        };
        match address.kind() {
            Kind::Payer => Self {
                exports: Some(specs(Kind::Export).map(export).collect()),
                ..Self::default()
            },
            Kind::CostCenter => Self {
                budgets: Some(specs(Kind::Budget).map(budget).collect()),
                accounts: Some(specs(Kind::Account).filter(on_it).count()),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

/// The kind of a one-key map.
fn word(spec: &Value) -> String {
    match spec.as_object().and_then(|map| map.keys().next()) {
        Some(word) => word.clone(),
        None => spec.as_str().unwrap_or_default().to_owned(),
    }
}
