//! Billing periods as the folders of a delivery name them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::place::Layout;

/// A billing period, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub start: Date,
    /// The last day, that one included.
    pub last: Date,
}

impl Period {
    /// The period of a folder, by its last name: `20261101-20261201` or `BILLING_PERIOD=2026-11`, in
    /// any case.
    #[must_use]
    pub fn of_folder(folder: &str, layout: Layout) -> Option<Self> {
        let name = folder.trim_end_matches('/').rsplit('/').next()?;
        match layout {
            Layout::Legacy => {
                let (start, end) = name.split_once('-')?;
                let (start, end) = (compact(start)?, compact(end)?);
                // The end is the first day of the next month.
                (start < end).then_some(Self {
                    start,
                    last: end.yesterday().ok()?,
                })
            }
            Layout::DataExports => {
                let (key, month) = name.split_once('=')?;
                let (year, month) = month.split_once('-')?;
                if !key.eq_ignore_ascii_case("BILLING_PERIOD") || year.len() != 4 {
                    return None;
                }
                let start = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
                Some(Self {
                    start,
                    last: start.last_of_month(),
                })
            }
        }
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

    fn period(folder: &str, layout: Layout) -> Option<(String, String)> {
        Period::of_folder(folder, layout)
            .map(|period| (period.start.to_string(), period.last.to_string()))
    }

    fn days(start: &str, last: &str) -> Option<(String, String)> {
        Some((start.to_owned(), last.to_owned()))
    }

    #[test]
    fn folders_name_periods() {
        use Layout::{DataExports, Legacy};
        let november = days("2026-11-01", "2026-11-30");
        assert_eq!(period("cur/acme/20261101-20261201/", Legacy), november);
        assert_eq!(
            period("20261201-20270101", Legacy),
            days("2026-12-01", "2026-12-31")
        );
        assert_eq!(
            period("f/x/metadata/BILLING_PERIOD=2026-11/", DataExports),
            november
        );
        assert_eq!(
            period("f/x/metadata/billing_period=2026-11/", DataExports),
            november
        );
        assert_eq!(
            period("BILLING_PERIOD=2028-02/", DataExports),
            days("2028-02-01", "2028-02-29")
        );
    }

    #[test]
    fn other_folders_name_none() {
        use Layout::{DataExports, Legacy};
        for folder in [
            "cur/acme/acme/",
            "cur/acme/cost_and_usage_data_status/",
            "20261301-20270101/",
            "20261201-20261101/",
            "2026-11/",
            "２０２６1101-20261201/",
            "",
        ] {
            assert_eq!(period(folder, Legacy), None, "{folder}");
        }
        for folder in [
            "date=2026-11/",
            "BILLING_PERIOD=2026-13/",
            "BILLING_PERIOD=26-11/",
            "x/",
        ] {
            assert_eq!(period(folder, DataExports), None, "{folder}");
        }
    }

    #[test]
    fn data_goes_to_the_day_of_its_delivery_and_never_past_the_period() {
        let november = Period::of_folder("20261101-20261201/", Layout::Legacy).unwrap();
        let through = |at: &str| november.through(at.parse().unwrap()).to_string();
        assert_eq!(through("2026-11-21T23:59:59Z"), "2026-11-21");
        assert_eq!(through("2026-12-10T06:00:00Z"), "2026-11-30");
        assert_eq!(through("2026-10-31T06:00:00Z"), "2026-11-01");
    }
}
