//! Closed months: the cost centres of months that the books have closed do not change silently.

use serde_json::Value;

use crate::model::time::Month;
use crate::model::timeline::Timeline;

/// The closed months whose cost centre a change would touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// The first of them; none: all months since ever.
    pub first: Option<Month>,
    /// The last of them that is closed.
    pub last: Month,
}

/// Which months up to `closed_through` differ between two allocations, if any does.
///
/// None stands for "on no cost centre".
#[must_use]
pub fn touched(
    before: Option<&Value>,
    after: Option<&Value>,
    closed_through: Month,
) -> Option<Touched> {
    let timeline = |value: Option<&Value>| {
        value.and_then(|value| serde_json::from_value::<Timeline>(value.clone()).ok())
    };
    let (before, after) = (timeline(before), timeline(after));
    let differ = |month: Month| {
        let at = |timeline: &Option<Timeline>| {
            timeline
                .as_ref()
                .and_then(|t| t.at(month))
                .map(|p| p.shares.clone())
        };
        at(&before) != at(&after)
    };
    // Between breaks nothing changes: each stretch is judged by one of its months.
    let mut breaks: Vec<Month> = [&before, &after]
        .into_iter()
        .flatten()
        .flat_map(|timeline| timeline.0.iter().filter_map(|period| period.from))
        .filter(|month| *month <= closed_through)
        .collect();
    breaks.sort_unstable();
    breaks.dedup();
    let end = |next: usize| {
        breaks
            .get(next)
            .map_or(closed_through, |month| month.plus(-1))
    };
    let mut touched: Option<Touched> = None;
    let stretches = std::iter::once(None).chain(breaks.iter().copied().map(Some));
    for (at, first) in stretches.enumerate() {
        let last = end(at);
        if differ(first.unwrap_or(last)) {
            touched.get_or_insert(Touched { first, last }).last = last;
        }
    }
    touched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::leaf::Leaf;
    use serde_json::json;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    fn months(before: Value, after: Value) -> Option<(String, String)> {
        let touched = touched(Some(&before), Some(&after), month("2026-10"))?;
        let first = touched
            .first
            .map_or_else(|| "ever".to_owned(), |month| month.to_string());
        Some((first, touched.last.to_string()))
    }

    fn span(first: &str, last: &str) -> Option<(String, String)> {
        Some((first.to_owned(), last.to_owned()))
    }

    #[test]
    fn a_change_from_an_open_month_on_touches_nothing_closed() {
        let after = json!(["A", {"cost_center": "B", "from": "2026-11"}]);
        assert_eq!(months(json!("A"), after), None);
    }

    #[test]
    fn the_first_and_the_last_changed_month_are_found() {
        assert_eq!(months(json!("A"), json!("B")), span("ever", "2026-10"));
        let from = |month: &str| json!(["A", {"cost_center": "B", "from": month}]);
        assert_eq!(
            months(json!("A"), from("2026-03")),
            span("2026-03", "2026-10")
        );
        assert_eq!(
            months(from("2026-05"), from("2026-03")),
            span("2026-03", "2026-04")
        );
        let back = json!(["A", {"cost_center": "B", "from": "2026-03"}, {"cost_center": "A", "from": "2026-05"}]);
        assert_eq!(months(json!("A"), back), span("2026-03", "2026-04"));
        let until = json!(["B", {"cost_center": "A", "from": "2020-01"}]);
        assert_eq!(months(json!("A"), until), span("ever", "2019-12"));
    }
}
