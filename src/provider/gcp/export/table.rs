//! `gcp.export.table`: is the table of the declared export there, with its columns and partitions? Where
//! it is not, somebody must switch the export on, or has just done so.

use super::super::case::{Case, OnlineCheck};
use super::super::client::bigquery::{Dataset, Table};
use super::super::client::{DISABLED, Session};
use super::super::grant;
use super::place::{Place, read_name, title, word};
use super::{columns, gate};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::trouble::{Kind, Trouble};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "gcp.export.table",
        "Is the table of the declared export there, with its columns, partitioned by day?",
        &["bigquery.tables.get", "bigquery.tables.list"],
        &["bigquery.tables.get", "bigquery.tables.list"],
        "switch the export on (Billing, Billing export, BigQuery export), or correct its declaration",
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
        let dataset = match case.known_dataset(&session, &place).await {
            Ok(dataset) => dataset,
            Err(skipped) => return Some(skipped),
        };
        Some(match case.gcp.table(&session, &place).await {
            Ok(table) => judged(&place, &table),
            Err(trouble) if trouble.kind == Kind::Missing => {
                match case.gcp.table_names(&session, &place).await {
                    Ok(names) => absent(&place, &dataset, &names),
                    Err(_) => Answer::skipped("not asked: `gcp.export.dataset` says why"),
                }
            }
            Err(trouble) => refused(case, &session, &place, &trouble).await,
        })
    })
}

async fn refused(
    case: &Case<'_>,
    session: &Session,
    place: &Place<'_>,
    trouble: &Trouble,
) -> Answer {
    let doing = format!("see the table {}", place.full());
    if trouble.kind != Kind::Denied || trouble.is(DISABLED) {
        return case.told(session, trouble, &doing).await;
    }
    let role = grant::role(trouble.action);
    trouble
        .answer(&doing)
        .remedy(format!(
            "grant {role} on the dataset; it takes a few minutes to hold:"
        ))
        .paste(grant::command(session, role, place.grant()))
}

/// What it means that the table is not there, by the tables that are.
fn absent(place: &Place<'_>, dataset: &Dataset, names: &[String]) -> Answer {
    let found: Vec<_> = names.iter().filter_map(|name| read_name(name)).collect();
    let others: Vec<_> = found
        .iter()
        .filter(|(_, account)| account.eq_ignore_ascii_case(place.account))
        .map(|(kind, _)| *kind)
        .collect();
    let here = place.declared();
    let (wanted, titled) = (&place.table, title(place.kind));
    let answer = if let Some(other) = others.first() {
        let named: Vec<&str> = others.iter().map(|kind| title(*kind)).collect();
        let answer = gate::shut(
            place,
            format!(
                "{here} holds {}, not {titled}: there is no table {wanted}",
                named.join(" and ")
            ),
        );
        let remedy = format!(
            "write `table: {}` if that is the export you want; else {}",
            word(*other),
            answer.remedy
        );
        answer.remedy(remedy)
    } else if let Some((_, account)) = found.first() {
        gate::shut(
            place,
            format!(
                "{here} holds the export of billing account {account}, not of {}",
                place.account
            ),
        )
    } else {
        match gate::switched_on(dataset) {
            Some(true) => Answer::pending(format!(
                "the export is switched on, and Google has not made the table {wanted} yet"
            ))
            .remedy(
                "wait: the table comes within hours, at most two days; after that see that the billing \
                 account has costs",
            ),
            Some(false) => gate::shut(place, format!("{titled} is not exported to {here} yet")),
            None => {
                let answer = gate::shut(
                    place,
                    format!("there is no table {wanted} in {here}: {titled} is not exported there yet"),
                );
                let remedy = format!(
                    "if you have just switched it on, wait some hours; else {}",
                    answer.remedy
                );
                answer.remedy(remedy)
            }
        }
    };
    answer
        .evidence("wanted.table", wanted)
        .evidence("found.tables", names.join(", "))
}

fn judged(place: &Place<'_>, table: &Table) -> Answer {
    let missing = columns::missing(place.kind, table);
    let partition = table.time_partitioning.as_ref();
    let by_day = partition.is_some_and(|partition| partition.r#type == "DAY");
    let answer = if !missing.is_empty() {
        Answer::fail(format!(
            "the table lacks columns that costs need: {}",
            missing.join(", ")
        ))
        .remedy(
            "see what wrote it in Google's place; delete it and switch the export on anew, or \
                 declare the table that Google writes",
        )
        .evidence("missing", missing.join(", "))
    } else if !by_day && table.r#type != "VIEW" {
        Answer::warn(match partition {
            None => "the table has no partitions: every query reads all of it".to_owned(),
            Some(other) => format!(
                "the table has a partition for each {}, not for each day",
                other.r#type.to_ascii_lowercase()
            ),
        })
        .remedy("see whether it is a copy: Google's own tables have a partition for each day")
    } else {
        Answer::pass(format!("{} is there, with its columns", title(place.kind)))
    };
    answer.evidence("table", place.full())
}

#[cfg(test)]
mod tests {
    use super::super::super::client::bigquery::{Access, Field, Partitioning, Schema};
    use super::super::place::table_name;
    use super::*;
    use crate::model::finding::Status;
    use crate::model::spec::{BigQuery, BigQueryTable};

    const ACCOUNT: &str = "01ABCD-234567-89EFAB";

    fn export(table: BigQueryTable) -> BigQuery {
        BigQuery {
            dataset: "acme-billing.costs".to_owned(),
            location: "EU".to_owned(),
            query_project: None,
            read_with: None,
            table,
        }
    }

    fn dataset(email: &str) -> Dataset {
        Dataset {
            access: vec![Access {
                user_by_email: email.to_owned(),
                ..Access::default()
            }],
            ..Dataset::default()
        }
    }

    #[test]
    fn what_is_there_instead_is_named() {
        let export = export(BigQueryTable::Standard);
        let place = Place::of(ACCOUNT, &export).unwrap();
        let detailed = [table_name(BigQueryTable::Detailed, ACCOUNT)];
        let answer = absent(&place, &dataset("x@y.example"), &detailed);
        assert_eq!(answer.status, Status::Fail);
        assert!(
            answer.message.starts_with(
                "acme-billing.costs holds Detailed usage cost, not Standard usage cost"
            ),
            "{}",
            answer.message
        );
        assert!(
            answer.remedy.starts_with("write `table: detailed`"),
            "{}",
            answer.remedy
        );
        let other = [table_name(BigQueryTable::Standard, "FFFFFF-000000-111111")];
        let answer = absent(&place, &dataset("x@y.example"), &other);
        assert!(answer.message.contains("FFFFFF-000000-111111"));
    }

    #[test]
    fn not_yet_is_told_from_never() {
        let export = export(BigQueryTable::Standard);
        let place = Place::of(ACCOUNT, &export).unwrap();
        let exporter = "billing-export-bigquery@system.gserviceaccount.com";
        let on = absent(&place, &dataset(exporter), &[]);
        assert_eq!(on.status, Status::Pending);
        let off = absent(&place, &dataset("ana@acme.example"), &[]);
        assert_eq!(off.status, Status::Fail);
        assert!(
            off.paste
                .starts_with("1. open https://console.cloud.google.com/billing/01ABCD")
        );
        let hidden = absent(&place, &Dataset::default(), &[]);
        assert!(hidden.remedy.starts_with("if you have just switched it on"));
    }

    #[test]
    fn columns_and_partitions_are_compared() {
        let export = export(BigQueryTable::Detailed);
        let place = Place::of(ACCOUNT, &export).unwrap();
        let table = |names: &[&str], partition: Option<&str>| Table {
            r#type: "TABLE".to_owned(),
            schema: Schema {
                fields: names
                    .iter()
                    .map(|name| Field {
                        name: (*name).to_owned(),
                        ..Field::default()
                    })
                    .collect(),
            },
            time_partitioning: partition.map(|kind| Partitioning {
                r#type: kind.to_owned(),
                field: None,
            }),
            ..Table::default()
        };
        let all = columns::missing(BigQueryTable::Detailed, &Table::default());
        assert!(all.contains(&"resource"));
        assert_eq!(
            judged(&place, &table(&all, Some("DAY"))).status,
            Status::Pass
        );
        assert_eq!(judged(&place, &table(&all, None)).status, Status::Warn);
        assert_eq!(
            judged(&place, &table(&all, Some("MONTH"))).status,
            Status::Warn
        );
        let fewer = judged(&place, &table(&all[1..], Some("DAY")));
        assert_eq!(fewer.status, Status::Fail);
        assert!(fewer.message.contains(all[0]));
    }
}
