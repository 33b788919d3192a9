//! What a commit does to one address, ready for the log and the register.

use rayon::prelude::*;

use super::super::codec::Unpacked;
use super::super::error::StateError;
use super::{CommitView, json};
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Entry};

/// A record as it is stored, with what its index says.
#[derive(Debug, Clone)]
pub(in crate::state) struct RecordText {
    pub(in crate::state) address: Box<str>,
    pub(in crate::state) spec_hash: ContentHash,
    pub(in crate::state) protect: bool,
    pub(in crate::state) json: Vec<u8>,
}

/// An entry of a commit, ready for the log and the register.
#[derive(Debug)]
pub(in crate::state) struct Item {
    pub(in crate::state) address: Box<str>,
    pub(super) action: Action,
    pub(in crate::state) from: Option<Box<str>>,
    pub(in crate::state) intent: Option<u64>,
    pub(super) reason: Option<Box<str>>,
    pub(super) pull_request: Option<Box<str>>,
    pub(in crate::state) spec_hash: ContentHash,
    pub(in crate::state) protect: bool,
    /// JSON of the record; none where it is removed.
    pub(in crate::state) json: Option<Vec<u8>>,
}

impl Item {
    /// # Errors
    /// An entry whose record has another address.
    pub(in crate::state) fn all(entries: &[Entry]) -> Result<Vec<Self>, StateError> {
        entries.par_iter().map(Self::of).collect()
    }

    /// The items of a commit that stands in a log; none where its blocks are not readable.
    pub(in crate::state) fn of_commit(commit: &CommitView<'_>) -> Option<Vec<Self>> {
        let blocks = commit
            .blocks
            .par_iter()
            .map(|block| Unpacked::of(block.bytes, block.raw_len))
            .collect::<Option<Vec<_>>>()?;
        commit
            .entries
            .iter()
            .map(|entry| {
                let json = match entry.record {
                    None => None,
                    Some(place) => {
                        let block = blocks.get(place.block as usize)?;
                        Some(block.text(usize::from(place.slot))?.to_vec())
                    }
                };
                Some(Self {
                    address: entry.address.into(),
                    action: entry.action,
                    from: entry.from.map(Into::into),
                    intent: entry.intent,
                    reason: entry.reason.map(Into::into),
                    pull_request: entry.pull_request.map(Into::into),
                    spec_hash: entry
                        .record
                        .map(|place| place.spec_hash)
                        .unwrap_or_default(),
                    protect: entry.record.is_some_and(|place| place.protect),
                    json,
                })
            })
            .collect()
    }

    /// An item that puts a record in place.
    pub(in crate::state) fn adopt(record: RecordText) -> Self {
        Self {
            address: record.address,
            action: Action::Adopt,
            from: None,
            intent: None,
            reason: None,
            pull_request: None,
            spec_hash: record.spec_hash,
            protect: record.protect,
            json: Some(record.json),
        }
    }

    /// An item that takes a record away.
    pub(in crate::state) fn forget(address: Box<str>) -> Self {
        Self {
            address,
            action: Action::Forget,
            from: None,
            intent: None,
            reason: None,
            pull_request: None,
            spec_hash: ContentHash::default(),
            protect: false,
            json: None,
        }
    }

    fn of(entry: &Entry) -> Result<Self, StateError> {
        let mut item = Self {
            address: entry.address.as_str().into(),
            action: entry.action,
            from: entry
                .from
                .as_ref()
                .filter(|from| **from != entry.address)
                .map(|from| from.as_str().into()),
            intent: entry.intent,
            reason: entry.reason.as_deref().map(Into::into),
            pull_request: entry.pull_request.as_deref().map(Into::into),
            spec_hash: ContentHash::default(),
            protect: false,
            json: None,
        };
        if let Some(record) = &entry.record {
            if record.address != entry.address {
                return Err(StateError::Misuse(format!(
                    "a record of {} under the address {}",
                    record.address, entry.address
                )));
            }
            item.spec_hash = record.spec.hash();
            item.protect = record.protect;
            item.json = Some(json(record)?);
        }
        Ok(item)
    }
}
