//! Backups: one portable file with all commits, open intents and findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::codec::Digest;
use super::embedded::EmbeddedStore;
use super::error::StateError;
use super::files;
use super::findings::{self, Findings};
use super::folder::{Moved, check, load};
use super::history::Commits;
use super::lock::{Holder, Lock};
use super::log::{Scan, frame};
use super::payload::{
    CommitHead, FORMAT, Header, Item, Payload, RecordText, encode_commit, encode_findings,
    encode_intents,
};
use super::rebuild::{copy_aside, is_of, mender, rebuild, replay, set_aside};
use super::snapshot::{Serial, Snapshot};
use crate::model::record::Intent;
use crate::testkit;

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulled {
    pub serial: Serial,
    /// Whether all commits are in it. If not, the history in the folder is damaged.
    pub whole: bool,
}

/// Everything that a backup begins with, ready to be written; the commits follow.
struct Outline {
    front: Vec<u8>,
    end: Header,
    /// Where the history is damaged: one commit that makes the state what it is.
    only: Option<Vec<u8>>,
}

impl Outline {
    fn of(
        snapshot: &Snapshot,
        stored: &Findings,
        history: &dyn Commits,
        holder: &Holder,
    ) -> Result<Self, StateError> {
        let too_large = || StateError::Misuse("a frame of more than 4 GiB".to_owned());
        let end = snapshot.header.clone();
        let mut front = frame(&end.encode()).ok_or_else(too_large)?;
        front.extend(frame(&encode_intents(snapshot.open_intents())?).ok_or_else(too_large)?);
        front.extend(frame(&encode_findings(&findings::encode(stored))).ok_or_else(too_large)?);
        let whole = history.commits(&mut |_, _| Ok(())).is_ok();
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
        Ok(Self { front, end, only })
    }

    fn write(&self, history: &dyn Commits, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.front)?;
        if let Some(only) = &self.only {
            return out.write_all(only);
        }
        let mut written = Ok(());
        history
            .commits(&mut |_, commit| {
                if commit.head.serial <= self.end.serial && written.is_ok() {
                    written = frame(commit.payload)
                        .ok_or_else(|| io::Error::other("a commit of more than 4 GiB"))
                        .and_then(|bytes| out.write_all(&bytes));
                }
                Ok(())
            })
            .map_err(io::Error::other)?;
        written
    }
}

/// Writes a backup of what was read into a file.
pub(super) fn pull(
    snapshot: &Snapshot,
    stored: &Findings,
    history: &dyn Commits,
    out: &Path,
    holder: &Holder,
) -> Result<Pulled, StateError> {
    let outline = Outline::of(snapshot, stored, history, holder)?;
    files::replace(out, |file| outline.write(history, file), || ())?;
    Ok(Pulled {
        serial: outline.end.serial,
        whole: outline.only.is_none(),
    })
}

/// A backup of what was read, in memory; `place` names it in errors.
pub(super) fn held(
    place: &Path,
    snapshot: &Snapshot,
    stored: &Findings,
    history: &dyn Commits,
    holder: &Holder,
) -> Result<Backup, StateError> {
    let mut bytes = Vec::new();
    let outline = Outline::of(snapshot, stored, history, holder)?;
    outline
        .write(history, &mut bytes)
        .map_err(|cause| StateError::io("read", place, cause))?;
    let whole = outline.only.is_none();
    Ok(Backup {
        whole,
        ..Backup::of(place, bytes)?
    })
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
        pull(&snapshot, &findings, &self.folder, out, holder)
    }

    /// Restores a backup. `force` allows another lineage and an older serial; what stood before is
    /// then set aside.
    ///
    /// # Errors
    /// A damaged backup; [`StateError::Foreign`] and [`StateError::Older`] without `force`;
    /// [`StateError::Locked`].
    pub fn push(&self, from: &Path, force: bool, holder: &Holder) -> Result<Serial, StateError> {
        self.push_backup(from, Backup::read(from)?, force, holder)
    }

    /// Holds the state still while it is copied elsewhere; then its files are set aside, and a note
    /// says where it went.
    pub(super) fn move_away(
        &self,
        holder: &Holder,
        copy: &mut dyn FnMut(Backup, &Path) -> Result<Moved, StateError>,
    ) -> Result<(), StateError> {
        let folder = &self.folder;
        let _lock = Lock::take(&folder.0, holder)?;
        let snapshot = load(folder, &self.binding)?.snapshot;
        let findings = findings::read(&folder.findings())?;
        let backup = held(&folder.0, &snapshot, &findings, folder, holder)?;
        let moved = copy(backup, &folder.0)?;
        // First: a folder without log and note would pass for one in which nothing was registered.
        folder.note_moved(&moved)?;
        testkit::reach("migrate.noted");
        for path in [
            folder.log(),
            folder.base(),
            folder.history(),
            folder.register(),
            folder.findings(),
        ] {
            set_aside(&path)?;
        }
        files::sync_folder(&folder.0)
    }

    /// As [`Self::push`], of a backup in memory; `from` names it in errors.
    pub(super) fn push_backup(
        &self,
        from: &Path,
        backup: Backup,
        force: bool,
        holder: &Holder,
    ) -> Result<Serial, StateError> {
        check(from, &backup.header, &self.binding)?;
        files::create_folder(&self.folder.0)?;
        let _lock = Lock::take(&self.folder.0, holder)?;
        // A state that cannot be loaded is what backups are for.
        match load(&self.folder, &self.binding) {
            Ok(loaded) if loaded.log_end.is_some() && !force => {
                let snapshot = &loaded.snapshot;
                let open = snapshot.open_intents().iter().map(|one| one.id).collect();
                backup.may_replace(from, &snapshot.header, Some(&open))?;
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
pub(super) struct Backup {
    pub(super) header: Header,
    bytes: Vec<u8>,
    commits: Vec<std::ops::Range<usize>>,
    /// What each commit led to.
    heads: Vec<(Serial, Digest)>,
    /// Whether all commits of the state are in it; that is known where it was just made.
    pub(super) whole: bool,
    pub(super) intents: Vec<Intent>,
    pub(super) findings: Findings,
}

/// Commits that follow each other.
pub(super) struct Part {
    pub(super) first: Serial,
    pub(super) last: Serial,
    pub(super) frames: Vec<u8>,
}

impl Backup {
    pub(super) fn read(path: &Path) -> Result<Self, StateError> {
        let bytes = fs::read(path).map_err(|cause| StateError::io("read", path, cause))?;
        Self::of(path, bytes)
    }

    fn of(path: &Path, bytes: Vec<u8>) -> Result<Self, StateError> {
        let scan = Scan::of(path, &bytes)?;
        let damaged = |what: &str| StateError::damaged(path, what);
        let (mut header, mut found) = (None, Findings::new());
        let (mut intents, mut commits, mut heads) = (Vec::new(), Vec::new(), Vec::new());
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
                    heads.push((last, commit.head.digest));
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
            heads,
            whole: true,
            intents,
            findings: found,
        })
    }

    /// # Errors
    /// Where the state that stands is another one, or newer, or went another way. `open` are its intents,
    /// where they count.
    pub(super) fn may_replace(
        &self,
        from: &Path,
        standing: &Header,
        open: Option<&BTreeSet<u64>>,
    ) -> Result<(), StateError> {
        let (lineage, serial) = (standing.lineage, standing.serial);
        if self.header.lineage != lineage {
            return Err(StateError::Foreign {
                path: from.to_owned(),
                what: "lineage",
                found: self.header.lineage.to_string(),
                expected: lineage.to_string(),
            });
        }
        if self.header.serial < serial {
            return Err(StateError::Older {
                path: from.to_owned(),
                backup: self.header.serial,
                state: serial,
            });
        }
        let forked = |what| StateError::Forked {
            path: from.to_owned(),
            serial,
            what,
        };
        let same = self.header.serial == serial;
        let own = (serial, self.header.digest);
        let heads = self.heads.iter().chain(same.then_some(&own));
        for (_, digest) in heads.filter(|(at, _)| *at == serial) {
            if *digest != standing.digest {
                return Err(forked("records"));
            }
        }
        let ids: BTreeSet<u64> = self.intents.iter().map(|one| one.id).collect();
        if same && open.is_some_and(|open| *open != ids) {
            return Err(forked("announced changes without a receipt"));
        }
        Ok(())
    }

    /// All its commits in frames, in parts of about so many bytes.
    pub(super) fn history(&self, each: u64) -> Result<Vec<Part>, StateError> {
        let too_large = || StateError::Misuse("a frame of more than 4 GiB".to_owned());
        let mut parts: Vec<Part> = Vec::new();
        for (range, (serial, _)) in self.commits.iter().zip(&self.heads) {
            let framed = frame(&self.bytes[range.clone()]).ok_or_else(too_large)?;
            match parts.last_mut() {
                Some(part) if (part.frames.len() + framed.len()) as u64 <= each => {
                    part.last = *serial;
                    part.frames.extend(framed);
                }
                _ => parts.push(Part {
                    first: *serial,
                    last: *serial,
                    frames: framed,
                }),
            }
        }
        Ok(parts)
    }

    /// Its records: what all commits together make.
    pub(super) fn records(
        &self,
        from: &Path,
    ) -> Result<BTreeMap<Box<str>, RecordText>, StateError> {
        let mut records = BTreeMap::new();
        for range in &self.commits {
            if let Payload::Commit(commit) = Payload::decode(from, &self.bytes[range.clone()])? {
                replay(&commit, &mut records).ok_or_else(|| {
                    StateError::damaged(from, "a commit's records are not readable")
                })?;
            }
        }
        if !is_of(&records, &self.header) {
            return Err(StateError::damaged(
                from,
                "its records are not those of its digest",
            ));
        }
        Ok(records)
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
        folder.stays_here()?;
        findings::write(&folder.findings(), &self.findings)?;
        rebuild(store, holder).map(|rebuilt| rebuilt.serial)
    }
}
