//! Names of objects: the hash of what they hold, and a mark of the lease under which they were written.
//! The mark is there for deletions. Nobody can delete an object under a condition, so a deletion that was
//! sent by a writer who then lost the lease may land at any time. With the mark no later writer ever makes an
//! object of a name that an earlier one may be deleting.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::hash::ContentHash;
use crate::state::codec::sum;

/// What tells the objects of one lease from those of all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Mark(u32);

impl Mark {
    pub(super) const fn of(lease: ContentHash) -> Self {
        let [a, b, c, d, ..] = lease.0;
        Self(u32::from_be_bytes([a, b, c, d]))
    }
}

/// An object's name in its folder. All zeros: there is no object, for nothing is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Name {
    pub(super) hash: ContentHash,
    /// None in states that were written before there were marks, and for what is never deleted.
    mark: Option<Mark>,
}

impl Name {
    pub(super) fn of(bytes: &[u8], mark: Option<Mark>) -> Self {
        Self {
            hash: ContentHash(sum(bytes)),
            mark,
        }
    }

    /// The same content, written under this lease.
    pub(super) const fn marked(self, mark: Mark) -> Self {
        Self {
            mark: Some(mark),
            ..self
        }
    }

    /// Whether there is an object.
    pub(super) fn is_some(&self) -> bool {
        self.hash != ContentHash::default()
    }

    fn parse(text: &str) -> Option<Self> {
        let (hash, mark) = match text.split_once('-') {
            None => (text, None),
            Some((hash, mark)) if mark.len() == 8 => {
                let mark = u32::from_str_radix(mark, 16).ok()?;
                (hash, Some(Mark(mark)))
            }
            Some(_) => return None,
        };
        let hash = ContentHash::parse(hash)?;
        Some(Self { hash, mark })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mark {
            None => write!(f, "{}", self.hash),
            Some(Mark(mark)) => write!(f, "{}-{mark:08x}", self.hash),
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not the name of an object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        let mark = Mark::of(ContentHash([
            0, 1, 2, 255, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        ]));
        for name in [
            Name::default(),
            Name::of(b"a", None),
            Name::of(b"a", Some(mark)),
        ] {
            assert_eq!(Name::parse(&name.to_string()), Some(name));
        }
        assert!(
            Name::of(b"a", Some(mark))
                .to_string()
                .ends_with("-000102ff")
        );
        for wrong in ["", "a", "-000102ff", "00000000000000000000000000000000-1"] {
            assert_eq!(Name::parse(wrong), None, "{wrong}");
        }
    }
}
