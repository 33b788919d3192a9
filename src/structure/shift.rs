//! Shifts: who pays more and who pays less after a change, in which months. In parts of a hundred, exact: those
//! of one month add up to nothing.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::allocation::parts;
use super::spans::{self, Months};
use crate::model::parents::Parents;
use crate::model::spec::{Method, SharedCost};
use crate::model::time::Month;
use crate::model::timeline::{Shares, Timeline};

/// Which way it goes for a cost centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    Less,
    More,
    /// On what it costs directly in a month.
    Depends,
}

/// What changes for one cost centre in a stretch of months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// None: what falls on no cost centre.
    pub code: Option<String>,
    pub months: Months,
    /// Of a hundred; none where it is in proportion to what it costs directly.
    pub before: Option<Decimal>,
    pub after: Option<Decimal>,
    pub way: Way,
}

/// Parts of a hundred by cost centre; none stands for no cost centre.
type Parts = BTreeMap<Option<String>, Decimal>;

/// What an allocation that changes means for each cost centre, by code and months. None is "on no cost
/// centre".
#[must_use]
pub fn of_timelines(before: Option<&Timeline>, after: Option<&Timeline>) -> Vec<Shift> {
    let both = [before, after];
    let timelines = both.into_iter().flatten();
    let breaks = timelines.flat_map(|timeline| timeline.0.iter().filter_map(|period| period.from));
    of_months(&breaks.collect(), |month| {
        both.map(
            |timeline| match timeline.and_then(|timeline| timeline.at(month)) {
                Some(period) => parts(&period.shares)
                    .into_iter()
                    .map(|part| (Some(part.code.to_owned()), part.percent))
                    .collect(),
                None => BTreeMap::from([(None, Decimal::ONE_HUNDRED)]),
            },
        )
    })
}

/// Which cost centres above one carry more or less when it moves: those that stay above it in a month are
/// not touched. `before` and `after` give the parents of any.
pub fn of_branches<'a>(
    code: &str,
    before: &dyn Fn(&str) -> Option<&'a Parents>,
    after: &dyn Fn(&str) -> Option<&'a Parents>,
) -> Vec<Shift> {
    let mut breaks: BTreeSet<Month> = BTreeSet::new();
    for tree in [before, after] {
        let mut met: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = Vec::new();
        let mut next = tree(code);
        loop {
            for above in next.iter().flat_map(|parents| &parents.0) {
                breaks.extend(above.from);
                open.extend(above.parent.as_deref().filter(|parent| met.insert(parent)));
            }
            let Some(one) = open.pop() else { break };
            next = tree(one);
        }
    }
    of_months(&breaks, |month| {
        [before, after].map(|tree| {
            let mut branch = Parts::new();
            let mut next = tree(code).and_then(|parents| parents.at(month));
            while let Some(above) = next.filter(|above| *above != code) {
                // Nobody stands above itself: the rules refuse it.
                if branch
                    .insert(Some(above.to_owned()), Decimal::ONE_HUNDRED)
                    .is_some()
                {
                    break;
                }
                next = tree(above).and_then(|parents| parents.at(month));
            }
            branch
        })
    })
}

/// What holds in the stretches of months in which it differs, by code and months.
fn of_months(breaks: &BTreeSet<Month>, at: impl Fn(Month) -> [Parts; 2]) -> Vec<Shift> {
    let mut by_code: BTreeMap<Option<String>, Vec<Shift>> = BTreeMap::new();
    for span in spans::differing(breaks, at) {
        let codes: BTreeSet<&Option<String>> =
            span.before.keys().chain(span.after.keys()).collect();
        for code in codes {
            let of = |parts: &Parts| parts.get(code).copied().unwrap_or_default();
            let (before, after) = (of(&span.before), of(&span.after));
            if before == after {
                continue;
            }
            let all = by_code.entry(code.clone()).or_default();
            let (before, after) = (Some(before), Some(after));
            match all.last_mut() {
                // Only others change from one stretch to the next.
                Some(last)
                    if (last.before, last.after) == (before, after)
                        && last.months.until.map(|until| until.plus(1)) == span.months.from =>
                {
                    last.months.until = span.months.until;
                }
                _ => all.push(Shift {
                    code: code.clone(),
                    months: span.months,
                    before,
                    after,
                    way: way(before, after),
                }),
            }
        }
    }
    by_code.into_values().flatten().collect()
}

fn way(before: Option<Decimal>, after: Option<Decimal>) -> Way {
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        // A part in proportion is something; how much, nobody knows before the month is over.
        (Some(before), None) if before.is_zero() => return Way::More,
        (None, Some(after)) if after.is_zero() => return Way::Less,
        _ => return Way::Depends,
    };
    if after > before { Way::More } else { Way::Less }
}

/// What a shared cost that changes means for each cost centre, by code.
#[must_use]
pub fn of_shared(before: &SharedCost, after: &SharedCost) -> Vec<Shift> {
    let both = [before, after].map(|shared| -> BTreeMap<String, Option<Decimal>> {
        let even = || Shares::Even(shared.among.clone());
        let shares = match &shared.method {
            Method::Proportional => {
                return shared
                    .among
                    .iter()
                    .map(|code| (code.clone(), None))
                    .collect();
            }
            Method::Even => even(),
            Method::Fixed(parts) => Shares::Fixed(parts.clone()),
        };
        let parts = parts(&shares).into_iter();
        parts
            .map(|part| (part.code.to_owned(), Some(part.percent)))
            .collect()
    });
    let [then, now] = &both;
    let joins = now.keys().any(|code| !then.contains_key(code));
    let leaves = then.keys().any(|code| !now.contains_key(code));
    let codes: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let shift = |code: &String| {
        let of = |parts: &BTreeMap<String, Option<Decimal>>| {
            parts.get(code).copied().unwrap_or(Some(Decimal::ZERO))
        };
        let (before, after) = (of(then), of(now));
        let way = match (before, after, joins, leaves) {
            (None, None, false, false) => return None,
            // The others of a proportion share what one more carries, or one less.
            (None, None, true, false) => Way::Less,
            (None, None, false, true) => Way::More,
            (Some(before), Some(after), ..) if before == after => return None,
            _ => way(before, after),
        };
        Some(Shift {
            code: Some(code.clone()),
            months: Months::ALL,
            before,
            after,
            way,
        })
    };
    codes.into_iter().filter_map(shift).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use serde::de::DeserializeOwned;

    use super::*;

    fn of<T: DeserializeOwned>(yaml: &str) -> T {
        serde_yaml::from_str(yaml).unwrap()
    }

    fn told(shifts: Vec<Shift>) -> Vec<String> {
        let percent = |part: Option<Decimal>| part.map_or("?".to_owned(), |part| part.to_string());
        let one = |shift: Shift| {
            let code = shift.code.as_deref().unwrap_or("nobody");
            let (before, after) = (percent(shift.before), percent(shift.after));
            let way = format!("{:?}", shift.way).to_lowercase();
            format!("{code} {way}: {before} -> {after}{}", shift.months)
        };
        shifts.into_iter().map(one).collect()
    }

    fn moved(before: &str, after: &str) -> Vec<String> {
        let timeline = |yaml: &str| (!yaml.is_empty()).then(|| of::<Timeline>(yaml));
        told(of_timelines(
            timeline(before).as_ref(),
            timeline(after).as_ref(),
        ))
    }

    #[test]
    fn an_account_that_moves_is_more_for_one_and_less_for_another() {
        assert_eq!(
            moved("A", "[A, {from: 2027-01, cost_center: B}]"),
            [
                "A less: 100 -> 0 from 2027-01",
                "B more: 0 -> 100 from 2027-01"
            ]
        );
        assert_eq!(
            moved("", "{split: {A: 60, B: 40}}"),
            [
                "nobody less: 100 -> 0",
                "A more: 0 -> 60",
                "B more: 0 -> 40"
            ]
        );
        assert_eq!(
            moved("{split: [A, B]}", "{split: [A, B, C]}"),
            [
                "A less: 50 -> 33.34",
                "B less: 50 -> 33.33",
                "C more: 0 -> 33.33"
            ]
        );
    }

    #[test]
    fn what_is_written_otherwise_is_no_shift_and_equal_stretches_are_one() {
        assert!(moved("{split: [A, B]}", "{split: {A: 50, B: 50}}").is_empty());
        let after = "[A, {from: 2027-01, split: [A, B]}, {from: 2027-06, split: [A, C]}]";
        assert_eq!(
            moved("A", after),
            [
                "A less: 100 -> 50 from 2027-01",
                "B more: 0 -> 50 2027-01 to 2027-05",
                "C more: 0 -> 50 from 2027-06"
            ]
        );
    }

    #[test]
    fn a_branch_carries_what_moves_into_it() {
        let tree = |yaml: &str| of::<HashMap<String, Parents>>(yaml);
        let before = tree("{C: A, A: TOP, B: TOP}");
        let after = tree(
            "{C: [A, {from: 2027-01, parent: B}], A: TOP, B: [TOP, {from: 2027-06, parent: X}]}",
        );
        let shifts = of_branches("C", &|code| before.get(code), &|code| after.get(code));
        assert_eq!(
            told(shifts),
            [
                "A less: 100 -> 0 from 2027-01",
                "B more: 0 -> 100 from 2027-01",
                "TOP less: 100 -> 0 from 2027-06",
                "X more: 0 -> 100 from 2027-06"
            ]
        );
        // A ring is refused elsewhere; here it only must end.
        let ring = tree("{C: A, A: B, B: A}");
        of_branches("C", &|code| ring.get(code), &|code| before.get(code));
    }

    #[test]
    fn shared_costs_shift_as_far_as_it_is_known() {
        let shared = |method: &str, among: &str| SharedCost {
            among: of(among),
            charges: crate::model::spec::Match::default(),
            method: serde_json::from_str(method).unwrap(),
            previously: Vec::new(),
        };
        let moved = |before: &SharedCost, after: &SharedCost| told(of_shared(before, after));
        let even = shared(r#""even""#, "[A, B]");
        assert_eq!(
            moved(&even, &shared(r#"{"fixed": {"A": "75", "C": "25"}}"#, "[]")),
            ["A more: 50 -> 75", "B less: 50 -> 0", "C more: 0 -> 25"]
        );
        let two = shared(r#""proportional""#, "[A, B]");
        assert_eq!(
            moved(&two, &shared(r#""proportional""#, "[A, B, C]")),
            ["A less: ? -> ?", "B less: ? -> ?", "C more: 0 -> ?"]
        );
        assert_eq!(
            moved(&two, &shared(r#""proportional""#, "[A]")),
            ["A more: ? -> ?", "B less: ? -> 0"]
        );
        assert_eq!(
            moved(&even, &two),
            ["A depends: 50 -> ?", "B depends: 50 -> ?"]
        );
        assert!(moved(&two, &two).is_empty());
    }

    fn shares() -> impl Strategy<Value = Shares> {
        let code = prop::sample::select(vec!["A", "B", "C", "D"]).prop_map(str::to_owned);
        let codes = prop::collection::btree_set(code.clone(), 1..4);
        prop_oneof![
            code.prop_map(Shares::Whole),
            codes
                .clone()
                .prop_map(|codes| Shares::Even(codes.into_iter().collect())),
            (codes, 1u32..3000).prop_map(|(codes, cents)| {
                let mut left = Decimal::ONE_HUNDRED;
                let last = codes.len() - 1;
                let part = |(at, code): (usize, String)| {
                    let part = if at == last {
                        left
                    } else {
                        Decimal::new(cents.into(), 2)
                    };
                    left -= part;
                    (code, crate::model::money::Percent(part))
                };
                Shares::Fixed(codes.into_iter().enumerate().map(part).collect())
            }),
        ]
    }

    fn timelines() -> impl Strategy<Value = Option<Timeline>> {
        let periods = prop::collection::btree_map(prop::option::of(0i32..24), shares(), 1..5);
        let timeline = periods.prop_map(|periods| {
            let first = Month::new(2026, 1).unwrap();
            let period = |(from, shares): (Option<i32>, Shares)| crate::model::timeline::Period {
                from: from.map(|from| first.plus(from)),
                shares,
            };
            Timeline(periods.into_iter().map(period).collect())
        });
        prop::option::of(timeline)
    }

    proptest! {
        #[test]
        fn what_some_pay_more_others_pay_less_in_every_month(before in timelines(), after in timelines()) {
            let shifts = of_timelines(before.as_ref(), after.as_ref());
            for at in -1..26 {
                let month = Month::new(2026, 1).unwrap().plus(at);
                let holds = |shift: &&Shift| {
                    shift.months.from.is_none_or(|from| from <= month)
                        && shift.months.until.is_none_or(|until| month <= until)
                };
                let mut seen = BTreeMap::new();
                for shift in shifts.iter().filter(holds) {
                    let by = shift.after.unwrap() - shift.before.unwrap();
                    prop_assert_eq!(by > Decimal::ZERO, shift.way == Way::More);
                    prop_assert!(seen.insert(&shift.code, by).is_none(), "twice in {month}");
                }
                prop_assert_eq!(seen.values().sum::<Decimal>(), Decimal::ZERO, "in {}", month);
                // And each says what really holds before and after.
                let paid = |timeline: &Option<Timeline>| -> Parts {
                    match timeline.as_ref().and_then(|timeline| timeline.at(month)) {
                        Some(period) => parts(&period.shares).into_iter().map(|p| (Some(p.code.to_owned()), p.percent)).collect(),
                        None => BTreeMap::from([(None, Decimal::ONE_HUNDRED)]),
                    }
                };
                let mut then = paid(&before);
                for (code, by) in seen {
                    *then.entry(code.clone()).or_default() += by;
                }
                then.retain(|_, part| !part.is_zero());
                prop_assert_eq!(then, paid(&after));
            }
        }
    }
}
