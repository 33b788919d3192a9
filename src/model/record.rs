//! What the state knows of a resource, and the notes an apply leaves on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::canonical::Canonical;

/// What the state knows of an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub address: Address,
    /// The spec as written, canonical: fields at their default are left out.
    pub spec: Canonical,
    /// The platform's own ids, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub platform: BTreeMap<String, String>,
    /// Whether removal must be preceded by an apply that lifts the protection.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// From where the present spec came.
    pub provenance: Provenance,
}

/// From where a declaration came: never compared, never part of a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Path from the project's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The pull request that the present spec came with, for example `#41`. Commit and author stand in the
    /// state's commit: they are the same for all that it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<String>,
}

/// Who changed the state, when and on whose behalf: one for each commit of the state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// UTC, RFC 3339, seconds.
    pub at: String,
    /// `user@host`, or a runner's name.
    pub by: String,
    /// The git commit of the declarations, with `-dirty` where the work tree differed from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Author of that git commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit_author: Option<String>,
    /// Pull request, for example `#41`, where all that was changed came with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<String>,
    /// The command that was run, without arguments that could hold secrets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// The guard that held for it: the next apply is held to the stricter of this and its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<super::settings::Guard>,
}

/// What is done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Create,
    Update,
    Rename,
    Delete,
    Forget,
    Adopt,
    /// A manual gate: a person must do something first.
    Wait,
}

impl Action {
    /// The mark at the start of a plan's line.
    #[must_use]
    pub const fn symbol(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::Rename => '>',
            Self::Delete => '-',
            Self::Forget => '.',
            Self::Adopt => '=',
            Self::Wait => '?',
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Rename => "rename",
            Self::Delete => "delete",
            Self::Forget => "forget",
            Self::Adopt => "adopt",
            Self::Wait => "wait",
        }
    }
}

/// Announces a platform write before it happens. An intent without a receipt is looked up on the
/// platform by natural key on the next run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// Unique within the state's lineage: serial at the time, and a count.
    pub id: u64,
    pub address: Address,
    pub action: Action,
    /// Address before a rename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The record that will stand once the write is done; none for a deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
    /// Why, as declared: of a removal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The pull request that a removal came with; what stays says it in its record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<String>,
}

/// One change of the state: what a commit does to one address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub address: Address,
    pub action: Action,
    /// The address it had before, for a rename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The record from now on; none where it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
    /// The intent that this is the receipt of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<u64>,
    /// Why, as declared: of a removal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The pull request that a removal came with; what stays says it in its record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<String>,
}

impl Entry {
    /// The pull request that this change came with, where it is known for it alone.
    #[must_use]
    pub fn pull_request(&self) -> Option<&str> {
        let of_record = self.record.as_ref();
        let of_record = of_record.and_then(|record| record.provenance.pull_request.as_deref());
        of_record.or(self.pull_request.as_deref())
    }
}
