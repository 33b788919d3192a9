//! The bytes of the state: little-endian numbers, texts with their length, blocks of records.
//! Knows no file.

use lz4_flex::block;

/// Reads what [`Put`] wrote; none as soon as the bytes do not suffice.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A count of things: a `u32` as an index.
    pub(super) fn count(&mut self) -> Option<usize> {
        self.u32().and_then(|count| usize::try_from(count).ok())
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.count()?;
        self.take(count)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

/// Writes numbers and texts behind each other.
pub(super) trait Put {
    fn raw(&mut self, bytes: &[u8]);

    fn u8(&mut self, value: u8) {
        self.raw(&[value]);
    }
    fn u16(&mut self, value: u16) {
        self.raw(&value.to_le_bytes());
    }
    fn u32(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }
    fn u64(&mut self, value: u64) {
        self.raw(&value.to_le_bytes());
    }
    /// A count of things that are in memory. Counts over 4 billion are refused where they arise:
    /// no block, frame or address of ours comes near.
    fn count(&mut self, value: usize) {
        self.u32(u32::try_from(value).unwrap_or(u32::MAX));
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }
}

impl Put for Vec<u8> {
    fn raw(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// The first 8 bytes of BLAKE3: enough to notice damage of one block.
pub(super) fn short_sum(bytes: &[u8]) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&blake3::hash(bytes).as_bytes()[..8]);
    short
}

/// The first 16 bytes of BLAKE3.
pub(super) fn sum(bytes: &[u8]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    short
}

/// Records' JSON texts, compressed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) raw_len: u32,
    pub(super) bytes: Vec<u8>,
}

impl Block {
    /// A block is closed once it has this many records …
    pub(super) const RECORDS: usize = 64;
    /// … or this many bytes of JSON.
    pub(super) const BYTES: usize = 32 * 1024;

    pub(super) fn pack<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut raw = Vec::with_capacity(Self::BYTES);
        for text in texts {
            raw.bytes(text);
        }
        Self {
            raw_len: u32::try_from(raw.len()).unwrap_or(u32::MAX),
            bytes: block::compress(&raw),
        }
    }
}

/// The JSON texts of a block.
pub(super) struct Unpacked {
    raw: Vec<u8>,
    starts: Vec<(usize, usize)>,
}

impl Unpacked {
    /// None where the bytes are no block.
    pub(super) fn of(bytes: &[u8], raw_len: u32) -> Option<Self> {
        let raw_len = usize::try_from(raw_len).ok()?;
        // LZ4 expands a byte to 255 at most: a larger promise is damage, not a reason to allocate.
        if raw_len / 256 > bytes.len() {
            return None;
        }
        let raw = block::decompress(bytes, raw_len).ok()?;
        let mut starts = Vec::with_capacity(Block::RECORDS);
        let mut cursor = Cursor(&raw);
        while !cursor.0.is_empty() {
            let text = cursor.bytes()?;
            let end = raw.len() - cursor.0.len();
            starts.push((end - text.len(), end));
        }
        Some(Self { raw, starts })
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn text(&self, slot: usize) -> Option<&[u8]> {
        let (start, end) = *self.starts.get(slot)?;
        self.raw.get(start..end)
    }
}

/// Sum of the hashes of all records, in no order: adding and removing a record needs nothing but
/// that record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(u128);

impl Digest {
    pub(super) fn add(&mut self, record: &[u8]) {
        self.0 = self.0.wrapping_add(u128::from_le_bytes(sum(record)));
    }

    pub(super) fn remove(&mut self, record: &[u8]) {
        self.0 = self.0.wrapping_sub(u128::from_le_bytes(sum(record)));
    }

    pub(super) fn join(&mut self, other: Self) {
        self.0 = self.0.wrapping_add(other.0);
    }

    pub(super) const fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    pub(super) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_le_bytes(bytes))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u128::from_str_radix(&text, 16)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}
