//! Backups: one portable file with all commits, open intents and findings.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::codec::Digest;
use super::embedded::EmbeddedStore;
use super::error::StateError;
use super::files;
use super::findings;
use super::folder::{check, load};
use super::history::commits;
use super::lock::{Holder, Lock};
use super::log::{Scan, frame};
use super::payload::{
    CommitHead, FORMAT, Header, Item, Payload, encode_commit, encode_findings, encode_intents,
};
use super::rebuild::{copy_aside, mender, rebuild, set_aside};
use super::snapshot::Serial;
use crate::model::record::Intent;
use crate::testkit;

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulled {
    pub serial: Serial,
    /// Whether all commits are in it. If not, the history in the folder is damaged.
    pub whole: bool,
}

impl EmbeddedStore {
    /// Writes a backup: one file with all commits, open intents and findings, checksummed and
    /// compressed. Takes no lock. Where the history is damaged, its records stand in for it.
    ///
    /// # Errors
    /// As [`super::StateReader::load`]; errors of the file system.
    pub fn pull(&self, out: &Path, holder: &Holder) -> Result<Pulled, StateError> {
        let snapshot = load(&self.folder, &self.binding)?.snapshot;
        let findings = findings::read(&self.folder.findings())?;
        let too_large = || StateError::Misuse("a frame of more than 4 GiB".to_owned());
        let end = snapshot.header.clone();
        let head = frame(&end.encode()).ok_or_else(too_large)?;
        let intents = frame(&encode_intents(snapshot.open_intents())?).ok_or_else(too_large)?;
        let findings =
            frame(&encode_findings(&findings::encode(&findings))).ok_or_else(too_large)?;
        // Without a whole history: one commit that makes the state what it is.
        let whole = commits(&self.folder, &mut |_, _| Ok(())).is_ok();
        let only = if whole {
            None
        } else {
            let items: Vec<Item> = snapshot.texts()?.into_iter().map(Item::adopt).collect();
            let commit = encode_commit(
                CommitHead {
                    serial: end.serial,
                    after: 0,
                    digest: end.digest,
                    records: end.records,
                },
                &mender("state pull", holder),
                &items,
            )?;
            Some(frame(&commit).ok_or_else(too_large)?)
        };
        files::replace(
            out,
            |file| {
                file.write_all(&head)?;
                file.write_all(&intents)?;
                file.write_all(&findings)?;
                if let Some(only) = &only {
                    return file.write_all(only);
                }
                let mut written = Ok(());
                commits(&self.folder, &mut |_, commit| {
                    if commit.head.serial <= end.serial && written.is_ok() {
                        written = frame(commit.payload)
                            .ok_or_else(|| io::Error::other("a commit of more than 4 GiB"))
                            .and_then(|bytes| file.write_all(&bytes));
                    }
                    Ok(())
                })
                .map_err(io::Error::other)?;
                written
            },
            || (),
        )?;
        Ok(Pulled {
            serial: end.serial,
            whole,
        })
    }

    /// Restores a backup. `force` allows another lineage and an older serial; what stood before is
    /// then set aside.
    ///
    /// # Errors
    /// A damaged backup; [`StateError::Foreign`] and [`StateError::Older`] without `force`;
    /// [`StateError::Locked`].
    pub fn push(&self, from: &Path, force: bool, holder: &Holder) -> Result<Serial, StateError> {
        let backup = Backup::read(from)?;
        check(from, &backup.header, &self.binding)?;
        files::create_folder(&self.folder.0)?;
        let _lock = Lock::take(&self.folder.0, holder)?;
        // A state that cannot be loaded is what backups are for.
        match load(&self.folder, &self.binding) {
            Ok(loaded) if loaded.log_end.is_some() && !force => {
                let (found, ours) = (backup.header.lineage, loaded.snapshot.lineage());
                if found != ours {
                    return Err(StateError::Foreign {
                        path: from.to_owned(),
                        what: "lineage",
                        found: found.to_string(),
                        expected: ours.to_string(),
                    });
                }
                if backup.header.serial < loaded.snapshot.serial() {
                    return Err(StateError::Older {
                        path: from.to_owned(),
                        backup: backup.header.serial,
                        state: loaded.snapshot.serial(),
                    });
                }
            }
            Err(error @ (StateError::Foreign { .. } | StateError::NewerFormat { .. }))
                if !force =>
            {
                return Err(error);
            }
            _ => {}
        }
        backup.restore(self, holder)
    }
}

/// A backup in memory.
struct Backup {
    header: Header,
    bytes: Vec<u8>,
    commits: Vec<std::ops::Range<usize>>,
    intents: Vec<Intent>,
    findings: findings::Findings,
}

impl Backup {
    fn read(path: &Path) -> Result<Self, StateError> {
        let bytes = fs::read(path).map_err(|cause| StateError::io("read", path, cause))?;
        let scan = Scan::of(path, &bytes)?;
        let damaged = |what: &str| StateError::damaged(path, what);
        let (mut header, mut found) = (None, findings::Findings::new());
        let (mut intents, mut commits) = (Vec::new(), Vec::new());
        let mut last = 0;
        for range in &scan.payloads {
            match Payload::decode(path, &bytes[range.clone()])? {
                Payload::Header(read) => header = Some(read),
                Payload::Intents(view) => {
                    intents = view
                        .intents()
                        .ok_or_else(|| damaged("its intents are not readable"))?;
                }
                Payload::Findings(content) => {
                    found = findings::decode(content)
                        .ok_or_else(|| damaged("its findings are not readable"))?;
                }
                Payload::Commit(commit) => {
                    if commit.head.after != last {
                        return Err(damaged("its commits are not all there"));
                    }
                    last = commit.head.serial;
                    commits.push(range.clone());
                }
                Payload::Dropped(_) => {}
            }
        }
        let header = header.ok_or_else(|| damaged("it is no backup of a state"))?;
        if header.serial != last || scan.end != bytes.len() {
            return Err(damaged("it is cut off"));
        }
        Ok(Self {
            header,
            bytes,
            commits,
            intents,
            findings: found,
        })
    }

    /// Puts the state in place. A crash on the way leaves the old state, the restored one, or one
    /// that is refused; pushing again does it again.
    fn restore(self, store: &EmbeddedStore, holder: &Holder) -> Result<Serial, StateError> {
        let folder = &store.folder;
        // The log stands until the restored one takes its place: a folder without a log would
        // pass for one in which nothing was ever registered.
        copy_aside(&folder.log())?;
        for path in [folder.base(), folder.history(), folder.register()] {
            set_aside(&path)?;
        }
        files::sync_folder(&folder.0)?;
        testkit::reach("push.cleared");
        let start = Header {
            serial: 0,
            digest: Digest::default(),
            records: 0,
            format: FORMAT,
            ..self.header.clone()
        };
        let too_large = || StateError::Misuse("a frame of more than 4 GiB".to_owned());
        let mut bytes = frame(&start.encode()).ok_or_else(too_large)?;
        if !self.intents.is_empty() {
            bytes.extend(frame(&encode_intents(&self.intents)?).ok_or_else(too_large)?);
        }
        for range in &self.commits {
            bytes.extend(frame(&self.bytes[range.clone()]).ok_or_else(too_large)?);
        }
        files::replace(
            &folder.log(),
            |out| out.write_all(&bytes),
            || testkit::reach("push.written"),
        )?;
        findings::write(&folder.findings(), &self.findings)?;
        rebuild(store, holder).map(|rebuilt| rebuilt.serial)
    }
}
