//! Every environment variable that bursar itself reads, and what it means. Secrets that a project
//! refers to (`{env: NAME}`) are read by `credential`, not here.

use jiff::Timestamp;

use super::failure::Failure;

/// Where set to anything but the empty text: no colour. See <https://no-color.org>.
pub const NO_COLOR: &str = "NO_COLOR";

/// The moment that a run takes for now: RFC 3339 (`2027-01-31T12:00:00Z`) or a date
/// (`2027-01-31`, its first moment in UTC). For tests and for looking ahead.
pub const BURSAR_NOW: &str = "BURSAR_NOW";

/// What is written to standard error about the inner workings: directives of `tracing`, such as
/// `debug` or `bursar::config=trace`.
pub const BURSAR_LOG: &str = "BURSAR_LOG";

/// The terminal; `dumb` gets no colour and no graphics.
pub const TERM: &str = "TERM";

/// Who is at work, for the lock and the history; on a laptop.
pub const USER: &str = "USER";

/// Who is at work, for the lock and the history; on a runner of GitHub Actions.
pub const GITHUB_ACTOR: &str = "GITHUB_ACTOR";

/// A variable that is set and not empty.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

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
