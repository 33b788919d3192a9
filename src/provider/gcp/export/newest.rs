//! The newest rows of an export: one query over the days of this and the last month, and never over more
//! than [`MOST`] bytes. What the table says of itself where it would be more.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::super::client::Session;
use super::super::client::bigquery::{Query, Table};
use super::columns;
use super::place::Place;
use crate::provider::trouble::Trouble;

/// What one query may read: a few thousandths of a dollar where BigQuery bills by bytes. Two moments a
/// row are 16 bytes, so that this holds for some sixty million rows.
pub const MOST: u64 = 1 << 30;

/// The newest rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// When Google exported the last of them; none where there are none.
    pub exported: Option<Timestamp>,
    /// Until when they are charged for.
    pub through: Option<Timestamp>,
}

/// The query for the newest rows, as of `now`.
pub fn sql(place: &Place<'_>, table: &Table, now: Timestamp) -> String {
    let (exported, through) = columns::times(place.kind);
    let from = format!(
        "SELECT MAX({exported}) AS exported, MAX({through}) AS through FROM `{}`",
        place.full()
    );
    let Some(partition) = &table.time_partitioning else {
        return from;
    };
    let since = last_month(now);
    match partition.field.as_deref() {
        None => format!("{from} WHERE _PARTITIONTIME >= TIMESTAMP('{since}')"),
        // A name that is none would be another query.
        Some(field) if !is_name(field) => from,
        Some(field) => {
            let of = |one: &&super::super::client::bigquery::Field| one.name == field;
            let is_date = table
                .schema
                .fields
                .iter()
                .find(of)
                .is_some_and(|one| one.r#type == "DATE");
            let kind = if is_date { "DATE" } else { "TIMESTAMP" };
            format!("{from} WHERE `{field}` >= {kind}('{since}')")
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The first day of the month before that of `now`: `YYYY-MM-DD`, UTC.
fn last_month(now: Timestamp) -> String {
    let first = now.to_zoned(TimeZone::UTC).date().first_of_month();
    first.saturating_sub(1.month()).to_string()
}

/// Reads them.
pub async fn read(session: &Session, query: &Query<'_>) -> Result<Newest, Trouble> {
    let moments = query.moments(session, MOST).await?;
    let moment = |at: usize| moments.get(at).copied().flatten();
    Ok(Newest {
        exported: moment(0),
        through: moment(1),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::client::bigquery::{Field, Partitioning, Schema};
    use super::*;
    use crate::model::spec::{BigQuery, BigQueryTable};

    fn of(table: BigQueryTable, partitioning: Option<(&str, Option<&str>)>) -> String {
        let export = BigQuery {
            dataset: "acme-billing.costs".to_owned(),
            location: "EU".to_owned(),
            query_project: None,
            read_with: None,
            table,
        };
        let place = Place::of("01ABCD-234567-89EFAB", &export).unwrap();
        let table = Table {
            time_partitioning: partitioning.map(|(kind, field)| Partitioning {
                r#type: kind.to_owned(),
                field: field.map(str::to_owned),
            }),
            schema: Schema {
                fields: vec![Field {
                    name: "day".to_owned(),
                    r#type: "DATE".to_owned(),
                }],
            },
            ..Table::default()
        };
        sql(&place, &table, "2026-01-03T00:30:00Z".parse().unwrap())
    }

    #[test]
    fn two_months_are_read_and_no_more() {
        assert_eq!(
            of(BigQueryTable::Standard, Some(("DAY", None))),
            "SELECT MAX(export_time) AS exported, MAX(usage_end_time) AS through FROM \
             `acme-billing.costs.gcp_billing_export_v1_01ABCD_234567_89EFAB` WHERE _PARTITIONTIME >= \
             TIMESTAMP('2025-12-01')"
        );
        assert!(
            of(BigQueryTable::Focus, Some(("DAY", Some("day")))).ends_with(
                "SELECT MAX(x_ExportTime) AS exported, MAX(ChargePeriodEnd) AS through FROM \
             `acme-billing.costs.gcp_billing_export_focus_01ABCD_234567_89EFAB` WHERE `day` >= \
             DATE('2025-12-01')"
            )
        );
        let odd = of(BigQueryTable::Standard, Some(("DAY", Some("a` OR `b"))));
        assert!(!odd.contains("WHERE"), "{odd}");
        assert!(!of(BigQueryTable::Standard, None).contains("WHERE"));
    }
}
