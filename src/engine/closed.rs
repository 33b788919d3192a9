//! Closed months: the cost centres of months that the books have closed do not change silently.

use serde_json::Value;

use crate::model::time::Month;
use crate::model::timeline::Timeline;

/// The last closed month in which two allocations differ, if there is one.
///
/// None stands for "on no cost centre".
#[must_use]
pub fn touched(
    before: Option<&Value>,
    after: Option<&Value>,
    closed_through: Month,
) -> Option<Month> {
    let timeline = |value: Option<&Value>| {
        value.and_then(|value| serde_json::from_value::<Timeline>(value.clone()).ok())
    };
    let (before, after) = (timeline(before), timeline(after));
    let breaks = |timeline: &Option<Timeline>| -> Vec<Month> {
        timeline
            .iter()
            .flat_map(|t| t.0.iter().filter_map(|period| period.from))
            .collect()
    };
    let differ = |month: Month| {
        let at = |timeline: &Option<Timeline>| {
            timeline
                .as_ref()
                .and_then(|t| t.at(month))
                .map(|p| p.shares.clone())
        };
        at(&before) != at(&after)
    };
    // Between breaks nothing changes, so that only the months at and just before one matter.
    let mut months = vec![closed_through];
    for month in breaks(&before).into_iter().chain(breaks(&after)) {
        months.extend([month, month.plus(-1)]);
    }
    months.retain(|month| *month <= closed_through);
    months.sort_unstable();
    months.into_iter().rev().find(|month| differ(*month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::leaf::Leaf;
    use serde_json::json;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    fn last(before: Value, after: Value) -> Option<String> {
        touched(Some(&before), Some(&after), month("2026-10")).map(|month| month.to_string())
    }

    #[test]
    fn a_change_from_an_open_month_on_touches_nothing_closed() {
        let after = json!(["A", {"cost_center": "B", "from": "2026-11"}]);
        assert_eq!(last(json!("A"), after), None);
    }

    #[test]
    fn a_change_of_the_past_is_found() {
        assert_eq!(last(json!("A"), json!("B")).as_deref(), Some("2026-10"));
        let after = json!(["A", {"cost_center": "B", "from": "2026-03"}, {"cost_center": "A", "from": "2026-05"}]);
        assert_eq!(last(json!("A"), after).as_deref(), Some("2026-04"));
    }
}
