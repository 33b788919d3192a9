//! The story of the prerequisites: APIs, roles, export. Each is taken away in turn; this is what a tired
//! engineer reads, and when it is given back all is well again.

use insta::assert_snapshot;

use crate::google::world::World;
use crate::project::Project;

fn told(world: &World) -> String {
    Project::of(world).check().told()
}

#[test]
fn an_api_that_is_not_enabled() {
    let world = World::good();
    world.without_api("cloudbilling.googleapis.com");
    world.without_api("bigquery.googleapis.com");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.apis credential/reader
      not enabled in project acme-billing: bigquery.googleapis.com, cloudbilling.googleapis.com
      help: enable what is missing; it takes a few minutes to hold:
      | gcloud services enable bigquery.googleapis.com cloudbilling.googleapis.com --project=acme-billing
    "##);
}

#[test]
fn an_api_that_is_not_enabled_where_that_cannot_be_seen() {
    let world = World::good();
    world.without_role("roles/serviceusage.serviceUsageViewer");
    world.without_api("cloudbilling.googleapis.com");
    assert_snapshot!(told(&world), @r##"
    exit 1
    warn gcp.apis credential/reader
      it cannot be seen which APIs are enabled in acme-billing: serviceusage.services.get is missing
      said: IAM_PERMISSION_DENIED: Permission 'serviceusage.services.get' denied on resource '//projects/acme-billing' (or it may not exist).
      help: grant it, so that an API that is not enabled is named before it is needed:
      | gcloud projects add-iam-policy-binding acme-billing --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/serviceusage.serviceUsageViewer
    fail gcp.permissions payer/gcp/01ABCD-234567-89EFAB
      cannot ask what may be done with billing account 01ABCD-234567-89EFAB: cloudbilling.googleapis.com is not enabled in project 900000000001
      said: SERVICE_DISABLED: The API has not been used in project 900000000001 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/cloudbilling.googleapis.com/overview?project=900000000001 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.
      help: gcloud services enable cloudbilling.googleapis.com --project=900000000001; it takes a few minutes to hold
    "##);
}

#[test]
fn service_usage_itself_is_not_enabled() {
    let world = World::good();
    world.without_api("serviceusage.googleapis.com");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.apis credential/reader
      cannot ask which APIs are enabled in acme-billing: serviceusage.googleapis.com is not enabled in project 900000000001
      said: SERVICE_DISABLED: The API has not been used in project 900000000001 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/serviceusage.googleapis.com/overview?project=900000000001 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.
      help: gcloud services enable serviceusage.googleapis.com --project=900000000001; it takes a few minutes to hold
    "##);
}

#[test]
fn the_organization_may_not_be_seen() {
    let world = World::good();
    world.without_role("roles/browser");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.permissions organization/acme
      2 of 2 permissions are missing: resourcemanager.projects.get on organization 123456789012, resourcemanager.folders.get on organization 123456789012
      help: grant roles/browser, or a custom role with what is missing; it takes a few minutes to hold:
      | gcloud organizations add-iam-policy-binding 123456789012 --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/browser
    "##);
}

#[test]
fn the_billing_account_may_not_be_seen() {
    let world = World::good();
    world.without_role("roles/billing.viewer");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.permissions payer/gcp/01ABCD-234567-89EFAB
      2 of 2 permissions are missing: billing.accounts.get on billing account 01ABCD-234567-89EFAB, billing.resourceAssociations.list on billing account 01ABCD-234567-89EFAB
      help: grant roles/billing.viewer, or a custom role with what is missing; it takes a few minutes to hold:
      | gcloud billing accounts add-iam-policy-binding 01ABCD-234567-89EFAB --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/billing.viewer
    "##);
}

#[test]
fn queries_may_not_run() {
    let world = World::good();
    world.without_role("roles/bigquery.jobUser");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.permissions export/gcp/01ABCD-234567-89EFAB/detailed
      1 of 3 permissions is missing: bigquery.jobs.create on project acme-billing
      help: grant roles/bigquery.jobUser, or a custom role with what is missing; it takes a few minutes to hold:
      | gcloud projects add-iam-policy-binding acme-billing --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/bigquery.jobUser
    fail gcp.permissions export/gcp/01ABCD-234567-89EFAB/focus
      1 of 3 permissions is missing: bigquery.jobs.create on project acme-billing
      help: grant roles/bigquery.jobUser, or a custom role with what is missing; it takes a few minutes to hold:
      | gcloud projects add-iam-policy-binding acme-billing --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/bigquery.jobUser
    fail gcp.permissions export/gcp/01ABCD-234567-89EFAB/standard
      1 of 3 permissions is missing: bigquery.jobs.create on project acme-billing
      help: grant roles/bigquery.jobUser, or a custom role with what is missing; it takes a few minutes to hold:
      | gcloud projects add-iam-policy-binding acme-billing --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/bigquery.jobUser
    "##);
}

#[test]
fn the_dataset_may_not_be_seen() {
    let world = World::good();
    world.without_role("roles/bigquery.dataViewer");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.export.dataset export/gcp/01ABCD-234567-89EFAB/detailed
      cannot see the dataset acme-billing.billing_export: Google Cloud denies bigquery.datasets.get
      said: accessDenied: Access Denied: Dataset acme-billing:billing_export: Permission bigquery.datasets.get denied on dataset acme-billing:billing_export (or it may not exist).
      help: grant roles/bigquery.dataViewer on the dataset; it takes a few minutes to hold:
      | bq query --project_id=acme-billing --location=EU --use_legacy_sql=false 'GRANT `roles/bigquery.dataViewer` ON SCHEMA `acme-billing`.`billing_export` TO "serviceAccount:bursar@acme-billing.iam.gserviceaccount.com"'
    fail gcp.export.dataset export/gcp/01ABCD-234567-89EFAB/focus
      cannot see the dataset acme-billing.gcp_billing_immutable_01ABCD_234567_89EFAB_eu: Google Cloud denies bigquery.datasets.get
      said: accessDenied: Access Denied: Dataset acme-billing:gcp_billing_immutable_01ABCD_234567_89EFAB_eu: Permission bigquery.datasets.get denied on dataset acme-billing:gcp_billing_immutable_01ABCD_234567_89EFAB_eu (or it may not exist).
      help: grant roles/bigquery.dataViewer on the dataset; it takes a few minutes to hold:
      | bq query --project_id=acme-billing --location=EU --use_legacy_sql=false 'GRANT `roles/bigquery.dataViewer` ON SCHEMA `acme-billing`.`gcp_billing_immutable_01ABCD_234567_89EFAB_eu` TO "serviceAccount:bursar@acme-billing.iam.gserviceaccount.com"'
    fail gcp.export.dataset export/gcp/01ABCD-234567-89EFAB/standard
      cannot see the dataset acme-billing.billing_export: Google Cloud denies bigquery.datasets.get
      said: accessDenied: Access Denied: Dataset acme-billing:billing_export: Permission bigquery.datasets.get denied on dataset acme-billing:billing_export (or it may not exist).
      help: grant roles/bigquery.dataViewer on the dataset; it takes a few minutes to hold:
      | bq query --project_id=acme-billing --location=EU --use_legacy_sql=false 'GRANT `roles/bigquery.dataViewer` ON SCHEMA `acme-billing`.`billing_export` TO "serviceAccount:bursar@acme-billing.iam.gserviceaccount.com"'
    "##);
}

#[test]
fn a_custom_role_without_reading() {
    let world = World::good();
    world.without_permission("bigquery.tables.getData");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.permissions export/gcp/01ABCD-234567-89EFAB/detailed
      1 of 3 permissions is missing: bigquery.tables.getData on table acme-billing.billing_export.gcp_billing_export_resource_v1_01ABCD_234567_89EFAB
      help: grant roles/bigquery.dataViewer, or a custom role with what is missing; it takes a few minutes to hold:
      | bq query --project_id=acme-billing --location=EU --use_legacy_sql=false 'GRANT `roles/bigquery.dataViewer` ON SCHEMA `acme-billing`.`billing_export` TO "serviceAccount:bursar@acme-billing.iam.gserviceaccount.com"'
    fail gcp.permissions export/gcp/01ABCD-234567-89EFAB/focus
      1 of 3 permissions is missing: bigquery.tables.getData on table acme-billing.gcp_billing_immutable_01ABCD_234567_89EFAB_eu.gcp_billing_export_focus_01ABCD_234567_89EFAB
      help: grant roles/bigquery.dataViewer, or a custom role with what is missing; it takes a few minutes to hold:
      | bq query --project_id=acme-billing --location=EU --use_legacy_sql=false 'GRANT `roles/bigquery.dataViewer` ON SCHEMA `acme-billing`.`gcp_billing_immutable_01ABCD_234567_89EFAB_eu` TO "serviceAccount:bursar@acme-billing.iam.gserviceaccount.com"'
    fail gcp.permissions export/gcp/01ABCD-234567-89EFAB/standard
      1 of 3 permissions is missing: bigquery.tables.getData on table acme-billing.billing_export.gcp_billing_export_v1_01ABCD_234567_89EFAB
      help: grant roles/bigquery.dataViewer, or a custom role with what is missing; it takes a few minutes to hold:
      | bq query --project_id=acme-billing --location=EU --use_legacy_sql=false 'GRANT `roles/bigquery.dataViewer` ON SCHEMA `acme-billing`.`billing_export` TO "serviceAccount:bursar@acme-billing.iam.gserviceaccount.com"'
    "##);
}

#[test]
fn recommendations_may_not_be_read() {
    let world = World::good();
    world.without_role("roles/recommender.billingAccountCudViewer");
    world.without_role("roles/recommender.projectUtilViewer");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.recommendations.commitments recommendations/acme
      cannot read recommendations for billingAccounts/01ABCD-234567-89EFAB: Google Cloud denies recommender.spendBasedCommitmentRecommendations.list
      said: IAM_PERMISSION_DENIED: Permission 'recommender.spendBasedCommitmentRecommendations.list' denied on resource '//billingAccounts/01ABCD-234567-89EFAB' (or it may not exist).
      help: grant roles/recommender.billingAccountCudViewer; it takes a few minutes to hold:
      | gcloud billing accounts add-iam-policy-binding 01ABCD-234567-89EFAB --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/recommender.billingAccountCudViewer
    fail gcp.recommendations.projects recommendations/acme
      cannot read recommendations for organizations/123456789012: Google Cloud denies recommender.resourcemanagerProjectUtilizationRecommendations.list
      said: IAM_PERMISSION_DENIED: Permission 'recommender.resourcemanagerProjectUtilizationRecommendations.list' denied on resource '//organizations/123456789012' (or it may not exist).
      help: grant roles/recommender.projectUtilViewer; it takes a few minutes to hold:
      | gcloud organizations add-iam-policy-binding 123456789012 --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/recommender.projectUtilViewer
    "##);
}

#[test]
fn the_export_is_not_switched_on() {
    let world = World::good();
    world.without_table("gcp_billing_export_v1");
    world.without_table("gcp_billing_export_resource");
    world.dataset("billing_export", |dataset| {
        dataset
            .owners
            .retain(|owner| !owner.ends_with("gserviceaccount.com"));
    });
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.export.table export/gcp/01ABCD-234567-89EFAB/detailed
      Detailed usage cost is not exported to acme-billing.billing_export yet
      help: switch the export on by hand, once (no API can): a Billing Account Administrator follows the steps below; then run bursar again, which goes on when Google has made the table, some hours later
      | 1. open https://console.cloud.google.com/billing/01ABCD-234567-89EFAB/export (Billing, Billing export, BigQuery export)
      | 2. under `Detailed usage cost` choose Edit settings
      | 3. Project: acme-billing
      | 4. Dataset: billing_export (in EU; its location cannot be changed later)
      | 5. Save
    fail gcp.export.table export/gcp/01ABCD-234567-89EFAB/standard
      Standard usage cost is not exported to acme-billing.billing_export yet
      help: switch the export on by hand, once (no API can): a Billing Account Administrator follows the steps below; then run bursar again, which goes on when Google has made the table, some hours later
      | 1. open https://console.cloud.google.com/billing/01ABCD-234567-89EFAB/export (Billing, Billing export, BigQuery export)
      | 2. under `Standard usage cost` choose Edit settings
      | 3. Project: acme-billing
      | 4. Dataset: billing_export (in EU; its location cannot be changed later)
      | 5. Save
    "##);
}
