//! What the environment says to the command line: the variables are listed in [`crate::env`].

use jiff::Timestamp;

pub use crate::env::*;

use super::failure::Failure;

/// The moment that this run takes for now. Read once.
///
/// # Errors
/// Where [`BURSAR_NOW`] is neither a moment nor a date.
pub fn now() -> Result<Timestamp, Failure> {
    match get(BURSAR_NOW) {
        None => Ok(Timestamp::now()),
        Some(text) => moment(&text).ok_or_else(|| {
            Failure::new(format!("{BURSAR_NOW} is neither a moment nor a date"))
                .help("write it as `2027-01-31T12:00:00Z` or `2027-01-31`, or unset it")
        }),
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let date: jiff::civil::Date = text.parse().ok()?;
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn now_is_a_moment_or_a_date() {
        let text = |input| moment(input).map(|moment| moment.to_string());
        assert_eq!(text("2027-01-31").as_deref(), Some("2027-01-31T00:00:00Z"));
        assert_eq!(
            text("2027-01-31T12:00:00+02:00").as_deref(),
            Some("2027-01-31T10:00:00Z")
        );
        assert_eq!(text("tomorrow"), None);
        assert_eq!(text("2027-13-01"), None);
    }
}
