//! Headers that mean the same whoever answers.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// A header that is text.
#[must_use]
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

/// What the server takes for now.
#[must_use]
pub fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = rfc2822::parse(text(headers, DATE.as_str())?).ok()?;
    Some(date.timestamp())
}

/// How long the server asks to wait: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER.as_str())?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers, "2026-11-21T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_server_may_ask_in_seconds_or_by_a_date() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        let date = "Sat, 21 Nov 2026 12:00:30 GMT";
        assert_eq!(asked(date), Some(Duration::from_secs(30)));
        // A moment that has passed: at once.
        let past = "Sat, 21 Nov 2026 11:00:00 GMT";
        assert_eq!(asked(past), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
    }
}
