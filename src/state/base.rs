//! The base: all records at one serial, in one file that is replaced as a whole. Blocks of records
//! first, then the index sorted by address, then a footer that says where the index lies.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::codec::{Cursor, Put, sum};
use super::error::StateError;
use super::files;
use super::log;
use super::payload::{Header, Payload};
use super::snapshot::{BlockRef, Parts, Slot};
use super::source::Source;
use crate::model::hash::ContentHash;
use crate::testkit;

/// Magic, offset and length of the index, its checksum.
const FOOTER: usize = 8 + 8 + 8 + 16;
const MAGIC: [u8; 8] = *b"bursarb1";

/// Reads the index of a base; none where there is no base.
pub(super) fn read(path: &Path) -> Result<Option<Parts>, StateError> {
    let Some(file) = files::open(path)? else {
        return Ok(None);
    };
    let fail = |cause| StateError::io("read", path, cause);
    let damaged = || StateError::damaged(path, "its index is not what was written");
    let size = file.metadata().map_err(fail)?.len();
    let head = usize::try_from(size.min(4096)).map_err(|_| damaged())?;
    let head = read_at(&file, 0, head).map_err(fail)?;
    // A header longer than this is no header of ours: a project's name is short.
    let (scan, _) = log::Scan::until_damage(&head);
    let payload = scan.payloads.first().cloned().ok_or_else(damaged)?;
    let Payload::Header(header) = Payload::decode(path, &head[payload])? else {
        return Err(damaged());
    };

    let footer_at = size.checked_sub(FOOTER as u64).ok_or_else(damaged)?;
    let footer = read_at(&file, footer_at, FOOTER).map_err(fail)?;
    let mut cursor = Cursor(&footer);
    let (magic, at, length, check) = (|| {
        Some((
            cursor.array::<8>()?,
            cursor.u64()?,
            cursor.u64()?,
            cursor.array::<16>()?,
        ))
    })()
    .ok_or_else(damaged)?;
    if magic != MAGIC || at.checked_add(length) != Some(footer_at) {
        return Err(damaged());
    }
    let length = usize::try_from(length).map_err(|_| damaged())?;
    let index = read_at(&file, at, length).map_err(fail)?;
    if sum(&index) != check {
        return Err(damaged());
    }
    let mut parts = parse(header, index).ok_or_else(damaged)?;
    let source = Source::file(path.to_owned(), file).map_err(fail)?;
    parts.files = vec![Arc::new(source)];
    Ok(Some(parts))
}

fn read_at(file: &File, at: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    files::read_at(file, &mut bytes, at)?;
    Ok(bytes)
}

/// Columns of the records, then blocks, then all addresses behind each other.
fn parse(header: Header, mut index: Vec<u8>) -> Option<Parts> {
    let mut cursor = Cursor(&index);
    let count = cursor.count()?;
    let lengths = cursor.take(count.checked_mul(4)?)?;
    let hashes = cursor.take(count.checked_mul(16)?)?;
    let flags = cursor.take(count)?;
    let places = cursor.take(count.checked_mul(6)?)?;
    let mut slots = Vec::with_capacity(count);
    let mut start = 0_u32;
    for (((length, hash), flag), place) in lengths
        .as_chunks::<4>()
        .0
        .iter()
        .zip(hashes.as_chunks::<16>().0)
        .zip(flags)
        .zip(places.as_chunks::<6>().0)
    {
        let length = u32::from_le_bytes(*length);
        let [b0, b1, b2, b3, s0, s1] = *place;
        slots.push(Slot {
            start,
            length,
            block: u32::from_le_bytes([b0, b1, b2, b3]),
            slot: u16::from_le_bytes([s0, s1]),
            protect: flag & 1 != 0,
            spec_hash: ContentHash(*hash),
        });
        start = start.checked_add(length)?;
    }
    let count = cursor.count()?;
    let mut blocks = Vec::with_capacity(count.min(index.len() / 24));
    for _ in 0..count {
        blocks.push(BlockRef {
            file: 0,
            offset: cursor.u64()?,
            length: cursor.u32()?,
            raw_len: cursor.u32()?,
            sum: cursor.array()?,
        });
    }
    let text = cursor.0.len();
    if text != start as usize {
        return None;
    }
    let arena_at = index.len() - text;
    index.copy_within(arena_at.., 0);
    index.truncate(text);
    Some(Parts {
        header,
        arena: String::from_utf8(index).ok()?,
        slots,
        blocks,
        files: Vec::new(),
    })
}

/// A record of a base that is being written.
pub(super) struct BaseEntry {
    pub(super) address: Box<str>,
    pub(super) spec_hash: ContentHash,
    pub(super) protect: bool,
    pub(super) block: u32,
    pub(super) slot: u16,
}

/// Collects a base: blocks go to the file as they come, the index at the end.
pub(super) struct BaseWriter<'a> {
    out: &'a mut BufWriter<File>,
    at: u64,
    entries: Vec<BaseEntry>,
    blocks: Vec<(u64, u32, u32, [u8; 8])>,
}

impl<'a> BaseWriter<'a> {
    fn start(out: &'a mut BufWriter<File>, header: &Header) -> io::Result<Self> {
        let frame = log::frame(&header.encode())
            .filter(|frame| frame.len() < 4096)
            .ok_or_else(|| io::Error::other("the project's name is too long"))?;
        out.write_all(&frame)?;
        Ok(Self {
            out,
            at: frame.len() as u64,
            entries: Vec::new(),
            blocks: Vec::new(),
        })
    }

    /// Adds a block and its records.
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        raw_len: u32,
        sum: [u8; 8],
        records: impl IntoIterator<Item = (Box<str>, ContentHash, bool)>,
    ) -> io::Result<()> {
        let too_many = |_| io::Error::other("too many records in one block");
        let block = u32::try_from(self.blocks.len()).map_err(too_many)?;
        let length = u32::try_from(bytes.len()).map_err(too_many)?;
        for (slot, (address, spec_hash, protect)) in records.into_iter().enumerate() {
            self.entries.push(BaseEntry {
                address,
                spec_hash,
                protect,
                block,
                slot: u16::try_from(slot).map_err(too_many)?,
            });
        }
        self.out.write_all(bytes)?;
        self.blocks.push((self.at, length, raw_len, sum));
        self.at += u64::from(length);
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.entries
            .par_sort_unstable_by(|left, right| left.address.cmp(&right.address));
        let text: usize = self.entries.iter().map(|entry| entry.address.len()).sum();
        let mut index = Vec::with_capacity(self.entries.len() * 27 + self.blocks.len() * 24 + text);
        index.count(self.entries.len());
        for entry in &self.entries {
            index.count(entry.address.len());
        }
        for entry in &self.entries {
            index.raw(&entry.spec_hash.0);
        }
        for entry in &self.entries {
            index.u8(u8::from(entry.protect));
        }
        for entry in &self.entries {
            index.u32(entry.block);
            index.u16(entry.slot);
        }
        index.count(self.blocks.len());
        for (offset, length, raw_len, sum) in &self.blocks {
            index.u64(*offset);
            index.u32(*length);
            index.u32(*raw_len);
            index.raw(sum);
        }
        for entry in &self.entries {
            index.raw(entry.address.as_bytes());
        }
        let mut footer = Vec::with_capacity(FOOTER);
        footer.raw(&MAGIC);
        footer.u64(self.at);
        footer.u64(index.len() as u64);
        footer.raw(&sum(&index));
        self.out.write_all(&index)?;
        self.out.write_all(&footer)
    }
}

/// Writes the base anew: readers see the old or the new one.
pub(super) fn write(
    path: &Path,
    header: &Header,
    fill: impl FnOnce(&mut BaseWriter<'_>) -> io::Result<()>,
) -> Result<(), StateError> {
    testkit::reach("base.before");
    files::replace(
        path,
        |out| {
            let mut base = BaseWriter::start(out, header)?;
            fill(&mut base)?;
            base.finish()
        },
        || testkit::reach("base.written"),
    )?;
    testkit::reach("base.renamed");
    Ok(())
}
