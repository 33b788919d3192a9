//! Which changes of a plan somebody saw in a pull request before, and which nobody did. Pure: holds the
//! hashes of a plan against the hidden lines of pull requests that were merged.

mod overruled;
mod together;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use super::marker::{Buckets, Hashes, Kind, Marker, Set, ShortHash, Shown};
use crate::model::hash::ContentHash;
use crate::model::number::thousands;

pub use overruled::Overruled;
pub use together::Together;

/// Where the changes of a plan were previewed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Previews {
    /// Changes that no pull request showed, in the plan's order.
    pub unseen: Vec<ContentHash>,
    /// Whether one of these removes something.
    pub unseen_removals: bool,
    /// The pull requests of each change that was previewed: several where each showed some of its
    /// fields. Never empty, and sorted.
    pub of: HashMap<ContentHash, Vec<u64>>,
    /// Pull requests that showed more changes than a comment has room to name, and how many: they count
    /// only where a plan has exactly these.
    pub unnamed: Vec<(u64, usize)>,
}

impl Previews {
    /// Finds for each change the pull request that previewed it: rather one that makes the change than
    /// one whose plan merely had it; of several the first given. Too many to be named count where they
    /// are exactly what is left. What none showed as a whole, several may have shown field by field.
    #[must_use]
    pub fn find(changes: &[Shown], pulls: &[(u64, Vec<Marker>)]) -> Self {
        let mut previews = Self::whole(changes, pulls, |_| true);
        let together = Together::of(pulls);
        let unseen: HashSet<ContentHash> = previews.unseen.iter().copied().collect();
        let open = changes.iter().filter(|one| unseen.contains(&one.digest));
        let found = open.filter_map(|one| Some((one.digest, together.find(one, |_| true)?)));
        previews.join(found.collect(), changes);
        previews
    }

    /// Finds those that one pull request showed as a whole, among some of a plan's changes; the others are
    /// neither seen nor unseen.
    pub fn whole(
        changes: &[Shown],
        pulls: &[(u64, Vec<Marker>)],
        wanted: impl Fn(&Shown) -> bool,
    ) -> Self {
        let wanted = changes.iter().filter(|change| wanted(change));
        let mut left = Left {
            all: changes.iter().map(|change| change.digest).collect(),
            rest: wanted.map(|change| change.digest).collect(),
            of: HashMap::new(),
            overruled: Overruled::of(pulls),
        };
        let own: fn(&Marker) -> &Hashes = |marker| &marker.own;
        let other: fn(&Marker) -> &Hashes = |marker| &marker.other;
        for part in [own, other] {
            left.take_listed(pulls, part);
            left.take_buckets(pulls, part);
            // What others listed may have been in the way of own ones.
            left.take_sets(pulls, own);
        }
        left.take_sets(pulls, other);
        let mut unnamed = Vec::new();
        for (number, marker) in previews(pulls) {
            if let Some(set) = marker.own.set()
                && !left.of.values().any(|pull| *pull == number)
            {
                unnamed.push((number, set.count));
            }
        }
        let of = left.of.into_iter().map(|(hash, pull)| (hash, vec![pull]));
        let mut previews = Self {
            unseen: left.rest,
            unseen_removals: false,
            of: of.collect(),
            unnamed,
        };
        previews.look_for_removals(changes);
        previews
    }

    /// Takes over what was found elsewhere of the changes that nobody had seen yet. `changes` are all
    /// changes of the plan.
    pub fn join(&mut self, found: HashMap<ContentHash, Vec<u64>>, changes: &[Shown]) {
        self.unseen.retain(|hash| !found.contains_key(hash));
        self.of.extend(found);
        self.look_for_removals(changes);
    }

    fn look_for_removals(&mut self, changes: &[Shown]) {
        let unseen: HashSet<&ContentHash> = self.unseen.iter().collect();
        let mut removals = changes.iter().filter(|change| change.removes);
        self.unseen_removals = removals.any(|change| unseen.contains(&change.digest));
    }

    /// How many changes each pull request, or several together, previewed: by number, the ones that did
    /// it alone first.
    #[must_use]
    pub fn by_pulls(&self) -> Vec<(&[u64], usize)> {
        let mut counts: BTreeMap<(usize, &[u64]), usize> = BTreeMap::new();
        for pulls in self.of.values() {
            *counts.entry((pulls.len(), pulls)).or_default() += 1;
        }
        let counts = counts.into_iter();
        counts.map(|((_, pulls), count)| (pulls, count)).collect()
    }

    /// All pull requests that previewed something, by number.
    #[must_use]
    pub fn pulls(&self) -> Vec<u64> {
        let all: HashSet<u64> = self.of.values().flatten().copied().collect();
        let mut all: Vec<u64> = all.into_iter().collect();
        all.sort_unstable();
        all
    }

    /// `5 changes: 2 previewed in #41, 2 in #42, 1 in #41 and #42`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let total = self.of.len() + self.unseen.len();
        let mut text = match total {
            0 => return "no changes".to_owned(),
            1 => "1 change".to_owned(),
            many => format!("{} changes", thousands(many)),
        };
        let mut parts: Vec<String> = Vec::new();
        for (pulls, count) in self.by_pulls() {
            let verb = if parts.is_empty() { "previewed " } else { "" };
            parts.push(format!("{} {verb}in {}", thousands(count), named(pulls)));
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

/// `#41`, `#41 and #42`, `#41, #42 and #43`.
fn named(pulls: &[u64]) -> String {
    let names: Vec<String> = pulls.iter().map(|pull| format!("#{pull}")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

struct Left {
    /// All changes of the plan.
    all: Vec<ContentHash>,
    /// Those that nobody showed so far, in the plan's order.
    rest: Vec<ContentHash>,
    of: HashMap<ContentHash, u64>,
    overruled: Overruled,
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
        let (of, overruled) = (&mut self.of, &self.overruled);
        self.rest.retain(|hash| {
            // The latest that showed it: whatever overrules that one overrules all before it.
            let pull = listed.get(&ShortHash::from(*hash));
            let pull = pull.filter(|pull| !overruled.is(**pull, hash));
            if let Some(pull) = pull {
                of.insert(*hash, *pull);
            }
            pull.is_none()
        });
    }

    /// Takes what is proven by the buckets of pull requests. Others may show some of it too.
    fn take_buckets(&mut self, pulls: &[(u64, Vec<Marker>)], part: fn(&Marker) -> &Hashes) {
        for (number, marker) in previews(pulls) {
            let found = part(marker).buckets();
            let found = found.map(|buckets: &Buckets| buckets.among(&self.all));
            let found: HashSet<ContentHash> = found.into_iter().flatten().collect();
            let (of, overruled) = (&mut self.of, &self.overruled);
            self.rest.retain(|hash| {
                let taken = found.contains(hash) && !overruled.is(number, hash);
                if taken {
                    of.insert(*hash, number);
                }
                !taken
            });
        }
    }

    /// Takes all that is left for the first pull request whose set is exactly that, or all of the plan.
    fn take_sets(&mut self, pulls: &[(u64, Vec<Marker>)], part: fn(&Marker) -> &Hashes) {
        if self.rest.is_empty() || previews(pulls).all(|(_, marker)| part(marker).set().is_none()) {
            return;
        }
        let all = [Some(Set::of(&self.rest)), Some(Set::of(&self.all))];
        let mut sets = previews(pulls).filter(|(number, marker)| {
            let overruled = |hash| self.overruled.is(*number, hash);
            all.contains(&part(marker).set()) && !self.rest.iter().any(overruled)
        });
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

    fn hash(at: usize) -> ContentHash {
        ContentHash::of(&at.to_be_bytes())
    }

    fn hashes(range: std::ops::Range<usize>) -> Vec<ContentHash> {
        range.map(hash).collect()
    }

    fn changes(range: std::ops::Range<usize>) -> Vec<Shown> {
        let one = |at| Shown {
            removes: at % 5 == 4,
            ..shown(hash(at))
        };
        range.map(one).collect()
    }

    fn shown(digest: ContentHash) -> Shown {
        Shown {
            digest,
            removes: false,
            fields: Vec::new(),
        }
    }

    fn plan(own: &[ContentHash], other: &[ContentHash]) -> Vec<Marker> {
        let marker = Marker::new(Kind::Plan, "acme", "0a1b2c");
        let all = |hashes: &[ContentHash]| hashes.iter().copied().map(shown).collect::<Vec<_>>();
        vec![marker.with_changes(ContentHash::of(b"plan"), &all(own), &all(other))]
    }

    fn by_pull(seen: &Previews) -> Vec<(u64, usize)> {
        let all = seen.by_pulls().into_iter();
        all.map(|(pulls, count)| (pulls[0], count)).collect()
    }

    #[test]
    fn each_change_is_told_with_its_pull_request() {
        let pulls = [
            (41, plan(&hashes(0..3), &[])),
            (42, plan(&hashes(3..5), &hashes(0..3))),
        ];
        let seen = Previews::find(&changes(0..5), &pulls);
        insta::assert_snapshot!(seen.sentence(), @"5 changes: 3 previewed in #41, 2 in #42");
        assert_eq!(by_pull(&seen), [(41, 3), (42, 2)]);
        assert!(seen.unseen.is_empty() && !seen.unseen_removals);
        // Whoever makes a change comes before whoever had it in a plan, in any order.
        let turned: Vec<_> = pulls.into_iter().rev().collect();
        let seen = Previews::find(&changes(0..5), &turned);
        assert_eq!(by_pull(&seen), [(41, 3), (42, 2)]);
        assert_eq!(seen.of[&hash(0)], [41]);
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
    fn thousands_of_changes_are_told_apart() {
        let pulls = [
            (41, plan(&hashes(3000..9000), &[])),
            (42, plan(&hashes(0..3000), &hashes(3000..5000))),
        ];
        let seen = Previews::find(&changes(0..9001), &pulls);
        insta::assert_snapshot!(seen.sentence(), @"9,001 changes: 6,000 previewed in #41, 3,000 in #42, 1 not previewed");
        assert_eq!(seen.unseen, [hash(9000)]);
        // What is applied already is not there: the few beside it in its bucket cannot be proven.
        let seen = Previews::find(&changes(1..9000), &pulls);
        assert!(seen.unseen.len() < 64, "{}", seen.unseen.len());
    }

    #[test]
    fn more_changes_than_can_be_named_count_where_they_are_exactly_what_is_left() {
        let many = 10..50_000;
        let pulls = [
            (41, plan(&hashes(many.clone()), &[])),
            (42, plan(&hashes(0..10), &[])),
        ];
        let seen = Previews::find(&changes(0..many.end), &pulls);
        insta::assert_snapshot!(seen.sentence(), @"50,000 changes: 49,990 previewed in #41, 10 in #42");
        assert_eq!(seen.unnamed, []);
        // One more or one less is another set: nobody saw that.
        for range in [0..many.end + 1, 0..many.end - 1] {
            let seen = Previews::find(&changes(range.clone()), &pulls);
            assert_eq!(by_pull(&seen), [(42, 10)]);
            assert_eq!(seen.unseen.len(), range.len() - 10);
            assert_eq!(seen.unnamed, [(41, 49_990)]);
        }
    }

    #[test]
    fn a_set_is_found_behind_what_another_lists_besides() {
        let pulls = [
            (41, plan(&hashes(10..30_000), &[])),
            (42, plan(&hashes(0..5), &hashes(5..10))),
        ];
        let seen = Previews::find(&changes(0..30_000), &pulls);
        assert_eq!(by_pull(&seen), [(41, 29_990), (42, 10)]);
        let besides = [(43, plan(&hashes(0..5), &hashes(5..30_000)))];
        let seen = Previews::find(&changes(0..30_000), &besides);
        assert_eq!(by_pull(&seen), [(43, 30_000)]);
    }

    #[test]
    fn what_several_showed_together_is_told_last() {
        let field = |text: &str| crate::ci::marker::Field {
            place: ContentHash::of(&text.as_bytes()[..1]),
            hash: ContentHash::of(text.as_bytes()),
        };
        let update = |fields: &[&str]| Shown {
            digest: ContentHash::of(fields.join(",").as_bytes()),
            removes: false,
            fields: fields.iter().map(|text| field(text)).collect(),
        };
        let pull = |own: &[Shown]| {
            let marker = Marker::new(Kind::Plan, "acme", "0a1b2c");
            vec![marker.with_changes(ContentHash::of(b"plan"), own, &[])]
        };
        let pulls = [
            (42, pull(&[update(&["b1"]), shown(hash(2))])),
            (41, pull(&[update(&["a1"]), shown(hash(1))])),
        ];
        let both = update(&["a1", "b1"]);
        let changes = [both.clone(), shown(hash(1)), shown(hash(2)), shown(hash(3))];
        let seen = Previews::find(&changes, &pulls);
        insta::assert_snapshot!(seen.sentence(), @"4 changes: 1 previewed in #41, 1 in #42, 1 in #41 and #42, 1 not previewed");
        assert_eq!(seen.of[&both.digest], [41, 42]);
        assert_eq!(seen.pulls(), [41, 42]);
    }

    #[test]
    fn only_plans_are_previews() {
        let mut told = plan(&hashes(0..2), &[]);
        told[0].kind = Kind::Apply;
        assert_eq!(by_pull(&Previews::find(&changes(0..2), &[(41, told)])), []);
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
            let changes: Vec<_> = plan_of.iter().map(|at| Shown { removes: at % 2 == 0, ..shown(hash(*at)) }).collect();
            let told: Vec<_> = pulls
                .iter()
                .map(|(number, own, other)| {
                    let of = |list: &Vec<usize>| list.iter().map(|at| hash(*at)).collect::<Vec<_>>();
                    (*number, plan(&of(own), &of(other)))
                })
                .collect();
            let seen = Previews::find(&changes, &told);
            proptest::prop_assert_eq!(seen.of.len() + seen.unseen.len(), changes.len());
            let counted: usize = seen.by_pulls().iter().map(|(_, count)| count).sum();
            proptest::prop_assert_eq!(counted, seen.of.len());
            for (at, change) in plan_of.iter().zip(&changes) {
                let change = &change.digest;
                let owners: Vec<u64> = pulls.iter().filter(|(_, own, _)| own.contains(at)).map(|(number, ..)| *number).collect();
                let anywhere = !owners.is_empty() || pulls.iter().any(|(_, _, other)| other.contains(at));
                proptest::prop_assert_eq!(seen.of.contains_key(change), anywhere);
                proptest::prop_assert_eq!(seen.unseen.contains(change), !anywhere);
                if !owners.is_empty() {
                    proptest::prop_assert_eq!(seen.of.get(change).and_then(|of| of.first()), owners.first());
                }
            }
            let removal = changes.iter().any(|one| one.removes && seen.unseen.contains(&one.digest));
            proptest::prop_assert_eq!(seen.unseen_removals, removal);
        }
    }
}
