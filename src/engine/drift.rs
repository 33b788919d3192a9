//! Drift: what the platform has otherwise, or no longer, although nothing changed here.

use crate::model::record::Record;

use super::change::Drift;
use super::compare::Observed;
use super::desired::Desired;
use super::fields;

/// Finds what the platform has otherwise, or no longer, where nothing was changed here: for the
/// resources that are declared as they are recorded.
#[must_use]
pub fn find(desired: &Desired, unchanged: &[Record], observed: &Observed) -> Vec<Drift> {
    let mut drift = Vec::new();
    for record in unchanged {
        let Some(resource) = desired.get(record.address.as_str()) else {
            continue;
        };
        let spec = record.spec.value();
        let found = observed.get(&record.address);
        let mine = found.map(|found| fields::owned_part(&[&spec], found));
        let fields = fields::diff(mine.as_ref(), Some(&spec));
        if found.is_none() || !fields.is_empty() {
            drift.push(Drift {
                address: record.address.clone(),
                fields,
                missing: found.is_none(),
                spec: resource.spec.clone(),
                record: record.clone(),
            });
        }
    }
    drift
}
