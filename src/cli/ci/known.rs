//! Changes of a plan as hidden lines know them: by hashes, and updates by those of their fields.

use crate::ci::marker::{Field, Shown};
use crate::engine::Change;

/// One change.
pub fn shown(change: &Change) -> Shown {
    let fields = change.apart().into_iter().map(|field| Field {
        place: field.place,
        hash: field.hash,
    });
    Shown {
        digest: change.digest,
        removes: change.removes(),
        fields: fields.collect(),
    }
}
