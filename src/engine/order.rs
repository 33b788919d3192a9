//! Order: what must stand before what. Creations from the credentials down, removals the other way.

use std::collections::HashMap;

use serde_json::Value;

use crate::model::address::{Address, Kind};
use crate::model::record::Action;

use super::change::Change;
use super::reference;

/// Sorts changes into the order of an apply: what others need first, removals last and the other
/// way round. Among equals by address, so that the order never depends on files.
pub fn sort(changes: &mut [Change]) {
    let depths = depths(changes);
    changes.sort_by(|a, b| {
        let key = |change: &Change| {
            let removes = change.removes();
            let kind = change.kind();
            let depth = depths.get(&change.address).copied().unwrap_or(0);
            // Removals: the last kind first, the deepest first.
            let rank = if removes {
                Kind::ALL.len() - kind as usize
            } else {
                kind as usize
            };
            let depth = if removes { usize::MAX - depth } else { depth };
            (removes, rank, depth)
        };
        key(a).cmp(&key(b)).then_with(|| a.address.cmp(&b.address))
    });
}

/// How many resources of its own kind stand above each changed one.
fn depths(changes: &[Change]) -> HashMap<Address, usize> {
    let nested = |kind| matches!(kind, Kind::CostCenter | Kind::Account | Kind::Credential);
    let mut parents: HashMap<&Address, Address> = HashMap::new();
    for change in changes.iter().filter(|change| nested(change.kind())) {
        let Some(text) = change
            .spec
            .as_ref()
            .or(change.before.as_ref().map(|record| &record.spec))
        else {
            continue;
        };
        // Accounts are many, and few are within another.
        if change.kind() == Kind::Account && !text.as_str().contains("\"within\"") {
            continue;
        }
        let own = |need: &Address| need.kind() == change.kind();
        let parent = reference::needs(&change.address, &text.value())
            .into_iter()
            .find(own);
        if let Some(parent) = parent {
            parents.insert(&change.address, parent);
        }
    }
    let mut depths = HashMap::new();
    for address in parents.keys() {
        let mut depth = 0;
        let mut at: &Address = address;
        while let Some(parent) = parents.get(at) {
            depth += 1;
            at = parent;
            if depth > parents.len() {
                break; // A cycle: the rules refuse it.
            }
        }
        depths.insert((*address).clone(), depth);
    }
    depths
}

/// Whether a change stood on another resource before, and that one only changes: then neither waits
/// for the other, and a name can change while its organization's access is not proven.
fn stood(change: &Change, other: &Change) -> bool {
    if other.action != Action::Update || other.from.is_some() {
        return false;
    }
    change.before.as_ref().is_some_and(|record| {
        reference::needs(&record.address, &record.spec.value()).contains(&other.address)
    })
}

/// For each change the positions of the changes that must come first.
#[must_use]
pub fn dependencies(changes: &[Change]) -> Vec<Vec<usize>> {
    let positions: HashMap<&Address, usize> = changes
        .iter()
        .enumerate()
        .map(|(at, change)| (&change.address, at))
        .collect();
    let former: HashMap<&Address, usize> = changes
        .iter()
        .enumerate()
        .filter_map(|(at, change)| change.from.as_ref().map(|from| (from, at)))
        .collect();
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); changes.len()];
    for (at, change) in changes.iter().enumerate() {
        let value = |record: Option<&crate::model::canonical::Canonical>| {
            record.map(crate::model::canonical::Canonical::value)
        };
        let spec: Option<Value> = if change.removes() {
            value(change.before.as_ref().map(|record| &record.spec))
        } else {
            value(change.spec.as_ref())
        };
        let Some(spec) = spec else { continue };
        for need in reference::needs(&change.address, &spec) {
            let Some(&other) = positions.get(&need).or_else(|| former.get(&need)) else {
                continue;
            };
            match (change.removes(), changes[other].removes()) {
                // What is removed goes before what it needed is removed.
                (true, true) => needs[other].push(at),
                (false, false) if other != at && !stood(change, &changes[other]) => {
                    needs[at].push(other);
                }
                _ => {}
            }
        }
        // A resource that leaves another (an account's old payer) is changed before that goes.
        if let (false, Some(before)) = (
            change.removes(),
            value(change.before.as_ref().map(|record| &record.spec)),
        ) {
            for need in reference::needs(&change.address, &before) {
                if let Some(&other) = positions.get(&need)
                    && changes[other].removes()
                {
                    needs[other].push(at);
                }
            }
        }
    }
    for list in &mut needs {
        list.sort_unstable();
        list.dedup();
    }
    needs
}
