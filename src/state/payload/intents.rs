//! Frames of intents: their ids, and their content in one compressed block.

use super::super::codec::{Block, Cursor, Put, Unpacked};
use super::super::error::StateError;
use super::{INTENTS, json};
use crate::model::record::Intent;

pub(in crate::state) fn encode_intents(intents: &[Intent]) -> Result<Vec<u8>, StateError> {
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
pub(in crate::state) struct IntentsView<'a> {
    pub(in crate::state) ids: Vec<u64>,
    raw_len: u32,
    block: &'a [u8],
}

impl<'a> IntentsView<'a> {
    pub(super) fn decode(bytes: &'a [u8]) -> Option<Self> {
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

    pub(in crate::state) fn intents(&self) -> Option<Vec<Intent>> {
        let block = Unpacked::of(self.block, self.raw_len)?;
        (0..block.len())
            .map(|slot| serde_json::from_slice(block.text(slot)?).ok())
            .collect()
    }
}
