//! The gate: what no API can do. An export is switched on by a person in Google's console, once for
//! each billing account; bursar says exactly where, and goes on when the table is there.

use super::super::client::bigquery::Dataset;
use super::place::{Place, title};
use crate::model::spec::BigQueryTable;
use crate::provider::answer::Answer;

/// Whom Google makes an owner of the dataset when an export into it is switched on ("Set up Cloud
/// Billing data export to BigQuery").
const EXPORTER: &str = "billing-export-bigquery@system.gserviceaccount.com";

/// Whether an export into a dataset was switched on; none where who may use it is not shown.
pub fn switched_on(dataset: &Dataset) -> Option<bool> {
    if dataset.access.is_empty() {
        return None;
    }
    let exporter = dataset
        .access
        .iter()
        .any(|access| access.user_by_email == EXPORTER || access.iam_member.ends_with(EXPORTER));
    Some(exporter)
}

/// The answer where somebody must switch the export on first.
pub fn shut(place: &Place<'_>, what: impl Into<String>) -> Answer {
    Answer::fail(what)
        .remedy(
            "switch the export on by hand, once (no API can): a Billing Account Administrator \
             follows the steps below; then run bursar again, which goes on when Google has made the \
             table, some hours later",
        )
        .paste(steps(place))
}

fn steps(place: &Place<'_>) -> String {
    let (title, project) = (title(place.kind), place.project);
    let mut steps = vec![format!(
        "open https://console.cloud.google.com/billing/{}/export (Billing, Billing export, BigQuery export)",
        place.account
    )];
    steps.push(format!("under `{title}` choose Edit settings"));
    if place.kind == BigQueryTable::Focus {
        steps.push(format!("Project: {project}"));
        steps.push(format!(
            "Location: {} (Google makes the dataset)",
            place.location
        ));
    } else {
        steps.push(format!("Project: {project}"));
        steps.push(format!(
            "Dataset: {} (in {}; its location cannot be changed later)",
            place.dataset, place.location
        ));
    }
    steps.push("Save".to_owned());
    let numbered = steps.iter().enumerate();
    let lines: Vec<String> = numbered
        .map(|(at, step)| format!("{}. {step}", at + 1))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::super::client::bigquery::Access;
    use super::*;
    use crate::model::spec::BigQuery;

    #[test]
    fn the_owner_that_google_adds_tells_that_it_was_switched_on() {
        let owned = |email: &str| Dataset {
            access: vec![Access {
                role: "OWNER".to_owned(),
                user_by_email: email.to_owned(),
                ..Access::default()
            }],
            ..Dataset::default()
        };
        assert_eq!(switched_on(&Dataset::default()), None);
        assert_eq!(switched_on(&owned("ana@acme.example")), Some(false));
        assert_eq!(switched_on(&owned(EXPORTER)), Some(true));
    }

    #[test]
    fn the_steps_say_every_click() {
        let export = BigQuery {
            dataset: "acme-billing.billing_export".to_owned(),
            location: "EU".to_owned(),
            query_project: None,
            read_with: None,
            table: BigQueryTable::Standard,
        };
        let place = Place::of("01ABCD-234567-89EFAB", &export).unwrap();
        insta::assert_snapshot!(shut(&place, "not on").paste, @r"
        1. open https://console.cloud.google.com/billing/01ABCD-234567-89EFAB/export (Billing, Billing export, BigQuery export)
        2. under `Standard usage cost` choose Edit settings
        3. Project: acme-billing
        4. Dataset: billing_export (in EU; its location cannot be changed later)
        5. Save
        ");
    }
}
