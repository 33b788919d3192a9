//! `gcp.export.read`: may the table be queried? A dry run reads nothing and costs nothing.

use super::super::case::{Case, OnlineCheck};
use super::super::client::bigquery::Query;
use super::super::client::{DISABLED, Session};
use super::super::grant::{self, To};
use super::super::permissions::{On, READ_TABLE, RUN_QUERIES};
use super::newest;
use super::place::Place;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::trouble::{Kind, Trouble};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "gcp.export.read",
        "May the table be queried, as a dry run tells?",
        &["bigquery.jobs.query"],
        &[RUN_QUERIES, READ_TABLE],
        "grant roles/bigquery.jobUser on the project that queries run in, and \
         roles/bigquery.dataViewer on the dataset",
    ),
    ask,
};

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
        if case.lacks_reading(&session, &place).await {
            return Some(Answer::skipped(
                "not asked: permissions are missing, as `gcp.permissions` says",
            ));
        }
        let sql = newest::sql(&place, &table, case.run.now);
        let query = place.query(&sql);
        Some(match query.dry_run(&session).await {
            Ok(bytes) => Answer::pass("a query of the table may run")
                .evidence("query_project", place.query_project)
                .evidence("bytes", bytes.to_string()),
            Err(trouble) => refused(case, &session, &place, &trouble).await,
        })
    })
}

impl<'a> Place<'a> {
    pub(super) fn query<'q>(&'q self, sql: &'q str) -> Query<'q> {
        Query {
            project: self.query_project,
            location: self.location,
            sql,
        }
    }
}

impl Case<'_> {
    /// Whether it is known that the table cannot be queried: then that is told already.
    pub(super) async fn lacks_reading(&self, session: &Session, place: &Place<'_>) -> bool {
        self.lacks(session, On::Project(place.query_project), RUN_QUERIES)
            .await
            || self.lacks(session, On::Table(place), READ_TABLE).await
    }
}

async fn refused(
    case: &Case<'_>,
    session: &Session,
    place: &Place<'_>,
    trouble: &Trouble,
) -> Answer {
    let doing = format!("query {}", place.full());
    match trouble.kind {
        Kind::Denied if !trouble.is(DISABLED) => {
            let of_job = trouble.message.contains(RUN_QUERIES);
            let (permission, to) = if of_job {
                (RUN_QUERIES, To::Project(place.query_project))
            } else {
                (READ_TABLE, place.grant())
            };
            let role = grant::role(permission);
            trouble
                .answer(&doing)
                .remedy(format!("grant {role}; it takes a few minutes to hold:"))
                .paste(grant::command(session, role, to))
        }
        Kind::Missing => trouble.answer(&doing).remedy(format!(
            "see `location`: BigQuery looks for the dataset in {} only",
            place.location
        )),
        _ => case.told(session, trouble, &doing).await,
    }
}
