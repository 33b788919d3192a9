//! Billing periods as the folders of a delivery name them.

use jiff::civil::Date;

use super::place::Layout;
use crate::provider::shared::period::{Period, compact};

/// The period of a folder, by its last name: `20261101-20261201` or `BILLING_PERIOD=2026-11`, in
/// any case.
#[must_use]
pub fn of_folder(folder: &str, layout: Layout) -> Option<Period> {
    let name = folder.trim_end_matches('/').rsplit('/').next()?;
    match layout {
        Layout::Legacy => {
            let (start, end) = name.split_once('-')?;
            let (start, end) = (compact(start)?, compact(end)?);
            // The end is the first day of the next month.
            (start < end).then_some(Period {
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
            Some(Period {
                start,
                last: start.last_of_month(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(folder: &str, layout: Layout) -> Option<(String, String)> {
        of_folder(folder, layout).map(|period| (period.start.to_string(), period.last.to_string()))
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
}
