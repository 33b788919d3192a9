//! The fields that a preview's updates change, so that an update which several pull requests make
//! together is known field by field. A field's hash is the hash of an update that changes it alone:
//! address, path, old value and new value. Updates of one field are listed among the changes already.

use std::collections::HashSet;

use crate::model::hash::ContentHash;

use super::hashes::{self, LISTED, ShortHash};
use super::{Field, Shown};

/// Bytes of a place.
const PLACE: usize = 4;

/// Which field of which resource. Two that are alike by chance are taken for the same field: then more
/// must have been shown, never less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place([u8; PLACE]);

/// The fields of a preview's updates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// Where the pull request's own updates change something; sorted.
    places: Vec<Place>,
    /// The fields of updates that change several, own and others; sorted.
    shown: Vec<ShortHash>,
}

impl Fields {
    pub(super) fn of(own: &[Shown], other: &[Shown]) -> Self {
        let fields = own.iter().flat_map(|change| &change.fields);
        let mut places: Vec<Place> = fields.map(|field| Place::from(field.place)).collect();
        places.sort_unstable();
        places.dedup();
        let several = |change: &&Shown| change.fields.len() > 1;
        let all = own.iter().chain(other).filter(several);
        let all = all.flat_map(|change| &change.fields);
        Self {
            places,
            shown: hashes::listed(all.map(|field| field.hash)),
        }
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        self.places.len() * PLACE + self.shown.len() * LISTED
    }

    /// Where the pull request changes something.
    #[must_use]
    pub fn places(&self) -> HashSet<Place> {
        self.places.iter().copied().collect()
    }

    /// The fields of updates that change several.
    #[must_use]
    pub fn shown(&self) -> &[ShortHash] {
        &self.shown
    }

    pub(super) fn write(&self) -> [String; 2] {
        let places: Vec<_> = self.places.iter().map(|place| place.0).collect();
        let shown: Vec<_> = self.shown.iter().map(|hash| hash.0).collect();
        [hashes::pack(&places), hashes::pack(&shown)]
    }

    pub(super) fn read([places, shown]: &[String; 2]) -> Option<Self> {
        Some(Self {
            places: hashes::unpack(places)?.into_iter().map(Place).collect(),
            shown: hashes::unpack(shown)?.into_iter().map(ShortHash).collect(),
        })
    }
}

impl From<ContentHash> for Place {
    fn from(hash: ContentHash) -> Self {
        let [a, b, c, d, ..] = hash.0;
        Self([a, b, c, d])
    }
}

impl Field {
    /// Which one it is, as a hidden line has it.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place.into()
    }
}
