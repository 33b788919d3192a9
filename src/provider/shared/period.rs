//! Periods that costs are delivered for, and through which day they are there. How folders name them, each
//! provider knows.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The days that a delivery may have costs of, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub start: Date,
    /// The last day, that one included.
    pub last: Date,
}

impl Period {
    /// The day through which costs are there, where they were delivered at a moment: that day, and
    /// none outside of the period.
    #[must_use]
    pub fn through(&self, delivered: Timestamp) -> Date {
        let day = delivered.to_zoned(TimeZone::UTC).date();
        day.clamp(self.start, self.last)
    }
}

/// `20261101`.
pub fn compact(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to);
    Date::new(
        part(0, 4)?.parse().ok()?,
        part(4, 6)?.parse().ok()?,
        part(6, 8)?.parse().ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_goes_to_the_day_of_its_delivery_and_never_past_the_period() {
        let [start, last] = ["20261101", "20261130"].map(|text| compact(text).unwrap());
        let november = Period { start, last };
        let through = |at: &str| november.through(at.parse().unwrap()).to_string();
        assert_eq!(through("2026-11-21T23:59:59Z"), "2026-11-21");
        assert_eq!(through("2026-12-10T06:00:00Z"), "2026-11-30");
        assert_eq!(through("2026-10-31T06:00:00Z"), "2026-11-01");
    }

    #[test]
    fn a_day_has_eight_digits() {
        assert_eq!(compact("20280229"), Date::new(2028, 2, 29).ok());
        for text in [
            "2026111",
            "202611011",
            "20261301",
            "２０２６1101",
            "2026-1-1",
            "",
        ] {
            assert_eq!(compact(text), None, "{text}");
        }
    }
}
