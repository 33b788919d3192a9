//! Age: when the newest delivery is late, and when it failed to come. How long that is, each provider's
//! check knows.

use jiff::SignedDuration;

use crate::provider::answer::Answer;

/// What an age means: older than `late` is a warning, older than `stale` a failure.
pub fn graded(
    age: SignedDuration,
    late: SignedDuration,
    stale: SignedDuration,
    told: String,
) -> Answer {
    if age > stale {
        Answer::fail(told)
    } else if age > late {
        Answer::warn(told)
    } else {
        Answer::pass(told)
    }
}
