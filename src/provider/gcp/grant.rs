//! Grants: for each permission that is needed the predefined role that has it and grants the least
//! beside, and the command that grants it where it belongs. Roles: "IAM roles and permissions index".

use super::client::Session;

/// The role to grant for a permission.
#[must_use]
pub fn role(permission: &str) -> &'static str {
    match permission {
        "billing.accounts.get" | "billing.resourceAssociations.list" => "roles/billing.viewer",
        "bigquery.jobs.create" => "roles/bigquery.jobUser",
        "serviceusage.services.get" => "roles/serviceusage.serviceUsageViewer",
        "iam.serviceAccountKeys.list" => "roles/iam.serviceAccountViewer",
        "recommender.spendBasedCommitmentRecommendations.list" => {
            "roles/recommender.billingAccountCudViewer"
        }
        "recommender.resourcemanagerProjectUtilizationRecommendations.list" => {
            "roles/recommender.projectUtilViewer"
        }
        _ if permission.starts_with("bigquery.") => "roles/bigquery.dataViewer",
        _ => "roles/browser",
    }
}

/// Where a role is granted.
#[derive(Debug, Clone, Copy)]
pub enum To<'a> {
    Organization(&'a str),
    BillingAccount(&'a str),
    Project(&'a str),
    Dataset {
        project: &'a str,
        dataset: &'a str,
        location: &'a str,
    },
    ServiceAccount(&'a str),
}

/// The command that grants a role to who is signed in.
#[must_use]
pub fn command(session: &Session, role: &str, to: To<'_>) -> String {
    line(session.member.as_deref().unwrap_or("MEMBER"), role, to)
}

/// The command that grants a role to a member.
#[must_use]
pub fn line(member: &str, role: &str, to: To<'_>) -> String {
    let grant = format!("--member='{member}' --role={role}");
    match to {
        To::Organization(id) => {
            format!("gcloud organizations add-iam-policy-binding {id} {grant}")
        }
        To::BillingAccount(id) => {
            format!("gcloud billing accounts add-iam-policy-binding {id} {grant}")
        }
        To::Project(id) => format!("gcloud projects add-iam-policy-binding {id} {grant}"),
        To::ServiceAccount(email) => {
            format!("gcloud iam service-accounts add-iam-policy-binding {email} {grant}")
        }
        // Datasets have no such command, but a statement.
        To::Dataset {
            project,
            dataset,
            location,
        } => format!(
            "bq query --project_id={project} --location={location} --use_legacy_sql=false \
             'GRANT `{role}` ON SCHEMA `{project}`.`{dataset}` TO \"{member}\"'"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_has_its_role_and_each_place_its_command() {
        assert_eq!(role("bigquery.tables.getData"), "roles/bigquery.dataViewer");
        assert_eq!(role("bigquery.jobs.create"), "roles/bigquery.jobUser");
        assert_eq!(role("resourcemanager.folders.get"), "roles/browser");
        assert_eq!(
            line("user:a@b.example", "roles/browser", To::Organization("7")),
            "gcloud organizations add-iam-policy-binding 7 --member='user:a@b.example' --role=roles/browser"
        );
        let dataset = To::Dataset {
            project: "acme",
            dataset: "x",
            location: "EU",
        };
        assert_eq!(
            line("user:a@b.example", "roles/bigquery.dataViewer", dataset),
            "bq query --project_id=acme --location=EU --use_legacy_sql=false 'GRANT \
             `roles/bigquery.dataViewer` ON SCHEMA `acme`.`x` TO \"user:a@b.example\"'"
        );
    }
}
