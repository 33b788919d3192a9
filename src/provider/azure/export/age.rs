//! `azure.export.age`: how old is the newest delivery? Cost Management delivers once a day.

use jiff::{SignedDuration, Timestamp};

use super::super::case::{Asking, OnlineCheck, check};
use super::delivery::Deliveries;
use super::{Case, lasting, read};
use crate::model::finding::{Badge, DATA_THROUGH};
use crate::provider::answer::Answer;
use crate::provider::shared::age::graded;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "azure.export.age",
        "Is the newest whole delivery younger than 36 hours?",
        &["Blob:ListBlobs"],
        &["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
        "see `azure.export.health`, and start the export (Cost Management, Exports, Run now)",
    ),
    ask,
};

/// An export runs once a day, at no promised hour: a day and a half is a run that failed to come.
const LATE: SignedDuration = SignedDuration::from_hours(36);
/// Three days without one are no delay.
const STALE: SignedDuration = SignedDuration::from_hours(72);

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let target = case.target()?;
        if !case.readable() {
            return None;
        }
        let deliveries = match read::deliveries(case, &target).await {
            Ok(deliveries) => deliveries,
            Err(skipped) => return Some(skipped),
        };
        if let Some(answer) = deliveries.and_then(|all| judged(&all, case.run.now)) {
            return Some(answer);
        }
        let known = case.known_definition(&target).await.ok().flatten();
        Some(
            if known.is_some_and(|found| target.fits(&found) && found.young(case.run.now)) {
                Answer::pending("nothing is delivered yet")
                    .remedy("wait: the first run comes within a day")
            } else {
                Answer::skipped("nothing was delivered: `azure.export.read` says more")
            },
        )
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
            .evidence("blob", &newest.blob),
    )
}

#[cfg(test)]
mod tests {
    use super::super::delivery::Delivered;
    use super::super::period::of_folder;
    use super::*;
    use crate::model::finding::Status;

    fn aged(at: &str, now: &str) -> Answer {
        let delivered = Delivered {
            blob: "x/20261101-20261130/run/manifest.json".to_owned(),
            is_manifest: true,
            period: of_folder("20261101-20261130").unwrap(),
            at: at.parse().unwrap(),
        };
        judged(&Deliveries::from_iter([delivered]), now.parse().unwrap()).unwrap()
    }

    #[test]
    fn late_and_stale_have_their_hours() {
        let at = "2026-11-18T06:00:00Z";
        assert_eq!(aged(at, "2026-11-19T18:00:00Z").status, Status::Pass);
        assert_eq!(aged(at, "2026-11-19T18:00:01Z").status, Status::Warn);
        assert_eq!(aged(at, "2026-11-21T06:00:00Z").status, Status::Warn);
        assert_eq!(aged(at, "2026-11-21T06:00:01Z").status, Status::Fail);
        let answer = aged("2026-12-01T03:00:00Z", "2026-12-01T09:00:00Z");
        assert_eq!(answer.status, Status::Pass);
        assert_eq!(answer.evidence["data_through"], "2026-11-30");
    }
}
