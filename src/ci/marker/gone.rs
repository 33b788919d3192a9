//! What a pull request takes back: changes that waited on its base, and that its own plan does not have, or
//! not so. What was shown before then counts no more.

use std::collections::HashSet;

use crate::model::hash::ContentHash;

use super::Shown;
use super::hashes::{self, LISTED, ShortHash};

/// As many are named.
const MOST: usize = 500;
const ALL: &str = "*";

/// What counts no more of what was merged before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// Changes, and fields of updates; sorted.
    Listed(Vec<ShortHash>),
    /// Too many to be named: everything.
    All,
}

impl Gone {
    /// Of the changes that are not in a plan any more, and that plan.
    #[must_use]
    pub fn of<'a>(gone: &[Shown], plan: impl Iterator<Item = &'a Shown>) -> Self {
        if gone.is_empty() {
            return Self::default();
        }
        let here: HashSet<ContentHash> = plan.flat_map(names).collect();
        let gone = gone.iter().flat_map(names);
        let listed = hashes::listed(gone.filter(|hash| !here.contains(hash)));
        match listed.len() {
            0..=MOST => Self::Listed(listed),
            _ => Self::All,
        }
    }

    /// Those that are named; none where it is everything.
    #[must_use]
    pub fn listed(&self) -> Option<&[ShortHash]> {
        match self {
            Self::Listed(listed) => Some(listed),
            Self::All => None,
        }
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        self.listed().map_or(1, |listed| listed.len() * LISTED)
    }

    pub(super) fn write(&self) -> String {
        match self.listed() {
            Some(listed) => {
                let listed: Vec<_> = listed.iter().map(|hash| hash.0).collect();
                hashes::pack(&listed)
            }
            None => ALL.to_owned(),
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        if text == ALL {
            return Some(Self::All);
        }
        let listed = hashes::unpack::<LISTED>(text)?;
        let listed: Vec<_> = listed.into_iter().map(ShortHash).collect();
        (listed.len() <= MOST).then_some(Self::Listed(listed))
    }
}

impl Default for Gone {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

/// By what a change is known: as a whole, and field by field.
fn names(change: &Shown) -> impl Iterator<Item = ContentHash> {
    let fields = change.fields.iter().map(|field| field.hash);
    std::iter::once(change.digest).chain(fields)
}
