//! The guard's tally: how many of each group are recorded, counted only where it could matter.

use std::collections::{BTreeMap, HashMap};

use crate::model::address::{Address, Kind};
use crate::model::record::Record;
use crate::model::settings::Guard;

use super::change::{Change, Plan, Refusal};
use super::desired::Desired;
use super::guard;
use super::wanted::Known;

/// Holds a plan against the guard.
pub fn check(
    desired: &Desired,
    index: &[Known<'_>],
    records: &HashMap<usize, Record>,
    plan: &Plan,
    thresholds: Guard,
) -> Vec<Refusal> {
    // Counting a large register costs more than the comparison: only where it could matter.
    if !guard::could_exceed(&plan.changes, thresholds) {
        return Vec::new();
    }
    let by_address: HashMap<&str, &Record> = records
        .values()
        .map(|record| (record.address.as_str(), record))
        .collect();
    let organization = |spec: &str| -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Owner {
            organization: Option<String>,
        }
        serde_json::from_str::<Owner>(spec)
            .ok()
            .and_then(|owner| owner.organization)
    };
    let mut recorded: BTreeMap<guard::Group, usize> = BTreeMap::new();
    for known in index {
        let Ok(address) = Address::parse(known.address) else {
            continue;
        };
        let kind = address.kind();
        let spec = || {
            let record = by_address
                .get(known.address)
                .map(|record| record.spec.as_str());
            record.or_else(|| {
                desired
                    .get(known.address)
                    .map(|resource| resource.spec.as_str())
            })
        };
        let organization = (kind == Kind::Account)
            .then(|| spec().and_then(organization))
            .flatten();
        *recorded
            .entry(guard::Group { kind, organization })
            .or_default() += 1;
    }
    let group_of = |change: &Change| {
        let kind = change.kind();
        let spec = change.before.as_ref().map(|record| record.spec.as_str());
        let organization = (kind == Kind::Account)
            .then(|| spec.and_then(organization))
            .flatten();
        guard::Group { kind, organization }
    };
    guard::check(&plan.changes, &group_of, &recorded, thresholds)
}
