//! What a commit changes in the register: which shards, and what stands in them then. Writes nothing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rayon::prelude::*;

use super::{Prepared, Register};
use crate::state::error::StateError;
use crate::state::payload::{Item, RecordText};
use crate::state::shard::{Delta, change, encode, parent_of, shard_of};

/// A shard is split when there are more records than this for each.
const LOAD: u64 = 40;

impl Register {
    /// Works out what these items change, without writing.
    pub(in crate::state) fn prepare(
        &self,
        items: &[Item],
        serial: u64,
    ) -> Result<Prepared, StateError> {
        // The last word on each address counts.
        let mut changes: BTreeMap<&str, Option<&Item>> = BTreeMap::new();
        for item in items {
            if let Some(from) = &item.from {
                changes.insert(from, None);
            }
            changes.insert(&item.address, item.json.is_some().then_some(item));
        }
        let old_count = self.meta.shards;
        let mut touched: BTreeMap<u32, Vec<(&str, Option<&Item>)>> = BTreeMap::new();
        for (address, item) in changes {
            touched
                .entry(shard_of(address, old_count))
                .or_default()
                .push((address, item));
        }
        let loaded: Vec<(u32, Vec<RecordText>, Delta)> = touched
            .into_par_iter()
            .map(|(shard, changes)| {
                let mut records = self.shard(shard)?;
                let delta = change(&mut records, changes);
                Ok((shard, records, delta))
            })
            .collect::<Result<_, StateError>>()?;

        let mut meta = self.meta.clone();
        meta.serial = serial;
        let mut shards: BTreeMap<u32, Vec<RecordText>> = BTreeMap::new();
        for (shard, records, delta) in loaded {
            meta.digest.join(delta.digest);
            meta.records = meta.records.saturating_add_signed(delta.records);
            shards.insert(shard, records);
        }
        let wanted = u32::try_from(meta.records / LOAD + 1).unwrap_or(u32::MAX);
        meta.shards = old_count.max(wanted);
        // The shards that the new ones split off from.
        for new in old_count..meta.shards {
            let parent = parent_of(new, old_count);
            if let Entry::Vacant(place) = shards.entry(parent) {
                place.insert(self.shard(parent)?);
            }
        }
        let mut placed: BTreeMap<u32, Vec<RecordText>> = BTreeMap::new();
        for (shard, records) in shards {
            placed.entry(shard).or_default();
            for record in records {
                let shard = shard_of(&record.address, meta.shards);
                placed.entry(shard).or_default().push(record);
            }
        }
        let values: Vec<(u32, Vec<u8>)> = placed
            .into_par_iter()
            .map(|(shard, records)| (shard, encode(&records)))
            .collect();
        Ok(Prepared { values, meta })
    }
}
