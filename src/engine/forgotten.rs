//! Forgotten `previously`: what goes while its like comes was perhaps only renamed. Never guesses:
//! it says what to write.

use serde_json::Value;

use crate::model::address::{Address, Kind};
use crate::model::record::Record;

use super::change::{Plan, Refusal};
use super::desired::Resource;

/// Looks for pairs of something gone and something created that seem to be one, and says so: in
/// the refusal of what may not go, else in a note.
pub fn tell<'a>(
    gone: impl Iterator<Item = &'a Record>,
    created: impl Iterator<Item = &'a Resource> + Clone,
    plan: &mut Plan,
) {
    for record in gone {
        let kind = record.address.kind();
        if !matches!(kind, Kind::Organization | Kind::CostCenter) {
            continue;
        }
        let before = record.spec.value();
        let alike = created.clone().find(|resource| {
            resource.address.kind() == kind && is_same(kind, &before, &resource.spec.value())
        });
        let Some(alike) = alike else { continue };
        let (former, present) = (record.address.last(), alike.address.last());
        match refusal(plan, &record.address) {
            Some(refusal) => {
                refusal.help = format!(
                    "if {former} was renamed, write `previously: [{former}]` on {present}; if not: {}",
                    refusal.help
                );
            }
            None => plan.notes.push(format!(
                "{} goes and {present} comes with the same {}: if it was renamed, write `previously: [{former}]` there",
                record.address,
                if kind == Kind::CostCenter { "name" } else { "id" },
            )),
        }
    }
}

fn refusal<'p>(plan: &'p mut Plan, address: &Address) -> Option<&'p mut Refusal> {
    plan.refusals
        .iter_mut()
        .find(|refusal| refusal.address.as_ref() == Some(address))
}

/// Whether two specs seem to be of one thing: an organization is its provider's tenant, a cost
/// centre its name at its place in the tree.
fn is_same(kind: Kind, before: &Value, after: &Value) -> bool {
    let fields: &[&str] = match kind {
        Kind::Organization => &["provider", "id"],
        _ => &["name", "parent"],
    };
    fields
        .iter()
        .all(|field| before.get(field) == after.get(field))
}
