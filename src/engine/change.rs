//! The nouns of a plan: changes, refusals, blocks, drift. Plain data; nothing here decides.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Record};

use super::desired::SourceRef;

/// One field that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// Keys from the top of the spec, with dots.
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What the platform has, where that is neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Value>,
}

/// A field of an update as its own update would be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldHash {
    /// Names resource and field.
    pub place: ContentHash,
    /// The hash of the update that changes this field alone: also from which value to which.
    pub hash: ContentHash,
}

/// Why a change cannot be made now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// The resource whose access is not proven.
    pub address: Address,
    /// The check that failed there.
    pub check: String,
    /// Whether the change itself is asked for, or only depends on one that is.
    pub direct: bool,
}

/// One line of a plan.
#[derive(Debug, Clone)]
pub struct Change {
    pub address: Address,
    pub action: Action,
    /// The address it had before, for a rename.
    pub from: Option<Address>,
    /// The fields that differ; for a creation all that are declared, for a removal none.
    pub fields: Vec<FieldChange>,
    /// The spec from now on; none for a removal.
    pub spec: Option<Canonical>,
    /// The record it had.
    pub before: Option<Record>,
    pub protect: bool,
    /// Names the change whatever else is in the plan.
    pub digest: ContentHash,
    /// Where it is declared; none for a removal.
    pub source: Option<SourceRef>,
    /// Why it was removed, as declared.
    pub reason: Option<String>,
    /// Records that refer to this one and follow a rename without a change of their own.
    pub follows: usize,
    /// How many resources use it: shown where a credential changes.
    pub used_by: usize,
    pub blocked: Option<Block>,
}

/// A removal that nobody consented to, or a change that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    pub code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    pub message: String,
    pub help: String,
}

/// A recorded resource that the platform has otherwise, or no longer.
#[derive(Debug, Clone)]
pub struct Drift {
    pub address: Address,
    /// Before: what the platform has. After: what is recorded and declared.
    pub fields: Vec<FieldChange>,
    /// The platform does not have it at all.
    pub missing: bool,
    pub spec: Canonical,
    pub record: Record,
}

/// A record that is brought up to date without a change: it follows a rename, or its canonical
/// text changed while its meaning did not.
#[derive(Debug, Clone)]
pub struct Refresh {
    pub from: Address,
    pub address: Address,
    pub spec: Canonical,
    pub protect: bool,
    pub before: Record,
    pub source: Option<SourceRef>,
    /// The platform has it under a former name, or with former names in it: it is written there
    /// too, once what it follows has been renamed.
    pub push: bool,
}

/// What an apply would do.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Sorted in the order of an apply.
    pub changes: Vec<Change>,
    pub drift: Vec<Drift>,
    pub refreshes: Vec<Refresh>,
    pub refusals: Vec<Refusal>,
    /// Sentences worth knowing: `previously` entries that can go, and the like.
    pub notes: Vec<String>,
    /// Declared resources that need nothing.
    pub unchanged: usize,
    /// Names the changes: the hash of their sorted hashes.
    pub digest: ContentHash,
}

/// How many changes of each action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub add: usize,
    pub change: usize,
    pub rename: usize,
    pub delete: usize,
    pub forget: usize,
    pub adopt: usize,
    pub wait: usize,
    pub blocked: usize,
}

impl Summary {
    /// Counts changes.
    #[must_use]
    pub fn of<'c>(changes: impl Iterator<Item = &'c Change>) -> Self {
        let mut summary = Self::default();
        for change in changes {
            *match change.action {
                Action::Create => &mut summary.add,
                Action::Update => &mut summary.change,
                Action::Rename => &mut summary.rename,
                Action::Delete => &mut summary.delete,
                Action::Forget => &mut summary.forget,
                Action::Adopt => &mut summary.adopt,
                Action::Wait => &mut summary.wait,
            } += 1;
            summary.blocked += usize::from(change.blocked.is_some());
        }
        summary
    }

    /// How many changes there are.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.add + self.change + self.rename + self.delete + self.forget + self.adopt + self.wait
    }
}

impl Plan {
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(self.changes.iter())
    }

    /// Whether an apply would write anything that a person would call a change.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Computes the plan's digest anew from its changes.
    pub fn seal(&mut self) {
        let mut hashes: Vec<[u8; 16]> = self
            .changes
            .iter()
            .filter(|change| change.action != Action::Wait)
            .map(|change| change.digest.0)
            .collect();
        hashes.sort_unstable();
        self.digest = ContentHash::of(hashes.as_flattened());
    }
}

impl Change {
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.address.kind()
    }

    /// Whether it takes something away.
    #[must_use]
    pub const fn removes(&self) -> bool {
        matches!(self.action, Action::Delete | Action::Forget)
    }

    /// Hashes the change: canonical JSON of address, action and what changes. Never findings,
    /// provenance or time.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        let create = self.action == Action::Create;
        let fields: &[FieldChange] = if create { &[] } else { &self.fields };
        self.hash_of(fields.iter())
    }

    fn hash_of<'f>(&self, fields: impl Iterator<Item = &'f FieldChange>) -> ContentHash {
        #[derive(Serialize)]
        struct Hashed<'a> {
            action: &'static str,
            address: &'a Address,
            fields: Vec<(&'a str, &'a Option<Value>, &'a Option<Value>)>,
            #[serde(skip_serializing_if = "Option::is_none")]
            from: Option<&'a Address>,
            #[serde(skip_serializing_if = "Option::is_none")]
            spec: Option<&'a str>,
        }
        let create = self.action == Action::Create;
        let hashed = Hashed {
            action: self.action.as_str(),
            address: &self.address,
            fields: fields
                .map(|f| (f.path.as_str(), &f.before, &f.after))
                .collect(),
            from: self.from.as_ref(),
            spec: self.spec.as_ref().filter(|_| create).map(Canonical::as_str),
        };
        // Strings, maps and JSON values always serialise.
        ContentHash::of(&serde_json::to_vec(&hashed).unwrap_or_default())
    }

    /// The fields of an update, apart: all that it does, as an update that keeps its address is nothing
    /// but its fields. Empty for every other change, and where two fields have one path.
    #[must_use]
    pub fn apart(&self) -> Vec<FieldHash> {
        if self.action != Action::Update || self.from.is_some() {
            return Vec::new();
        }
        let paths: HashSet<&str> = self.fields.iter().map(|field| &*field.path).collect();
        if paths.len() != self.fields.len() {
            return Vec::new();
        }
        let apart = |field: &FieldChange| FieldHash {
            place: ContentHash::of(format!("{}\n{}", self.address, field.path).as_bytes()),
            hash: self.hash_of(std::iter::once(field)),
        };
        self.fields.iter().map(apart).collect()
    }
}
