//! Time as the language knows it: months, dates and days, all UTC.

use std::fmt;

use super::leaf::{Leaf, LeafError, leaf};

/// A calendar month, `YYYY-MM`, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    /// 1 to 12.
    month: i8,
}

impl Month {
    /// The first month that there is.
    pub const FIRST: Self = Self {
        year: 1900,
        month: 1,
    };

    #[must_use]
    pub const fn new(year: i16, month: i8) -> Option<Self> {
        if month >= 1 && month <= 12 && year >= 1900 && year <= 9999 {
            Some(Self { year, month })
        } else {
            None
        }
    }

    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> i8 {
        self.month
    }

    /// Months since the year 0: for differences.
    #[must_use]
    pub const fn ordinal(self) -> i32 {
        self.year as i32 * 12 + self.month as i32 - 1
    }

    /// The month `months` later (or earlier, where negative).
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        let ordinal = self.ordinal() + months;
        Self {
            year: i16::try_from(ordinal.div_euclid(12)).unwrap_or(9999),
            month: i8::try_from(ordinal.rem_euclid(12)).unwrap_or(0) + 1,
        }
    }
}

impl Leaf for Month {
    const NAME: &'static str = "bursar::Month";
    const PLACEHOLDER: &'static str = "2000-01";

    fn parse(text: &str) -> Result<Self, LeafError> {
        let wrong = || {
            LeafError::new(
                "value.month",
                "this is not a month",
                "write the year and the month as `YYYY-MM`, for example `2027-01`",
            )
        };
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        let digits =
            |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(wrong());
        }
        match (year.parse(), month.parse()) {
            (Ok(year), Ok(month)) => Self::new(year, month).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

leaf!(Month, "a calendar month in UTC, YYYY-MM", "2027-01");

/// A calendar date, `YYYY-MM-DD`, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    #[must_use]
    pub const fn new(date: jiff::civil::Date) -> Self {
        Self(date)
    }

    #[must_use]
    pub const fn civil(self) -> jiff::civil::Date {
        self.0
    }

    /// The month that this day is in.
    #[must_use]
    pub fn month(self) -> Month {
        Month {
            year: self.0.year(),
            month: self.0.month(),
        }
    }

    /// Days from `other` to this date; negative where this date is earlier.
    #[must_use]
    pub fn days_since(self, other: Self) -> i64 {
        i64::from((self.0 - other.0).get_days())
    }
}

impl Leaf for Date {
    const NAME: &'static str = "bursar::Date";
    const PLACEHOLDER: &'static str = "2000-01-01";

    fn parse(text: &str) -> Result<Self, LeafError> {
        let form = text.len() == 10
            && text.bytes().enumerate().all(|(at, b)| {
                if at == 4 || at == 7 {
                    b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        form.then(|| text.parse().ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| {
                LeafError::new(
                    "value.date",
                    "this is not a date",
                    "write year, month and day as `YYYY-MM-DD`, for example `2027-01-31`",
                )
            })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

leaf!(Date, "a date in UTC, YYYY-MM-DD", "2027-01-31");

/// A number of days, written `30d` (or in weeks, `4w`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(pub u32);

impl Leaf for Days {
    const NAME: &'static str = "bursar::Days";
    const PLACEHOLDER: &'static str = "1d";

    fn parse(text: &str) -> Result<Self, LeafError> {
        let (number, unit) =
            text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
        let days = match (number.parse::<u32>(), unit) {
            (Ok(days), "d") if days <= 3660 => Some(days),
            (Ok(weeks), "w") if weeks <= 520 => Some(weeks * 7),
            _ => None,
        };
        days.map(Self).ok_or_else(|| {
            LeafError::new(
                "value.days",
                "this is not a number of days",
                "write days as `30d` or weeks as `4w`, at most ten years",
            )
        })
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

leaf!(Days, "a number of days, for example 30d", "30d");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_as_they_are_written_and_count() {
        let month = Month::parse("2026-11").unwrap();
        assert_eq!(month.to_string(), "2026-11");
        assert_eq!(month.plus(2).to_string(), "2027-01");
        assert_eq!(month.plus(-11).to_string(), "2025-12");
        for wrong in [
            "2026-13",
            "2026-1",
            "26-11",
            "2026/11",
            "",
            "2026-00",
            "２026-11",
        ] {
            assert_eq!(
                Month::parse(wrong).unwrap_err().code,
                "value.month",
                "{wrong}"
            );
        }
    }

    #[test]
    fn dates_are_real_days() {
        assert_eq!(Date::parse("2028-02-29").unwrap().to_string(), "2028-02-29");
        for wrong in ["2027-02-29", "2027-1-1", "20270131", "2027-01-31T00:00:00Z"] {
            assert_eq!(
                Date::parse(wrong).unwrap_err().code,
                "value.date",
                "{wrong}"
            );
        }
        let day = |text| Date::parse(text).unwrap();
        assert_eq!(day("2027-03-01").days_since(day("2027-01-01")), 59);
    }

    #[test]
    fn days_and_weeks() {
        assert_eq!(Days::parse("30d").unwrap(), Days(30));
        assert_eq!(Days::parse("4w").unwrap(), Days(28));
        for wrong in ["", "d", "30", "-1d", "9999999d", "é"] {
            assert!(Days::parse(wrong).is_err(), "{wrong}");
        }
    }
}
