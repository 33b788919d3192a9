//! Patience: how often GitHub is asked, and how long is waited between
//! (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>).

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

use crate::env;

/// The first wait is up to half a second, each next up to twice as long.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(20);
/// After a secondary limit that says nothing of its end, GitHub wants at least a minute.
pub const SECONDARY: Duration = Duration::from_secs(60);

/// How long one call may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub tries: u32,
    /// All tries together.
    pub total: Duration,
    /// One try.
    pub one: Duration,
}

impl Patience {
    /// As the environment says.
    pub fn from_env() -> Self {
        let total = env::call_timeout();
        Self {
            tries: env::call_tries(),
            total,
            one: total / 3,
        }
    }

    /// How long to wait before the next try; none where there is no time or no try left.
    pub fn next(&self, tried: u32, began: Instant, asked: Option<Duration>) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let wait = asked.unwrap_or_else(|| backoff(tried, fastrand::f64()));
        (began.elapsed() + wait < self.total).then_some(wait)
    }
}

/// Up to twice as long after each try, by chance: many runs must not come back at once.
fn backoff(tried: u32, chance: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << tried.saturating_sub(1).min(10));
    doubled.min(LONGEST).mul_f64(chance.clamp(0.1, 1.0))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

/// How long the answer asks to wait: `Retry-After` in seconds, or until the moment of
/// `x-ratelimit-reset` where no request is left. That moment is GitHub's, and so is the clock that it is
/// held to, where the answer has a date.
pub fn asked(headers: &HeaderMap, wall: impl FnOnce() -> Timestamp) -> Option<Duration> {
    let seconds = text(headers, RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
    if let Some(seconds) = seconds {
        return Some(Duration::from_secs(seconds));
    }
    if !spent(headers) {
        return None;
    }
    let reset: i64 = text(headers, "x-ratelimit-reset")?.parse().ok()?;
    let date = text(headers, DATE.as_str()).and_then(|text| rfc2822::parse(text).ok());
    let now = date.map_or_else(wall, |date| date.timestamp());
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
        let now = || "2026-11-22T09:00:00Z".parse().unwrap();
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
        assert_eq!(seconds(&[reset, ("x-ratelimit-remaining", "12")]), None);
        let past = ("x-ratelimit-reset", "1795330000");
        assert_eq!(seconds(&[past, left]), Some(1));
        assert_eq!(seconds(&[("x-ratelimit-reset", "soon"), left]), None);
        assert_eq!(seconds(&[]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_there_is_time() {
        let patience = Patience {
            tries: 3,
            total: Duration::from_secs(10),
            one: Duration::from_secs(3),
        };
        let began = Instant::now();
        let wait = |tried, seconds| patience.next(tried, began, Some(Duration::from_secs(seconds)));
        assert_eq!(wait(1, 4), Some(Duration::from_secs(4)));
        assert_eq!(wait(1, 60), None);
        assert_eq!(wait(3, 1), None);
        assert!(patience.next(1, began, None).unwrap() <= FIRST);
    }
}
