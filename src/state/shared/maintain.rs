//! A shared state from outside: what is there, who writes, and ending a lease by hand.

use super::manifest::Lease;
use super::{SharedStore, lease};
use crate::model::hash::ContentHash;
use crate::state::error::{StateError, Terms};
use crate::state::lock::Holder;
use crate::state::payload::FORMAT;
use crate::state::snapshot::Serial;

/// A shared state from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedDescription {
    pub place: String,
    /// All zeros where there is no state yet.
    pub lineage: ContentHash,
    pub project: Option<String>,
    pub platform: String,
    pub format: u32,
    pub serial: Serial,
    pub records: u64,
    pub open_intents: usize,
    pub shards: usize,
    /// Size of the history in bytes.
    pub history_size: u64,
    /// Who may write right now, and on what terms.
    pub lease: Option<(Holder, Terms)>,
}

impl SharedStore {
    /// Says what is there. Reads the manifest alone.
    ///
    /// # Errors
    /// As [`crate::state::StateReader::load`].
    pub fn describe(&self) -> Result<SharedDescription, StateError> {
        let found = self.manifest()?;
        let Some(manifest) = found else {
            return Ok(SharedDescription {
                place: self.name().to_owned(),
                lineage: ContentHash::default(),
                project: self.binding.project.clone(),
                platform: self.binding.platform.clone(),
                format: FORMAT,
                serial: 0,
                records: 0,
                open_intents: 0,
                shards: 0,
                history_size: 0,
                lease: None,
            });
        };
        Ok(SharedDescription {
            place: self.name().to_owned(),
            lineage: manifest.header.lineage,
            project: manifest.header.project,
            platform: manifest.header.platform,
            format: manifest.header.format,
            serial: manifest.header.serial,
            records: manifest.header.records,
            open_intents: manifest.intents.iter().map(|one| one.open.len()).sum(),
            shards: manifest.shards.len(),
            history_size: manifest.history.iter().map(|one| one.bytes).sum(),
            lease: manifest
                .lease
                .map(|lease| (lease.holder.clone(), lease.terms())),
        })
    }

    /// Ends the lease of this id, whoever holds it; returns who did.
    ///
    /// # Errors
    /// [`StateError::OtherLease`] where another one stands, or none.
    pub fn unlock(&self, id: &str) -> Result<Holder, StateError> {
        let Lease { holder, .. } = lease::unlock(self.bucket()?, &self.binding, id)?;
        Ok(holder)
    }
}
