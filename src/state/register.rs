//! The register: all records in sled, changed in place, read and written by the one writer only.
//!
//! Records stand in shards by the hash of their address; the number of shards grows one by one
//! (linear hashing), so that no commit ever rewrites more than it touches and a few neighbours. A
//! shard's value is an index before one compressed block, in pieces under 32 KiB.
//!
//! sled 0.34 writes its snapshot and zeroes its free segments at every open, hence a small segment
//! size; and its flush asks Linux only for sync_file_range, hence the syncs of our own.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::base::BaseWriter;
use super::codec::{Block, Cursor, Digest, Put, Unpacked, short_sum};
use super::error::StateError;
use super::files;
use super::payload::Item;
use crate::model::hash::ContentHash;
use crate::testkit;

/// A shard is split when there are more records than this for each.
const LOAD: u64 = 48;
/// Pieces of a shard's value.
const PIECE: usize = 31 * 1024;
/// Bytes of sled's segments: it zeroes all free ones at every open.
const SEGMENT: usize = 16 * 1024;
/// Bytes of sled's cache.
const CACHE: u64 = 8 * 1024 * 1024;

/// What the register says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Meta {
    pub(super) format: u32,
    pub(super) lineage: ContentHash,
    pub(super) serial: u64,
    pub(super) digest: Digest,
    pub(super) records: u64,
    shards: u32,
}

/// sled, opened.
pub(super) struct Register {
    path: PathBuf,
    db: sled::Db,
    /// sled's own file, for syncing.
    file: File,
    /// Blob files that are synced.
    blobs: BTreeSet<OsString>,
    meta: Meta,
}

/// The register's answer to a commit, before it is written.
pub(super) struct Prepared {
    batch: sled::Batch,
    pub(super) meta: Meta,
}

/// A record of a shard; shards are sorted by address.
#[derive(Debug, Clone)]
struct Stored {
    address: Box<str>,
    spec_hash: ContentHash,
    protect: bool,
    json: Vec<u8>,
}

impl Register {
    /// Opens or creates the register of a lineage.
    pub(super) fn open(path: &Path, format: u32, lineage: ContentHash) -> Result<Self, StateError> {
        let fresh = !path.join("db").exists();
        let db = guarded(path, || {
            sled::Config::new()
                .path(path)
                .segment_size(SEGMENT)
                .cache_capacity(CACHE)
                .flush_every_ms(None)
                .open()
        })?;
        testkit::reach("sled.opened");
        let fail = |cause| StateError::io("open", path, cause);
        let file = File::open(path.join("db")).map_err(fail)?;
        let blobs = if fresh {
            files::sync_folder(path)?;
            BTreeSet::new()
        } else {
            blob_names(path).map_err(fail)?
        };
        let found = guarded(path, || db.get(b"meta"))?;
        let meta = match found {
            None => Meta {
                format,
                lineage,
                serial: 0,
                digest: Digest::default(),
                records: 0,
                shards: 1,
            },
            Some(json) => serde_json::from_slice(&json)
                .map_err(|_| StateError::damaged(path, "what it says of itself is not readable"))?,
        };
        if meta.lineage != lineage {
            return Err(StateError::Foreign {
                path: path.to_owned(),
                what: "lineage",
                found: meta.lineage.to_string(),
                expected: lineage.to_string(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            db,
            file,
            blobs,
            meta,
        })
    }

    pub(super) const fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Works out what these items change, without writing.
    pub(super) fn prepare(&self, items: &[Item], serial: u64) -> Result<Prepared, StateError> {
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
        let loaded: Vec<(u32, Vec<Stored>, Delta)> = touched
            .into_par_iter()
            .map(|(shard, changes)| {
                let mut records = self.shard(shard)?;
                let delta = change(&mut records, changes);
                Ok((shard, records, delta))
            })
            .collect::<Result<_, StateError>>()?;

        let mut meta = self.meta.clone();
        meta.serial = serial;
        let mut shards: BTreeMap<u32, Vec<Stored>> = BTreeMap::new();
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
            if let std::collections::btree_map::Entry::Vacant(place) = shards.entry(parent) {
                place.insert(self.shard(parent)?);
            }
        }
        let mut placed: BTreeMap<u32, Vec<Stored>> = BTreeMap::new();
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
        let mut batch = sled::Batch::default();
        for (shard, value) in values {
            self.put(&mut batch, shard, &value)?;
        }
        let json = serde_json::to_vec(&meta).unwrap_or_default();
        batch.insert(b"meta", json);
        Ok(Prepared { batch, meta })
    }

    /// Writes what was prepared; durable when it returns.
    pub(super) fn apply(&mut self, prepared: Prepared) -> Result<(), StateError> {
        testkit::reach("sled.batch.before");
        guarded(&self.path, || {
            self.db.apply_batch(prepared.batch)?;
            testkit::reach("sled.batch.applied");
            self.db.flush().map(drop)
        })?;
        testkit::reach("sled.flushed");
        self.sync()
            .map_err(|cause| StateError::io("sync", &self.path, cause))?;
        testkit::reach("sled.synced");
        self.meta = prepared.meta;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let names = blob_names(&self.path)?;
        let folder = self.path.join("blobs");
        let mut appeared = false;
        for name in names.difference(&self.blobs) {
            appeared = true;
            match File::open(folder.join(name)) {
                Ok(file) => file.sync_all()?,
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(cause),
            }
        }
        if appeared {
            File::open(&folder)?.sync_all()?;
        }
        self.blobs = names;
        self.file.sync_all()
    }

    /// Pieces of a value are put under the shard's key and a count; the first says how many.
    fn put(&self, batch: &mut sled::Batch, shard: u32, value: &[u8]) -> Result<(), StateError> {
        let old = self.pieces(shard)?;
        let pieces = value.chunks(PIECE).collect::<Vec<_>>();
        for (at, piece) in pieces.iter().enumerate() {
            let mut bytes = Vec::with_capacity(piece.len() + 4);
            if at == 0 {
                bytes.count(pieces.len());
            }
            bytes.raw(piece);
            batch.insert(&key(shard, at), bytes);
        }
        for at in pieces.len()..old {
            batch.remove(&key(shard, at));
        }
        Ok(())
    }

    fn pieces(&self, shard: u32) -> Result<usize, StateError> {
        let first = guarded(&self.path, || self.db.get(key(shard, 0)))?;
        match first {
            None => Ok(0),
            Some(first) => Cursor(&first).count().ok_or_else(|| self.damaged(shard)),
        }
    }

    fn value(&self, shard: u32) -> Result<Vec<u8>, StateError> {
        let Some(first) = guarded(&self.path, || self.db.get(key(shard, 0)))? else {
            return Ok(Vec::new());
        };
        let mut cursor = Cursor(&first);
        let count = cursor.count().ok_or_else(|| self.damaged(shard))?;
        let mut value = cursor.0.to_vec();
        for at in 1..count {
            let piece = guarded(&self.path, || self.db.get(key(shard, at)))?
                .ok_or_else(|| self.damaged(shard))?;
            value.extend_from_slice(&piece);
        }
        Ok(value)
    }

    fn shard(&self, shard: u32) -> Result<Vec<Stored>, StateError> {
        let value = self.value(shard)?;
        if value.is_empty() {
            return Ok(Vec::new());
        }
        View::of(&value)
            .and_then(|view| view.stored())
            .ok_or_else(|| self.damaged(shard))
    }

    fn damaged(&self, shard: u32) -> StateError {
        StateError::damaged(&self.path, format!("shard {shard} is not what was written"))
    }

    /// Makes sure that the records are those of the digest: reads all of them.
    pub(super) fn verify(&self) -> Result<(), StateError> {
        let found = (0..self.meta.shards)
            .into_par_iter()
            .map(|shard| {
                let records = self.shard(shard)?;
                let mut digest = Digest::default();
                records.iter().for_each(|record| digest.add(&record.json));
                Ok((digest, records.len() as u64))
            })
            .try_reduce(
                || (Digest::default(), 0),
                |(mut digest, count), (other, more)| {
                    digest.join(other);
                    Ok((digest, count + more))
                },
            )?;
        if found == (self.meta.digest, self.meta.records) {
            Ok(())
        } else {
            Err(StateError::damaged(
                &self.path,
                "its records are not those of its digest",
            ))
        }
    }

    /// Adds all blocks to a base as they stand.
    pub(super) fn copy_to(&self, base: &mut BaseWriter<'_>) -> io::Result<()> {
        for shard in 0..self.meta.shards {
            let value = self.value(shard).map_err(io::Error::other)?;
            if value.is_empty() {
                continue;
            }
            let view = View::of(&value).ok_or_else(|| io::Error::other(self.damaged(shard)))?;
            if view.entries.is_empty() {
                continue;
            }
            let entries = view
                .entries
                .iter()
                .map(|(address, hash, protect)| ((*address).into(), *hash, *protect));
            base.add(view.block, view.raw_len, view.sum, entries)?;
        }
        Ok(())
    }

    /// Size of sled's files in bytes.
    pub(super) fn size(path: &Path) -> u64 {
        fn of(folder: &Path) -> u64 {
            let Ok(entries) = fs::read_dir(folder) else {
                return 0;
            };
            entries
                .flatten()
                .map(|entry| match entry.metadata() {
                    Ok(data) if data.is_dir() => of(&entry.path()),
                    Ok(data) => data.len(),
                    Err(_) => 0,
                })
                .sum()
        }
        of(path)
    }
}

/// How a shard's change moves the digest and the number of records.
#[derive(Default)]
struct Delta {
    digest: Digest,
    records: i64,
}

/// Merges changes into a shard; both are sorted by address.
fn change(records: &mut Vec<Stored>, changes: Vec<(&str, Option<&Item>)>) -> Delta {
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
            merged.push(Stored {
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

fn encode(records: &[Stored]) -> Vec<u8> {
    let block = Block::pack(records.iter().map(|record| record.json.as_slice()));
    let mut value = Vec::with_capacity(block.bytes.len() + records.len() * 60 + 24);
    value.count(records.len());
    for record in records {
        value.u8(u8::from(record.protect));
        value.raw(&record.spec_hash.0);
        value.bytes(record.address.as_bytes());
    }
    value.u32(block.raw_len);
    value.raw(&short_sum(&block.bytes));
    value.raw(&block.bytes);
    value
}

/// A shard's value, taken apart.
struct View<'a> {
    entries: Vec<(&'a str, ContentHash, bool)>,
    raw_len: u32,
    sum: [u8; 8],
    block: &'a [u8],
}

impl<'a> View<'a> {
    fn of(value: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(value);
        let count = cursor.count()?;
        let mut entries = Vec::with_capacity(count.min(value.len() / 21));
        for _ in 0..count {
            let protect = cursor.u8()? & 1 != 0;
            let hash = ContentHash(cursor.array()?);
            entries.push((cursor.text()?, hash, protect));
        }
        let view = Self {
            entries,
            raw_len: cursor.u32()?,
            sum: cursor.array()?,
            block: cursor.0,
        };
        (short_sum(view.block) == view.sum).then_some(view)
    }

    fn stored(&self) -> Option<Vec<Stored>> {
        let block = Unpacked::of(self.block, self.raw_len)?;
        if block.len() != self.entries.len() {
            return None;
        }
        self.entries
            .iter()
            .enumerate()
            .map(|(slot, (address, spec_hash, protect))| {
                Some(Stored {
                    address: (*address).into(),
                    spec_hash: *spec_hash,
                    protect: *protect,
                    json: block.text(slot)?.to_vec(),
                })
            })
            .collect()
    }
}

fn key(shard: u32, piece: usize) -> [u8; 9] {
    let mut key = [0; 9];
    key[0] = b's';
    key[1..5].copy_from_slice(&shard.to_be_bytes());
    key[5..].copy_from_slice(&u32::try_from(piece).unwrap_or(u32::MAX).to_be_bytes());
    key
}

fn hash_of(address: &str) -> u64 {
    u64::from_le_bytes(short_sum(address.as_bytes()))
}

/// Linear hashing: the shards from the last power of two on have split off already.
fn shard_of(address: &str, shards: u32) -> u32 {
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
fn parent_of(new: u32, count: u32) -> u32 {
    let mut shard = new;
    while shard >= count && shard > 0 {
        shard &= !(1 << (31 - shard.leading_zeros()));
    }
    shard
}

fn blob_names(path: &Path) -> io::Result<BTreeSet<OsString>> {
    match fs::read_dir(path.join("blobs")) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect(),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(cause) => Err(cause),
    }
}

/// sled's errors as ours. sled asserts where it meets files that it did not write: that is damage
/// too, not a reason to fall.
fn guarded<T>(path: &Path, run: impl FnOnce() -> sled::Result<T>) -> Result<T, StateError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(cause))) => Err(StateError::io("use the register", path, cause)),
        Ok(Err(cause)) => Err(StateError::damaged(path, cause.to_string())),
        Err(_) => Err(StateError::damaged(path, "sled gave up on its files")),
    }
}
