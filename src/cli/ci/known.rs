//! Changes of a plan as hidden lines know them: by hashes, and updates by those of their fields.

use crate::ci::marker::{Field, Gone, Shown};
use crate::engine::Change;
use crate::planning::base::Marks;

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

/// What a branch takes back of what waited on its base. `own` and `other` are all that its plan has.
pub fn gone(marks: Option<&Marks>, own: &[Shown], other: &[Shown]) -> Gone {
    let gone = marks.map_or(&[][..], |marks| &marks.gone);
    let gone: Vec<Shown> = gone.iter().map(shown).collect();
    Gone::of(&gone, own.iter().chain(other))
}
