//! What was shown and counts no more, as a pull request that was merged later took it back.

use std::collections::HashMap;

use crate::ci::marker::{Marker, ShortHash};
use crate::model::hash::ContentHash;

/// Which pull requests are overruled in what, by the latest that took it back.
#[derive(Debug, Default)]
pub struct Overruled {
    /// How many were merged after each.
    place: HashMap<u64, usize>,
    taken_back: HashMap<ShortHash, usize>,
    all: Option<usize>,
}

impl Overruled {
    /// Of pull requests with their hidden lines, the latest merge first.
    #[must_use]
    pub fn of(pulls: &[(u64, Vec<Marker>)]) -> Self {
        let mut overruled = Self::default();
        for (at, (number, _)) in pulls.iter().enumerate() {
            overruled.place.entry(*number).or_insert(at);
        }
        for (number, marker) in super::previews(pulls) {
            let at = overruled.place[&number];
            match marker.gone.listed() {
                None => overruled.all = overruled.all.or(Some(at)),
                Some(listed) => {
                    for hash in listed {
                        overruled.taken_back.entry(*hash).or_insert(at);
                    }
                }
            }
        }
        overruled
    }

    /// Whether a pull request's word about a change counts no more.
    #[must_use]
    pub fn is(&self, number: u64, change: &ContentHash) -> bool {
        let Some(place) = self.place.get(&number) else {
            return false;
        };
        let taken_back = self.taken_back.get(&ShortHash::from(*change));
        self.all.iter().chain(taken_back).any(|at| at < place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::marker::{Field, Gone, Kind, Shown};
    use crate::ci::previews::Previews;

    fn change(text: &str) -> Shown {
        Shown {
            digest: ContentHash::of(text.as_bytes()),
            removes: true,
            fields: Vec::new(),
        }
    }

    fn plan(number: u64, own: &[&str], gone: &[&str]) -> (u64, Vec<Marker>) {
        let all = |texts: &[&str]| texts.iter().copied().map(change).collect::<Vec<_>>();
        let (own, gone) = (all(own), all(gone));
        let marker = Marker::new(Kind::Plan, "acme", "0a1b2c").without(Gone::of(&gone, own.iter()));
        let marker = marker.with_changes(ContentHash::of(b"plan"), &own, &[]);
        let read = Marker::parse(&marker.line());
        assert_eq!(read.as_ref(), Some(&marker));
        (number, vec![marker])
    }

    fn seen(changes: &[&str], pulls: &[(u64, Vec<Marker>)]) -> String {
        let changes: Vec<Shown> = changes.iter().copied().map(change).collect();
        Previews::find(&changes, pulls).sentence()
    }

    #[test]
    fn what_a_later_one_took_back_was_shown_by_nobody() {
        let (first, second) = (plan(41, &["a", "b"], &[]), plan(42, &["c"], &["a"]));
        let pulls = [second.clone(), first.clone()];
        insta::assert_snapshot!(seen(&["a", "b", "c"], &pulls), @"3 changes: 1 previewed in #41, 1 in #42, 1 not previewed");
        // Whoever shows it again, later, was asked for it.
        let pulls = [plan(43, &["a"], &[]), second.clone(), first.clone()];
        insta::assert_snapshot!(seen(&["a", "b", "c"], &pulls), @"3 changes: 1 previewed in #41, 1 in #42, 1 in #43");
        // What came before is no answer to what came after.
        let pulls = [first, second];
        insta::assert_snapshot!(seen(&["a", "b", "c"], &pulls), @"3 changes: 2 previewed in #41, 1 in #42");
    }

    #[test]
    fn too_many_to_be_named_take_back_everything() {
        let many: Vec<String> = (0..501).map(|at| at.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let pulls = [plan(42, &["c"], &many), plan(41, &["a"], &[])];
        insta::assert_snapshot!(seen(&["a", "c"], &pulls), @"2 changes: 1 previewed in #42, 1 not previewed");
        let pulls = [plan(42, &["c"], &many[..500]), plan(41, &["a"], &[])];
        insta::assert_snapshot!(seen(&["a", "c"], &pulls), @"2 changes: 1 previewed in #41, 1 in #42");
    }

    #[test]
    fn sets_and_buckets_are_overruled_too() {
        for count in [3_000, 30_000] {
            let many: Vec<String> = (0..count).map(|at| at.to_string()).collect();
            let many: Vec<&str> = many.iter().map(String::as_str).collect();
            let first = plan(41, &many, &[]);
            let whole = seen(&many, &[plan(42, &[], &["7"]), first.clone()]);
            assert!(whole.contains("not previewed"), "{whole}");
            let whole = seen(&many, &[plan(42, &[], &["other"]), first]);
            assert!(!whole.contains("not previewed"), "{whole}");
        }
    }

    #[test]
    fn a_field_that_goes_on_is_not_taken_back() {
        let field = |text: &str| Field {
            place: ContentHash::of(&text.as_bytes()[..1]),
            hash: ContentHash::of(text.as_bytes()),
        };
        let update = |fields: &[&str]| Shown {
            fields: fields.iter().copied().map(field).collect(),
            removes: false,
            ..change(&fields.join(", "))
        };
        let waited = [update(&["a1", "b1"])];
        let gone = Gone::of(&waited, [update(&["a1", "b2"])].iter());
        let listed = gone.listed().unwrap();
        assert_eq!(listed.len(), 2, "the update as a whole, and one field");
        assert!(listed.contains(&ShortHash::from(field("b1").hash)));
        assert!(!listed.contains(&ShortHash::from(field("a1").hash)));
    }
}
