//! Platforms: where registrations live. Readers and writers are different types, so that whoever
//! holds a reader cannot change anything. `local` is no platform of its own: there the state is
//! the register.

#[cfg(feature = "testkit")]
pub mod test_dir;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;

use crate::model::address::Address;
use crate::model::canonical::Canonical;
use crate::model::record::Action;

/// Name of the platform that is none: the state itself is the register.
pub const LOCAL: &str = "local";

/// What a platform has under one address.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The fields as the platform has them, in the language's own words.
    pub spec: Value,
    /// The platform's own ids, by name.
    pub ids: BTreeMap<String, String>,
}

/// Reads a platform.
#[async_trait]
pub trait PlatformReader: Send + Sync {
    /// Name, as bound into the state.
    fn name(&self) -> &'static str;

    /// Everything that is registered: few calls, never one for each registration.
    ///
    /// # Errors
    /// Where the list could not be had whole: a part of it would plan deletions.
    async fn list(&self) -> Result<BTreeMap<Address, Found>, PlatformError>;

    /// What is registered under one natural key: for taking up an interrupted apply.
    ///
    /// # Errors
    /// Where the platform does not answer.
    async fn find(&self, address: &Address) -> Result<Option<Found>, PlatformError>;
}

/// One write to a platform.
#[derive(Debug, Clone)]
pub struct Operation {
    pub action: Action,
    pub address: Address,
    /// The address before a rename.
    pub from: Option<Address>,
    /// The spec from now on; none for a deletion.
    pub spec: Option<Canonical>,
    /// The platform's own ids, as recorded.
    pub ids: BTreeMap<String, String>,
}

/// Writes to a platform.
#[async_trait]
pub trait PlatformWriter: PlatformReader {
    /// Carries out one operation. Creating what exists under the same natural key is an error,
    /// never a second registration.
    ///
    /// # Errors
    /// [`PlatformError::Ambiguous`] where nobody knows whether it was done.
    async fn write(&self, operation: &Operation)
    -> Result<BTreeMap<String, String>, PlatformError>;
}

/// Why a platform did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// It was not done.
    #[error("{message}")]
    Refused { message: String, help: String },
    /// The answer was lost: it may have been done.
    #[error("{message}")]
    Ambiguous { message: String, help: String },
}

impl PlatformError {
    #[must_use]
    pub fn help(&self) -> &str {
        match self {
            Self::Refused { help, .. } | Self::Ambiguous { help, .. } => help,
        }
    }
}
