//! Where the state of a project is, of the two kinds there are, for commands that don't care; and the
//! way from one to the other.

use std::path::Path;

use super::backup::{Backup, Pulled};
use super::embedded::EmbeddedStore;
use super::error::StateError;
use super::findings::Findings;
use super::folder::Moved;
use super::history::{HistoryEntry, HistoryFilter};
use super::lock::Holder;
use super::rebuild::Rebuilt;
use super::shared::SharedStore;
use super::snapshot::{Serial, Snapshot};
use super::{StateReader, StateStore, StateWriter};

/// A place where a state lives.
pub enum Store {
    Embedded(EmbeddedStore),
    Shared(SharedStore),
}

/// A state that was taken to another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    pub serial: Serial,
    /// Whether all of its history went along. If not, it is damaged where it was.
    pub whole: bool,
}

impl Store {
    /// Whether there is a state already.
    ///
    /// # Errors
    /// What an object store says.
    pub fn exists(&self) -> Result<bool, StateError> {
        match self {
            Self::Embedded(store) => Ok(store.folder().join("log").exists()),
            Self::Shared(store) => store.exists(),
        }
    }

    /// The place, as people write it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Embedded(store) => store.folder().display().to_string(),
            Self::Shared(store) => store.name().to_owned(),
        }
    }

    /// Writes a backup into a file.
    ///
    /// # Errors
    /// As [`StateReader::load`]; errors of the file system.
    pub fn pull(&self, out: &Path, holder: &Holder) -> Result<Pulled, StateError> {
        match self {
            Self::Embedded(store) => store.pull(out, holder),
            Self::Shared(store) => store.pull(out, holder),
        }
    }

    /// Restores a backup; `force` allows another lineage and an older serial.
    ///
    /// # Errors
    /// As [`EmbeddedStore::push`].
    pub fn push(&self, from: &Path, force: bool, holder: &Holder) -> Result<Serial, StateError> {
        match self {
            Self::Embedded(store) => store.push(from, force, holder),
            Self::Shared(store) => store.push(from, force, holder),
        }
    }

    /// Makes the state anew from its undamaged parts; `force` lets a shared state forget announced
    /// changes that cannot be read.
    ///
    /// # Errors
    /// As [`EmbeddedStore::rebuild`] and [`SharedStore::rebuild`].
    pub fn rebuild(&self, force: bool, holder: &Holder) -> Result<Rebuilt, StateError> {
        match self {
            Self::Embedded(store) => store.rebuild(holder),
            Self::Shared(store) => store.rebuild(force, holder),
        }
    }

    /// Ends the lease of this id; returns who held it.
    ///
    /// # Errors
    /// [`StateError::OtherLease`]; [`StateError::Elsewhere`] for an embedded state, which has none.
    pub fn unlock(&self, id: &str) -> Result<Holder, StateError> {
        match self {
            Self::Embedded(store) => Err(StateError::Elsewhere {
                what: format!(
                    "the state in {} is embedded and has no lease",
                    store.folder().display()
                ),
                help: "its lock goes with the process that holds it: there is nothing to unlock",
            }),
            Self::Shared(store) => store.unlock(id),
        }
    }

    /// Takes the state from here to `target`, with its history, intents and findings, and leaves a
    /// note here. Both are held still meanwhile.
    ///
    /// # Errors
    /// Where either is held; where there is nothing to move; where `target` has another state, or a
    /// newer one, without `force`.
    pub fn migrate(
        &self,
        target: &Self,
        force: bool,
        holder: &Holder,
    ) -> Result<Migrated, StateError> {
        if !self.exists()? {
            // Says so where the state was moved already.
            let nothing = self.load()?;
            return Err(StateError::Elsewhere {
                what: format!(
                    "there is no state in {} that could be moved (serial {})",
                    self.name(),
                    nothing.serial()
                ),
                help: "nothing was changed; the first apply makes the state where `state:` says",
            });
        }
        let mut migrated = Migrated {
            serial: 0,
            whole: true,
        };
        let mut arrived = false;
        let mut copy = |backup: Backup, from: &Path| {
            migrated.whole = backup.whole;
            let digest = backup.header.digest;
            let serial = match target {
                Self::Embedded(store) => store.push_backup(from, backup, force, holder)?,
                Self::Shared(store) => store.push_backup(from, &backup, force, holder)?,
            };
            (migrated.serial, arrived) = (serial, true);
            let found = target.load()?;
            if (found.serial(), found.digest()) != (serial, digest) {
                return Err(StateError::damaged(
                    Path::new(&target.name()),
                    "what arrived is not what was sent; the state stays where it was",
                ));
            }
            Ok(Moved {
                to: target.name(),
                by: holder.by.clone(),
                at: holder.since.clone(),
            })
        };
        let moved = match self {
            Self::Embedded(store) => store.move_away(holder, &mut copy),
            Self::Shared(store) => store.move_away(holder, &mut copy),
        };
        match moved {
            Ok(()) => Ok(migrated),
            Err(cause) if arrived => Err(StateError::HalfMoved {
                from: self.name().into(),
                to: target.name(),
                cause: Box::new(cause),
            }),
            Err(cause) => Err(cause),
        }
    }
}

impl StateReader for Store {
    fn load(&self) -> Result<Snapshot, StateError> {
        match self {
            Self::Embedded(store) => store.load(),
            Self::Shared(store) => store.load(),
        }
    }

    fn history(
        &self,
        filter: &HistoryFilter,
        each: &mut dyn FnMut(HistoryEntry),
    ) -> Result<(), StateError> {
        match self {
            Self::Embedded(store) => store.history(filter, each),
            Self::Shared(store) => store.history(filter, each),
        }
    }

    fn findings(&self) -> Result<Findings, StateError> {
        match self {
            Self::Embedded(store) => store.findings(),
            Self::Shared(store) => store.findings(),
        }
    }
}

impl StateStore for Store {
    fn writer(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StateError> {
        match self {
            Self::Embedded(store) => store.writer(holder),
            Self::Shared(store) => store.writer(holder),
        }
    }
}
