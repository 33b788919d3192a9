//! Order: what must stand before what. Creations from the credentials down, removals the other way.

use std::collections::{HashMap, HashSet};

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
    let mut parents: HashMap<&Address, Vec<Address>> = HashMap::new();
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
        let above = reference::needs(&change.address, &text.value());
        let above: Vec<Address> = above.into_iter().filter(own).collect();
        if !above.is_empty() {
            parents.insert(&change.address, above);
        }
    }
    let mut depths: HashMap<Address, usize> = HashMap::new();
    for start in parents.keys() {
        // Each with those above it that are not known yet. Who is met again on the way up stands in a
        // ring: the rules refuse one, but parents of different months may well form it.
        let mut open: Vec<&Address> = vec![start];
        let mut met: HashSet<&Address> = HashSet::new();
        while let Some(at) = open.last().copied() {
            let above = parents.get(at).map_or(&[][..], Vec::as_slice);
            let next = above.iter().find(|one| {
                parents.contains_key(one) && !depths.contains_key(one) && !met.contains(one)
            });
            met.insert(at);
            match next {
                Some(next) => open.push(next),
                None => {
                    open.pop();
                    let known = above.iter().filter(|one| *one != at);
                    let highest = known.map(|one| depths.get(one).copied().unwrap_or(0)).max();
                    depths.insert(at.clone(), highest.map_or(0, |depth| depth + 1));
                }
            }
        }
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
            // Cost centres may have changed places from a month on: who is first by order needs no other.
            let both = change.kind() == Kind::CostCenter && need.kind() == Kind::CostCenter;
            if both && (other < at) == change.removes() {
                continue;
            }
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
