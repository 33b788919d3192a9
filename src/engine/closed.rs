//! Closed months: who paid in months that the books have closed, and what stood above a cost centre in
//! them, does not change silently.

use serde_json::Value;

use crate::model::spec::CostCenter;
use crate::model::time::Month;
use crate::model::timeline::Timeline;

/// The closed months that a change would touch.
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
    let both = [timeline(before), timeline(after)];
    let breaks = both
        .iter()
        .flatten()
        .flat_map(|timeline| timeline.0.iter().filter_map(|period| period.from));
    let differ = |month: Month| {
        let [before, after] = both.each_ref().map(|timeline| {
            let period = timeline.as_ref().and_then(|timeline| timeline.at(month));
            period.map(|period| &period.shares)
        });
        before != after
    };
    stretches(breaks.collect(), differ, closed_through)
}

/// In which months up to `closed_through` a cost centre would have another parent, if in any: of those that
/// it lives in before and after.
#[must_use]
pub fn moved(before: &Value, after: &Value, closed_through: Month) -> Option<Touched> {
    let center = |spec: &Value| serde_json::from_value::<CostCenter>(spec.clone()).ok();
    let both = [center(before)?, center(after)?];
    let breaks = both.iter().flat_map(|center| {
        let parents = center.parent.iter().flat_map(|parents| &parents.0);
        let life = [center.from, center.to.map(|to| to.plus(1))];
        let periods = parents.filter_map(|above| above.from);
        periods.chain(life.into_iter().flatten())
    });
    let differ = |month: Month| {
        let lives = |center: &CostCenter| {
            center.from.is_none_or(|from| from <= month) && center.to.is_none_or(|to| month <= to)
        };
        let parent = |center: &'_ CostCenter| {
            let parents = center.parent.as_ref();
            parents.and_then(|parents| parents.at(month).map(str::to_owned))
        };
        let [before, after] = &both;
        lives(before) && lives(after) && parent(before) != parent(after)
    };
    stretches(breaks.collect(), differ, closed_through)
}

/// The months in which something differs that is the same between breaks: each stretch is judged by one
/// of its months.
fn stretches(
    mut breaks: Vec<Month>,
    differ: impl Fn(Month) -> bool,
    closed_through: Month,
) -> Option<Touched> {
    breaks.retain(|month| *month <= closed_through);
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

    #[test]
    fn a_parent_moves_in_months_that_both_live_in() {
        let months = |before: Value, after: Value| {
            let touched = super::moved(&before, &after, month("2026-10"))?;
            let first = touched.first.map(|month| month.to_string());
            Some((first.unwrap_or_default(), touched.last.to_string()))
        };
        let at = |parent: Value| json!({"name": "x", "parent": parent});
        assert_eq!(months(at(json!("A")), at(json!("B"))), span("", "2026-10"));
        let open = json!(["A", {"from": "2026-11", "parent": "B"}]);
        assert_eq!(months(at(json!("A")), at(open)), None);
        let late = json!(["A", {"from": "2026-03"}, {"from": "2026-05", "parent": "A"}]);
        assert_eq!(months(at(json!("A")), at(late)), span("2026-03", "2026-04"));
        let young = |parent: &str| json!({"name": "x", "from": "2026-10", "parent": parent});
        assert_eq!(months(young("A"), young("B")), span("2026-10", "2026-10"));
        let coming = json!({"name": "x", "from": "2026-11", "parent": "B"});
        assert_eq!(months(young("A"), coming), None);
    }
}
