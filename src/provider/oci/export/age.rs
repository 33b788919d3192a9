//! `oci.export.age`: how old is the newest report? Oracle makes them every six hours, and may be a
//! day late (user guide, "Cost and Usage Reports").

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::Newest;
use crate::model::finding::{Badge, DATA_THROUGH};
use crate::provider::answer::Answer;
use crate::provider::shared::age::graded;
use crate::provider::shared::lasting::lasting;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "oci.export.age",
        "Is the newest report younger than a day?",
        &["objectstorage:ListObjects"],
        &["read objects in tenancy usage-report"],
        "see whether the console shows newer ones (Cost and Usage Reports), and Oracle's status page; if \
         it stays so, ask Oracle's support",
    ),
    ask,
};

/// Every six hours, and up to a day late.
const LATE: SignedDuration = SignedDuration::from_hours(24);
/// Two days without one are no delay.
const STALE: SignedDuration = SignedDuration::from_hours(48);

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let (_, newest) = match case.opened().await? {
            Ok(opened) => opened,
            Err(skipped) => return Some(skipped),
        };
        Some(match newest {
            Ok(newest) => judged(&newest, case.run.now)
                .unwrap_or_else(|| Answer::skipped("there is none: `oci.export.read` says more")),
            Err(_) => Answer::skipped("not asked: `oci.export.bucket` says why"),
        })
    })
}

/// None where there is no report.
fn judged(newest: &Newest, now: Timestamp) -> Option<Answer> {
    let object = newest.object.as_ref()?;
    let age = now.duration_since(object.created);
    let told = format!("the newest report is {} old", lasting(age));
    let answer = graded(age, LATE, STALE, told);
    let through = object.created.to_zoned(TimeZone::UTC).date();
    Some(
        answer
            .evidence(DATA_THROUGH, through.to_string())
            .evidence("delivered_at", object.created.to_string())
            .evidence("file", &object.name),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;
    use crate::provider::oci::client::storage::Object;

    fn aged(created: &str, now: &str) -> Answer {
        let newest = Newest {
            object: Some(Object {
                name: "FOCUS Reports/2026/11/18/a.csv.gz".to_owned(),
                size: 1,
                created: created.parse().unwrap(),
            }),
            others: Vec::new(),
        };
        judged(&newest, now.parse().unwrap()).unwrap()
    }

    #[test]
    fn late_and_stale_have_their_hours() {
        let at = "2026-11-18T06:00:00Z";
        assert_eq!(aged(at, "2026-11-18T05:00:00Z").status, Status::Pass);
        assert_eq!(aged(at, "2026-11-19T06:00:00Z").status, Status::Pass);
        assert_eq!(aged(at, "2026-11-19T06:00:01Z").status, Status::Warn);
        assert_eq!(aged(at, "2026-11-20T06:00:00Z").status, Status::Warn);
        assert_eq!(aged(at, "2026-11-20T06:00:01Z").status, Status::Fail);
        let answer = aged(at, "2026-11-19T07:00:00Z");
        assert_eq!(answer.message, "the newest report is 25 hours old");
        assert_eq!(answer.evidence["data_through"], "2026-11-18");
    }

    #[test]
    fn nothing_has_no_age() {
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        assert_eq!(judged(&Newest::default(), now), None);
    }
}
