//! Expiries: what a day or a moment means today.

use jiff::Timestamp;

use super::answer::Answer;
use super::probe::Run;
use crate::model::time::Date;

/// What to make of something that may be used up to and on `day`.
pub(super) fn of_day(what: &str, day: Date, run: &Run<'_>) -> Answer {
    let left = day.days_since(run.today());
    judge(what, &day.to_string(), (left, "today"), left < 0, run)
}

/// What to make of something that may be used until `moment`.
pub(super) fn of_moment(what: &str, moment: Timestamp, run: &Run<'_>) -> Answer {
    let seconds = moment.as_second() - run.now.as_second();
    let text = moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let left = (seconds.div_euclid(86_400), "within a day");
    judge(what, &text, left, moment <= run.now, run)
}

/// `left` counts whole days, with the words for none.
fn judge(
    what: &str,
    when: &str,
    (left, none_left): (i64, &str),
    past: bool,
    run: &Run<'_>,
) -> Answer {
    let answer = if past {
        Answer::fail(format!("{what} expired on {when}"))
    } else if left <= i64::from(run.expiring_within.0) {
        let in_days = match left {
            0 => none_left.to_owned(),
            1 => "in 1 day".to_owned(),
            days => format!("in {days} days"),
        };
        Answer::warn(format!("{what} expires {in_days}, on {when}"))
    } else {
        Answer::pass(format!("{what} expires in {left} days, on {when}"))
    };
    answer.evidence("expires", when)
}
