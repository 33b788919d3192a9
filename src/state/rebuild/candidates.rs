//! Candidates: what the history, the base and the register each still tell of the records.

use std::collections::BTreeMap;

use super::Origin;
use super::remains::LogRemains;
use crate::state::base;
use crate::state::codec::Digest;
use crate::state::embedded::EmbeddedStore;
use crate::state::error::StateError;
use crate::state::folder::{check, load, unborn};
use crate::state::history::commits;
use crate::state::payload::{CommitView, FORMAT, Header, Item, RecordText};
use crate::state::register::Register;
use crate::state::snapshot::Snapshot;

/// What was read of a state, one way or another.
pub(super) struct Candidate {
    pub(super) header: Header,
    pub(super) origin: Origin,
    pub(super) records: BTreeMap<Box<str>, RecordText>,
}

impl Candidate {
    fn of(header: Header, origin: Origin, records: Vec<RecordText>) -> Self {
        Self {
            header,
            origin,
            records: records
                .into_iter()
                .map(|record| (record.address.clone(), record))
                .collect(),
        }
    }

    /// Whether the records are those that its header counts and digests.
    pub(super) fn is_sound(&self) -> bool {
        is_of(&self.records, &self.header)
    }
}

/// Whether records are those that a header counts and digests.
pub(in crate::state) fn is_of(records: &BTreeMap<Box<str>, RecordText>, header: &Header) -> bool {
    let mut digest = Digest::default();
    records.values().for_each(|record| digest.add(&record.json));
    (digest, records.len() as u64) == (header.digest, header.records)
}

/// Does to records what a commit did; none where it is not readable.
pub(in crate::state) fn replay(
    commit: &CommitView<'_>,
    records: &mut BTreeMap<Box<str>, RecordText>,
) -> Option<()> {
    for item in Item::of_commit(commit)? {
        if let Some(from) = &item.from {
            records.remove(from);
        }
        match item.json {
            None => drop(records.remove(&item.address)),
            Some(json) => {
                let record = RecordText {
                    address: item.address.clone(),
                    spec_hash: item.spec_hash,
                    protect: item.protect,
                    json,
                };
                records.insert(item.address, record);
            }
        }
    }
    Some(())
}

/// Replays all commits from the first on, as far as they can be read.
pub(super) fn from_history(
    store: &EmbeddedStore,
    log: &LogRemains,
) -> Result<Option<Candidate>, StateError> {
    let Some(header) = &log.header else {
        return Ok(None);
    };
    let mut found = Candidate::of(
        Header {
            serial: 0,
            digest: Digest::default(),
            records: 0,
            ..header.clone()
        },
        Origin::History,
        Vec::new(),
    );
    let read = commits(&store.folder, &mut |path, commit| {
        replay(commit, &mut found.records)
            .ok_or_else(|| StateError::damaged(path, "a commit's records are not readable"))?;
        found.header.serial = commit.head.serial;
        found.header.digest = commit.head.digest;
        found.header.records = commit.head.records;
        Ok(())
    });
    match read {
        Ok(()) | Err(StateError::Damaged { .. }) => Ok(Some(found)),
        Err(error) => Err(error),
    }
}

/// Base and log; the base alone where the log is damaged.
pub(super) fn from_base(store: &EmbeddedStore) -> Result<Option<Candidate>, StateError> {
    let path = store.folder.base();
    let snapshot = match load(&store.folder, &store.binding) {
        Ok(loaded) if loaded.log_end.is_none() => return Ok(None),
        Ok(loaded) => loaded.snapshot,
        Err(StateError::Damaged { .. }) => {
            let Some(parts) = base::read(&path)? else {
                return Ok(None);
            };
            check(&path, &parts.header, &store.binding)?;
            Snapshot::of(parts)
        }
        Err(error) => return Err(error),
    };
    let header = snapshot.header.clone();
    Ok(Some(Candidate::of(header, Origin::Base, snapshot.texts()?)))
}

pub(super) fn from_register(
    store: &EmbeddedStore,
    log: &LogRemains,
) -> Result<Option<Candidate>, StateError> {
    let path = store.folder.register();
    if !path.join("db").exists() {
        return Ok(None);
    }
    let Some(register) = Register::open_existing(&path)? else {
        return Ok(None);
    };
    register.verify()?;
    let meta = register.meta();
    let header = match &log.header {
        Some(header) if header.lineage != meta.lineage => return Ok(None),
        Some(header) => header.clone(),
        None => unborn(&store.binding),
    };
    let header = Header {
        format: FORMAT,
        lineage: meta.lineage,
        serial: meta.serial,
        digest: meta.digest,
        records: meta.records,
        ..header
    };
    Ok(Some(Candidate::of(
        header,
        Origin::Register,
        register.texts()?,
    )))
}
