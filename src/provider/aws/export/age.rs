//! `aws.export.age`: how old is the newest delivery? AWS delivers at least once a day.

use jiff::{SignedDuration, Timestamp};

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::{Deliveries, lasting};
use crate::model::finding::{Badge, DATA_THROUGH};
use crate::provider::answer::Answer;
use crate::provider::shared::age::graded;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "aws.export.age",
        "Is the newest whole delivery younger than 36 hours?",
        &["s3:ListObjectsV2"],
        &["s3:ListBucket"],
        "see `aws.export.health`, and the bucket's policy and encryption: AWS delivers at least once a \
         day",
    ),
    ask,
};

/// AWS delivers up to three times a day, and says no more than "at least once": a day and a half is a
/// delivery that failed to come.
const LATE: SignedDuration = SignedDuration::from_hours(36);
/// Three days without one are no delay.
const STALE: SignedDuration = SignedDuration::from_hours(72);

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let place = case.destination()?;
        if !case.readable() {
            return None;
        }
        let (session, region) = match case.open(&place).await {
            Ok(open) => open,
            Err(skipped) => return Some(skipped),
        };
        let Ok(deliveries) = case.aws.deliveries(&session, &region, &place).await else {
            return Some(Answer::skipped("not asked: `aws.export.read` says why"));
        };
        if let Some(answer) = judged(&deliveries, case.run.now) {
            return Some(answer);
        }
        let entry = case.known_entry(&place).await.ok().flatten();
        Some(if entry.is_some_and(|entry| entry.young(case.run.now)) {
            Answer::pending("nothing is delivered yet")
                .remedy("wait: the first delivery takes up to 24 hours")
        } else {
            Answer::skipped("nothing was delivered: `aws.export.read` says more")
        })
    })
}

/// None where nothing was delivered.
fn judged(deliveries: &Deliveries, now: Timestamp) -> Option<Answer> {
    let newest = deliveries.newest()?;
    let age = now.duration_since(newest.at);
    let told = format!("the newest delivery is {} old", lasting(age));
    let answer = graded(age, LATE, STALE, told);
    let answer = match deliveries.through() {
        Some(day) => answer.evidence(DATA_THROUGH, day.to_string()),
        None => answer,
    };
    Some(
        answer
            .evidence("delivered_at", newest.at.to_string())
            .evidence("manifest", &newest.key),
    )
}

#[cfg(test)]
mod tests {
    use super::super::delivery::Delivered;
    use super::super::period::of_folder;
    use super::super::place::Layout;
    use super::*;
    use crate::model::finding::Status;

    fn delivered(folder: &str, at: &str) -> Delivered {
        Delivered {
            key: format!("{folder}x-Manifest.json"),
            period: of_folder(folder, Layout::Legacy).unwrap(),
            at: at.parse().unwrap(),
        }
    }

    fn aged(at: &str, now: &str) -> Answer {
        let deliveries = Deliveries::from_iter([delivered("20261101-20261201/", at)]);
        judged(&deliveries, now.parse().unwrap()).unwrap()
    }

    #[test]
    fn late_and_stale_have_their_hours() {
        let at = "2026-11-18T06:00:00Z";
        assert_eq!(aged(at, "2026-11-18T05:00:00Z").status, Status::Pass);
        assert_eq!(aged(at, "2026-11-19T18:00:00Z").status, Status::Pass);
        assert_eq!(aged(at, "2026-11-19T18:00:01Z").status, Status::Warn);
        assert_eq!(aged(at, "2026-11-21T06:00:00Z").status, Status::Warn);
        assert_eq!(aged(at, "2026-11-21T06:00:01Z").status, Status::Fail);
        let answer = aged(at, "2026-11-19T19:00:00Z");
        assert_eq!(answer.message, "the newest delivery is 37 hours old");
        assert_eq!(answer.evidence["data_through"], "2026-11-18");
        assert_eq!(answer.evidence["delivered_at"], "2026-11-18T06:00:00Z");
    }

    #[test]
    fn in_the_first_days_of_a_month_the_last_month_counts() {
        let answer = aged("2026-12-01T03:00:00Z", "2026-12-01T09:00:00Z");
        assert_eq!(answer.status, Status::Pass);
        assert_eq!(answer.evidence["data_through"], "2026-11-30");
    }

    #[test]
    fn nothing_has_no_age() {
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        assert_eq!(judged(&Deliveries::default(), now), None);
    }
}
