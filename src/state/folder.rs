//! Reading a state folder without a lock: the log first, then the base, both as they stand at one
//! instant. Creates nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::base;
use super::codec::Digest;
use super::error::StateError;
use super::files;
use super::log::Scan;
use super::payload::{FORMAT, Header, IntentsView, Payload};
use super::snapshot::{Parts, Snapshot};
use super::source::Source;
use crate::model::hash::ContentHash;
use crate::model::record::Intent;

/// What a state must belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Binding {
    /// `project:` of bursar.yaml. Not checked where either side has none.
    pub project: Option<String>,
    /// The platform's name.
    pub platform: String,
}

/// The files of a state folder.
#[derive(Debug, Clone)]
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn log(&self) -> PathBuf {
        self.0.join("log")
    }
    pub(super) fn base(&self) -> PathBuf {
        self.0.join("base")
    }
    pub(super) fn register(&self) -> PathBuf {
        self.0.join("db")
    }
    pub(super) fn history(&self) -> PathBuf {
        self.0.join("history")
    }
    pub(super) fn findings(&self) -> PathBuf {
        self.0.join("findings")
    }
    fn moved(&self) -> PathBuf {
        self.0.join("moved")
    }

    /// Leaves a note of where the state went.
    pub(super) fn note_moved(&self, moved: &Moved) -> Result<(), StateError> {
        let text = serde_json::to_vec(moved).unwrap_or_default();
        files::replace(&self.moved(), |out| io::Write::write_all(out, &text), || ())
    }

    /// Takes that note away: a state is here again.
    pub(super) fn stays_here(&self) -> Result<(), StateError> {
        let path = self.moved();
        match std::fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                Err(StateError::io("remove", &path, cause))
            }
            _ => Ok(()),
        }
    }

    /// Refuses what is left of a state that went elsewhere.
    fn never_moved(&self) -> Result<(), StateError> {
        let Some(text) = files::read(&self.moved())? else {
            return Ok(());
        };
        let unreadable = |_| StateError::damaged(&self.moved(), "it is not readable");
        let moved: Moved = serde_json::from_slice(&text).map_err(unreadable)?;
        Err(moved.refusal(&self.0))
    }
}

/// Where a state went, who took it there and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub(super) to: String,
    pub(super) by: String,
    pub(super) at: String,
}

impl Moved {
    pub(super) fn refusal(&self, place: &Path) -> StateError {
        StateError::Moved {
            place: place.to_owned(),
            to: self.to.clone(),
            by: self.by.clone(),
            at: self.at.clone(),
        }
    }
}

/// A state as read.
pub(super) struct Loaded {
    pub(super) snapshot: Snapshot,
    /// Serial of the base, 0 without one.
    pub(super) base: u64,
    /// Where the good part of the log ends; none without a log.
    pub(super) log_end: Option<u64>,
    /// Length of the base file, 0 without one.
    pub(super) base_size: u64,
    /// Number of the log among the snapshot's files.
    pub(super) log_file: u32,
}

/// How often a reader starts again when a writer replaced the base between two of its reads.
const TRIES: usize = 50;

pub(super) fn load(folder: &Folder, binding: &Binding) -> Result<Loaded, StateError> {
    let mut last = None;
    for _ in 0..TRIES {
        match load_once(folder, binding)? {
            Attempt::Done(loaded) => return Ok(*loaded),
            Attempt::BaseIsNewer { base, log } => last = Some((base, log)),
        }
    }
    let (base, log) = last.unwrap_or_default();
    Err(StateError::damaged(
        &folder.log(),
        format!("it ends at serial {log}, before the base's {base}"),
    ))
}

enum Attempt {
    Done(Box<Loaded>),
    BaseIsNewer { base: u64, log: u64 },
}

fn load_once(folder: &Folder, binding: &Binding) -> Result<Attempt, StateError> {
    folder.never_moved()?;
    let path = folder.log();
    let log = match files::open(&path)? {
        None => None,
        Some(mut file) => {
            let bytes =
                read_whole(&mut file).map_err(|cause| StateError::io("read", &path, cause))?;
            Some((file, bytes))
        }
    };
    let base_path = folder.base();
    let base = base::read(&base_path)?;
    let Some((file, bytes)) = log else {
        return match base {
            None => Ok(Attempt::Done(Box::new(Loaded {
                snapshot: Snapshot::of(Parts {
                    header: unborn(binding),
                    arena: String::new(),
                    slots: Vec::new(),
                    blocks: Vec::new(),
                    files: Vec::new(),
                }),
                base: 0,
                log_end: None,
                base_size: 0,
                log_file: 0,
            }))),
            Some(_) => Err(StateError::damaged(&path, "it is missing beside a base")),
        };
    };

    let scan = Scan::of(&path, &bytes)?;
    let mut payloads = scan.payloads.iter();
    let Some(first) = payloads.next() else {
        // A crash before the first frame was synced: nothing was committed yet.
        return match base {
            None => Ok(Attempt::Done(Box::new(Loaded {
                snapshot: Snapshot::of(Parts {
                    header: unborn(binding),
                    arena: String::new(),
                    slots: Vec::new(),
                    blocks: Vec::new(),
                    files: Vec::new(),
                }),
                base: 0,
                log_end: None,
                base_size: 0,
                log_file: 0,
            }))),
            Some(_) => Err(StateError::damaged(&path, "it is empty beside a base")),
        };
    };
    let Payload::Header(mut header) = Payload::decode(&path, &bytes[first.clone()])? else {
        return Err(StateError::damaged(
            &path,
            "it does not begin with a header",
        ));
    };
    check(&path, &header, binding)?;
    let started = header.serial;
    let mut base_size = 0;
    let mut snapshot = match base {
        None if started > 0 => {
            return Err(StateError::damaged(
                &base_path,
                format!("it is missing, and the log goes on from its serial {started}"),
            ));
        }
        None => Snapshot::of(Parts {
            header: header.clone(),
            arena: String::new(),
            slots: Vec::new(),
            blocks: Vec::new(),
            files: Vec::new(),
        }),
        Some(parts) => {
            if parts.header.lineage != header.lineage {
                return Err(StateError::Foreign {
                    path: base_path,
                    what: "lineage",
                    found: parts.header.lineage.to_string(),
                    expected: header.lineage.to_string(),
                });
            }
            if parts.header.serial < started {
                return Err(StateError::damaged(
                    &base_path,
                    format!(
                        "it is at serial {}, and the log goes on from {started}",
                        parts.header.serial
                    ),
                ));
            }
            base_size = parts.files.first().map_or(0, |source| source.size());
            Snapshot::of(parts)
        }
    };
    let base = snapshot.header.serial;
    let source =
        Source::file(path.clone(), file).map_err(|cause| StateError::io("read", &path, cause))?;
    let log_file = snapshot.add_source(Arc::new(source));

    let mut serial = started;
    let mut open = OpenIntents::default();
    for range in payloads {
        let payload = Payload::decode(&path, &bytes[range.clone()])?;
        open.see(&payload);
        match payload {
            // A project that was named later.
            Payload::Header(newer) => {
                check(&path, &newer, binding)?;
                header = newer;
            }
            Payload::Commit(commit) => {
                if commit.head.after != serial || commit.head.serial <= serial {
                    return Err(StateError::damaged(
                        &path,
                        format!("serial {} follows serial {serial}", commit.head.serial),
                    ));
                }
                serial = commit.head.serial;
                if let Some(guard) = commit.author().and_then(|author| author.guard) {
                    header.guard = Some(guard);
                }
                if serial > base {
                    snapshot.push(&commit, log_file, range.start as u64)?;
                }
            }
            Payload::Intents(_) | Payload::Dropped(_) => {}
            Payload::Findings(_) => {
                return Err(StateError::damaged(&path, "findings stand in it"));
            }
        }
    }
    if base > serial {
        return Ok(Attempt::BaseIsNewer { base, log: serial });
    }
    snapshot.settle();
    snapshot.header.project = header.project;
    snapshot.header.guard = header.guard;
    if snapshot.header.records != snapshot.len() as u64 {
        return Err(StateError::damaged(
            &path,
            format!(
                "it counts {} records, the index has {}",
                snapshot.header.records,
                snapshot.len()
            ),
        ));
    }
    snapshot.intents = open
        .into_intents()
        .ok_or_else(|| StateError::damaged(&path, "intents cannot be read"))?;
    Ok(Attempt::Done(Box::new(Loaded {
        snapshot,
        base,
        log_end: Some(scan.end as u64),
        base_size,
        log_file,
    })))
}

/// Intents announced and not settled yet, on a walk through a log.
#[derive(Default)]
pub(super) struct OpenIntents<'a> {
    announced: Vec<IntentsView<'a>>,
    /// By id: where it was announced.
    open: BTreeMap<u64, usize>,
}

impl<'a> OpenIntents<'a> {
    pub(super) fn see(&mut self, payload: &Payload<'a>) {
        match payload {
            Payload::Intents(view) => {
                let at = self.announced.len();
                self.open.extend(view.ids.iter().map(|id| (*id, at)));
                self.announced.push(view.clone());
            }
            Payload::Dropped(ids) => self.open.retain(|id, _| !ids.contains(id)),
            Payload::Commit(commit) => {
                for id in commit.entries.iter().filter_map(|entry| entry.intent) {
                    self.open.remove(&id);
                }
            }
            Payload::Header(_) | Payload::Findings(_) => {}
        }
    }

    /// Decodes those that are open; none where they are not readable.
    pub(super) fn into_intents(self) -> Option<Vec<Intent>> {
        let wanted: BTreeSet<usize> = self.open.values().copied().collect();
        let mut intents = Vec::new();
        for at in wanted {
            let all = self.announced.get(at)?.intents()?;
            intents.extend(
                all.into_iter()
                    .filter(|intent| self.open.get(&intent.id) == Some(&at)),
            );
        }
        Some(intents)
    }
}

fn read_whole(file: &mut File) -> io::Result<Vec<u8>> {
    let size = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The header of a state that nothing was written to yet.
pub(super) fn unborn(binding: &Binding) -> Header {
    Header {
        format: FORMAT,
        lineage: ContentHash::default(),
        project: binding.project.clone(),
        platform: binding.platform.clone(),
        guard: None,
        serial: 0,
        digest: Digest::default(),
        records: 0,
    }
}

/// Refuses a state that belongs to another project or platform.
pub(super) fn check(path: &Path, header: &Header, binding: &Binding) -> Result<(), StateError> {
    let foreign = |what, found: &str, expected: &str| StateError::Foreign {
        path: path.to_owned(),
        what,
        found: found.to_owned(),
        expected: expected.to_owned(),
    };
    if let (Some(found), Some(expected)) = (&header.project, &binding.project)
        && found != expected
    {
        return Err(foreign("project", found, expected));
    }
    if header.platform != binding.platform {
        return Err(foreign("platform", &header.platform, &binding.platform));
    }
    Ok(())
}
