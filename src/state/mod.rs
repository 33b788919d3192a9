//! The state: what is registered, at which serial, and how it came to be. Here live the traits, the
//! embedded and the [`shared`] store behind them and their conformance suite. A store takes types of
//! the model only, and no secret is among them; it judges nothing, prints nothing, and asks no cloud
//! but the object store that it is given.
//!
//! # The embedded store
//!
//! A folder, by default `.bursar/` beside `bursar.yaml`:
//!
//! | name | what |
//! | --- | --- |
//! | `lock`, `holder` | held by the one writer with a lock of the operating system; who that is |
//! | `log` | frames, each checksummed and synced: header, intents, commits. **The commit point** |
//! | `base` | all records at one serial, replaced as a whole when the log outgrows it |
//! | `history/` | logs that a new base took the place of; never removed |
//! | `db/` | sled: the register that writers change in place; `synced` in it says how far its files are safe |
//! | `findings` | answers of checks, outside serial and history |
//!
//! A commit is appended to the log and synced; then it stands, whatever happens next. The register
//! follows. A writer that opens compares serial and digest of both: a register that is behind or
//! missing is made anew from base and log; one that is ahead or differs is refused, never guessed
//! about, and [`EmbeddedStore::rebuild`] mends it. A torn last frame was never committed: readers pass
//! over it, the next writer cuts it off. A bad frame before a good one is damage.
//!
//! Intents live in the log alone: they matter only until their receipts, and one sync makes them
//! durable.
//!
//! **Readers never open sled.** It has no way to only read: opening takes its lock, zeroes free
//! segments and writes a snapshot, so that a reader would fail beside a writer and on a read-only
//! folder, and would change what it only wants to see. Base and log give every reader one
//! consistent serial, cost less, and create nothing.

mod backup;
mod base;
mod blocks;
mod codec;
mod embedded;
mod error;
mod files;
mod findings;
mod folder;
mod history;
mod lock;
mod log;
mod maintain;
mod payload;
mod permit;
mod rebuild;
mod register;
mod shard;
mod shared;
mod snapshot;
mod source;
mod store;
mod synced;

#[cfg(test)]
pub(crate) mod conformance;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use backup::Pulled;
pub use codec::Digest;
pub use embedded::EmbeddedStore;
pub use error::{RemoteTrouble, StateError, Terms};
pub use findings::Findings;
pub use folder::Binding;
pub use history::{HistoryEntry, HistoryFilter};
pub use lock::Holder;
pub use maintain::Description;
pub use payload::FORMAT;
pub use permit::Permit;
pub use rebuild::{Origin, Rebuilt};
pub use shared::{NO_CREDENTIALS, Place, SharedDescription, SharedStore, Waiting};
pub use snapshot::{IndexEntry, Serial, Snapshot};
pub use store::{Migrated, Store};

use crate::model::record::{Author, Entry, Intent};

/// Reads a state. Takes no lock, creates nothing, works while a writer works.
pub trait StateReader: Send + Sync {
    /// The state at its last serial; empty where there is none yet.
    ///
    /// # Errors
    /// Damage, a newer format, another project or platform, an error of the operating system.
    fn load(&self) -> Result<Snapshot, StateError>;

    /// Calls `each` with every committed change that the filter wants, oldest first.
    ///
    /// # Errors
    /// As [`Self::load`]; `each` may have been called before.
    fn history(
        &self,
        filter: &HistoryFilter,
        each: &mut dyn FnMut(HistoryEntry),
    ) -> Result<(), StateError>;

    /// The findings that were stored last; none where nothing was stored.
    ///
    /// # Errors
    /// As [`Self::load`].
    fn findings(&self) -> Result<Findings, StateError>;
}

/// A place where a state lives.
pub trait StateStore: StateReader {
    /// Becomes the one writer, creating the state where there is none.
    ///
    /// # Errors
    /// [`StateError::Locked`] says who writes; others as [`StateReader::load`].
    fn writer(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StateError>;
}

/// The one writer of a state. Gives up its lock when it is closed or dropped.
pub trait StateWriter: Send {
    /// The state now, with all commits of this writer. Merging those takes one pass over the
    /// index: ask once after many commits.
    fn snapshot(&mut self) -> Arc<Snapshot>;

    /// Number of the last commit.
    fn serial(&self) -> Serial;

    /// Intents without a receipt.
    fn open_intents(&self) -> &[Intent];

    /// Whether this writer may still act: asked before each platform write.
    fn permit(&self) -> Permit {
        Permit::always()
    }

    /// Makes sure that this writer may still act, by asking: before something that is not announced.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`]; where nobody can be asked.
    fn hold(&mut self) -> Result<(), StateError> {
        self.permit().check()
    }

    /// Announces platform writes. Durable when it returns.
    ///
    /// # Errors
    /// Full disk, no right to write, another error of the operating system; then nothing was
    /// announced.
    fn announce(&mut self, intents: &[Intent]) -> Result<(), StateError>;

    /// Takes intents back that turned out never to have been written. Durable when it returns.
    ///
    /// # Errors
    /// As [`Self::announce`].
    fn drop_intents(&mut self, ids: &[u64]) -> Result<(), StateError>;

    /// Commits changes, all or nothing, under the next serial, and settles the intents that they
    /// are the receipts of. Durable when it returns.
    ///
    /// # Errors
    /// As [`Self::announce`]; then nothing was committed. [`StateError::Behind`] where the
    /// register could not follow an earlier commit: that one stands, this one was not made, and
    /// the next writer goes on.
    fn commit(&mut self, author: &Author, entries: &[Entry]) -> Result<Serial, StateError>;

    /// The findings that were stored last.
    ///
    /// # Errors
    /// As [`StateReader::findings`].
    fn findings(&self) -> Result<Findings, StateError>;

    /// Replaces all stored findings; they are no commit and change no serial.
    ///
    /// # Errors
    /// As [`Self::announce`]; then the old ones stand.
    fn put_findings(&mut self, findings: &Findings) -> Result<(), StateError>;

    /// Ends the writing: keeps the files small where they have grown, gives back the lock. A
    /// writer that is dropped without it loses nothing.
    ///
    /// # Errors
    /// Housekeeping that failed. Every commit stands, the next writer does it again.
    fn close(self: Box<Self>) -> Result<(), StateError>;
}
