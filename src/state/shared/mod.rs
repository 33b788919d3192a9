//! The shared store: one state for many machines, in a bucket of an object store. Everything in it
//! is written once under the hash of its content, but for one object, which is replaced under the
//! condition that nobody else did. What lives here takes an `ObjectStore` that is signed in already;
//! which one that is, and how it is reached, is decided elsewhere.
//!
//! | below the prefix | what |
//! | --- | --- |
//! | `manifest` | names all that counts, and who may write. **The commit point** |
//! | `shards/NAME` | a few hundred records, compressed, with their index |
//! | `history/NAME` | commits, in frames as in the log of the embedded store |
//! | `intents/NAME` | intents that were announced together |
//! | `findings/NAME` | answers of checks, outside serial and history |
//! | `aside/HASH` | manifests that a restore went over: what they name stays |
//! | `probe` | whether the store honours conditions is asked here |
//!
//! A NAME is the hash of what the object holds and a mark of the lease under which it was written: so that a
//! deletion which lands late never meets what a later writer wrote.
//!
//! A commit uploads what changed and then replaces the manifest: it stands once that is done, and a
//! writer that dies before leaves objects that nothing names. Readers take the manifest and what it
//! names; they need no lease and see one serial.
//!
//! Writing takes a lease that stands in the manifest and is renewed. Who lost it cannot replace the
//! manifest any more, whatever its clock says.

mod bucket;
mod deadline;
mod heart;
mod history;
mod lease;
mod load;
mod maintain;
mod manifest;
mod name;
mod probe;
mod restore;
mod shards;
mod tidy;
mod trouble;
mod write;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub(super) use deadline::Deadline;

pub use bucket::Place;
pub use maintain::SharedDescription;
pub use trouble::NO_CREDENTIALS;

use bucket::Bucket;
use manifest::Manifest;

use super::error::StateError;
use super::findings::Findings;
use super::folder::Binding;
use super::history::{HistoryEntry, HistoryFilter};
use super::lock::Holder;
use super::snapshot::Snapshot;
use super::{StateReader, StateStore, StateWriter};
use crate::testkit;

/// Told when a writer waits to see whether another one is still alive.
pub type Waiting = Arc<dyn Fn(&str) + Send + Sync>;

/// A place in an object store, and what the state there must belong to.
#[derive(Clone)]
pub struct SharedStore {
    place: Place,
    binding: Binding,
    waiting: Waiting,
    /// How long a lease holds after its last renewal.
    term: Duration,
    /// How long one request for the manifest may take. Short against the term, so that several
    /// renewals fit into one where a connection hangs.
    patience: Duration,
    /// With so many objects that nothing names, they are looked for …
    litter: u64,
    /// … and deleted where they are older: seconds. A slow reader may still want them.
    grace: u64,
    bucket: Arc<OnceLock<Bucket>>,
}

impl SharedStore {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(place: Place, binding: Binding, waiting: Waiting) -> Self {
        let term = testkit::number("BURSAR_TESTKIT_LEASE_MS")
            .map_or(Duration::from_secs(60), Duration::from_millis);
        Self {
            place,
            binding,
            waiting,
            term,
            // The short terms of tests leave a slow server some time.
            patience: (term / 8).max(Duration::from_millis(500)),
            litter: testkit::number("BURSAR_TESTKIT_LITTER").unwrap_or(256),
            grace: testkit::number("BURSAR_TESTKIT_GRACE").unwrap_or(24 * 60 * 60),
            bucket: Arc::default(),
        }
    }

    /// The place, as people write it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.place.name
    }

    /// Whether a state is there.
    ///
    /// # Errors
    /// What the store says.
    pub fn exists(&self) -> Result<bool, StateError> {
        Ok(self.bucket()?.get(manifest::NAME)?.is_some())
    }

    fn bucket(&self) -> Result<&Bucket, StateError> {
        if let Some(bucket) = self.bucket.get() {
            return Ok(bucket);
        }
        let bucket = Bucket::open(&self.place)?;
        Ok(self.bucket.get_or_init(|| bucket))
    }

    fn manifest(&self) -> Result<Option<Manifest>, StateError> {
        load::manifest(self.bucket()?, &self.binding)
    }
}

impl StateReader for SharedStore {
    fn load(&self) -> Result<Snapshot, StateError> {
        load::load(self.bucket()?, &self.binding).map(|loaded| loaded.snapshot)
    }

    fn history(
        &self,
        filter: &HistoryFilter,
        each: &mut dyn FnMut(HistoryEntry),
    ) -> Result<(), StateError> {
        super::history::read(&self.commits()?, filter, each)
    }

    fn findings(&self) -> Result<Findings, StateError> {
        match self.manifest()? {
            None => Ok(Findings::new()),
            Some(manifest) => load::findings(self.bucket()?, &self.binding, manifest),
        }
    }
}

impl StateStore for SharedStore {
    fn writer(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StateError> {
        write::SharedWriter::open(self, holder)
            .map(|writer| Box::new(writer) as Box<dyn StateWriter>)
    }
}
