//! Lengths of time as people say them.

use jiff::SignedDuration;

/// A length of time for people: `5 hours`, `3 days`.
pub fn lasting(time: SignedDuration) -> String {
    let counted = |count: i64, one: &str, many: &str| {
        let word = if count == 1 { one } else { many };
        format!("{count} {word}")
    };
    match time.as_hours() {
        ..1 => counted(time.as_mins().max(0), "minute", "minutes"),
        hours @ 1..48 => counted(hours, "hour", "hours"),
        hours => counted(hours / 24, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_the_unit_that_fits() {
        let told = |minutes| lasting(SignedDuration::from_mins(minutes));
        assert_eq!(told(-5), "0 minutes");
        assert_eq!(told(1), "1 minute");
        assert_eq!(told(61), "1 hour");
        assert_eq!(told(47 * 60 + 59), "47 hours");
        assert_eq!(told(48 * 60), "2 days");
    }
}
