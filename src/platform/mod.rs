//! Platforms: where registrations live. Readers and writers are different types, so that whoever
//! holds a reader cannot change anything. `local` is no platform of its own: there the state is
//! the register.

#[cfg(test)]
mod conformance;
pub mod onicloud;
#[cfg(feature = "testkit")]
pub mod test_dir;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;

use crate::model::address::Address;
use crate::model::canonical::Canonical;
use crate::model::finding::Finding;
use crate::model::record::{Action, Record};

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

/// Everything that is registered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    pub found: BTreeMap<Address, Found>,
    /// Where the document stands; none for a platform that is none.
    pub document: Option<Document>,
}

/// Where the document of a platform stands that is read and written as a file, whole, and carried
/// to and fro by people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// What people call the platform.
    pub title: &'static str,
    /// The file that is carried to the platform, from the project's folder.
    pub file: String,
    /// The file that people fetch from it, from the project's folder.
    pub observed: String,
    /// Whether that file is there.
    pub fetched: bool,
    /// The file to carry is not as it should be, although nothing is left to apply.
    pub unwritten: bool,
    /// Recorded, and not seen on the platform yet.
    pub waiting: Vec<Address>,
    /// Removed, and seen on the platform still.
    pub leaving: Vec<Address>,
    /// On the platform, and recorded nowhere: stays as it is.
    pub unmanaged: Vec<Address>,
    /// What else a person should know, in sentences.
    pub notes: Vec<String>,
}

/// What the end of an apply brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// Files that were written, from the project's folder; none of those that were right already.
    pub written: Vec<String>,
    /// What a person does next.
    pub next: Option<String>,
}

/// Reads a platform.
#[async_trait]
pub trait PlatformReader: Send + Sync {
    /// Name, as bound into the state.
    fn name(&self) -> &'static str;

    /// What a deletion destroys here, in a few words.
    fn destroys(&self) -> &'static str {
        "the registration goes, with the data that the platform keeps for it"
    }

    /// Whether it is a document: a file that is read and written whole, without a network, and
    /// holds a part of what is recorded. Such a platform is told what is recorded, and says so of
    /// all that it cannot see.
    fn is_document(&self) -> bool {
        false
    }

    /// What of these declared resources has no place there, in a few words each.
    fn not_carried(&self, _declared: &[(&Address, &Canonical)]) -> Vec<String> {
        Vec::new()
    }

    /// Everything that is registered: few calls, never one for each registration.
    ///
    /// `recorded` is everything that the state holds where this is a document, and empty
    /// otherwise. A document answers with what is recorded wherever it cannot know better: for
    /// what it does not hold, and for what was written and not carried to the platform yet.
    ///
    /// # Errors
    /// Where the list could not be had whole: a part of it would plan deletions.
    async fn list(&self, recorded: &[Record]) -> Result<Listing, PlatformError>;

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

    /// Ends an apply: a document is made of what is recorded now. Called after the last commit of
    /// every apply, also of one that had nothing to do or could not do all, so that a run that died
    /// before it is made good by the next. Done twice it changes nothing; `recorded` and
    /// `findings` are as for [`PlatformReader::list`].
    ///
    /// # Errors
    /// Where the document could not be written: the records stand, the next apply writes it.
    async fn finish(
        &self,
        _recorded: &[Record],
        _findings: &[Finding],
    ) -> Result<Finished, PlatformError> {
        Ok(Finished::default())
    }
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
    /// A file of a document is missing, or cannot be read or written; it was not done.
    #[error("{message}")]
    File {
        /// A stable code of its own.
        code: &'static str,
        message: String,
        help: String,
    },
}

impl PlatformError {
    #[must_use]
    pub fn help(&self) -> &str {
        match self {
            Self::Refused { help, .. } | Self::Ambiguous { help, .. } | Self::File { help, .. } => {
                help
            }
        }
    }

    /// A stable code of its own, where it has one.
    #[must_use]
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::File { code, .. } => Some(code),
            _ => None,
        }
    }
}
