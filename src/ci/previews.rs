//! Which changes of a plan somebody saw in a pull request before, and which nobody did. Pure: holds the
//! hashes of a plan against the hidden lines of pull requests that were merged.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::marker::{Hashes, Kind, Marker, Set, ShortHash};
use crate::model::hash::ContentHash;
use crate::model::number::thousands;

/// Where the changes of a plan were previewed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Previews {
    /// Pull requests that previewed some, with how many, by number.
    pub by_pull: Vec<(u64, usize)>,
    /// Changes that no pull request showed, in the plan's order.
    pub unseen: Vec<ContentHash>,
    /// Whether one of these removes something.
    pub unseen_removals: bool,
    /// The pull request of each change that was previewed.
    pub of: HashMap<ContentHash, u64>,
}

impl Previews {
    /// Finds for each change (and whether it removes something) the pull request that previewed it:
    /// rather one that makes the change than one whose plan merely had it; of several the first given.
    /// Too many to be listed count where they are exactly what is left.
    #[must_use]
    pub fn find(changes: &[(ContentHash, bool)], pulls: &[(u64, Vec<Marker>)]) -> Self {
        let mut left = Left {
            rest: changes.iter().map(|(hash, _)| *hash).collect(),
            of: HashMap::new(),
        };
        let own: fn(&Marker) -> &Hashes = |marker| &marker.own;
        let other: fn(&Marker) -> &Hashes = |marker| &marker.other;
        left.take_listed(pulls, own);
        left.take_sets(pulls, own);
        left.take_listed(pulls, other);
        // What others listed may have been in the way.
        left.take_sets(pulls, own);
        left.take_sets(pulls, other);
        let Left { rest, of } = left;
        let unseen: HashSet<ContentHash> = rest.iter().copied().collect();
        let mut by_pull: Vec<(u64, usize)> = Vec::new();
        for (number, _) in pulls {
            let count = of.values().filter(|pull| *pull == number).count();
            if count > 0 && !by_pull.iter().any(|(known, _)| known == number) {
                by_pull.push((*number, count));
            }
        }
        by_pull.sort_unstable();
        Self {
            by_pull,
            unseen_removals: changes
                .iter()
                .any(|(hash, removes)| *removes && unseen.contains(hash)),
            unseen: rest,
            of,
        }
    }

    /// Takes over what was found elsewhere of the changes that nobody had seen yet. `changes` are all
    /// changes of the plan, with whether each removes something.
    pub fn join(&mut self, found: Self, changes: &[(ContentHash, bool)]) {
        self.unseen.retain(|hash| !found.of.contains_key(hash));
        for (pull, count) in found.by_pull {
            match self.by_pull.iter_mut().find(|(known, _)| *known == pull) {
                Some((_, known)) => *known += count,
                None => self.by_pull.push((pull, count)),
            }
        }
        self.by_pull.sort_unstable();
        self.of.extend(found.of);
        let unseen: HashSet<&ContentHash> = self.unseen.iter().collect();
        let mut changes = changes.iter();
        self.unseen_removals = changes.any(|(hash, removes)| *removes && unseen.contains(hash));
    }

    /// `5 changes: 3 previewed in #41, 2 in #42`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let total = self.of.len() + self.unseen.len();
        let mut text = match total {
            0 => return "no changes".to_owned(),
            1 => "1 change".to_owned(),
            many => format!("{} changes", thousands(many)),
        };
        let mut parts: Vec<String> = Vec::new();
        for (number, count) in &self.by_pull {
            let verb = if parts.is_empty() { "previewed " } else { "" };
            parts.push(format!("{} {verb}in #{number}", thousands(*count)));
        }
        match (self.unseen.len(), parts.is_empty()) {
            (0, _) => {}
            (_, true) => parts.push("not previewed in any pull request".to_owned()),
            (unseen, false) => parts.push(format!("{} not previewed", thousands(unseen))),
        }
        let _ = write!(text, ": {}", parts.join(", "));
        text
    }
}

struct Left {
    /// In the plan's order.
    rest: Vec<ContentHash>,
    of: HashMap<ContentHash, u64>,
}

impl Left {
    /// Takes what pull requests list by hash.
    fn take_listed(&mut self, pulls: &[(u64, Vec<Marker>)], part: fn(&Marker) -> &Hashes) {
        let mut listed: HashMap<ShortHash, u64> = HashMap::new();
        for (number, marker) in previews(pulls) {
            for hash in part(marker).listed() {
                listed.entry(*hash).or_insert(number);
            }
        }
        let of = &mut self.of;
        self.rest.retain(|hash| {
            let pull = listed.get(&ShortHash::from(*hash));
            if let Some(pull) = pull {
                of.insert(*hash, *pull);
            }
            pull.is_none()
        });
    }

    /// Takes all that is left for the first pull request whose set is exactly that.
    fn take_sets(&mut self, pulls: &[(u64, Vec<Marker>)], part: fn(&Marker) -> &Hashes) {
        if self.rest.is_empty() {
            return;
        }
        let all = Set::of(&self.rest);
        let mut sets = previews(pulls).filter(|(_, marker)| part(marker).set() == Some(all));
        if let Some((number, _)) = sets.next() {
            let rest = std::mem::take(&mut self.rest);
            self.of.extend(rest.into_iter().map(|hash| (hash, number)));
        }
    }
}

/// Only plans are previews: a comment about an apply tells what is done already.
fn previews(pulls: &[(u64, Vec<Marker>)]) -> impl Iterator<Item = (u64, &Marker)> {
    pulls.iter().flat_map(|(number, markers)| {
        let plans = markers.iter().filter(|marker| marker.kind == Kind::Plan);
        plans.map(|marker| (*number, marker))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::marker::MOST_LISTED;

    fn hash(at: usize) -> ContentHash {
        ContentHash::of(&at.to_be_bytes())
    }

    fn hashes(range: std::ops::Range<usize>) -> Vec<ContentHash> {
        range.map(hash).collect()
    }

    fn changes(range: std::ops::Range<usize>) -> Vec<(ContentHash, bool)> {
        range.map(|at| (hash(at), at % 5 == 4)).collect()
    }

    fn plan(own: &[ContentHash], other: &[ContentHash]) -> Vec<Marker> {
        let marker = Marker::new(Kind::Plan, "acme", "0a1b2c");
        vec![marker.with_changes(ContentHash::of(b"plan"), own, other)]
    }

    #[test]
    fn each_change_is_told_with_its_pull_request() {
        let pulls = [
            (41, plan(&hashes(0..3), &[])),
            (42, plan(&hashes(3..5), &hashes(0..3))),
        ];
        let seen = Previews::find(&changes(0..5), &pulls);
        insta::assert_snapshot!(seen.sentence(), @"5 changes: 3 previewed in #41, 2 in #42");
        assert_eq!(seen.by_pull, [(41, 3), (42, 2)]);
        assert!(seen.unseen.is_empty() && !seen.unseen_removals);
        // Whoever makes a change comes before whoever had it in a plan, in any order.
        let turned: Vec<_> = pulls.into_iter().rev().collect();
        let seen = Previews::find(&changes(0..5), &turned);
        assert_eq!(seen.by_pull, [(41, 3), (42, 2)]);
        assert_eq!(seen.of[&hash(0)], 41);
    }

    #[test]
    fn what_nobody_saw_is_said() {
        let pulls = [
            (41, plan(&hashes(0..3), &[])),
            (42, plan(&hashes(3..4), &[])),
        ];
        let seen = Previews::find(&changes(0..5), &pulls);
        insta::assert_snapshot!(seen.sentence(), @"5 changes: 3 previewed in #41, 1 in #42, 1 not previewed");
        assert_eq!(seen.unseen, [hash(4)]);
        assert!(seen.unseen_removals);
        let seen = Previews::find(&changes(0..4), &[(7, plan(&[], &hashes(0..1)))]);
        insta::assert_snapshot!(seen.sentence(), @"4 changes: 1 previewed in #7, 3 not previewed");
        assert!(!seen.unseen_removals);
    }

    #[test]
    fn sentences_of_little() {
        assert_eq!(Previews::find(&[], &[]).sentence(), "no changes");
        let one = Previews::find(&changes(0..1), &[(9, plan(&hashes(0..1), &[]))]);
        insta::assert_snapshot!(one.sentence(), @"1 change: 1 previewed in #9");
        insta::assert_snapshot!(Previews::find(&changes(0..2), &[]).sentence(), @"2 changes: not previewed in any pull request");
    }

    #[test]
    fn many_changes_count_where_they_are_exactly_what_is_left() {
        let many = 10..MOST_LISTED + 500;
        let pulls = [
            (41, plan(&hashes(many.clone()), &[])),
            (42, plan(&hashes(0..10), &[])),
        ];
        let seen = Previews::find(&changes(0..many.end), &pulls);
        insta::assert_snapshot!(seen.sentence(), @"2,500 changes: 2,490 previewed in #41, 10 in #42");
        // One more or one less is another set: nobody saw that.
        for range in [0..many.end + 1, 0..many.end - 1] {
            let seen = Previews::find(&changes(range.clone()), &pulls);
            assert_eq!(seen.by_pull, [(42, 10)]);
            assert_eq!(seen.unseen.len(), range.len() - 10);
        }
    }

    #[test]
    fn a_set_is_found_behind_what_another_lists_besides() {
        let pulls = [
            (41, plan(&hashes(10..3000), &[])),
            (42, plan(&hashes(0..5), &hashes(5..10))),
        ];
        let seen = Previews::find(&changes(0..3000), &pulls);
        assert_eq!(seen.by_pull, [(41, 2990), (42, 10)]);
        let besides = [(43, plan(&hashes(0..5), &hashes(5..3000)))];
        let seen = Previews::find(&changes(0..3000), &besides);
        assert_eq!(seen.by_pull, [(43, 3000)]);
    }

    #[test]
    fn only_plans_are_previews() {
        let mut told = plan(&hashes(0..2), &[]);
        told[0].kind = Kind::Apply;
        assert_eq!(Previews::find(&changes(0..2), &[(41, told)]).by_pull, []);
    }

    proptest::proptest! {
        #[test]
        fn every_change_is_either_seen_or_not(
            plan_of in proptest::collection::btree_set(0_usize..30, 0..20),
            pulls in proptest::collection::vec(
                (1_u64..4, proptest::collection::vec(0_usize..30, 0..8), proptest::collection::vec(0_usize..30, 0..8)),
                0..5,
            ),
        ) {
            let changes: Vec<_> = plan_of.iter().map(|at| (hash(*at), at % 2 == 0)).collect();
            let told: Vec<_> = pulls
                .iter()
                .map(|(number, own, other)| {
                    let of = |list: &Vec<usize>| list.iter().map(|at| hash(*at)).collect::<Vec<_>>();
                    (*number, plan(&of(own), &of(other)))
                })
                .collect();
            let seen = Previews::find(&changes, &told);
            proptest::prop_assert_eq!(seen.of.len() + seen.unseen.len(), changes.len());
            let counted: usize = seen.by_pull.iter().map(|(_, count)| count).sum();
            proptest::prop_assert_eq!(counted, seen.of.len());
            for (at, (change, _)) in plan_of.iter().zip(&changes) {
                let owners: Vec<u64> = pulls.iter().filter(|(_, own, _)| own.contains(at)).map(|(number, ..)| *number).collect();
                let anywhere = !owners.is_empty() || pulls.iter().any(|(_, _, other)| other.contains(at));
                proptest::prop_assert_eq!(seen.of.contains_key(change), anywhere);
                proptest::prop_assert_eq!(seen.unseen.contains(change), !anywhere);
                if !owners.is_empty() {
                    proptest::prop_assert_eq!(seen.of.get(change), owners.first());
                }
            }
            let removal = changes.iter().any(|(change, removes)| *removes && seen.unseen.contains(change));
            proptest::prop_assert_eq!(seen.unseen_removals, removal);
        }
    }
}
