//! Patience: how often a request is tried, how long is waited between, and when it is given up.

use std::time::Duration;

use tokio::time::Instant;

use crate::env;

/// The first wait is up to half a second, each next up to twice as long.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(20);

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
    #[must_use]
    pub fn from_env() -> Self {
        let total = env::call_timeout();
        Self {
            tries: env::call_tries(),
            total,
            one: total / 3,
        }
    }

    /// How long to wait before the next try; none where there is no time or no try left.
    #[must_use]
    pub fn next(&self, tried: u32, began: Instant, asked: Option<Duration>) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let wait = asked.unwrap_or_else(|| backoff(tried, fastrand::f64()));
        let spent = began.elapsed();
        (spent + wait < self.total).then_some(wait)
    }
}

/// Up to twice as long after each try, by chance: many clients must not come back at once.
fn backoff(tried: u32, chance: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << tried.saturating_sub(1).min(10));
    doubled.min(LONGEST).mul_f64(chance.clamp(0.1, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        assert_eq!(backoff(1, 1.0), FIRST);
        assert_eq!(backoff(2, 1.0), FIRST * 2);
        assert_eq!(backoff(3, 0.5), FIRST * 2);
        assert_eq!(backoff(60, 1.0), LONGEST);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_there_is_time() {
        let patience = Patience {
            tries: 3,
            total: Duration::from_secs(10),
            one: Duration::from_secs(3),
        };
        let began = Instant::now();
        let wait = |tried, seconds| {
            let asked = Some(Duration::from_secs(seconds));
            patience
                .next(tried, began, asked)
                .map(|wait| wait.as_secs())
        };
        assert_eq!(wait(1, 4), Some(4));
        assert_eq!(wait(1, 60), None);
        assert_eq!(wait(3, 1), None);
        tokio::time::advance(Duration::from_secs(8)).await;
        assert_eq!(wait(2, 4), None);
    }
}
