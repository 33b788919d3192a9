//! The account list: what is registered, on which cost centre, with badges. Accounts stand below
//! the payer that bills them.

mod json;
mod table;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::access::{Board, Links, Wall};
use crate::model::address::{Address, Kind};
use crate::model::record::Record;
use crate::provider::{Badges, Behind, badges};
use crate::report::data::{self, Delivered};

pub use json::{Document, document};
pub use table::render;

/// As many accounts are listed behind an apply.
pub const FEW: usize = 40;

/// One registered payer or account.
#[derive(Debug)]
pub struct Row {
    pub address: Address,
    pub spec: Value,
    pub organization: String,
    pub badges: Badges,
    /// The exports of a payer; of an account, those of the payer that bills it.
    pub exports: Vec<Delivered>,
}

impl Row {
    /// A field that is text.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.spec.get(field).and_then(Value::as_str)
    }

    /// The last day that there is cost data of.
    #[must_use]
    pub fn data_through(&self) -> Option<String> {
        data::newest(&self.exports)
    }
}

/// What is registered, sorted by provider, organization and payer, each payer before its accounts.
#[derive(Debug)]
pub struct Register {
    pub rows: Vec<Row>,
}

impl Register {
    /// The payers and accounts among the records.
    #[must_use]
    pub fn of(records: &[Record], board: &Board) -> Self {
        let specs: Vec<(Address, Value)> = records
            .iter()
            .map(|record| (record.address.clone(), record.spec.value()))
            .collect();
        let links = Links::recorded(specs.iter().map(|(address, spec)| (address, spec)));
        let wall = Wall {
            board,
            links: &links,
        };
        let exports = |address: &Address| {
            let payer = match address.kind() {
                Kind::Payer => Some(address.clone()),
                _ => wall.payer(address),
            };
            let exports = payer.map(|payer| wall.exports(&payer));
            data::delivered(&exports.unwrap_or_default(), board)
        };
        let mut rows: Vec<Row> = specs
            .iter()
            .filter(|(address, _)| matches!(address.kind(), Kind::Payer | Kind::Account))
            .map(|(address, spec)| Row {
                address: address.clone(),
                organization: spec
                    .get("organization")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                spec: spec.clone(),
                badges: badges(address, &wall),
                exports: exports(address),
            })
            .collect();
        rows.sort_by(|a, b| {
            let key = |row: &Row| {
                let kind = row.address.kind();
                let payer = match kind {
                    Kind::Payer => row.address.last().into_owned(),
                    _ => row.text("payer").unwrap_or_default().to_owned(),
                };
                let organization = row.organization.clone();
                (row.address.provider(), organization, payer, kind)
            };
            key(a).cmp(&key(b)).then_with(|| a.address.cmp(&b.address))
        });
        Self { rows }
    }

    /// Keeps the rows that have all of these labels, and the payers of accounts among them: without its payer
    /// a row would not say who is billed.
    pub fn with_labels(&mut self, labels: &[(String, String)]) {
        let has = |row: &Row| {
            labels
                .iter()
                .all(|(name, value)| row.spec["labels"][name.as_str()].as_str() == Some(value))
        };
        let payer = |row: &Row| {
            let id = match row.address.kind() {
                Kind::Payer => row.address.last().into_owned(),
                _ => row.text("payer")?.to_owned(),
            };
            Some((row.address.provider()?, row.organization.clone(), id))
        };
        let chosen = self.rows.iter().filter(|row| has(row));
        let payers: BTreeSet<_> = chosen.filter_map(payer).collect();
        self.rows.retain(|row| {
            let context = row.address.kind() == Kind::Payer
                && payer(row).is_some_and(|payer| payers.contains(&payer));
            context || has(row)
        });
    }
}
