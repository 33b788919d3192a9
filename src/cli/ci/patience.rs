//! Patience: waits for somebody else's apply to end.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::state::StateError;

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(2);

/// Tries until nobody else holds the state, at most so long. Says once on standard error who does.
pub fn wait<T>(
    at_most: Duration,
    mut attempt: impl FnMut() -> Result<T, StateError>,
) -> Result<T, StateError> {
    let began = Instant::now();
    let mut told = false;
    loop {
        let error = match attempt() {
            Err(error @ StateError::Locked { .. }) => error,
            other => return other,
        };
        let left = at_most.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Err(error);
        }
        if !told {
            told = true;
            let minutes = at_most.as_secs().div_ceil(60);
            let _ = writeln!(
                std::io::stderr(),
                "{error}; waiting up to {minutes} minutes"
            );
        }
        std::thread::sleep(PAUSE.min(left));
    }
}
