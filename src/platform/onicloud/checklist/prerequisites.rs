//! Prerequisites: what Onicloud's guide asks for in each cloud, with what our checks found of it.

use super::book::Org;
use super::ticks::Item;
use crate::model::provider::Provider;

/// One step of the guide: its key, its text, and the checks that answer it.
type Step = (&'static str, &'static str, &'static [&'static str]);

const AWS: &[Step] = &[
    (
        "user",
        "Create an IAM user and note its ARN",
        &["aws.identity", "aws.key.user"],
    ),
    (
        "export",
        "Configure the Cost & Usage Report to an S3 bucket in us-east-1",
        &[
            "aws.export.definition",
            "aws.export.bucket",
            "aws.export.bucket_policy",
            "aws.export.health",
        ],
    ),
    (
        "policy",
        "Create an IAM policy with no more than reading the bucket, listing the organization and simulating IAM policies, and attach it to the user",
        &[
            "aws.permissions",
            "aws.organization.members",
            "aws.export.read",
        ],
    ),
    (
        "key",
        "Make an access key for the user and download its CSV file",
        &["aws.credential.present", "aws.key.csv", "aws.key.form"],
    ),
];

const GCP: &[Step] = &[
    (
        "apis",
        "Enable the APIs: BigQuery, IAM, Resource Manager",
        &["gcp.apis"],
    ),
    (
        "export",
        "Export billing to BigQuery",
        &["gcp.export.dataset", "gcp.export.table"],
    ),
    (
        "account",
        "Create a service account and a JSON key for it",
        &[
            "gcp.credential.present",
            "gcp.key.form",
            "gcp.key.project",
            "gcp.identity",
        ],
    ),
    (
        "roles",
        "Create custom roles (after BigQuery Viewer, BigQuery User, Project Viewer) and grant them on the organization, the project and the table",
        &[
            "gcp.permissions",
            "gcp.organization.members",
            "gcp.export.read",
        ],
    ),
];

const AZURE: &[Step] = &[
    (
        "application",
        "Create an app registration and note its client id",
        &["azure.identity"],
    ),
    (
        "secret",
        "Make a client secret; note its value and its id",
        &[
            "azure.credential.present",
            "azure.secret.value",
            "azure.secret.expiry",
        ],
    ),
    (
        "role",
        "Assign the role EventGrid EventSubscription Reader to the application (bursar needs other roles and does not check this one)",
        &[],
    ),
    (
        "storage",
        "Create a storage account and a container for the exports",
        &["azure.export.provider", "azure.export.read"],
    ),
    (
        "exports",
        "Configure two cost exports into it: actual and amortized",
        &[
            "azure.payer.datasets",
            "azure.export.definition",
            "azure.export.health",
        ],
    ),
    (
        "sas",
        "Generate a SAS token and note the connection string",
        &[
            "azure.sas.form",
            "azure.sas.permissions",
            "azure.sas.scope",
            "azure.sas.protocol",
            "azure.sas.expiry",
        ],
    ),
];

const OCI: &[Step] = &[
    (
        "group",
        "Create a group and add those who are responsible",
        &[],
    ),
    (
        "policy",
        "Write a policy that lets the group read the usage reports of the tenancy",
        &["oci.export.bucket", "oci.export.read"],
    ),
    (
        "key",
        "Add an API key, download its private key, and note what OCI shows: user, tenancy, fingerprint, region",
        &[
            "oci.credential.present",
            "oci.key.form",
            "oci.key.fingerprint",
            "oci.identity",
            "oci.region.home",
        ],
    ),
];

/// The steps in the organization's cloud.
pub fn of(org: &Org<'_>) -> Vec<Item> {
    let steps = match org.spec.provider {
        Provider::Aws => AWS,
        Provider::Gcp => GCP,
        Provider::Azure => AZURE,
        Provider::Oci => OCI,
        Provider::AzureCsp => &[],
    };
    let addresses = org.addresses();
    let addresses: Vec<_> = addresses.iter().collect();
    let item = |(key, text, checks): &Step| {
        let mut item = Item::new(format!("{}.first.{key}", org.address), *text);
        item.below.extend(org.book.found(&addresses, checks));
        item
    };
    steps.iter().map(item).collect()
}

/// The checks of a provider's recommendations.
pub const fn recommendations(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Aws => &["aws.recommendations.trusted_advisor"],
        Provider::Azure => &["azure.recommendations.advisor"],
        Provider::AzureCsp => &["azure_csp.recommendations.advisor"],
        Provider::Gcp => &[
            "gcp.recommendations.commitments",
            "gcp.recommendations.projects",
        ],
        Provider::Oci => &["oci.recommendations.cloud_advisor"],
    }
}
