//! Making a state anew from its undamaged parts. Nothing is thrown away: what is replaced is set
//! aside under another name.

mod aside;
mod candidates;
mod remains;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use super::base;
use super::embedded::{EmbeddedStore, start_log};
use super::error::StateError;
use super::files;
use super::history;
use super::lock::{Holder, Lock};
use super::log::frame;
use super::payload::{CommitHead, FORMAT, Item, RecordText, encode_commit};
use super::register::Register;
use super::snapshot::Serial;
use crate::model::record::Author;
use crate::testkit;
use candidates::{from_base, from_history, from_register};
use remains::LogRemains;

pub(super) use aside::{copy_aside, set_aside};
pub(super) use candidates::{is_of, replay};

/// What a rebuild found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    pub serial: Serial,
    pub records: u64,
    /// How many commits no undamaged part could tell of.
    pub lost: Serial,
    /// Announced changes that could not be read, and were forgotten by force.
    pub forgotten: usize,
    /// Whether stored findings could not be read: what is left of them was kept.
    pub findings_lost: bool,
    /// What the records were taken from.
    pub from: Origin,
    /// What was replaced, under the names it has now: to be removed once all is well.
    pub set_aside: Vec<PathBuf>,
}

/// From what a state was rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// All commits, from the first on.
    History,
    /// The base and the commits after it.
    Base,
    /// The register, where neither reached as far.
    Register,
}

impl EmbeddedStore {
    /// Makes base and register anew from what is undamaged: all commits from the first on where
    /// they reach as far as any other part, else base and log, else the register. Nothing is
    /// thrown away: damaged files are set aside beside the new ones.
    ///
    /// # Errors
    /// [`StateError::Locked`]; damage where no part can be read; another project or platform.
    pub fn rebuild(&self, holder: &Holder) -> Result<Rebuilt, StateError> {
        if !self.folder.0.is_dir() {
            return Err(StateError::damaged(
                &self.folder.0,
                "there is no state in it",
            ));
        }
        let _lock = Lock::take(&self.folder.0, holder)?;
        rebuild(self, holder)
    }
}

/// Expects the lock to be held.
pub(super) fn rebuild(store: &EmbeddedStore, holder: &Holder) -> Result<Rebuilt, StateError> {
    let folder = &store.folder;
    let log = LogRemains::read(store)?;
    let mut candidates = Vec::new();
    let mut refused = None;
    for found in [
        from_history(store, &log),
        from_base(store),
        from_register(store, &log),
    ] {
        match found {
            Ok(Some(found)) if !found.is_sound() => {
                refused.get_or_insert(StateError::damaged(
                    &folder.0,
                    "its records are not those of its digest; restore a backup with `bursar state \
                     push`",
                ));
            }
            Ok(found) => candidates.extend(found),
            Err(error @ (StateError::NewerFormat { .. } | StateError::Foreign { .. })) => {
                return Err(error);
            }
            Err(error) => drop(refused.get_or_insert(error)),
        }
    }
    let known = candidates
        .iter()
        .map(|found| found.header.serial)
        .fold(log.last, Serial::max);
    // The first of the highest: the history proves itself, the base less, the register least.
    let best = candidates
        .iter()
        .rev()
        .max_by_key(|found| found.header.serial);
    let Some(best) = best else {
        return Err(
            refused.unwrap_or_else(|| StateError::damaged(&folder.0, "there is no state in it"))
        );
    };
    let mut header = best.header.clone();
    let mut segment = log.good.clone();
    let mut last = log.last;
    // Where the log does not lead to these records by itself, a commit says so in the history.
    if header.serial != known || log.last != known {
        header.serial = known + 1;
        let before = candidates
            .iter()
            .find(|found| found.origin == Origin::History && found.header.serial == log.last);
        let nothing = BTreeMap::new();
        let commit = encode_commit(
            CommitHead {
                serial: header.serial,
                after: log.last,
                digest: header.digest,
                records: header.records,
            },
            &mender("state rebuild", holder),
            &difference(
                before.map_or(&nothing, |found| &found.records),
                &best.records,
            ),
        )?;
        segment.extend(
            frame(&commit)
                .ok_or_else(|| StateError::Misuse("a commit of more than 4 GiB".to_owned()))?,
        );
        last = header.serial;
    }

    let mut aside = Vec::new();
    aside.extend(set_aside(&folder.register())?);
    testkit::reach("rebuild.cleared");
    let mut register = Register::open(&folder.register(), FORMAT, header.lineage)?;
    let items: Vec<Item> = best.records.values().cloned().map(Item::adopt).collect();
    let prepared = register.prepare(&items, header.serial)?;
    register.apply(prepared)?;
    testkit::reach("rebuild.register");
    base::write(&folder.base(), &header, |base| register.copy_to(base))?;
    if last > log.started {
        let first = log.first.unwrap_or(last);
        // One that a rebuild before this one left unfinished.
        history::drop_unfinished(folder)?;
        files::create_folder(&folder.history())?;
        let path = folder.history().join(history::segment_name(first, last));
        files::replace(&path, |out| out.write_all(&segment), || ())?;
    }
    testkit::reach("rebuild.segment");
    let findings = folder.findings();
    let findings_lost = matches!(
        super::findings::read(&findings),
        Err(StateError::Damaged { .. })
    );
    if findings_lost {
        aside.extend(set_aside(&findings)?);
    }
    if log.damaged {
        aside.extend(set_aside(&folder.log())?);
    }
    start_log(folder, &header, &log.intents)?;
    testkit::reach("rebuild.done");
    Ok(Rebuilt {
        serial: header.serial,
        records: header.records,
        lost: known - best.header.serial,
        forgotten: 0,
        findings_lost,
        from: best.origin,
        set_aside: aside,
    })
}

/// Who mends: a commit in the history must say by whom.
pub(super) fn mender(command: &str, holder: &Holder) -> Author {
    Author {
        at: holder.since.clone(),
        by: holder.by.clone(),
        command: command.to_owned(),
        ..Author::default()
    }
}

/// Items that lead from one set of records to another.
fn difference(
    before: &BTreeMap<Box<str>, RecordText>,
    after: &BTreeMap<Box<str>, RecordText>,
) -> Vec<Item> {
    let gone = before
        .keys()
        .filter(|address| !after.contains_key(*address))
        .map(|address| Item::forget(address.clone()));
    let put = after
        .iter()
        .filter(|(address, record)| {
            before
                .get(*address)
                .is_none_or(|old| old.json != record.json)
        })
        .map(|(_, record)| Item::adopt(record.clone()));
    gone.chain(put).collect()
}
