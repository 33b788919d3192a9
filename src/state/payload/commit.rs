//! Frames of commits: entries as an index (address, action, spec hash) before compressed blocks of their
//! records, so that a load reads no record.

use rayon::prelude::*;

use super::super::codec::{Block, Cursor, Digest, Put, short_sum};
use super::super::error::StateError;
use super::{COMMIT, Item, json};
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Author};

// What stands behind an entry's address, bit by bit.
const PROTECT: u8 = 1;
const RECORD: u8 = 2;
const FROM: u8 = 4;
const INTENT: u8 = 8;
const REASON: u8 = 16;
const PULL_REQUEST: u8 = 32;

/// What stands before the entries of a commit.
#[derive(Debug, Clone, Copy)]
pub(in crate::state) struct CommitHead {
    pub(in crate::state) serial: u64,
    /// The serial that it follows: the one before, except where a rebuild mended a hole.
    pub(in crate::state) after: u64,
    /// Digest and number of all records from then on.
    pub(in crate::state) digest: Digest,
    pub(in crate::state) records: u64,
}

pub(in crate::state) fn encode_commit(
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
        flags |= if item.reason.is_some() { REASON } else { 0 };
        flags |= match item.pull_request {
            Some(_) => PULL_REQUEST,
            None => 0,
        };
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
        if let Some(reason) = &item.reason {
            bytes.bytes(reason.as_bytes());
        }
        if let Some(pull_request) = &item.pull_request {
            bytes.bytes(pull_request.as_bytes());
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
pub(in crate::state) struct CommitView<'a> {
    /// All of it, for copying.
    pub(in crate::state) payload: &'a [u8],
    pub(in crate::state) head: CommitHead,
    author: &'a [u8],
    pub(in crate::state) entries: Vec<EntryView<'a>>,
    pub(in crate::state) blocks: Vec<BlockView<'a>>,
    /// Where the blocks start in the payload.
    pub(in crate::state) blocks_at: usize,
}

pub(in crate::state) struct EntryView<'a> {
    pub(in crate::state) address: &'a str,
    pub(in crate::state) action: Action,
    pub(in crate::state) from: Option<&'a str>,
    pub(in crate::state) intent: Option<u64>,
    pub(in crate::state) reason: Option<&'a str>,
    pub(in crate::state) pull_request: Option<&'a str>,
    pub(in crate::state) record: Option<RecordView>,
}

/// A record in a commit: block, place in it, and what the index says of it.
#[derive(Clone, Copy)]
pub(in crate::state) struct RecordView {
    pub(in crate::state) spec_hash: ContentHash,
    pub(in crate::state) protect: bool,
    pub(in crate::state) block: u32,
    pub(in crate::state) slot: u16,
}

pub(in crate::state) struct BlockView<'a> {
    pub(in crate::state) bytes: &'a [u8],
    pub(in crate::state) raw_len: u32,
    pub(in crate::state) sum: [u8; 8],
}

impl<'a> CommitView<'a> {
    pub(super) fn decode(payload: &'a [u8], bytes: &'a [u8]) -> Option<Self> {
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
            let reason = match flags & REASON {
                0 => None,
                _ => Some(cursor.text()?),
            };
            let pull_request = match flags & PULL_REQUEST {
                0 => None,
                _ => Some(cursor.text()?),
            };
            entries.push(EntryView {
                address,
                action,
                from,
                intent,
                reason,
                pull_request,
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

    pub(in crate::state) fn author(&self) -> Option<Author> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::record::Entry;

    fn gone(reason: Option<&str>, pull_request: Option<&str>) -> Vec<u8> {
        let entry = Entry {
            address: Address::parse("cost_center/CC-2").unwrap(),
            action: Action::Delete,
            from: None,
            record: None,
            intent: Some(7),
            reason: reason.map(str::to_owned),
            pull_request: pull_request.map(str::to_owned),
        };
        let head = CommitHead {
            serial: 2,
            after: 1,
            digest: Digest::default(),
            records: 0,
        };
        let items = Item::all(&[entry]).unwrap();
        encode_commit(head, &Author::default(), &items).unwrap()
    }

    #[test]
    fn reasons_and_pull_requests_are_kept_and_logs_without_them_stay_readable() {
        let told = |bytes: &[u8]| {
            let commit = CommitView::decode(bytes, &bytes[1..]).unwrap();
            let [entry] = commit.entries.as_slice() else {
                panic!("one entry");
            };
            assert_eq!(entry.intent, Some(7));
            [entry.reason, entry.pull_request].map(|one| one.map(str::to_owned))
        };
        // Action, flags, address, intent: what an entry was before there were reasons.
        let old = gone(None, None);
        let entry = b"\x03\x08\x10\0\0\0cost_center/CC-2\x07\0\0\0\0\0\0\0";
        assert!(
            old.windows(entry.len()).any(|part| part == entry),
            "{old:?}"
        );
        assert_eq!(told(&old), [None, None]);
        let [reason, pull_request] = told(&gone(Some("over"), Some("#41")));
        assert_eq!(reason.as_deref(), Some("over"));
        assert_eq!(pull_request.as_deref(), Some("#41"));
        let [reason, pull_request] = told(&gone(None, Some("#41")));
        assert_eq!(reason, None);
        assert_eq!(pull_request.as_deref(), Some("#41"));
    }
}
