//! What BigQuery exports name has the form that Google Cloud accepts.

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::Problem;
use crate::model::id::is_gcp_project;
use crate::model::spec::Export;

pub const RULE: Rule = Rule {
    name: "bigquery",
    codes: &["gcp.dataset", "gcp.location", "gcp.project"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let payers = &context.estate.declaration.payers;
    for entry in payers.iter() {
        for (name, export) in &entry.value.exports {
            let Export::BigQuery(export) = export else {
                continue;
            };
            let at = payers.at(entry).key("exports").key(name).key("bigquery");
            if let Some(help) = dataset_fault(&export.dataset) {
                problems.push(
                    Problem::error(
                        "gcp.dataset",
                        at.clone().key("dataset"),
                        format!("`{}` is no project and dataset", shown(&export.dataset)),
                        help,
                    )
                    .label("not `project.dataset`"),
                );
            }
            if !is_location(&export.location) {
                problems.push(
                    Problem::error(
                        "gcp.location",
                        at.clone().key("location"),
                        format!("`{}` does not read like a location of BigQuery", shown(&export.location)),
                        "write `EU` or `US`, or a region such as `europe-west1`; BigQuery shows it among the dataset's details",
                    )
                    .label("not a location"),
                );
            }
            if let Some(project) = export
                .query_project
                .as_deref()
                .filter(|project| !is_gcp_project(project))
            {
                problems.push(
                    Problem::error(
                        "gcp.project",
                        at.key("query_project"),
                        format!("`{}` is no id of a Google Cloud project", shown(project)),
                        "write 6 to 30 small letters, digits and hyphens, beginning with a letter: the id, not the name or the number",
                    )
                    .label("not a project"),
                );
            }
        }
    }
}

/// What to write instead, if it is not `project.dataset`.
fn dataset_fault(text: &str) -> Option<String> {
    let is_dataset = |name: &str| {
        (1..=1024).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let split = text.rsplit_once('.');
    if let Some((project, dataset)) = split
        && is_gcp_project(project)
        && is_dataset(dataset)
    {
        return None;
    }
    let dotted = text.replacen(':', ".", 1);
    Some(match split {
        _ if dotted != text && dataset_fault(&dotted).is_none() => {
            format!(
                "put a dot between project and dataset: `{}`",
                shown(&dotted)
            )
        }
        None => {
            "write the project's id, a dot and the dataset's name: `acme-billing.billing_export`"
                .to_owned()
        }
        Some((project, dataset)) if project.split('.').count() == 2 && is_dataset(dataset) => {
            "write project and dataset only, without the table: its name follows from `table:`"
                .to_owned()
        }
        Some((_, dataset)) if dataset.contains('-') => format!(
            "a dataset's name has no hyphens (a project's id has): did you mean `…{}`?",
            shown(&format!(".{}", dataset.replace('-', "_")))
        ),
        Some((project, _)) if !is_gcp_project(project) => {
            "in front of the dot stands the project's id: 6 to 30 small letters, digits and hyphens"
                .to_owned()
        }
        Some(_) => {
            "behind the dot stands the dataset's name: letters, digits and underscores".to_owned()
        }
    })
}

/// A multi-region (`EU`, `US`) or a region's code.
fn is_location(location: &str) -> bool {
    let lower = location.to_ascii_lowercase();
    if matches!(lower.as_str(), "eu" | "us") {
        return true;
    }
    let Some((area, place)) = lower.split_once('-') else {
        return false;
    };
    let letters = place.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = place.len() - letters.len();
    !area.is_empty()
        && area.bytes().all(|byte| byte.is_ascii_lowercase())
        && !letters.is_empty()
        && letters.bytes().all(|byte| byte.is_ascii_lowercase())
        && (1..=2).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn datasets_and_locations_have_their_form() {
        for right in ["acme-billing.billing_export", "example.com:acme-bill.x"] {
            assert_eq!(dataset_fault(right), None, "{right}");
        }
        for (wrong, help) in [
            ("billing_export", "a dot and the dataset"),
            ("acme-billing.billing-export", "has no hyphens"),
            (
                "acme-billing:billing_export",
                "`acme-billing.billing_export`",
            ),
            (
                "acme-billing.billing_export.gcp_billing_export_v1",
                "without the table",
            ),
            ("Acme.x", "project's id"),
            ("acme-billing.a b", "dataset's name"),
        ] {
            let fault = dataset_fault(wrong).unwrap_or_default();
            assert!(fault.contains(help), "{wrong}: {fault}");
        }
        for right in [
            "EU",
            "US",
            "us",
            "europe-west1",
            "us-central1",
            "northamerica-northeast2",
            "us-east5",
        ] {
            assert!(is_location(right), "{right}");
        }
        for wrong in [
            "",
            "Europe",
            "eu-",
            "europe-west",
            "us-central1-a",
            "europe_west1",
        ] {
            assert!(!is_location(wrong), "{wrong}");
        }
    }

    #[test]
    fn exports_are_judged_field_by_field() {
        let text = "version: 1
organizations: {gcp: {provider: gcp, id: '1'}}
payers:
  01ABCD-234567-89EFAB:
    organization: gcp
    exports:
      good: {bigquery: {dataset: acme-billing.billing_export, location: EU, query_project: acme-query}}
      bad: {bigquery: {dataset: billing_export, location: Europe, query_project: '123456789012'}}
";
        let at = "payers.01ABCD-234567-89EFAB.exports.bad.bigquery";
        assert_eq!(
            found(&RULE, text),
            [
                format!("gcp.dataset {at}.dataset"),
                format!("gcp.location {at}.location"),
                format!("gcp.project {at}.query_project"),
            ]
        );
        assert!(
            said(&RULE, text)[0].starts_with("`billing_export` is no project and dataset; write")
        );
    }
}
