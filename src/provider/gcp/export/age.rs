//! `gcp.export.age`: when did Google last export, and through which day? It promises no latency, so that
//! a day or two is nothing.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::case::{Case, OnlineCheck};
use super::super::client::bigquery::Table;
use super::BACKFILL;
use super::newest::{self, MOST, Newest};
use crate::model::finding::{Badge, DATA_THROUGH};
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::shared::age::graded;
use crate::provider::shared::lasting::lasting;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "gcp.export.age",
        "Did Google export within the last two days?",
        &["bigquery.tables.get", "bigquery.jobs.query"],
        &[
            "bigquery.tables.get",
            "bigquery.tables.getData",
            "bigquery.jobs.create",
        ],
        "see Billing, Billing export: whether the export is still switched on, into this dataset",
    ),
    ask,
};

/// Google gives "no delivery or latency guarantees"; up to 1.6 days were seen.
const LATE: SignedDuration = SignedDuration::from_hours(48);
/// Five days without a row are no delay.
const STALE: SignedDuration = SignedDuration::from_hours(120);

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let place = case.place()?;
        if !case.readable() {
            return None;
        }
        let session = match case.reader().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let table = match case.known_table(&session, &place).await {
            Ok(table) => table,
            Err(skipped) => return Some(skipped),
        };
        if table.is_empty() {
            return Some(nothing(&table, case.run.now));
        }
        if case.lacks_reading(&session, &place).await {
            return Some(Answer::skipped(
                "not asked: permissions are missing, as `gcp.permissions` says",
            ));
        }
        let sql = newest::sql(&place, &table, case.run.now);
        let query = place.query(&sql);
        Some(match newest::read(&session, &query).await {
            Ok(newest) => judged(&table, newest, case.run.now),
            // Too much to read within the bound: the table itself says when it was written.
            Err(trouble) if trouble.is("bytesBilledLimitExceeded") => {
                by_table(&table, case.run.now)
            }
            Err(trouble) if trouble.passes() => trouble.answer("read the newest export time"),
            Err(_) => Answer::skipped("not asked: `gcp.export.read` says why"),
        })
    })
}

fn judged(table: &Table, newest: Newest, now: Timestamp) -> Answer {
    let Some(exported) = newest.exported else {
        return nothing(table, now);
    };
    let age = now.duration_since(exported);
    let told = format!("the newest rows were exported {} ago", lasting(age));
    let answer = graded(age, LATE, STALE, told).evidence("exported_at", exported.to_string());
    match newest.through.map(|through| (through, day(through))) {
        Some((through, day)) => {
            let behind = exported.duration_since(through);
            let young = table
                .creation_time
                .is_some_and(|made| now.duration_since(made) < BACKFILL);
            let answer = answer.evidence(DATA_THROUGH, day);
            if young && behind > LATE {
                answer.evidence("backfill", "Google still loads what it charged before")
            } else {
                answer
            }
        }
        None => answer,
    }
}

/// The day of what was charged last: what ends at midnight belongs to the day before.
fn day(through: Timestamp) -> String {
    let last = through - SignedDuration::from_micros(1);
    last.to_zoned(TimeZone::UTC).date().to_string()
}

fn nothing(table: &Table, now: Timestamp) -> Answer {
    let made = table.creation_time.map(|made| now.duration_since(made));
    match made {
        Some(age) if age < BACKFILL => Answer::pending(format!(
            "the table was made {} ago, and has no rows of this and the last month yet",
            lasting(age)
        ))
        .remedy("wait: Google needs up to five days to load what it charged before"),
        _ => Answer::fail("there are no rows of this and the last month"),
    }
}

fn by_table(table: &Table, now: Timestamp) -> Answer {
    let Some(written) = table.last_modified_time else {
        return Answer::unknown("BigQuery does not say when the table was last written");
    };
    let age = now.duration_since(written);
    let told = format!("the table was last written {} ago", lasting(age));
    graded(age, LATE, STALE, told)
        .evidence("last_modified", written.to_string())
        .evidence(
            "why",
            format!("the newest rows are more than {MOST} bytes to read"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn aged(exported: Option<&str>, through: Option<&str>) -> Answer {
        let newest = Newest {
            exported: exported.map(at),
            through: through.map(at),
        };
        let table = Table {
            creation_time: Some(at("2026-01-01T00:00:00Z")),
            ..Table::default()
        };
        judged(&table, newest, at("2026-11-21T12:00:00Z"))
    }

    #[test]
    fn late_and_stale_have_their_hours() {
        let status = |exported| aged(Some(exported), None).status;
        assert_eq!(status("2026-11-21T13:00:00Z"), Status::Pass);
        assert_eq!(status("2026-11-19T12:00:00Z"), Status::Pass);
        assert_eq!(status("2026-11-19T11:59:59Z"), Status::Warn);
        assert_eq!(status("2026-11-16T12:00:00Z"), Status::Warn);
        assert_eq!(status("2026-11-16T11:59:59Z"), Status::Fail);
        assert_eq!(aged(None, None).status, Status::Fail);
    }

    #[test]
    fn what_ends_at_midnight_is_of_the_day_before() {
        let through =
            |end| aged(Some("2026-11-21T10:00:00Z"), Some(end)).evidence[DATA_THROUGH].clone();
        assert_eq!(through("2026-11-21T00:00:00Z"), "2026-11-20");
        assert_eq!(through("2026-11-21T07:00:00Z"), "2026-11-21");
    }

    #[test]
    fn a_new_table_is_pending_for_five_days() {
        let none = Newest {
            exported: None,
            through: None,
        };
        let made = |text| Table {
            creation_time: Some(at(text)),
            ..Table::default()
        };
        let now = at("2026-11-21T12:00:00Z");
        let young = judged(&made("2026-11-16T12:00:01Z"), none, now);
        assert_eq!(young.status, Status::Pending);
        assert_eq!(
            judged(&made("2026-11-16T12:00:00Z"), none, now).status,
            Status::Fail
        );
    }

    #[test]
    fn where_there_is_too_much_the_table_itself_is_asked() {
        let table = Table {
            last_modified_time: Some(at("2026-11-19T11:00:00Z")),
            ..Table::default()
        };
        let answer = by_table(&table, at("2026-11-21T12:00:00Z"));
        assert_eq!(answer.status, Status::Warn);
        assert_eq!(answer.message, "the table was last written 2 days ago");
    }
}
