//! The manifest: the one object that is ever replaced. It names everything else by its hash, and
//! whoever replaces it names the version that is replaced.

use std::path::Path;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::name::Name;
use crate::model::hash::ContentHash;
use crate::state::codec::sum;
use crate::state::error::{StateError, Terms};
use crate::state::folder::{Binding, Moved, check};
use crate::state::lock::Holder;
use crate::state::payload::Header;
use crate::state::snapshot::Serial;

/// Its name below the prefix.
pub(super) const NAME: &str = "manifest";

/// The folder of manifests that a restore went over.
pub(super) const ASIDE: &str = "aside";

/// The newest layout of the bucket that this bursar writes and knows. 2: names with the mark of a lease.
const LAYOUT: u32 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) layout: u32,
    /// Random, new with each write: tells whether a write whose answer was lost was done.
    pub(super) write: ContentHash,
    /// As in every other place of a state: to what it belongs, and where it stands.
    pub(super) header: Header,
    /// All records, by shard; all zeros for a shard without records.
    pub(super) shards: Vec<Name>,
    /// All commits, oldest first.
    pub(super) history: Vec<Segment>,
    /// Announced and not settled.
    pub(super) intents: Vec<Announced>,
    /// The findings that were stored last.
    pub(super) findings: Vec<Name>,
    /// How many objects nothing names any more, since they were last looked for.
    #[serde(default)]
    pub(super) litter: u64,
    /// Who may write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Lease>,
    /// Where the state went: nothing is written here any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<Moved>,
}

/// Commits behind each other in one object, each in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    pub(super) object: Name,
    pub(super) first: Serial,
    pub(super) last: Serial,
    pub(super) bytes: u64,
}

/// Intents that were announced together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Announced {
    pub(super) object: Name,
    /// Those of them that have no receipt yet.
    pub(super) open: Vec<u64>,
}

/// The right to write, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    pub(super) id: ContentHash,
    pub(super) holder: Holder,
    /// How long it holds from its last renewal on. Nobody compares clocks: holder and heir both
    /// measure this on their own.
    pub(super) term_ms: u64,
    /// How often it was renewed.
    pub(super) beat: u64,
    /// The end by the holder's clock, for people.
    pub(super) until: String,
}

impl Lease {
    pub(super) fn terms(&self) -> Terms {
        Terms {
            lease: self.id.to_string(),
            until: self.until.clone(),
        }
    }
}

impl Manifest {
    /// The manifest of a state to which nothing was written yet.
    pub(super) fn first(header: Header) -> Self {
        Self {
            layout: LAYOUT,
            write: ContentHash::default(),
            header,
            shards: Vec::new(),
            history: Vec::new(),
            intents: Vec::new(),
            findings: Vec::new(),
            litter: 0,
            lease: None,
            moved: None,
        }
    }

    /// One line of JSON, and its check sum on the next.
    pub(super) fn encode(&self) -> Result<Bytes, StateError> {
        let mut text = serde_json::to_string(self)
            .map_err(|cause| StateError::Misuse(format!("what JSON cannot hold: {cause}")))?;
        let check = ContentHash(sum(text.as_bytes()));
        text += &format!("\n{check}\n");
        Ok(text.into())
    }

    /// # Errors
    /// Damage, a newer layout or format, another project or platform.
    pub(super) fn decode(path: &Path, bytes: &[u8], binding: &Binding) -> Result<Self, StateError> {
        #[derive(Deserialize)]
        struct Layout {
            layout: u32,
            header: Format,
        }
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let damaged = |what: &str| StateError::damaged(path, what);
        let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is no text"))?;
        let (json, check_sum) = text
            .trim_end_matches('\n')
            .rsplit_once('\n')
            .ok_or_else(|| damaged("its check sum is missing"))?;
        if ContentHash::parse(check_sum) != Some(ContentHash(sum(json.as_bytes()))) {
            return Err(damaged("it is not what was written"));
        }
        let unreadable = |_| damaged("it is not readable");
        let known: Layout = serde_json::from_str(json).map_err(unreadable)?;
        for (found, known) in [
            (known.layout, LAYOUT),
            (known.header.format, crate::state::FORMAT),
        ] {
            if found > known {
                return Err(StateError::NewerFormat {
                    path: path.to_owned(),
                    found,
                    known,
                });
            }
        }
        let manifest: Self = serde_json::from_str(json).map_err(unreadable)?;
        let manifest = Self {
            layout: LAYOUT,
            ..manifest
        };
        check(path, &manifest.header, binding)?;
        Ok(manifest)
    }

    /// What stands while a backup takes the place of something that cannot be read: refused by all but the
    /// next restore, so that a restore which dies leaves no state that seems empty.
    pub(super) fn restoring(header: Header, holder: &Holder) -> Self {
        Self {
            moved: Some(Moved {
                to:
                    "the backup of a restore that has not ended (`bursar state push --force` again)"
                        .to_owned(),
                by: holder.by.clone(),
                at: holder.since.clone(),
            }),
            ..Self::first(header)
        }
    }

    /// The manifest in these bytes, whatever it belongs to; none where it is not whole.
    pub(super) fn loose(bytes: &[u8]) -> Option<Self> {
        let line = bytes.split(|byte| *byte == b'\n').next()?;
        serde_json::from_slice(line).ok()
    }

    /// Which write made these bytes.
    pub(super) fn write_of(bytes: &[u8]) -> Option<ContentHash> {
        Self::loose(bytes).map(|found| found.write)
    }

    /// The lease in these bytes.
    pub(super) fn lease_of(bytes: &[u8]) -> Option<Lease> {
        Self::loose(bytes)?.lease
    }

    /// # Errors
    /// Where the state was moved away.
    pub(super) fn stays(&self, place: &Path) -> Result<(), StateError> {
        match &self.moved {
            None => Ok(()),
            Some(moved) => Err(moved.refusal(place)),
        }
    }
}

/// A random name. Not a secret: it must only differ from all others.
pub(super) fn nonce() -> ContentHash {
    crate::state::embedded::new_lineage()
}
