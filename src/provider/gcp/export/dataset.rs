//! `gcp.export.dataset`: is the dataset there, where it is declared, and may its tables be listed?

use super::super::case::{Case, OnlineCheck};
use super::super::client::bigquery::Dataset;
use super::super::client::{DISABLED, Session};
use super::super::grant;
use super::gate;
use super::place::Place;
use crate::model::finding::Badge;
use crate::model::spec::BigQueryTable;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::trouble::{Kind, Trouble};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "gcp.export.dataset",
        "Is the dataset there, in the declared location, and may its tables be listed?",
        &["bigquery.datasets.get", "bigquery.tables.list"],
        &["bigquery.datasets.get", "bigquery.tables.list"],
        "create the dataset, or correct its declaration",
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
        let dataset = match case.gcp.dataset(&session, &place).await {
            Ok(dataset) => dataset,
            Err(trouble) if trouble.kind == Kind::Missing => return Some(absent(&place, &trouble)),
            Err(trouble) => return Some(refused(case, &session, &place, &trouble).await),
        };
        if let Err(trouble) = case.gcp.table_names(&session, &place).await {
            return Some(refused(case, &session, &place, &trouble).await);
        }
        Some(judged(&place, &dataset))
    })
}

fn absent(place: &Place<'_>, trouble: &Trouble) -> Answer {
    let what = format!("there is no dataset {}", place.declared());
    let answer = if place.kind == BigQueryTable::Focus {
        let immutable = place.immutable();
        if place.dataset.eq_ignore_ascii_case(&immutable) {
            gate::shut(place, what)
        } else {
            Answer::fail(what).remedy(format!(
                "Google makes the dataset of the FOCUS export itself: write `dataset: {}.{immutable}`; \
                 if that is not there yet, bursar then says how the export is switched on",
                place.project
            ))
        }
    } else {
        Answer::fail(what)
            .remedy("create it, or correct `dataset`; then the export can be switched on:")
            .paste(format!(
                "bq --location={} mk --dataset {}:{}",
                place.location, place.project, place.dataset
            ))
    };
    trouble.evidence(answer)
}

async fn refused(
    case: &Case<'_>,
    session: &Session,
    place: &Place<'_>,
    trouble: &Trouble,
) -> Answer {
    let doing = format!("see the dataset {}", place.declared());
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

fn judged(place: &Place<'_>, dataset: &Dataset) -> Answer {
    let found = dataset.location.as_str();
    let answer = if found.eq_ignore_ascii_case(place.location) {
        Answer::pass(format!("the dataset is there, in {found}"))
    } else {
        Answer::fail(format!(
            "the dataset is in {found}, and {} is declared: queries must run where the data is",
            place.location
        ))
        .remedy(format!("write `location: {found}`"))
    };
    answer
        .evidence("wanted.location", place.location)
        .evidence("found.location", found)
}

#[cfg(test)]
mod tests {
    use super::super::super::client::GOOGLE;
    use super::*;
    use crate::model::finding::Status;
    use crate::model::spec::BigQuery;

    fn export(table: BigQueryTable, dataset: &str) -> BigQuery {
        BigQuery {
            dataset: dataset.to_owned(),
            location: "EU".to_owned(),
            query_project: None,
            read_with: None,
            table,
        }
    }

    const ACCOUNT: &str = "01ABCD-234567-89EFAB";

    #[test]
    fn what_is_not_there_is_made_or_switched_on() {
        let missing = Trouble::new(&GOOGLE, Kind::Missing, "bigquery.datasets.get", "Not found");
        let standard = export(BigQueryTable::Standard, "acme-billing.costs");
        let place = Place::of(ACCOUNT, &standard).unwrap();
        assert_eq!(
            absent(&place, &missing).paste,
            "bq --location=EU mk --dataset acme-billing:costs"
        );
        let wrong = export(BigQueryTable::Focus, "acme-billing.costs");
        let place = Place::of(ACCOUNT, &wrong).unwrap();
        assert!(
            absent(&place, &missing)
                .remedy
                .contains("`dataset: acme-billing.gcp_billing_immutable_01ABCD_234567_89EFAB_eu`")
        );
        let named = "acme-billing.gcp_billing_immutable_01ABCD_234567_89EFAB_eu";
        let focus = export(BigQueryTable::Focus, named);
        let place = Place::of(ACCOUNT, &focus).unwrap();
        assert!(
            absent(&place, &missing)
                .paste
                .contains("`FOCUS usage cost`")
        );
    }

    #[test]
    fn a_dataset_elsewhere_is_a_failure() {
        let standard = export(BigQueryTable::Standard, "acme-billing.costs");
        let place = Place::of(ACCOUNT, &standard).unwrap();
        let at = |location: &str| Dataset {
            location: location.to_owned(),
            ..Dataset::default()
        };
        assert_eq!(judged(&place, &at("eu")).status, Status::Pass);
        let elsewhere = judged(&place, &at("US"));
        assert_eq!(elsewhere.status, Status::Fail);
        assert_eq!(elsewhere.remedy, "write `location: US`");
    }
}
