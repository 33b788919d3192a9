//! What is declared, held against the index of what is recorded: from hashes and addresses alone, without a
//! look at any record.

use std::collections::{BTreeSet, HashMap};

use crate::model::address::{Address, Kind};
use crate::model::hash::ContentHash;

use super::desired::{Desired, present_address};

/// What the state's index knows of a record.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub address: &'a str,
    pub spec_hash: ContentHash,
    pub protect: bool,
}

/// Which resources and records belong together, and which records must be fetched.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Declared resources without a record.
    pub create: Vec<usize>,
    /// Declared resources whose record differs by hash or protection: resource, index entry.
    pub differ: Vec<(usize, usize)>,
    /// Index entries that nothing declares.
    pub gone: Vec<usize>,
    /// Declared resources that are recorded as they are: resource, index entry.
    pub same: usize,
    /// Former names that are no longer recorded.
    pub done_renames: Vec<Address>,
}

impl Wanted {
    /// Holds the desired resources against the index. Both are sorted by address.
    #[must_use]
    pub fn of(desired: &Desired, index: &[Known<'_>]) -> Self {
        let mut wanted = Self::default();
        let moved = moved(desired, index);
        let taken: BTreeSet<usize> = moved.values().copied().collect();
        let mut at = 0;
        for (position, resource) in desired.resources.iter().enumerate() {
            while at < index.len() && index[at].address < resource.address.as_str() {
                if !taken.contains(&at) {
                    wanted.gone.push(at);
                }
                at += 1;
            }
            if at < index.len() && index[at].address == resource.address.as_str() {
                let known = &index[at];
                if known.spec_hash == resource.hash && known.protect == resource.protect {
                    wanted.same += 1;
                } else {
                    wanted.differ.push((position, at));
                }
                at += 1;
            } else if let Some(former) = moved.get(&position) {
                wanted.differ.push((position, *former));
            } else {
                wanted.create.push(position);
            }
        }
        wanted
            .gone
            .extend((at..index.len()).filter(|at| !taken.contains(at)));
        let recorded = |address: &Address| {
            index
                .binary_search_by(|known| known.address.cmp(address.as_str()))
                .is_ok()
        };
        wanted.done_renames = desired
            .renames
            .iter()
            .filter(|(former, present)| {
                former.kind() != Kind::Recommendations && recorded(present) && !recorded(former)
            })
            .map(|(former, _)| former.clone())
            .collect();
        wanted
    }

    /// The index entries whose records the comparison needs, sorted.
    #[must_use]
    pub fn records(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self
            .differ
            .iter()
            .map(|(_, at)| *at)
            .chain(self.gone.iter().copied())
            .collect();
        all.sort_unstable();
        all
    }
}

/// Index entries under a former address whose present address is declared and not recorded:
/// resource and index entry.
fn moved(desired: &Desired, index: &[Known<'_>]) -> HashMap<usize, usize> {
    let mut moved = HashMap::new();
    if desired.renames.is_empty() {
        return moved;
    }
    let renameable = [
        "budget/",
        "cost_center/",
        "credential/",
        "organization/",
        "recommendations/",
        "shared_cost/",
    ];
    for (at, known) in index.iter().enumerate() {
        if !renameable
            .iter()
            .any(|prefix| known.address.starts_with(prefix))
        {
            continue;
        }
        let Ok(address) = Address::parse(known.address) else {
            continue;
        };
        // A former name that is declared (again) is itself.
        if desired.get(known.address).is_some() {
            continue;
        }
        let Some(present) = present_address(&address, &desired.renames) else {
            continue;
        };
        let recorded = index
            .binary_search_by(|known| known.address.cmp(present.as_str()))
            .is_ok();
        let position = desired
            .resources
            .binary_search_by(|resource| resource.address.cmp(&present));
        if let (false, Ok(position)) = (recorded, position) {
            moved.entry(position).or_insert(at);
        }
    }
    moved
}
