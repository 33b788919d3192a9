//! What the frames of the log say: header, intents, commits. Kinds of frames here; what a commit and its
//! entries are made of below.

mod commit;
mod intents;
mod item;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::codec::{Digest, Put};
use super::error::StateError;
use crate::model::hash::ContentHash;
use crate::model::settings::Guard;

pub(super) use commit::{CommitHead, CommitView, EntryView, encode_commit};
pub(super) use intents::{IntentsView, encode_intents};
pub(super) use item::{Item, RecordText};

/// The newest format this bursar writes and knows.
pub const FORMAT: u32 = 1;

const HEADER: u8 = 1;
const INTENTS: u8 = 2;
const COMMIT: u8 = 3;
const DROPPED: u8 = 4;
const FINDINGS: u8 = 5;

/// To what a state belongs and where it stands: first in every log, base and backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: u32,
    /// Random, given once: tells two states apart whatever they hold.
    pub(super) lineage: ContentHash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    pub(super) platform: String,
    /// The last serial before what follows.
    pub(super) serial: u64,
    /// Of the records at that serial.
    pub(super) digest: Digest,
    /// How many records there are at that serial.
    pub(super) records: u64,
    /// The guard of the last commit before what follows that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) guard: Option<Guard>,
}

impl Header {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![HEADER];
        bytes.raw(&serde_json::to_vec(self).unwrap_or_default());
        bytes
    }

    /// # Errors
    /// A newer format, or no header.
    pub(super) fn decode(path: &Path, json: &[u8]) -> Result<Self, StateError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let damaged = |_| StateError::damaged(path, "its header is not readable");
        let Format { format } = serde_json::from_slice(json).map_err(damaged)?;
        if format > FORMAT {
            return Err(StateError::NewerFormat {
                path: path.to_owned(),
                found: format,
                known: FORMAT,
            });
        }
        serde_json::from_slice(json).map_err(damaged)
    }
}

/// What one payload says.
pub(super) enum Payload<'a> {
    Header(Header),
    Intents(IntentsView<'a>),
    Commit(CommitView<'a>),
    /// Intents found settled in another way than by a receipt.
    Dropped(Vec<u64>),
    /// Only in backups.
    Findings(&'a [u8]),
}

impl<'a> Payload<'a> {
    pub(super) fn decode(path: &Path, bytes: &'a [u8]) -> Result<Self, StateError> {
        let damaged = || StateError::damaged(path, "a frame says nothing that can be read");
        let (kind, rest) = bytes.split_first().ok_or_else(damaged)?;
        match *kind {
            HEADER => Header::decode(path, rest).map(Self::Header),
            INTENTS => IntentsView::decode(rest)
                .map(Self::Intents)
                .ok_or_else(damaged),
            COMMIT => CommitView::decode(bytes, rest)
                .map(Self::Commit)
                .ok_or_else(damaged),
            DROPPED => serde_json::from_slice(rest)
                .map(Self::Dropped)
                .map_err(|_| damaged()),
            FINDINGS => Ok(Self::Findings(rest)),
            _ => Err(damaged()),
        }
    }
}

pub(super) fn encode_findings(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![FINDINGS];
    bytes.raw(content);
    bytes
}

pub(super) fn encode_dropped(ids: &[u64]) -> Result<Vec<u8>, StateError> {
    let mut bytes = vec![DROPPED];
    bytes.raw(&json(&ids)?);
    Ok(bytes)
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(value)
        .map_err(|cause| StateError::Misuse(format!("what JSON cannot hold: {cause}")))
}
