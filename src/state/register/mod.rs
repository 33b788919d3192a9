//! The register: all records in sled, changed in place, read and written by the one writer only.
//!
//! Records stand in shards by the hash of their address; the number of shards grows one by one
//! (linear hashing), so that no commit ever rewrites more than it touches and a few neighbours. A
//! shard's bytes are an index before one compressed block, in a file ([`super::blocks`]); sled holds
//! where each stands, and so decides in one batch which of them count. What sled itself needs is in
//! [`db`], what a commit changes is worked out in [`prepare`](mod@prepare).

mod db;
mod prepare;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::base::BaseWriter;
use super::blocks::{Blocks, Directory, GROUP};
use super::codec::Digest;
use super::error::StateError;
use super::files;
use super::payload::RecordText;
use super::shard::View;
use super::synced;
use crate::model::hash::ContentHash;
use crate::testkit;
use db::{BLOBS, blobs, guarded, open_sled};

/// The key of what the register says of itself. Longer than those of the directory.
const META: &[u8] = b"about";

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
    meta: Meta,
    blocks: Blocks,
    directory: Directory,
    /// Blob files below this number are synced.
    synced: u64,
}

/// The register's answer to a commit, before it is written.
pub(super) struct Prepared {
    values: Vec<(u32, Vec<u8>)>,
    pub(super) meta: Meta,
}

impl Register {
    /// Opens or creates the register of a lineage.
    pub(super) fn open(path: &Path, format: u32, lineage: ContentHash) -> Result<Self, StateError> {
        if older(path) {
            // The log has everything; sled refuses files of another segment size.
            fs::remove_dir_all(path).map_err(|cause| StateError::io("remove", path, cause))?;
        }
        let fresh = !path.join("db").exists();
        if fresh && path.exists() {
            // sled writes its settings in place before it makes its file: what a process that died
            // there leaves holds nothing, and half of it counts as damage.
            fs::remove_dir_all(path).map_err(|cause| StateError::io("remove", path, cause))?;
        }
        let db = open_sled(path).inspect_err(|error| {
            // sled writes when it opens. What it then leaves on a full disk it takes for damage
            // afterwards; the log has everything, and the next writer makes the register anew.
            if matches!(error, StateError::FullDisk { .. }) {
                let _ = fs::remove_dir_all(path);
            }
        })?;
        testkit::reach("sled.opened");
        let fail = |cause| StateError::io("open", path, cause);
        let file = files::open_to_sync(&path.join("db")).map_err(fail)?;
        if fresh {
            files::sync_folder(path)?;
        }
        let found = guarded(path, || db.get(META))?;
        let directory = match &found {
            None => Directory::default(),
            Some(_) => directory(path, &db)?,
        };
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
            directory,
            blocks: Blocks::open(path)?,
            db,
            file,
            meta,
            synced: synced::read(path),
        })
    }

    /// Opens a register as it stands, whatever its lineage; none where it holds nothing.
    pub(super) fn open_existing(path: &Path) -> Result<Option<Self>, StateError> {
        if older(path) {
            return Ok(None);
        }
        let db = open_sled(path)?;
        let fail = |cause| StateError::io("open", path, cause);
        let file = files::open_to_sync(&path.join("db")).map_err(fail)?;
        let Some(json) = guarded(path, || db.get(META))? else {
            return Ok(None);
        };
        let meta = serde_json::from_slice(&json)
            .map_err(|_| StateError::damaged(path, "what it says of itself is not readable"))?;
        Ok(Some(Self {
            path: path.to_owned(),
            directory: directory(path, &db)?,
            blocks: Blocks::open(path)?,
            db,
            file,
            meta,
            synced: synced::read(path),
        }))
    }

    /// All records.
    pub(super) fn texts(&self) -> Result<Vec<RecordText>, StateError> {
        let mut all = Vec::new();
        for shard in 0..self.meta.shards {
            all.extend(self.shard(shard)?);
        }
        Ok(all)
    }

    pub(super) const fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Writes what was prepared; durable when it returns. After an error the register is gone, and
    /// the next writer makes it anew.
    pub(super) fn apply(&mut self, prepared: Prepared) -> Result<(), StateError> {
        let written = self.follow(&prepared);
        match written {
            Ok((synced, directory)) => {
                self.synced = synced;
                self.blocks.forget(&self.directory, &prepared.values);
                self.directory = directory;
            }
            Err(error) => {
                // sled waits forever for what it could not write when its last handle goes: let
                // one stay until the process ends.
                std::mem::forget(self.db.clone());
                let _ = fs::remove_dir_all(&self.path);
                return Err(error);
            }
        }
        testkit::reach("sled.synced");
        synced::write(&self.path, self.synced);
        self.meta = prepared.meta;
        Ok(())
    }

    /// Blocks first, then what points to them; returns up to where blob files are synced, and where
    /// shards stand.
    fn follow(&self, prepared: &Prepared) -> Result<(u64, Directory), StateError> {
        let after = self.blocks.write(&self.directory, &prepared.values)?;
        let mut batch = sled::Batch::default();
        let shards = prepared.values.iter().map(|(shard, _)| shard);
        let groups: BTreeSet<u32> = shards.map(|shard| shard / GROUP).collect();
        for group in groups {
            batch.insert(&group.to_be_bytes(), after.encode(group));
        }
        batch.insert(META, serde_json::to_vec(&prepared.meta).unwrap_or_default());
        testkit::reach("sled.batch.before");
        guarded(&self.path, || {
            self.db.apply_batch(batch)?;
            testkit::reach("sled.batch.applied");
            self.db.flush().map(drop)
        })?;
        testkit::reach("sled.flushed");
        let synced = self
            .sync()
            .map_err(|cause| StateError::io("sync", &self.path, cause))?;
        Ok((synced, after))
    }

    /// Closes the register and removes its files; returns where they were.
    pub(super) fn remove(self) -> Result<PathBuf, StateError> {
        let path = self.path.clone();
        drop(self);
        fs::remove_dir_all(&path).map_err(|cause| StateError::io("remove", &path, cause))?;
        Ok(path)
    }

    /// Syncs what sled wrote; returns the number below which all blob files are synced now.
    fn sync(&self) -> io::Result<u64> {
        let folder = self.path.join(BLOBS);
        let new = self.unsynced()?;
        // Side by side: the file system then syncs its journal once for many.
        let sync_blobs = || {
            new.par_iter().try_for_each(|at| {
                match files::open_to_sync(&folder.join(at.to_string())) {
                    Ok(file) => file.sync_data(),
                    Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
                    Err(cause) => Err(cause),
                }
            })?;
            if new.is_empty() {
                return Ok(());
            }
            files::sync_names(&folder)
        };
        let (blobs, file) = rayon::join(sync_blobs, || self.file.sync_all());
        blobs.and(file)?;
        Ok(new.iter().max().map_or(self.synced, |last| last + 1))
    }

    /// Blob files that nobody is known to have synced. sled numbers them upwards.
    pub(super) fn unsynced(&self) -> io::Result<Vec<u64>> {
        let mut found = blobs(&self.path.join(BLOBS))?;
        found.retain(|at| *at >= self.synced);
        Ok(found)
    }

    fn value(&self, shard: u32) -> Result<Vec<u8>, StateError> {
        match self.directory.get(shard) {
            None => Ok(Vec::new()),
            Some(standing) => self.blocks.read(shard, standing),
        }
    }

    fn shard(&self, shard: u32) -> Result<Vec<RecordText>, StateError> {
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
            base.add(view.block, view.raw_len, view.sum, view.entries)?;
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

/// Whether it was written when shards stood in sled itself.
fn older(path: &Path) -> bool {
    path.join("db").exists() && !Blocks::stand(path)
}

/// Where all shards stand.
fn directory(path: &Path, db: &sled::Db) -> Result<Directory, StateError> {
    let mut directory = Directory::default();
    let found = guarded(path, || db.iter().collect::<sled::Result<Vec<_>>>())?;
    for (key, value) in found.iter().filter(|(key, _)| key != META) {
        let known = <[u8; 4]>::try_from(&**key)
            .ok()
            .and_then(|group| directory.decode(u32::from_be_bytes(group), value));
        known.ok_or_else(|| StateError::damaged(path, "where its shards stand is not readable"))?;
    }
    Ok(directory)
}
