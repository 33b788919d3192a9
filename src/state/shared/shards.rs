//! Which shards a commit changes, and what they are from then on. Pure: bytes in, bytes out.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use rayon::prelude::*;

use super::name::{Mark, Name};
use crate::model::hash::ContentHash;
use crate::state::payload::{Header, Item, RecordText};
use crate::state::shard::{View, change, encode, shard_of};

/// Records in a shard when shards are cut anew: one changed record uploads one shard, and a reader
/// reads all of them.
const AVERAGE: u64 = 384;
/// With more than this on average they are cut anew.
const MOST: u64 = 512;
/// With fewer too, where there are several.
const LEAST: u64 = 64;

/// A shard: its name and its bytes. Without records: all zeros, and none.
#[derive(Debug, Clone, Default)]
pub(super) struct Shard {
    pub(super) name: Name,
    pub(super) bytes: Bytes,
}

impl Shard {
    fn of(records: &[RecordText]) -> Self {
        if records.is_empty() {
            return Self::default();
        }
        let bytes = encode(records);
        Self {
            name: Name::of(&bytes, None),
            bytes: bytes.into(),
        }
    }

    fn records(&self) -> Option<Vec<RecordText>> {
        if self.bytes.is_empty() {
            return Some(Vec::new());
        }
        View::of(&self.bytes)?.stored()
    }
}

/// What a commit makes of the shards.
pub(super) struct Changed {
    /// All shards from then on.
    pub(super) shards: Vec<Shard>,
    /// Those that were not there before.
    pub(super) new: Vec<usize>,
    /// How many names are gone.
    pub(super) dropped: u64,
}

/// Works out the shards after these items, and sets digest and number of records in the header.
/// None where a shard is not readable.
pub(super) fn apply(
    shards: &[Shard],
    header: &mut Header,
    items: &[Item],
    mark: Mark,
) -> Option<Changed> {
    // The last word on each address counts.
    let mut changes: BTreeMap<&str, Option<&Item>> = BTreeMap::new();
    for item in items {
        if let Some(from) = &item.from {
            changes.insert(from, None);
        }
        changes.insert(&item.address, item.json.is_some().then_some(item));
    }
    let mut touched: BTreeMap<usize, Vec<(&str, Option<&Item>)>> = BTreeMap::new();
    for (address, item) in changes {
        let shard = place(address, shards.len());
        touched.entry(shard).or_default().push((address, item));
    }
    let nothing = Shard::default();
    let changed: Vec<_> = touched
        .into_par_iter()
        .map(|(at, changes)| {
            let mut records = shards.get(at).unwrap_or(&nothing).records()?;
            let delta = change(&mut records, changes);
            Some((at, records, delta))
        })
        .collect::<Option<_>>()?;
    let mut records: BTreeMap<usize, Vec<RecordText>> = BTreeMap::new();
    for (at, texts, delta) in changed {
        header.digest.join(delta.digest);
        header.records = header.records.saturating_add_signed(delta.records);
        records.insert(at, texts);
    }
    let after = cut(header.records, shards.len());
    let mut all: Vec<Shard> = shards.to_vec();
    if after == shards.len() {
        let made: Vec<(usize, Shard)> = records
            .into_par_iter()
            .map(|(at, records)| (at, Shard::of(&records)))
            .collect();
        for (at, shard) in made {
            if let Some(place) = all.get_mut(at) {
                *place = shard;
            }
        }
    } else {
        for (at, shard) in shards.iter().enumerate() {
            if let std::collections::btree_map::Entry::Vacant(vacant) = records.entry(at) {
                vacant.insert(shard.records()?);
            }
        }
        all = cut_into(after, records.into_values().flatten());
    }
    Some(compared(shards, all, mark))
}

/// Shards over these records, and nothing else.
pub(super) fn fresh(
    records: impl Iterator<Item = RecordText>,
    count: u64,
    mark: Mark,
) -> Vec<Shard> {
    compared(&[], cut_into(cut(count, 0), records), mark).shards
}

/// What is new among shards, and how many names of the old ones are gone. What holds the same as an
/// old one keeps its name, all else gets the mark.
fn compared(before: &[Shard], mut after: Vec<Shard>, mark: Mark) -> Changed {
    let old: HashMap<ContentHash, Name> =
        before.iter().map(|one| (one.name.hash, one.name)).collect();
    let mut new = Vec::new();
    for (at, shard) in after.iter_mut().enumerate() {
        match old.get(&shard.name.hash) {
            Some(name) => shard.name = *name,
            None if shard.name.is_some() => {
                shard.name = shard.name.marked(mark);
                new.push(at);
            }
            None => {}
        }
    }
    let kept: HashSet<Name> = after.iter().map(|shard| shard.name).collect();
    let dropped = old.values().filter(|name| !kept.contains(name)).count() as u64;
    Changed {
        shards: after,
        new,
        dropped,
    }
}

fn cut_into(count: usize, records: impl Iterator<Item = RecordText>) -> Vec<Shard> {
    let mut placed: Vec<Vec<RecordText>> = Vec::new();
    placed.resize_with(count, Vec::new);
    for record in records {
        let at = place(&record.address, count);
        if let Some(shard) = placed.get_mut(at) {
            shard.push(record);
        }
    }
    placed
        .into_par_iter()
        .map(|mut records| {
            records.sort_unstable_by(|left, right| left.address.cmp(&right.address));
            Shard::of(&records)
        })
        .collect()
}

/// Into how many shards so many records belong, where there are `before`.
fn cut(records: u64, before: usize) -> usize {
    let fits = |before: u64| records <= before * MOST && (before <= 1 || records >= before * LEAST);
    if before > 0 && fits(before as u64) {
        return before;
    }
    usize::try_from(records.div_ceil(AVERAGE).max(1)).unwrap_or(1)
}

fn place(address: &str, shards: usize) -> usize {
    shard_of(address, u32::try_from(shards).unwrap_or(u32::MAX)) as usize
}
