//! Billing periods as the folders of a delivery name them: `20261101-20261130`, the last day included.

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
    /// The period of a folder, by its last name.
    #[must_use]
    pub fn of_folder(folder: &str) -> Option<Self> {
        let name = folder.trim_end_matches('/').rsplit('/').next()?;
        let (start, last) = name.split_once('-')?;
        let (start, last) = (compact(start)?, compact(last)?);
        (start <= last).then_some(Self { start, last })
    }

    /// The day through which costs are there, where they were delivered at a moment: that day, and
    /// none outside of the period.
    #[must_use]
    pub fn through(&self, delivered: Timestamp) -> Date {
        let day = delivered.to_zoned(TimeZone::UTC).date();
        day.clamp(self.start, self.last)
    }
}

/// `20261101`.
fn compact(text: &str) -> Option<Date> {
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
    fn folders_name_periods() {
        let period = Period::of_folder("actual/daily/20261101-20261130/").unwrap();
        assert_eq!(period.start.to_string(), "2026-11-01");
        assert_eq!(period.last.to_string(), "2026-11-30");
        for folder in [
            "a/manifest/",
            "20261301-20261330/",
            "20261130-20261101/",
            "",
        ] {
            assert_eq!(Period::of_folder(folder), None, "{folder}");
        }
    }

    #[test]
    fn data_goes_to_the_day_of_its_delivery_and_never_past_the_period() {
        let november = Period::of_folder("20261101-20261130").unwrap();
        let through = |at: &str| november.through(at.parse().unwrap()).to_string();
        assert_eq!(through("2026-11-21T23:59:59Z"), "2026-11-21");
        assert_eq!(through("2026-12-10T06:00:00Z"), "2026-11-30");
        assert_eq!(through("2026-10-31T06:00:00Z"), "2026-11-01");
    }
}
