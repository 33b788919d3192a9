//! Updates that several pull requests make together: #41 changes the owner of an account and #42 its
//! name, and one apply does both. Such an update counts as previewed where each of its fields was shown
//! from the same old value to the same new one. Of several that change a field the one that was merged
//! last must have shown it so, and who takes it back ends what was shown before; where it cannot be known what a later one changes, nothing counts.

use std::collections::{BTreeSet, HashSet};

use crate::ci::marker::{Field, Gone, Kind, Marker, Place, ShortHash, Shown};

/// What merged pull requests showed, field by field.
#[derive(Debug, Default)]
pub struct Together {
    previews: Vec<Preview>,
}

#[derive(Debug)]
struct Preview {
    number: u64,
    /// Where it changes something itself; none where that is not known.
    places: Option<HashSet<Place>>,
    /// What it showed of single fields.
    shown: HashSet<ShortHash>,
    /// What of all before it counts no more.
    gone: Gone,
}

impl Together {
    /// Of pull requests with their hidden lines, the latest merge first.
    #[must_use]
    pub fn of(pulls: &[(u64, Vec<Marker>)]) -> Self {
        let previews = super::previews(pulls);
        let previews = previews.map(|(number, marker)| Preview::of(number, marker));
        Self {
            previews: previews.collect(),
        }
    }

    /// Adds what was merged before all of these.
    pub fn then(&mut self, number: u64, markers: &[Marker]) {
        let plans = markers.iter().filter(|marker| marker.kind == Kind::Plan);
        let previews = plans.map(|marker| Preview::of(number, marker));
        self.previews.extend(previews);
    }

    /// The pull requests that showed all fields of an update, sorted; none where one was shown by
    /// nobody, or the change is no update of fields. Only pull requests that are `open` count.
    pub fn find(&self, change: &Shown, open: impl Fn(u64) -> bool) -> Option<Vec<u64>> {
        let mut pulls = BTreeSet::new();
        for field in &change.fields {
            pulls.insert(self.field(field, &open)?);
        }
        (!pulls.is_empty()).then(|| pulls.into_iter().collect())
    }

    fn field(&self, field: &Field, open: impl Fn(u64) -> bool) -> Option<u64> {
        let (place, hash) = (field.place(), ShortHash::from(field.hash));
        let mut besides = None;
        for preview in self.previews.iter().filter(|one| open(one.number)) {
            let shown = preview.shown.contains(&hash).then_some(preview.number);
            let changes = preview.places.as_ref().map(|all| all.contains(&place));
            match changes {
                // The last one that changes it decides.
                Some(true) | None => return shown,
                // It only had it in its plan: whoever makes the change comes first.
                Some(false) => besides = besides.or(shown),
            }
            if preview
                .gone
                .listed()
                .is_none_or(|gone| gone.contains(&hash))
            {
                return besides;
            }
        }
        besides
    }
}

impl Preview {
    fn of(number: u64, marker: &Marker) -> Self {
        let fields = marker.fields.as_ref();
        // The hash of an update of one field is the field's.
        let changes = marker.own.listed().iter().chain(marker.other.listed());
        let shown = fields.map_or(&[][..], |fields| fields.shown());
        // One that changes nothing itself stands in nobody's way.
        let places = match marker.own.count() {
            0 => Some(HashSet::new()),
            _ => fields.map(|fields| fields.places()),
        };
        Self {
            number,
            places,
            shown: changes.chain(shown).copied().collect(),
            gone: marker.gone.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::hash::ContentHash;

    fn hash(text: &str) -> ContentHash {
        ContentHash::of(text.as_bytes())
    }

    /// An update of an account: `name A→B` and the like.
    fn update(fields: &[&str]) -> Shown {
        let field = |text: &&str| Field {
            place: hash(text.split(' ').next().unwrap()),
            hash: hash(text),
        };
        let digest = match fields {
            [one] => hash(one),
            several => hash(&several.join(", ")),
        };
        Shown {
            digest,
            removes: false,
            fields: fields.iter().map(field).collect(),
        }
    }

    fn plan(number: u64, own: &[&str], other: &[&str]) -> (u64, Vec<Marker>) {
        let some = |fields: &[&str]| match fields {
            [] => Vec::new(),
            fields => vec![update(fields)],
        };
        let marker = Marker::new(Kind::Plan, "acme", "0a1b2c");
        let marker = marker.with_changes(hash("plan"), &some(own), &some(other));
        (number, vec![marker])
    }

    fn find(change: &[&str], pulls: &[(u64, Vec<Marker>)]) -> Option<Vec<u64>> {
        Together::of(pulls).find(&update(change), |_| true)
    }

    #[test]
    fn an_update_is_known_where_each_of_its_fields_was_shown() {
        let pulls = [
            plan(42, &["name A→B", "owner a→b"], &[]),
            plan(41, &["center X→Y"], &[]),
        ];
        assert_eq!(
            find(&["center X→Y", "name A→B", "owner a→b"], &pulls),
            Some(vec![41, 42])
        );
        // A field that was taken back is none that is changed.
        assert_eq!(find(&["name A→B"], &pulls), Some(vec![42]));
        for unseen in [
            ["center X→Z", "name A→B"],
            ["center W→Y", "name A→B"],
            ["center X→Y", "tier 1→2"],
        ] {
            assert_eq!(find(&unseen, &pulls), None, "{unseen:?}");
        }
    }

    #[test]
    fn the_last_one_that_changes_a_field_decides() {
        let (first, second) = (plan(41, &["name A→B"], &[]), plan(42, &["name A→C"], &[]));
        let pulls = [second.clone(), first.clone()];
        assert_eq!(find(&["name A→B"], &pulls), None);
        assert_eq!(find(&["name A→C"], &pulls), Some(vec![42]));
        // What was merely in a plan is no change of its own: it neither decides nor stands in the way.
        let waits = plan(43, &["tier 1→2"], &["name A→B"]);
        let pulls = [waits.clone(), first];
        assert_eq!(find(&["name A→B", "tier 1→2"], &pulls), Some(vec![41, 43]));
        let pulls = [waits, second];
        assert_eq!(find(&["name A→B"], &pulls), None);
    }

    #[test]
    fn what_cannot_be_known_counts_for_nothing() {
        let first = plan(41, &["name A→B"], &[]);
        let (number, mut markers) = plan(42, &["tier 1→2"], &[]);
        // As an older bursar wrote it, or one that had no room.
        markers[0].fields = None;
        let later = (number, markers);
        assert_eq!(find(&["name A→B"], &[later.clone(), first.clone()]), None);
        assert_eq!(
            find(&["tier 1→2"], &[later.clone(), first.clone()]),
            Some(vec![42])
        );
        assert_eq!(find(&["name A→B"], &[first.clone(), later]), Some(vec![41]));
        // What is no update of fields has none.
        assert_eq!(find(&[], &[first]), None);
    }

    #[test]
    fn only_what_is_still_open_counts() {
        let pulls = [plan(42, &["name A→C"], &[]), plan(41, &["name A→B"], &[])];
        let together = Together::of(&pulls);
        let found = together.find(&update(&["name A→B"]), |number| number != 42);
        assert_eq!(found, Some(vec![41]));
    }

    proptest::proptest! {
        /// Whatever pull requests show: what counts was shown field by field, by those that are named.
        #[test]
        fn nothing_counts_of_which_nobody_saw_each_field(
            change in proptest::collection::btree_map(0_u8..4, 0_u8..3, 1..4),
            pulls in proptest::collection::vec(
                (proptest::collection::btree_map(0_u8..4, 0_u8..3, 0..4), proptest::bool::ANY),
                0..6,
            ),
        ) {
            let text = |(place, to): (&u8, &u8)| format!("f{place} 0→{to}");
            let texts = |fields: &std::collections::BTreeMap<u8, u8>| -> Vec<String> {
                fields.iter().map(text).collect()
            };
            let plans: Vec<_> = pulls.iter().enumerate().map(|(at, (fields, own))| {
                let texts = texts(fields);
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                match own {
                    true => plan(at as u64, &texts, &[]),
                    false => plan(at as u64, &[], &texts),
                }
            }).collect();
            let texts = texts(&change);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            if let Some(found) = find(&texts, &plans) {
                for (place, to) in &change {
                    let showed = |number: &u64| pulls[*number as usize].0.get(place) == Some(to);
                    proptest::prop_assert!(found.iter().any(showed));
                    let latest = pulls.iter().find(|(fields, own)| *own && fields.contains_key(place));
                    if let Some((fields, _)) = latest {
                        proptest::prop_assert_eq!(fields.get(place), Some(to));
                    }
                }
            }
        }
    }
}
