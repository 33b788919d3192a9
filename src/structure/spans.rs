//! Spans: the stretches of months in which two timelines differ.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::parents::Parents;
use crate::model::time::Month;
use crate::model::timeline::{Shares, Timeline};

/// Months from the first to the last; none is open to that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Months {
    pub from: Option<Month>,
    pub until: Option<Month>,
}

impl Months {
    pub const ALL: Self = Self {
        from: None,
        until: None,
    };
}

/// As a part of a sentence, with a blank before it: ` from 2027-01`; nothing for all months.
impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.until) {
            (None, None) => Ok(()),
            (Some(from), None) => write!(f, " from {from}"),
            (None, Some(until)) => write!(f, " until {until}"),
            (Some(from), Some(until)) if from == until => write!(f, " in {from}"),
            (Some(from), Some(until)) => write!(f, " {from} to {until}"),
        }
    }
}

/// What holds in a stretch of months, before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span<T> {
    pub months: Months,
    pub before: T,
    pub after: T,
}

/// The stretches in which two values by month differ. Between `breaks` nothing changes.
pub fn differing<T: PartialEq>(
    breaks: &BTreeSet<Month>,
    at: impl Fn(Month) -> [T; 2],
) -> Vec<Span<T>> {
    let before_all = breaks.first().map_or(Month::FIRST, |first| first.plus(-1));
    let firsts = std::iter::once((None, before_all));
    let firsts = firsts.chain(breaks.iter().map(|month| (Some(*month), *month)));
    // Each stretch with its first month; equal neighbours are one.
    let mut stretches: Vec<(Option<Month>, [T; 2])> = Vec::new();
    for (from, month) in firsts {
        let pair = at(month);
        if stretches.last().is_none_or(|(_, last)| *last != pair) {
            stretches.push((from, pair));
        }
    }
    let mut spans = Vec::new();
    let mut stretches = stretches.into_iter().peekable();
    while let Some((from, [before, after])) = stretches.next() {
        let next = stretches.peek().and_then(|(from, _)| *from);
        if before != after {
            let until = next.map(|next| next.plus(-1));
            spans.push(Span {
                months: Months { from, until },
                before,
                after,
            });
        }
    }
    spans
}

/// In which months an account falls on something else; none is "on no cost centre".
#[must_use]
pub fn of_shares(before: Option<&Timeline>, after: Option<&Timeline>) -> Vec<Span<Option<Shares>>> {
    let both = [before, after];
    let timelines = both.into_iter().flatten();
    let breaks = timelines.flat_map(|timeline| timeline.0.iter().filter_map(|period| period.from));
    differing(&breaks.collect(), |month| {
        both.map(|timeline| Some(timeline?.at(month)?.shares.clone()))
    })
}

/// In which months a cost centre has another parent; none is "at the top".
#[must_use]
pub fn of_parents(before: Option<&Parents>, after: Option<&Parents>) -> Vec<Span<Option<String>>> {
    let both = [before, after];
    let parents = both.into_iter().flatten();
    let breaks = parents.flat_map(|parents| parents.0.iter().filter_map(|above| above.from));
    differing(&breaks.collect(), |month| {
        both.map(|parents| parents?.at(month).map(str::to_owned))
    })
}
