//! GitHub's limits: how long it asks to wait, in headers of its own beside `Retry-After`
//! (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

use crate::http::{date, retry_after, text};

/// After a secondary limit that says nothing of its end, GitHub wants at least a minute.
pub const SECONDARY: Duration = Duration::from_secs(60);

/// How long the answer asks to wait: `Retry-After`, or until the moment of `x-ratelimit-reset` where no
/// request is left. That moment is GitHub's, and so is the clock that it is held to, where the answer has
/// a date.
pub fn asked(headers: &HeaderMap, wall: Timestamp) -> Option<Duration> {
    let now = date(headers).unwrap_or(wall);
    let wait = retry_after(headers, now);
    if wait.is_some() || !spent(headers) {
        return wait;
    }
    let reset: i64 = text(headers, "x-ratelimit-reset")?.parse().ok()?;
    let left = reset.saturating_sub(now.as_second()).max(0);
    // The last second may be half over.
    Some(Duration::from_secs(
        u64::try_from(left).unwrap_or_default() + 1,
    ))
}

/// Whether no request is left until the limit is reset.
pub fn spent(headers: &HeaderMap) -> bool {
    text(headers, "x-ratelimit-remaining") == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        list.iter().map(pair).collect()
    }

    fn seconds(list: &[(&'static str, &'static str)]) -> Option<u64> {
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        asked(&headers(list), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn an_answer_says_how_long_to_wait() {
        assert_eq!(seconds(&[("retry-after", "7")]), Some(7));
        let reset = ("x-ratelimit-reset", "1795338030");
        let left = ("x-ratelimit-remaining", "0");
        assert_eq!(seconds(&[reset, left]), Some(31));
        // GitHub's own clock comes first.
        let date = ("date", "Sun, 22 Nov 2026 09:00:20 GMT");
        assert_eq!(seconds(&[reset, left, date]), Some(11));
        let until = ("retry-after", "Sun, 22 Nov 2026 09:00:50 GMT");
        assert_eq!(seconds(&[until, date]), Some(30));
        assert_eq!(seconds(&[reset, ("x-ratelimit-remaining", "12")]), None);
        let past = ("x-ratelimit-reset", "1795330000");
        assert_eq!(seconds(&[past, left]), Some(1));
        assert_eq!(seconds(&[("x-ratelimit-reset", "soon"), left]), None);
        assert_eq!(seconds(&[]), None);
    }
}
