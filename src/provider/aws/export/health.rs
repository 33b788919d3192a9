//! `aws.export.health`: what does AWS itself say of the export's deliveries?

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::super::case::{Asking, Case, OnlineCheck, check};
use super::super::client::cost_reports::Report;
use super::super::client::data_exports::Health;
use super::place::Place;
use super::{Entry, FIRST_DELIVERY, lasting};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "aws.export.health",
        "Does AWS itself call the export healthy?",
        &[
            "cur:DescribeReportDefinitions",
            "bcm-data-exports:ListExports",
        ],
        &[
            "cur:DescribeReportDefinitions",
            "bcm-data-exports:ListExports",
        ],
        "see the export's status in Billing and Cost Management, Data Exports",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let place = case.destination()?;
        if case.external() {
            return None;
        }
        let Ok(Some(entry)) = case.known_entry(&place).await else {
            return Some(Answer::skipped(
                "not asked: `aws.export.definition` says why",
            ));
        };
        Some(match entry {
            Entry::Report(found) if silent(&found) && delivered(case, &place).await => {
                Answer::skipped(
                    "AWS says nothing of its deliveries; `aws.export.age` says when the last one came",
                )
            }
            Entry::Report(found) => report(&found),
            Entry::Export(found) => export(&found.health, case.run.now),
        })
    })
}

/// Whether AWS says nothing of a report's deliveries: it does so before the first one, and of some
/// reports always.
fn silent(found: &Report) -> bool {
    found.last_status.is_none() && found.last_delivery.is_none()
}

async fn delivered(case: &Case<'_>, place: &Place<'_>) -> bool {
    let Ok((session, region)) = case.open(place).await else {
        return false;
    };
    let deliveries = case.aws.deliveries(&session, &region, place).await;
    deliveries.is_ok_and(|deliveries| deliveries.newest().is_some())
}

fn report(found: &Report) -> Answer {
    let answer = match found.last_status.as_deref() {
        Some("SUCCESS") => Answer::pass("the last delivery was a success"),
        Some("ERROR_PERMISSIONS") => {
            Answer::fail("AWS may not write to the bucket (ERROR_PERMISSIONS)").remedy(
                "give the bucket the policy that `aws.export.bucket_policy` shows; AWS tries again \
                 within a day",
            )
        }
        Some("ERROR_NO_BUCKET") => {
            Answer::fail("AWS does not find the bucket (ERROR_NO_BUCKET)").remedy(
                "create the bucket again with its policy, or point the report at another bucket; AWS \
                 tries again within a day",
            )
        }
        Some(other) => Answer::warn(format!("AWS calls the report {other}")),
        None if silent(found) => {
            return Answer::pending("AWS has not delivered it yet")
                .remedy("wait: the first delivery takes up to 24 hours after the report was made");
        }
        None => Answer::pass("AWS delivered it"),
    };
    let answer = match &found.last_status {
        Some(status) => answer.evidence("status", status),
        None => answer,
    };
    match &found.last_delivery {
        Some(delivery) => answer.evidence("last_delivery", moment(delivery)),
        None => answer,
    }
}

/// AWS writes `20261121T051500Z` and the like.
fn moment(text: &str) -> String {
    let compact = || {
        let civil = text.get(..15)?;
        let civil = DateTime::strptime("%Y%m%dT%H%M%S", civil).ok()?;
        let at = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(at.to_string())
    };
    compact().unwrap_or_else(|| text.to_owned())
}

fn export(health: &Health, now: Timestamp) -> Answer {
    let since = |at: Timestamp| lasting(now.duration_since(at));
    let answer = match (health.status.as_deref(), health.refreshed, health.created) {
        (Some("UNHEALTHY"), ..) => unhealthy(health.reason.as_deref()),
        (_, None, Some(created)) if now.duration_since(created) < FIRST_DELIVERY => {
            Answer::pending(format!(
                "made {} ago, and not delivered yet",
                since(created)
            ))
            .remedy("wait: the first delivery takes up to 24 hours")
        }
        (_, None, Some(created)) => Answer::fail(format!(
            "made {} ago, and AWS has never delivered it",
            since(created)
        ))
        .remedy(
            "see the bucket's policy (`aws.export.bucket_policy`); where that is right, make the \
             export anew, or ask AWS Support",
        ),
        (_, None, None) => Answer::pending("AWS has not delivered it yet")
            .remedy("wait: the first delivery takes up to 24 hours"),
        (Some("HEALTHY") | None, Some(at), _) => {
            Answer::pass(format!("AWS calls it healthy, refreshed {} ago", since(at)))
        }
        (Some(other), Some(_), _) => Answer::warn(format!("AWS calls the export {other}")),
    };
    let facts = [
        ("status", health.status.clone()),
        ("reason", health.reason.clone()),
        ("created_at", health.created.map(|at| at.to_string())),
        ("refreshed_at", health.refreshed.map(|at| at.to_string())),
    ];
    facts
        .into_iter()
        .fold(answer, |answer, (name, fact)| match fact {
            Some(fact) => answer.evidence(name, fact),
            None => answer,
        })
}

fn unhealthy(reason: Option<&str>) -> Answer {
    let (seen, todo) = match reason {
        Some("INSUFFICIENT_PERMISSION") => (
            "AWS may not write to the bucket",
            "give the bucket the policy that `aws.export.bucket_policy` shows; AWS tries again within \
             a day",
        ),
        Some("BILL_OWNER_CHANGED") => (
            "somebody else pays this account's bill since the export was made",
            "the account joined or left an organization, or its bill was transferred: make the export \
             in the account that pays now, and declare that as the payer",
        ),
        Some("INTERNAL_FAILURE") => (
            "AWS failed to deliver it, for a reason of its own",
            "AWS tries again by itself; if it stays so for a day, ask AWS Support",
        ),
        Some("DEPRECATED") => (
            "AWS no longer delivers this table",
            "make a new export with a newer table, for example `FOCUS_1_2_AWS`, and declare that",
        ),
        _ => (
            "AWS calls the export unhealthy",
            "see its status in Billing and Cost Management, Data Exports",
        ),
    };
    let reason = reason.map(|reason| format!(" ({reason})"));
    Answer::fail(format!("{seen}{}", reason.unwrap_or_default())).remedy(todo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn at(text: &str) -> Option<Timestamp> {
        text.parse().ok()
    }

    fn of_report(status: Option<&str>, delivery: Option<&str>) -> Answer {
        report(&Report {
            name: String::new(),
            bucket: String::new(),
            prefix: String::new(),
            region: String::new(),
            format: String::new(),
            compression: String::new(),
            time_unit: String::new(),
            schema_elements: vec![],
            versioning: String::new(),
            refresh_closed: true,
            last_status: status.map(str::to_owned),
            last_delivery: delivery.map(str::to_owned),
        })
    }

    fn of_export(
        status: &str,
        reason: Option<&str>,
        created: Option<&str>,
        refreshed: Option<&str>,
    ) -> Answer {
        let health = Health {
            status: Some(status.to_owned()),
            reason: reason.map(str::to_owned),
            created: created.and_then(at),
            refreshed: refreshed.and_then(at),
        };
        export(&health, now())
    }

    #[test]
    fn reports_say_how_their_last_delivery_went() {
        let good = of_report(Some("SUCCESS"), Some("20261121T051500Z"));
        assert_eq!(good.status, Status::Pass);
        assert_eq!(good.evidence["last_delivery"], "2026-11-21T05:15:00Z");
        let millis = of_report(Some("SUCCESS"), Some("20261121T051500.123Z"));
        assert_eq!(millis.evidence["last_delivery"], "2026-11-21T05:15:00Z");
        let odd = of_report(Some("SUCCESS"), Some("yesterday"));
        assert_eq!(odd.evidence["last_delivery"], "yesterday");
        assert_eq!(of_report(None, Some("x")).status, Status::Pass);
        assert_eq!(of_report(None, None).status, Status::Pending);
        for status in ["ERROR_PERMISSIONS", "ERROR_NO_BUCKET"] {
            let answer = of_report(Some(status), None);
            assert_eq!(answer.status, Status::Fail);
            assert!(answer.message.contains(status));
            assert!(!answer.remedy.is_empty());
        }
        assert_eq!(of_report(Some("NEW_WORD"), None).status, Status::Warn);
    }

    #[test]
    fn each_reason_of_an_unhealthy_export_is_explained() {
        let mut told = Vec::new();
        for reason in [
            "INSUFFICIENT_PERMISSION",
            "BILL_OWNER_CHANGED",
            "INTERNAL_FAILURE",
            "DEPRECATED",
            "SOMETHING_NEW",
        ] {
            let answer = of_export(
                "UNHEALTHY",
                Some(reason),
                Some("2026-11-21T11:00:00Z"),
                None,
            );
            assert_eq!(answer.status, Status::Fail, "{reason}");
            assert!(answer.message.contains(reason), "{}", answer.message);
            assert_eq!(answer.evidence["reason"], reason);
            assert!(!told.contains(&answer.remedy), "{}", answer.remedy);
            told.push(answer.remedy);
        }
        assert_eq!(
            of_export("UNHEALTHY", None, None, None).status,
            Status::Fail
        );
    }

    #[test]
    fn a_first_delivery_has_a_day() {
        let never = |created| of_export("HEALTHY", None, created, None);
        let young = never(Some("2026-11-20T12:00:01Z"));
        assert_eq!(young.status, Status::Pending);
        assert_eq!(young.message, "made 23 hours ago, and not delivered yet");
        let old = never(Some("2026-11-20T12:00:00Z"));
        assert_eq!(old.status, Status::Fail);
        assert_eq!(never(None).status, Status::Pending);
        let good = of_export(
            "HEALTHY",
            None,
            Some("2026-01-01T00:00:00Z"),
            Some("2026-11-21T05:00:00Z"),
        );
        assert_eq!(good.status, Status::Pass);
        assert_eq!(good.evidence["refreshed_at"], "2026-11-21T05:00:00Z");
    }
}
