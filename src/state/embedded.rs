//! The embedded store: a folder beside the project. See the module's documentation for what lies
//! in it and in which order it is written.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::base;
use super::error::StateError;
use super::files;
use super::findings::{self, Findings};
use super::folder::{Binding, Folder, Loaded, load, unborn};
use super::history::{self, HistoryEntry, HistoryFilter};
use super::lock::{Holder, Lock};
use super::log::{Log, frame};
use super::payload::{
    CommitHead, FORMAT, Header, Item, Payload, encode_commit, encode_dropped, encode_intents,
};
use super::register::Register;
use super::snapshot::{Serial, Snapshot};
use super::{StateReader, StateStore, StateWriter};
use crate::model::hash::ContentHash;
use crate::model::record::{Author, Entry, Intent};
use crate::testkit;

/// A state folder and what it must belong to.
#[derive(Debug, Clone)]
pub struct EmbeddedStore {
    pub(super) folder: Folder,
    pub(super) binding: Binding,
}

impl EmbeddedStore {
    /// `folder` need not exist: nothing creates it before [`StateStore::writer`].
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, binding: Binding) -> Self {
        Self {
            folder: Folder(folder.into()),
            binding,
        }
    }

    /// The state folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder.0
    }
}

impl StateReader for EmbeddedStore {
    fn load(&self) -> Result<Snapshot, StateError> {
        load(&self.folder, &self.binding).map(|loaded| loaded.snapshot)
    }

    fn history(
        &self,
        filter: &HistoryFilter,
        each: &mut dyn FnMut(HistoryEntry),
    ) -> Result<(), StateError> {
        history::read(&self.folder, filter, each)
    }

    fn findings(&self) -> Result<Findings, StateError> {
        findings::read(&self.folder.findings())
    }
}

impl StateStore for EmbeddedStore {
    fn writer(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StateError> {
        EmbeddedWriter::open(self, holder).map(|writer| Box::new(writer) as Box<dyn StateWriter>)
    }
}

/// The one writer of a folder.
pub(super) struct EmbeddedWriter {
    store: EmbeddedStore,
    /// What the state is bound to, as the log says it.
    header: Header,
    snapshot: Arc<Snapshot>,
    /// Number of the log among the snapshot's files.
    log_file: u32,
    log: Log,
    register: Register,
    /// Why the register could not follow the log, if it could not.
    behind: Option<String>,
    base_size: u64,
    /// Given back last.
    _lock: Lock,
}

impl EmbeddedWriter {
    pub(super) fn open(store: &EmbeddedStore, holder: &Holder) -> Result<Self, StateError> {
        files::create_folder(&store.folder.0)?;
        let lock = Lock::take(&store.folder.0, holder)?;
        let mut loaded = load(&store.folder, &store.binding)?;
        if loaded.log_end.is_none() {
            let header = Header {
                lineage: new_lineage(),
                ..unborn(&store.binding)
            };
            start_log(&store.folder, &header, &[])?;
            loaded = load(&store.folder, &store.binding)?;
        }
        let Loaded {
            snapshot,
            log_end,
            base_size,
            log_file,
            ..
        } = loaded;
        let path = store.folder.register();
        let mut register = Register::open(&path, FORMAT, snapshot.lineage())?;
        let log_end = log_end.unwrap_or_default();
        let (at, serial) = (register.meta().serial, snapshot.serial());
        if at > serial {
            return Err(StateError::damaged(
                &store.folder.log(),
                format!("it ends at serial {serial}, the register stands at {at} already"),
            ));
        }
        if at < serial {
            register = fill(register, &snapshot)?;
        }
        let (found, told) = (register.meta(), &snapshot.header);
        if (found.digest, found.records) != (told.digest, told.records) {
            return Err(StateError::damaged(
                &path,
                format!(
                    "its digest at serial {serial} is {}, the log's is {}",
                    found.digest, told.digest
                ),
            ));
        }
        // Only now: before, what follows the log's end could have been a commit that the register
        // knows of.
        let log = Log::open(&store.folder.log(), log_end)?;
        history::drop_unfinished(&store.folder)?;
        Ok(Self {
            store: store.clone(),
            header: snapshot.header.clone(),
            snapshot: Arc::new(snapshot),
            log_file,
            log,
            register,
            behind: None,
            base_size,
            _lock: lock,
        })
    }

    /// Whether the log has outgrown the base.
    fn outgrown(&self) -> bool {
        const LEAST: u64 = 4 * 1024 * 1024;
        let least = testkit::number("BURSAR_TESTKIT_LOG_LIMIT").unwrap_or(LEAST);
        self.log.end() > least.max(self.base_size / 2)
    }

    /// Writes the base anew from the register and begins a new log; the old one becomes history.
    pub(super) fn compact(&mut self) -> Result<(), StateError> {
        self.register.verify()?;
        let snapshot = self.snapshot();
        let header = Header {
            project: self.header.project.clone(),
            ..snapshot.header.clone()
        };
        base::write(&self.store.folder.base(), &header, |base| {
            self.register.copy_to(base)
        })?;
        history::close_log(&self.store.folder)?;
        testkit::reach("history.closed");
        self.log.let_go();
        start_log(&self.store.folder, &header, self.snapshot.open_intents())
            .inspect_err(|_| self.log.take_up())?;
        testkit::reach("history.rotated");
        let loaded = load(&self.store.folder, &self.store.binding)?;
        self.log = Log::open(&self.store.folder.log(), loaded.log_end.unwrap_or_default())?;
        self.snapshot = Arc::new(loaded.snapshot);
        self.log_file = loaded.log_file;
        self.base_size = loaded.base_size;
        Ok(())
    }
}

impl StateWriter for EmbeddedWriter {
    fn snapshot(&mut self) -> Arc<Snapshot> {
        if !self.snapshot.is_settled() {
            Arc::make_mut(&mut self.snapshot).settle();
        }
        Arc::clone(&self.snapshot)
    }

    fn serial(&self) -> Serial {
        self.snapshot.serial()
    }

    fn open_intents(&self) -> &[Intent] {
        self.snapshot.open_intents()
    }

    fn announce(&mut self, intents: &[Intent]) -> Result<(), StateError> {
        if intents.is_empty() {
            return Ok(());
        }
        self.log.append(&encode_intents(intents)?)?;
        let snapshot = Arc::make_mut(&mut self.snapshot);
        snapshot.intents.extend_from_slice(intents);
        Ok(())
    }

    fn drop_intents(&mut self, ids: &[u64]) -> Result<(), StateError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.log.append(&encode_dropped(ids)?)?;
        let gone: BTreeSet<u64> = ids.iter().copied().collect();
        let snapshot = Arc::make_mut(&mut self.snapshot);
        snapshot.intents.retain(|intent| !gone.contains(&intent.id));
        Ok(())
    }

    fn commit(&mut self, author: &Author, entries: &[Entry]) -> Result<Serial, StateError> {
        if let Some(why) = &self.behind {
            return Err(StateError::Behind {
                path: self.store.folder.register(),
                register: self.register.meta().serial,
                log: self.serial(),
                why: why.clone(),
            });
        }
        let items = Item::all(entries)?;
        let serial = self.serial() + 1;
        let prepared = self.register.prepare(&items, serial)?;
        let head = CommitHead {
            serial,
            after: serial - 1,
            digest: prepared.meta.digest,
            records: prepared.meta.records,
        };
        let payload = encode_commit(head, author, &items)?;
        let at = self.log.append(&payload)?;
        // Committed. What follows is done again at the next open, should it fail.
        let path = self.store.folder.log();
        if let Payload::Commit(commit) = Payload::decode(&path, &payload)? {
            let snapshot = Arc::make_mut(&mut self.snapshot);
            snapshot.push(&commit, self.log_file, at)?;
            snapshot.header.guard = author.guard.or(snapshot.header.guard);
            let settled: BTreeSet<u64> = items.iter().filter_map(|item| item.intent).collect();
            snapshot
                .intents
                .retain(|intent| !settled.contains(&intent.id));
        }
        let followed = match testkit::failure("register.apply") {
            None => self.register.apply(prepared),
            Some(cause) => Err(StateError::io(
                "write",
                &self.store.folder.register(),
                cause,
            )),
        };
        if let Err(why) = followed {
            self.behind = Some(why.to_string());
        }
        Ok(serial)
    }

    fn findings(&self) -> Result<Findings, StateError> {
        findings::read(&self.store.folder.findings())
    }

    fn put_findings(&mut self, findings: &Findings) -> Result<(), StateError> {
        findings::write(&self.store.folder.findings(), findings)
    }

    fn close(mut self: Box<Self>) -> Result<(), StateError> {
        if let Some(why) = self.behind.take() {
            return Err(StateError::Behind {
                path: self.store.folder.register(),
                register: self.register.meta().serial,
                log: self.serial(),
                why,
            });
        }
        if self.outgrown() {
            self.compact()?;
        }
        Ok(())
    }
}

/// Makes a register that is behind anew from what base and log say. Bringing it forward instead
/// would build on what a crash left of sled's files: sled 0.34 then meets blob files of its own
/// that it takes for new ones, fails, and waits forever when it is closed.
fn fill(register: Register, snapshot: &Snapshot) -> Result<Register, StateError> {
    let path = register.remove()?;
    testkit::reach("fill.cleared");
    let mut register = Register::open(&path, FORMAT, snapshot.lineage())?;
    let items: Vec<Item> = snapshot.texts()?.into_iter().map(Item::adopt).collect();
    let prepared = register.prepare(&items, snapshot.serial())?;
    register.apply(prepared)?;
    Ok(register)
}

/// Writes a log with nothing but a header and open intents, in place of the one that stands.
pub(super) fn start_log(
    folder: &Folder,
    header: &Header,
    intents: &[Intent],
) -> Result<(), StateError> {
    let too_long = || StateError::Misuse("a header of more than 4 GiB".to_owned());
    let mut bytes = frame(&header.encode()).ok_or_else(too_long)?;
    if !intents.is_empty() {
        bytes.extend(frame(&encode_intents(intents)?).ok_or_else(too_long)?);
    }
    files::replace(
        &folder.log(),
        |out| io::Write::write_all(out, &bytes),
        || testkit::reach("log.started"),
    )
}

/// A random name for a new state. Not a secret: it must only differ from all others.
pub(super) fn new_lineage() -> ContentHash {
    let mut seed = Vec::new();
    for part in 0..4_u64 {
        seed.extend(RandomState::new().hash_one(part).to_le_bytes());
    }
    seed.extend(std::process::id().to_le_bytes());
    ContentHash::of(&seed)
}
