//! Shards of the register: which one an address belongs to, and the bytes of one. Knows no sled.

use super::codec::{Block, Cursor, Digest, Put, Unpacked, short_sum};
use super::payload::{Item, RecordText};
use crate::model::hash::ContentHash;

/// How a shard's change moves the digest and the number of records.
#[derive(Default)]
pub(super) struct Delta {
    pub(super) digest: Digest,
    pub(super) records: i64,
}

/// Merges changes into a shard; both are sorted by address, as shards always are.
pub(super) fn change(records: &mut Vec<RecordText>, changes: Vec<(&str, Option<&Item>)>) -> Delta {
    let mut delta = Delta::default();
    let mut merged = Vec::with_capacity(records.len() + changes.len());
    let mut old = std::mem::take(records).into_iter().peekable();
    for (address, item) in changes {
        while let Some(record) = old.next_if(|record| &*record.address < address) {
            merged.push(record);
        }
        if let Some(record) = old.next_if(|record| &*record.address == address) {
            delta.digest.remove(&record.json);
            delta.records -= 1;
        }
        if let Some((item, json)) = item.and_then(|item| Some((item, item.json.as_ref()?))) {
            delta.digest.add(json);
            delta.records += 1;
            merged.push(RecordText {
                address: address.into(),
                spec_hash: item.spec_hash,
                protect: item.protect,
                json: json.clone(),
            });
        }
    }
    merged.extend(old);
    *records = merged;
    delta
}

/// Number of records, lengths of the compressed names (protection and address of each), spec
/// hashes, then the block.
pub(super) fn encode(records: &[RecordText]) -> Vec<u8> {
    let block = Block::pack(records.iter().map(|record| record.json.as_slice()));
    let mut names = Vec::with_capacity(records.len() * 32);
    for record in records {
        names.u8(u8::from(record.protect));
        names.bytes(record.address.as_bytes());
    }
    let small = lz4_flex::block::compress(&names);
    let mut value = Vec::with_capacity(block.bytes.len() + records.len() * 32 + 32);
    value.count(records.len());
    value.count(names.len());
    value.bytes(&small);
    for record in records {
        value.raw(&record.spec_hash.0);
    }
    value.u32(block.raw_len);
    value.raw(&short_sum(&block.bytes));
    value.raw(&block.bytes);
    value
}

/// A shard's value, taken apart.
pub(super) struct View<'a> {
    pub(super) entries: Vec<(Box<str>, ContentHash, bool)>,
    pub(super) raw_len: u32,
    pub(super) sum: [u8; 8],
    pub(super) block: &'a [u8],
}

impl<'a> View<'a> {
    pub(super) fn of(value: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(value);
        let count = cursor.count()?;
        let length = cursor.count()?;
        let small = cursor.bytes()?;
        if length / 256 > small.len() {
            return None;
        }
        let names = lz4_flex::block::decompress(small, length).ok()?;
        let mut names = Cursor(&names);
        let mut entries = Vec::with_capacity(count.min(length));
        for _ in 0..count {
            let protect = names.u8()? & 1 != 0;
            let address = names.text()?.into();
            entries.push((address, ContentHash(cursor.array()?), protect));
        }
        let view = Self {
            entries,
            raw_len: cursor.u32()?,
            sum: cursor.array()?,
            block: cursor.0,
        };
        (short_sum(view.block) == view.sum).then_some(view)
    }

    pub(super) fn stored(&self) -> Option<Vec<RecordText>> {
        let block = Unpacked::of(self.block, self.raw_len)?;
        if block.len() != self.entries.len() {
            return None;
        }
        self.entries
            .iter()
            .enumerate()
            .map(|(slot, (address, spec_hash, protect))| {
                Some(RecordText {
                    address: address.clone(),
                    spec_hash: *spec_hash,
                    protect: *protect,
                    json: block.text(slot)?.to_vec(),
                })
            })
            .collect()
    }
}

fn hash_of(address: &str) -> u64 {
    u64::from_le_bytes(short_sum(address.as_bytes()))
}

/// Linear hashing: the shards from the last power of two on have split off already.
pub(super) fn shard_of(address: &str, shards: u32) -> u32 {
    let hash = hash_of(address);
    let low = u64::from(shards.max(1)).next_power_of_two();
    let place = hash & (low - 1);
    let place = if place < u64::from(shards.max(1)) {
        place
    } else {
        place & (low / 2 - 1)
    };
    u32::try_from(place).unwrap_or(0)
}

/// The shard below `count` that holds what belongs to shard `new`.
pub(super) fn parent_of(new: u32, count: u32) -> u32 {
    let mut shard = new;
    while shard >= count && shard > 0 {
        shard &= !(1 << (31 - shard.leading_zeros()));
    }
    shard
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Growing moves addresses only from the shards that `parent_of` names to new ones.
        #[test]
        fn growth_moves_only_what_it_must(name in "[a-z]{1,12}", old in 1_u32..300, more in 0_u32..300) {
            let (before, after) = (shard_of(&name, old), shard_of(&name, old + more));
            prop_assert!(before < old && after < old + more);
            if after != before {
                prop_assert!(after >= old);
                prop_assert_eq!(parent_of(after, old), before);
            }
        }
    }
}
