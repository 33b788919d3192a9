//! Hashes of changes as a hidden line has room for them: one by one, in buckets, or all as one; and
//! their text. What they say about a plan is [`previews`](crate::ci::previews)'.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::model::hash::ContentHash;

use super::buckets::Buckets;

/// Changes that are listed one by one; more are kept in buckets.
pub const MOST_LISTED: usize = 2000;
/// Bytes of a listed hash.
pub const LISTED: usize = 12;

/// The first 96 bits of a change's hash, written as 16 characters of base64url. Enough to tell changes
/// apart, and to find none for a given one; whoever chooses both of two could make a pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortHash(pub(super) [u8; LISTED]);

/// The changes of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hashes {
    /// Sorted.
    Listed(Vec<ShortHash>),
    /// Too many for that: found in a plan by a few bits, and proven together.
    Many(Buckets),
    /// Too many even for that.
    Set(Set),
}

/// Many changes as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    pub count: usize,
    /// The hash over their sorted hashes, as a plan's digest is made.
    pub digest: ContentHash,
}

impl Hashes {
    /// As exactly as so many bytes allow.
    pub(super) fn within(room: usize, hashes: &[ContentHash]) -> Self {
        if hashes.len() <= MOST_LISTED && hashes.len() * LISTED <= room {
            return Self::Listed(listed(hashes.iter().copied()));
        }
        match Buckets::of(hashes) {
            Some(buckets) if buckets.bytes() <= room => Self::Many(buckets),
            _ => Self::Set(Set::of(hashes)),
        }
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Listed(listed) => listed.len() * LISTED,
            Self::Many(buckets) => buckets.bytes(),
            Self::Set(_) => 0,
        }
    }

    /// Those that are listed.
    #[must_use]
    pub fn listed(&self) -> &[ShortHash] {
        match self {
            Self::Listed(listed) => listed,
            Self::Many(_) | Self::Set(_) => &[],
        }
    }

    /// Those that are kept in buckets.
    #[must_use]
    pub const fn buckets(&self) -> Option<&Buckets> {
        match self {
            Self::Many(buckets) => Some(buckets),
            Self::Listed(_) | Self::Set(_) => None,
        }
    }

    /// All as one, where nothing else is known of them.
    #[must_use]
    pub const fn set(&self) -> Option<Set> {
        match self {
            Self::Listed(_) | Self::Many(_) => None,
            Self::Set(set) => Some(*set),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Listed(listed) => listed.len(),
            Self::Many(buckets) => buckets.count(),
            Self::Set(set) => set.count,
        }
    }
}

impl Default for Hashes {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl Set {
    /// In any order.
    #[must_use]
    pub fn of(hashes: &[ContentHash]) -> Self {
        Self {
            count: hashes.len(),
            digest: over(hashes),
        }
    }
}

/// One hash over many, in any order.
pub(super) fn over(hashes: &[ContentHash]) -> ContentHash {
    let mut bytes: Vec<[u8; 16]> = hashes.iter().map(|hash| hash.0).collect();
    bytes.sort_unstable();
    ContentHash::of(bytes.as_flattened())
}

/// Sorted, each once.
pub(super) fn listed(hashes: impl Iterator<Item = ContentHash>) -> Vec<ShortHash> {
    let mut listed: Vec<_> = hashes.map(ShortHash::from).collect();
    listed.sort_unstable();
    listed.dedup();
    listed
}

impl From<ContentHash> for ShortHash {
    fn from(hash: ContentHash) -> Self {
        let mut short = [0; LISTED];
        short.copy_from_slice(&hash.0[..LISTED]);
        Self(short)
    }
}

impl fmt::Display for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hashes one behind the other, 16 characters each; the buckets; or the set.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Packed {
    Listed(String),
    Many(Many),
    Set(Set),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Many {
    buckets: String,
}

impl Packed {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Listed(text) if text.is_empty())
    }

    pub(super) fn open(self) -> Option<Hashes> {
        match self {
            Self::Set(set) => Some(Hashes::Set(set)),
            Self::Many(many) => {
                let bytes = BASE64_URL_SAFE_NO_PAD.decode(many.buckets).ok()?;
                Some(Hashes::Many(Buckets::read(&bytes)?))
            }
            Self::Listed(text) => {
                let listed = unpack::<LISTED>(&text)?;
                let listed: Vec<_> = listed.into_iter().map(ShortHash).collect();
                (listed.len() <= MOST_LISTED).then_some(Hashes::Listed(listed))
            }
        }
    }
}

/// Parts of one length as text.
pub(super) fn pack<const N: usize>(parts: &[[u8; N]]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(parts.as_flattened())
}

/// The parts of a text; none where it is not made of them.
pub(super) fn unpack<const N: usize>(text: &str) -> Option<Vec<[u8; N]>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (parts, rest) = bytes.as_chunks::<N>();
    rest.is_empty().then(|| parts.to_vec())
}

impl Default for Packed {
    fn default() -> Self {
        Self::Listed(String::new())
    }
}

impl From<&Hashes> for Packed {
    fn from(hashes: &Hashes) -> Self {
        match hashes {
            Hashes::Set(set) => Self::Set(*set),
            Hashes::Many(buckets) => Self::Many(Many {
                buckets: BASE64_URL_SAFE_NO_PAD.encode(buckets.write()),
            }),
            Hashes::Listed(listed) => {
                let bytes: Vec<[u8; LISTED]> = listed.iter().map(|hash| hash.0).collect();
                Self::Listed(pack(&bytes))
            }
        }
    }
}
