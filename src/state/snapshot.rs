//! A consistent view of the state at one serial: a sorted index in memory; records stay packed, in
//! files or in objects that were read, until they are asked for.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::codec::{Digest, Unpacked, short_sum};
use super::error::StateError;
use super::payload::{CommitView, Header, RecordText};
use super::source::Source;
use crate::model::address::Address;
use crate::model::hash::ContentHash;
use crate::model::record::{Intent, Record};
use crate::model::settings::Guard;

/// Number of commits since a state began; 0 before the first.
pub type Serial = u64;

/// What the index says of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexEntry<'a> {
    pub address: &'a str,
    /// Hash of the record's canonical spec.
    pub spec_hash: ContentHash,
    pub protect: bool,
}

/// The state at one serial. Stays valid and unchanged while writers go on: it holds the files that
/// it reads records from.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) header: Header,
    /// All addresses behind each other, in no order.
    arena: String,
    /// Sorted by address.
    slots: Vec<Slot>,
    blocks: Vec<BlockRef>,
    /// Files that blocks lie in.
    files: Vec<Arc<Source>>,
    pub(super) intents: Vec<Intent>,
    /// Changes that [`Self::settle`] has not merged yet, oldest first.
    pending: Vec<Change>,
}

/// One record of the index: 32 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) block: u32,
    pub(super) slot: u16,
    pub(super) protect: bool,
    pub(super) spec_hash: ContentHash,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct BlockRef {
    pub(super) file: u32,
    pub(super) length: u32,
    pub(super) raw_len: u32,
    pub(super) offset: u64,
    pub(super) sum: [u8; 8],
}

#[derive(Debug, Clone, Copy)]
struct Change {
    start: u32,
    length: u32,
    put: Option<Slot>,
}

/// An index as it comes from a base.
pub(super) struct Parts {
    pub(super) header: Header,
    pub(super) arena: String,
    pub(super) slots: Vec<Slot>,
    pub(super) blocks: Vec<BlockRef>,
    pub(super) files: Vec<Arc<Source>>,
}

impl Snapshot {
    pub(super) fn of(parts: Parts) -> Self {
        Self {
            header: parts.header,
            arena: parts.arena,
            slots: parts.slots,
            blocks: parts.blocks,
            files: parts.files,
            intents: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Says the state's identity: random, given once. All zeros where there is no state yet.
    #[must_use]
    pub const fn lineage(&self) -> ContentHash {
        self.header.lineage
    }

    #[must_use]
    pub const fn serial(&self) -> Serial {
        self.header.serial
    }

    /// The format the state was written in.
    #[must_use]
    pub const fn format(&self) -> u32 {
        self.header.format
    }

    /// The guard that held for the last commit that named one.
    #[must_use]
    pub const fn guard(&self) -> Option<Guard> {
        self.header.guard
    }

    /// The project that the state is bound to, if any.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.header.project.as_deref()
    }

    /// The platform that the state is bound to.
    #[must_use]
    pub fn platform(&self) -> &str {
        &self.header.platform
    }

    /// Digest over all records, whatever their order.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.header.digest
    }

    /// Intents without a receipt: an apply was interrupted.
    #[must_use]
    pub fn open_intents(&self) -> &[Intent] {
        &self.intents
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    fn address(&self, start: u32, length: u32) -> &str {
        let start = start as usize;
        // Never outside; an empty text would only make the record unfindable.
        self.arena
            .get(start..start + length as usize)
            .unwrap_or_default()
    }

    /// The record at a place of the index.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<IndexEntry<'_>> {
        self.slots.get(place).map(|slot| IndexEntry {
            address: self.address(slot.start, slot.length),
            spec_hash: slot.spec_hash,
            protect: slot.protect,
        })
    }

    /// The index, sorted by address (by bytes, as [`Address`] sorts).
    pub fn index(&self) -> impl ExactSizeIterator<Item = IndexEntry<'_>> {
        self.slots.iter().map(|slot| IndexEntry {
            address: self.address(slot.start, slot.length),
            spec_hash: slot.spec_hash,
            protect: slot.protect,
        })
    }

    /// The place of an address in the index.
    #[must_use]
    pub fn find(&self, address: &str) -> Option<usize> {
        self.slots
            .binary_search_by(|slot| self.address(slot.start, slot.length).cmp(address))
            .ok()
    }

    /// How many addresses begin so.
    #[must_use]
    pub fn count(&self, prefix: &str) -> usize {
        let address = |slot: &Slot| self.address(slot.start, slot.length);
        let first = self.slots.partition_point(|slot| address(slot) < prefix);
        self.slots[first..].partition_point(|slot| address(slot).starts_with(prefix))
    }

    /// The record of an address. For many, [`Self::fetch`] reads each block once.
    ///
    /// # Errors
    /// A block that cannot be read or is damaged.
    pub fn get(&self, address: &Address) -> Result<Option<Record>, StateError> {
        let place: Vec<usize> = self.find(address.as_str()).into_iter().collect();
        Ok(self.fetch_at(&place)?.pop())
    }

    /// The records of these addresses, in this order; none for one that has no record.
    ///
    /// # Errors
    /// A block that cannot be read or is damaged.
    pub fn fetch(&self, addresses: &[&Address]) -> Result<Vec<Option<Record>>, StateError> {
        let places: Vec<Option<usize>> = addresses
            .iter()
            .map(|address| self.find(address.as_str()))
            .collect();
        let found: Vec<usize> = places.iter().flatten().copied().collect();
        let mut records = self.fetch_at(&found)?.into_iter();
        Ok(places
            .into_iter()
            .map(|place| place.and_then(|_| records.next()))
            .collect())
    }

    /// The records at these places of the index, in this order. Reads and decodes only the blocks
    /// that are needed, each once, on all cores.
    ///
    /// # Errors
    /// A block that cannot be read or is damaged; a place outside the index.
    pub fn fetch_at(&self, places: &[usize]) -> Result<Vec<Record>, StateError> {
        let mut wanted: Vec<(u32, u16, usize, usize)> = Vec::with_capacity(places.len());
        for (out, &place) in places.iter().enumerate() {
            let slot = self.slots.get(place).ok_or_else(|| {
                StateError::Misuse(format!("record {place} of {}", self.slots.len()))
            })?;
            wanted.push((slot.block, slot.slot, place, out));
        }
        wanted.sort_unstable();
        let blocks: Vec<&[(u32, u16, usize, usize)]> =
            wanted.chunk_by(|left, right| left.0 == right.0).collect();
        let decode = |group: &&[(u32, u16, usize, usize)]| self.decode(group);
        let decoded: Vec<Vec<(usize, Record)>> = if blocks.len() > 4 {
            blocks.par_iter().map(decode).collect::<Result<_, _>>()?
        } else {
            blocks.iter().map(decode).collect::<Result<_, _>>()?
        };
        let mut records: Vec<Option<Record>> = Vec::new();
        records.resize_with(places.len(), || None);
        for (out, record) in decoded.into_iter().flatten() {
            records[out] = Some(record);
        }
        Ok(records.into_iter().flatten().collect())
    }

    /// All records, sorted by address.
    ///
    /// # Errors
    /// A block that cannot be read or is damaged.
    pub fn records(&self) -> Result<Vec<Record>, StateError> {
        self.fetch_at(&(0..self.len()).collect::<Vec<_>>())
    }

    /// Decodes the records of one block.
    fn decode(
        &self,
        group: &[(u32, u16, usize, usize)],
    ) -> Result<Vec<(usize, Record)>, StateError> {
        let Some(&(block, ..)) = group.first() else {
            return Ok(Vec::new());
        };
        let (source, block) = self.block(block)?;
        group
            .iter()
            .map(|&(_, slot, place, out)| {
                block
                    .text(usize::from(slot))
                    .and_then(|text| serde_json::from_slice::<Record>(text).ok())
                    .filter(|record| {
                        self.at(place)
                            .is_some_and(|entry| entry.address == record.address.as_str())
                    })
                    .map(|record| (out, record))
                    .ok_or_else(|| {
                        StateError::damaged(source, "a record is not what its index says")
                    })
            })
            .collect()
    }

    /// All records as they are stored, in no order.
    pub(super) fn texts(&self) -> Result<Vec<RecordText>, StateError> {
        let mut places: Vec<usize> = (0..self.slots.len()).collect();
        places.sort_unstable_by_key(|&place| self.slots[place].block);
        let groups: Vec<&[usize]> = places
            .chunk_by(|&left, &right| self.slots[left].block == self.slots[right].block)
            .collect();
        let texts: Vec<Vec<RecordText>> = groups
            .par_iter()
            .map(|group| {
                let (source, block) = self.block(self.slots[group[0]].block)?;
                group
                    .iter()
                    .map(|&place| {
                        let slot = &self.slots[place];
                        let json = block.text(usize::from(slot.slot)).ok_or_else(|| {
                            StateError::damaged(source, "a record is not where its index says")
                        })?;
                        Ok(RecordText {
                            address: self.address(slot.start, slot.length).into(),
                            spec_hash: slot.spec_hash,
                            protect: slot.protect,
                            json: json.to_vec(),
                        })
                    })
                    .collect()
            })
            .collect::<Result<_, StateError>>()?;
        Ok(texts.into_iter().flatten().collect())
    }

    fn block(&self, block: u32) -> Result<(&Path, Unpacked), StateError> {
        let missing = || StateError::Misuse(format!("no block {block}"));
        let block = self.blocks.get(block as usize).ok_or_else(missing)?;
        let source = self.files.get(block.file as usize).ok_or_else(missing)?;
        let bytes = source
            .read(block.offset, block.length as usize)
            .map_err(|cause| StateError::io("read", &source.path, cause))?;
        let unpacked = (short_sum(&bytes) == block.sum)
            .then(|| Unpacked::of(&bytes, block.raw_len))
            .flatten()
            .ok_or_else(|| {
                StateError::damaged(
                    &source.path,
                    format!(
                        "the records at byte {} are not what was written",
                        block.offset
                    ),
                )
            })?;
        Ok((&source.path, unpacked))
    }

    /// Lets blocks lie in this file; returns its number.
    pub(super) fn add_source(&mut self, source: Arc<Source>) -> u32 {
        self.files.push(source);
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// Takes note of a commit whose payload lies at `payload_at` of file `file`. What it changes
    /// is seen after [`Self::settle`].
    pub(super) fn push(
        &mut self,
        commit: &CommitView<'_>,
        file: u32,
        payload_at: u64,
    ) -> Result<(), StateError> {
        let too_many = || StateError::Misuse("more than 4 GiB of addresses".to_owned());
        let first = u32::try_from(self.blocks.len()).map_err(|_| too_many())?;
        let mut offset = payload_at + commit.blocks_at as u64;
        for block in &commit.blocks {
            let length = u32::try_from(block.bytes.len()).map_err(|_| too_many())?;
            self.blocks.push(BlockRef {
                file,
                length,
                raw_len: block.raw_len,
                offset,
                sum: block.sum,
            });
            offset += u64::from(length);
        }
        for entry in &commit.entries {
            if let Some(from) = entry.from {
                let (start, length) = self.intern(from).ok_or_else(too_many)?;
                self.pending.push(Change {
                    start,
                    length,
                    put: None,
                });
            }
            let (start, length) = self.intern(entry.address).ok_or_else(too_many)?;
            let put = entry.record.map(|record| Slot {
                start,
                length,
                block: first + record.block,
                slot: record.slot,
                protect: record.protect,
                spec_hash: record.spec_hash,
            });
            self.pending.push(Change { start, length, put });
        }
        self.header.serial = commit.head.serial;
        self.header.digest = commit.head.digest;
        self.header.records = commit.head.records;
        Ok(())
    }

    fn intern(&mut self, text: &str) -> Option<(u32, u32)> {
        let start = u32::try_from(self.arena.len()).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        start.checked_add(length)?;
        self.arena.push_str(text);
        Some((start, length))
    }

    /// Whether all that was pushed is merged.
    pub(super) fn is_settled(&self) -> bool {
        self.pending.is_empty()
    }

    /// Merges what was pushed into the index: one pass over it, or less where no address comes or
    /// goes.
    pub(super) fn settle(&mut self) {
        let mut changes = std::mem::take(&mut self.pending);
        if changes.is_empty() {
            return;
        }
        let arena = &self.arena;
        let text = |start: u32, length: u32| -> &str {
            arena
                .get(start as usize..start as usize + length as usize)
                .unwrap_or_default()
        };
        // A stable sort keeps the changes of one address in their order: the last one counts.
        changes.par_sort_by(|left, right| {
            text(left.start, left.length).cmp(text(right.start, right.length))
        });
        let groups = || {
            let same = |left: &Change, right: &Change| {
                text(left.start, left.length) == text(right.start, right.length)
            };
            changes.chunk_by(same).filter_map(|group| group.last())
        };
        let replaced: Option<Vec<(usize, Slot)>> = groups()
            .map(|change| Some((self.find(text(change.start, change.length))?, change.put?)))
            .collect();
        if let Some(replaced) = replaced {
            for (place, slot) in replaced {
                self.slots[place] = slot;
            }
            return;
        }
        let mut merged = Vec::with_capacity(self.slots.len() + changes.len());
        let mut old = 0;
        for change in groups() {
            let address = text(change.start, change.length);
            // Changes are few beside a large index: find the gap instead of walking it.
            let rest = &self.slots[old..];
            let gap = rest.partition_point(|slot| text(slot.start, slot.length) < address);
            merged.extend_from_slice(&rest[..gap]);
            old += gap;
            if self
                .slots
                .get(old)
                .is_some_and(|slot| text(slot.start, slot.length) == address)
            {
                old += 1;
            }
            merged.extend(change.put);
        }
        merged.extend_from_slice(&self.slots[old..]);
        self.slots = merged;
    }
}
