//! The state from outside: what is there, how large, who writes. There is no `unlock`: the lock
//! belongs to a process and goes with it, so a lock without a living holder cannot exist.

use std::fs;
use std::path::{Path, PathBuf};

use super::codec::Digest;
use super::embedded::EmbeddedStore;
use super::error::StateError;
use super::folder::load;
use super::history;
use super::lock::{Holder, Lock};
use super::register::Register;
use super::snapshot::Serial;
use crate::model::hash::ContentHash;

/// A state from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub folder: PathBuf,
    /// All zeros where there is no state yet.
    pub lineage: ContentHash,
    pub project: Option<String>,
    pub platform: String,
    pub format: u32,
    pub serial: Serial,
    pub digest: Digest,
    pub records: usize,
    pub open_intents: usize,
    /// Serial of the base; 0 without one.
    pub base: Serial,
    /// Sizes in bytes.
    pub log_size: u64,
    pub base_size: u64,
    pub history_size: u64,
    pub register_size: u64,
    /// Who writes right now.
    pub holder: Option<Holder>,
}

impl EmbeddedStore {
    /// Says what is there. Creates nothing.
    ///
    /// # Errors
    /// As [`super::StateReader::load`].
    pub fn describe(&self) -> Result<Description, StateError> {
        let loaded = load(&self.folder, &self.binding)?;
        let size = |path: &Path| fs::metadata(path).map_or(0, |data| data.len());
        let history_size = history::segments(&self.folder)?
            .iter()
            .map(|(_, path)| size(path))
            .sum();
        let snapshot = loaded.snapshot;
        Ok(Description {
            folder: self.folder.0.clone(),
            lineage: snapshot.lineage(),
            project: snapshot.project().map(str::to_owned),
            platform: snapshot.platform().to_owned(),
            format: snapshot.format(),
            serial: snapshot.serial(),
            digest: snapshot.digest(),
            records: snapshot.len(),
            open_intents: snapshot.open_intents().len(),
            base: loaded.base,
            log_size: size(&self.folder.log()),
            base_size: loaded.base_size,
            history_size,
            register_size: Register::size(&self.folder.register()),
            holder: Lock::holder(&self.folder.0),
        })
    }
}
