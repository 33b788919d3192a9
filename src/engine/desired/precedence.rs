//! Precedence: of shared costs the first match in file order wins, so that a place in that order is
//! part of what a shared cost means, wherever another one before it can match the same charge.

use serde::Serialize;

use crate::config::declaration::{Entry, Table};
use crate::model::id;
use crate::model::provider::Provider;
use crate::model::spec::{Match, SharedCost};

/// A shared cost with those that are asked before it.
#[derive(Serialize)]
pub struct Placed<'a> {
    /// Names, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<&'a str>,
    #[serde(flatten)]
    pub spec: &'a SharedCost,
}

/// Each shared cost with the names of those that stand before it and can match what it matches.
pub fn of(table: &Table<SharedCost>) -> Vec<(&Entry<SharedCost>, Vec<&str>)> {
    let place = |entry: &Entry<SharedCost>| (entry.file, entry.span.start);
    let before = |entry: &Entry<SharedCost>| {
        let earlier = table.iter().filter(|other| {
            place(other) < place(entry) && overlap(&other.value.charges, &entry.value.charges)
        });
        // The table is sorted by key.
        earlier.map(|other| &*other.key).collect()
    };
    table.iter().map(|entry| (entry, before(entry))).collect()
}

/// Whether one charge can match both: unless a field that both have excludes it.
fn overlap(a: &Match, b: &Match) -> bool {
    let services = match (&a.service, &b.service) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    services && meet(&a.payers, &b.payers) && meet(&a.accounts, &b.accounts)
}

/// Whether two lists of `provider/id` have one in common. An empty one stands for all.
fn meet(a: &[String], b: &[String]) -> bool {
    let one = |text: &str| {
        let (provider, id) = text.split_once('/').unwrap_or(("", text));
        let known = Provider::from_name(provider);
        (provider.to_owned(), id::canonical(known, id).into_owned())
    };
    if a.is_empty() || b.is_empty() {
        return true;
    }
    let a: Vec<_> = a.iter().map(|text| one(text)).collect();
    b.iter().any(|text| a.contains(&one(text)))
}
