//! What the frames of the log say: header, intents, commits. Entries stand as an index (address,
//! action, spec hash) before compressed blocks of their records, so that a load reads no record.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::codec::{Block, Cursor, Digest, Put, Unpacked, short_sum};
use super::error::StateError;
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Author, Entry, Intent};
use crate::model::settings::Guard;

/// The newest format this bursar writes and knows.
pub const FORMAT: u32 = 1;

const HEADER: u8 = 1;
const INTENTS: u8 = 2;
const COMMIT: u8 = 3;
const DROPPED: u8 = 4;
const FINDINGS: u8 = 5;

const PROTECT: u8 = 1;
const RECORD: u8 = 2;
const FROM: u8 = 4;
const INTENT: u8 = 8;

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

pub(super) fn encode_intents(intents: &[Intent]) -> Result<Vec<u8>, StateError> {
    let texts = intents.iter().map(json).collect::<Result<Vec<_>, _>>()?;
    let mut bytes = vec![INTENTS];
    bytes.count(intents.len());
    for intent in intents {
        bytes.u64(intent.id);
    }
    let block = Block::pack(texts.iter().map(Vec::as_slice));
    bytes.u32(block.raw_len);
    bytes.raw(&block.bytes);
    Ok(bytes)
}

/// Intents whose content is decoded only while they are open.
#[derive(Clone)]
pub(super) struct IntentsView<'a> {
    pub(super) ids: Vec<u64>,
    raw_len: u32,
    block: &'a [u8],
}

impl<'a> IntentsView<'a> {
    fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        let count = cursor.count()?;
        let mut ids = Vec::with_capacity(count.min(bytes.len() / 8));
        for _ in 0..count {
            ids.push(cursor.u64()?);
        }
        Some(Self {
            ids,
            raw_len: cursor.u32()?,
            block: cursor.0,
        })
    }

    pub(super) fn intents(&self) -> Option<Vec<Intent>> {
        let block = Unpacked::of(self.block, self.raw_len)?;
        (0..block.len())
            .map(|slot| serde_json::from_slice(block.text(slot)?).ok())
            .collect()
    }
}

/// A record as it is stored, with what its index says.
#[derive(Debug, Clone)]
pub(super) struct RecordText {
    pub(super) address: Box<str>,
    pub(super) spec_hash: ContentHash,
    pub(super) protect: bool,
    pub(super) json: Vec<u8>,
}

/// An entry of a commit, ready for the log and the register.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) address: Box<str>,
    action: Action,
    pub(super) from: Option<Box<str>>,
    pub(super) intent: Option<u64>,
    pub(super) spec_hash: ContentHash,
    pub(super) protect: bool,
    /// JSON of the record; none where it is removed.
    pub(super) json: Option<Vec<u8>>,
}

impl Item {
    /// # Errors
    /// An entry whose record has another address.
    pub(super) fn all(entries: &[Entry]) -> Result<Vec<Self>, StateError> {
        entries.par_iter().map(Self::of).collect()
    }

    /// The items of a commit that stands in a log; none where its blocks are not readable.
    pub(super) fn of_commit(commit: &CommitView<'_>) -> Option<Vec<Self>> {
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
    pub(super) fn adopt(record: RecordText) -> Self {
        Self {
            address: record.address,
            action: Action::Adopt,
            from: None,
            intent: None,
            spec_hash: record.spec_hash,
            protect: record.protect,
            json: Some(record.json),
        }
    }

    /// An item that takes a record away.
    pub(super) fn forget(address: Box<str>) -> Self {
        Self {
            address,
            action: Action::Forget,
            from: None,
            intent: None,
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

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(value)
        .map_err(|cause| StateError::Misuse(format!("what JSON cannot hold: {cause}")))
}

/// What stands before the entries of a commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommitHead {
    pub(super) serial: u64,
    /// The serial that it follows: the one before, except where a rebuild mended a hole.
    pub(super) after: u64,
    /// Digest and number of all records from then on.
    pub(super) digest: Digest,
    pub(super) records: u64,
}

pub(super) fn encode_commit(
    head: CommitHead,
    author: &Author,
    items: &[Item],
) -> Result<Vec<u8>, StateError> {
    let texts: Vec<&[u8]> = items
        .iter()
        .filter_map(|item| item.json.as_deref())
        .collect();
    let mut groups: Vec<&[&[u8]]> = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, text) in texts.iter().enumerate() {
        if at - start == Block::RECORDS || (size > 0 && size + text.len() > Block::BYTES) {
            groups.push(&texts[start..at]);
            (start, size) = (at, 0);
        }
        size += text.len();
    }
    if start < texts.len() {
        groups.push(&texts[start..]);
    }
    let blocks: Vec<(usize, Block)> = groups
        .par_iter()
        .map(|group| (group.len(), Block::pack(group.iter().copied())))
        .collect();

    let mut bytes = vec![COMMIT];
    bytes.u64(head.serial);
    bytes.u64(head.after);
    bytes.raw(&head.digest.to_bytes());
    bytes.u64(head.records);
    bytes.bytes(&json(author)?);
    bytes.count(items.len());
    for item in items {
        bytes.u8(code_of(item.action));
        let mut flags = 0;
        flags |= if item.protect { PROTECT } else { 0 };
        flags |= if item.json.is_some() { RECORD } else { 0 };
        flags |= if item.from.is_some() { FROM } else { 0 };
        flags |= if item.intent.is_some() { INTENT } else { 0 };
        bytes.u8(flags);
        bytes.bytes(item.address.as_bytes());
        if item.json.is_some() {
            bytes.raw(&item.spec_hash.0);
        }
        if let Some(from) = &item.from {
            bytes.bytes(from.as_bytes());
        }
        if let Some(intent) = item.intent {
            bytes.u64(intent);
        }
    }
    bytes.count(blocks.len());
    for (records, block) in &blocks {
        bytes.count(*records);
        bytes.u32(block.raw_len);
        bytes.count(block.bytes.len());
        bytes.raw(&short_sum(&block.bytes));
    }
    for (_, block) in &blocks {
        bytes.raw(&block.bytes);
    }
    Ok(bytes)
}

/// A commit as it stands in a frame.
pub(super) struct CommitView<'a> {
    /// All of it, for copying.
    pub(super) payload: &'a [u8],
    pub(super) head: CommitHead,
    author: &'a [u8],
    pub(super) entries: Vec<EntryView<'a>>,
    pub(super) blocks: Vec<BlockView<'a>>,
    /// Where the blocks start in the payload.
    pub(super) blocks_at: usize,
}

pub(super) struct EntryView<'a> {
    pub(super) address: &'a str,
    pub(super) action: Action,
    pub(super) from: Option<&'a str>,
    pub(super) intent: Option<u64>,
    pub(super) record: Option<RecordView>,
}

/// A record in a commit: block, place in it, and what the index says of it.
#[derive(Clone, Copy)]
pub(super) struct RecordView {
    pub(super) spec_hash: ContentHash,
    pub(super) protect: bool,
    pub(super) block: u32,
    pub(super) slot: u16,
}

pub(super) struct BlockView<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) raw_len: u32,
    pub(super) sum: [u8; 8],
}

impl<'a> CommitView<'a> {
    fn decode(payload: &'a [u8], bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        let head = CommitHead {
            serial: cursor.u64()?,
            after: cursor.u64()?,
            digest: Digest::from_bytes(cursor.array()?),
            records: cursor.u64()?,
        };
        let author = cursor.bytes()?;
        let count = cursor.count()?;
        let mut entries = Vec::with_capacity(count.min(bytes.len() / 6));
        for _ in 0..count {
            let action = action_of(cursor.u8()?)?;
            let flags = cursor.u8()?;
            let address = cursor.text()?;
            let record = match flags & RECORD {
                0 => None,
                _ => Some(RecordView {
                    spec_hash: ContentHash(cursor.array()?),
                    protect: flags & PROTECT != 0,
                    block: 0,
                    slot: 0,
                }),
            };
            let from = match flags & FROM {
                0 => None,
                _ => Some(cursor.text()?),
            };
            let intent = match flags & INTENT {
                0 => None,
                _ => Some(cursor.u64()?),
            };
            entries.push(EntryView {
                address,
                action,
                from,
                intent,
                record,
            });
        }
        let count = cursor.count()?;
        let mut sizes = Vec::with_capacity(count.min(bytes.len() / 20));
        for _ in 0..count {
            sizes.push((
                cursor.count()?,
                cursor.u32()?,
                cursor.count()?,
                cursor.array()?,
            ));
        }
        let blocks_at = 1 + bytes.len() - cursor.0.len();
        let mut blocks = Vec::with_capacity(count);
        let mut records = entries.iter_mut().filter_map(|entry| entry.record.as_mut());
        for (at, (inside, raw_len, length, sum)) in sizes.into_iter().enumerate() {
            blocks.push(BlockView {
                bytes: cursor.take(length)?,
                raw_len,
                sum,
            });
            for slot in 0..inside {
                let record = records.next()?;
                record.block = u32::try_from(at).ok()?;
                record.slot = u16::try_from(slot).ok()?;
            }
        }
        if records.next().is_some() || !cursor.0.is_empty() {
            return None;
        }
        Some(Self {
            payload,
            head,
            author,
            entries,
            blocks,
            blocks_at,
        })
    }

    pub(super) fn author(&self) -> Option<Author> {
        serde_json::from_slice(self.author).ok()
    }
}

const ACTIONS: [Action; 7] = [
    Action::Create,
    Action::Update,
    Action::Rename,
    Action::Delete,
    Action::Forget,
    Action::Adopt,
    Action::Wait,
];

fn code_of(action: Action) -> u8 {
    let at = ACTIONS.iter().position(|known| *known == action);
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

fn action_of(code: u8) -> Option<Action> {
    ACTIONS.get(usize::from(code)).copied()
}
