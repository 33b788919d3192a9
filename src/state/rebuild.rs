//! Making a state anew from its undamaged parts. Nothing is thrown away: what is replaced is set
//! aside under another name.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::base;
use super::codec::Digest;
use super::embedded::{EmbeddedStore, start_log};
use super::error::StateError;
use super::files;
use super::folder::{OpenIntents, check, load, unborn};
use super::history::{self, commits};
use super::lock::{Holder, Lock};
use super::log::{HEAD, Scan, frame};
use super::payload::{
    CommitHead, CommitView, FORMAT, Header, Item, Payload, RecordText, encode_commit,
};
use super::register::Register;
use super::snapshot::{Serial, Snapshot};
use crate::model::record::{Author, Intent};
use crate::testkit;

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

/// What was read of a state, one way or another.
struct Candidate {
    header: Header,
    origin: Origin,
    records: BTreeMap<Box<str>, RecordText>,
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
}

impl Candidate {
    /// Whether the records are those that its header counts and digests.
    fn is_sound(&self) -> bool {
        is_of(&self.records, &self.header)
    }
}

/// Whether records are those that a header counts and digests.
pub(super) fn is_of(records: &BTreeMap<Box<str>, RecordText>, header: &Header) -> bool {
    let mut digest = Digest::default();
    records.values().for_each(|record| digest.add(&record.json));
    (digest, records.len() as u64) == (header.digest, header.records)
}

/// Does to records what a commit did; none where it is not readable.
pub(super) fn replay(
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

/// The undamaged beginning of the log.
struct LogRemains {
    header: Option<Header>,
    good: Vec<u8>,
    damaged: bool,
    /// Serial before the log, and after its last good commit; the first commit in it.
    started: Serial,
    last: Serial,
    first: Option<Serial>,
    intents: Vec<Intent>,
}

impl LogRemains {
    fn read(store: &EmbeddedStore) -> Result<Self, StateError> {
        let folder = &store.folder;
        let path = folder.log();
        let bytes = files::read(&path)?.unwrap_or_default();
        let (scan, next) = Scan::until_damage(&bytes);
        let mut remains = Self {
            header: None,
            good: Vec::new(),
            damaged: next.is_some(),
            started: 0,
            last: 0,
            first: None,
            intents: Vec::new(),
        };
        let mut open = OpenIntents::default();
        for range in scan.payloads {
            let Ok(payload) = refuse_only_newer(Payload::decode(&path, &bytes[range.clone()]))?
            else {
                remains.damaged = true;
                break;
            };
            match &payload {
                Payload::Header(header) => {
                    check(&path, header, &store.binding)?;
                    if remains.header.is_none() {
                        (remains.started, remains.last) = (header.serial, header.serial);
                    }
                    remains.header = Some(header.clone());
                }
                Payload::Commit(commit) => {
                    if remains.header.is_none() || commit.head.after != remains.last {
                        remains.damaged = true;
                        break;
                    }
                    remains.last = commit.head.serial;
                    remains.first.get_or_insert(commit.head.serial);
                }
                _ => {}
            }
            open.see(&payload);
            remains
                .good
                .extend_from_slice(&bytes[range.start - HEAD..range.end]);
        }
        remains.intents = open.into_intents().unwrap_or_default();
        if remains.header.is_none() {
            remains.damaged = !bytes.is_empty();
            let base = refuse_only_newer(base::read(&folder.base()))?;
            if let Ok(Some(parts)) = base {
                check(&folder.base(), &parts.header, &store.binding)?;
                (remains.started, remains.last) = (parts.header.serial, parts.header.serial);
                remains.header = Some(parts.header);
            }
        }
        Ok(remains)
    }
}

/// Keeps damage as a value, and lets go of nothing that is merely too new.
fn refuse_only_newer<T>(found: Result<T, StateError>) -> Result<Result<T, StateError>, StateError> {
    match found {
        Err(error @ StateError::NewerFormat { .. }) => Err(error),
        other => Ok(other),
    }
}

/// Replays all commits from the first on, as far as they can be read.
fn from_history(store: &EmbeddedStore, log: &LogRemains) -> Result<Option<Candidate>, StateError> {
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
fn from_base(store: &EmbeddedStore) -> Result<Option<Candidate>, StateError> {
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

fn from_register(store: &EmbeddedStore, log: &LogRemains) -> Result<Option<Candidate>, StateError> {
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

/// Renames what is in the way to `NAME.aside-N`; returns the new name.
pub(super) fn set_aside(path: &Path) -> Result<Option<PathBuf>, StateError> {
    aside(path, |from, to| fs::rename(from, to))
}

/// Keeps a copy of what is about to be replaced as `NAME.aside-N`.
pub(super) fn copy_aside(path: &Path) -> Result<Option<PathBuf>, StateError> {
    aside(path, |from, to| fs::copy(from, to).map(drop))
}

fn aside(
    path: &Path,
    act: impl FnOnce(&Path, &Path) -> std::io::Result<()>,
) -> Result<Option<PathBuf>, StateError> {
    if !path.exists() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let free = (1_u32..)
        .map(|count| path.with_file_name(format!("{name}.aside-{count}")))
        .find(|aside| !aside.exists());
    let Some(free) = free else { return Ok(None) };
    act(path, &free)
        .map(|()| Some(free))
        .map_err(|cause| StateError::io("set aside", path, cause))
}
