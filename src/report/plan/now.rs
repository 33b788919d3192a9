//! What holds in the month of the run.

use jiff::Timestamp;
use serde_json::Value;

use crate::model::leaf::Leaf;
use crate::model::time::Month;
use crate::model::timeline::{Shares, Timeline};

/// The month of a moment, UTC.
#[must_use]
pub fn month(now: Timestamp) -> Option<Month> {
    Month::parse(&now.strftime("%Y-%m").to_string()).ok()
}

/// The shares of a recorded or declared spec in the month of a moment.
#[must_use]
pub fn allocation(spec: &Value, now: Timestamp) -> Option<Shares> {
    let timeline: Timeline = serde_json::from_value(spec.get("cost_center")?.clone()).ok()?;
    timeline.at(month(now)?).map(|period| period.shares.clone())
}
