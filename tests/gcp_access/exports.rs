//! Exports: what is there instead, what is late, and what passes by itself.

use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::Value;

use crate::google::world::{BILLING, World};
use crate::project::{Checked, Project};

fn check(world: &World) -> Checked<'_> {
    Project::of(world).check()
}

fn told(world: &World) -> String {
    check(world).told()
}

#[test]
fn the_other_kind_is_there() {
    let world = World::good();
    world.without_table("gcp_billing_export_v1");
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.export.table export/gcp/01ABCD-234567-89EFAB/standard
      acme-billing.billing_export holds Detailed usage cost, not Standard usage cost: there is no table gcp_billing_export_v1_01ABCD_234567_89EFAB
      help: write `table: detailed` if that is the export you want; else switch the export on by hand, once (no API can): a Billing Account Administrator follows the steps below; then run bursar again, which goes on when Google has made the table, some hours later
      | 1. open https://console.cloud.google.com/billing/01ABCD-234567-89EFAB/export (Billing, Billing export, BigQuery export)
      | 2. under `Standard usage cost` choose Edit settings
      | 3. Project: acme-billing
      | 4. Dataset: billing_export (in EU; its location cannot be changed later)
      | 5. Save
    "##);
}

#[test]
fn the_export_of_another_billing_account_is_there() {
    let world = World::good();
    world.without_table("gcp_billing_export_resource");
    world.table("gcp_billing_export_v1", |table| {
        table.name = "gcp_billing_export_v1_FFFFFF_000000_111111".to_owned();
    });
    let told = told(&world);
    assert!(
        told.contains("holds the export of billing account FFFFFF-000000-111111, not of 01ABCD"),
        "{told}"
    );
}

#[test]
fn switched_on_and_not_made_yet_is_pending_and_blocks_nothing() {
    let world = World::good();
    world.without_table("gcp_billing_export_v1");
    world.without_table("gcp_billing_export_resource");
    let project = Project::of(&world);
    let checked = project.check();
    assert_snapshot!(checked.told(), @r##"
    exit 0
    pending gcp.export.table export/gcp/01ABCD-234567-89EFAB/detailed
      the export is switched on, and Google has not made the table gcp_billing_export_resource_v1_01ABCD_234567_89EFAB yet
      help: wait: the table comes within hours, at most two days; after that see that the billing account has costs
    pending gcp.export.table export/gcp/01ABCD-234567-89EFAB/standard
      the export is switched on, and Google has not made the table gcp_billing_export_v1_01ABCD_234567_89EFAB yet
      help: wait: the table comes within hours, at most two days; after that see that the billing account has costs
    "##);
    let plan = project.run(&["plan"]);
    assert!(!plan.out.contains("blocked"), "{}", plan.out);
}

/// What no API can do is done by hand: until then the export waits, and nothing else does.
#[test]
fn the_gate_holds_back_the_export_alone_and_opens_by_itself() {
    let world = World::good();
    let project = Project::of(&world);
    let on = world.state().datasets[0].clone();
    world.dataset("billing_export", |dataset| {
        dataset.tables.clear();
        dataset.owners.remove(0);
    });
    let plan = project.run(&["plan", "--json"]);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let blocked: Vec<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| !change["blocked"].is_null())
        .map(|change| change["address"].as_str().unwrap())
        .collect();
    let export = |name: &str| format!("export/gcp/{BILLING}/{name}");
    assert_eq!(blocked, [export("detailed"), export("standard")]);
    let text = project.run(&["plan"]).out;
    assert!(
        text.contains(&format!(
            "https://console.cloud.google.com/billing/{BILLING}/export"
        )),
        "{text}"
    );
    assert!(text.contains("Dataset: billing_export (in EU;"), "{text}");

    let applied = project.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 1, "{}{}", applied.out, applied.err);
    world.dataset("billing_export", |dataset| *dataset = on);
    let applied = project.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
    assert_eq!(project.check().told(), "exit 0\n");
}

#[test]
fn a_focus_export_that_is_not_switched_on() {
    let world = World::good();
    world.state().datasets.pop();
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.export.dataset export/gcp/01ABCD-234567-89EFAB/focus
      there is no dataset acme-billing.gcp_billing_immutable_01ABCD_234567_89EFAB_eu
      said: notFound: Not found: Dataset acme-billing:gcp_billing_immutable_01ABCD_234567_89EFAB_eu
      help: switch the export on by hand, once (no API can): a Billing Account Administrator follows the steps below; then run bursar again, which goes on when Google has made the table, some hours later
      | 1. open https://console.cloud.google.com/billing/01ABCD-234567-89EFAB/export (Billing, Billing export, BigQuery export)
      | 2. under `FOCUS usage cost` choose Edit settings
      | 3. Project: acme-billing
      | 4. Location: EU (Google makes the dataset)
      | 5. Save
    "##);
}

#[test]
fn a_dataset_in_another_location() {
    let world = World::good();
    world.dataset("billing_export", |dataset| {
        dataset.location = "US".to_owned()
    });
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.export.dataset export/gcp/01ABCD-234567-89EFAB/detailed
      the dataset is in US, and EU is declared: queries must run where the data is
      help: write `location: US`
    fail gcp.export.dataset export/gcp/01ABCD-234567-89EFAB/standard
      the dataset is in US, and EU is declared: queries must run where the data is
      help: write `location: US`
    "##);
}

#[test]
fn a_table_that_somebody_copied() {
    let world = World::good();
    world.table("gcp_billing_export_v1", |table| table.partitioned = None);
    world.table("gcp_billing_export_resource", |table| {
        table
            .columns
            .retain(|(name, _)| name != "resource" && name != "cost");
    });
    assert_snapshot!(told(&world), @r##"
    exit 1
    fail gcp.export.table export/gcp/01ABCD-234567-89EFAB/detailed
      the table lacks columns that costs need: cost, resource
      help: see what wrote it in Google's place; delete it and switch the export on anew, or declare the table that Google writes
    warn gcp.export.table export/gcp/01ABCD-234567-89EFAB/standard
      the table has no partitions: every query reads all of it
      help: see whether it is a copy: Google's own tables have a partition for each day
    "##);
}

#[test]
fn late_stale_and_new() {
    let world = World::good();
    let hours = |hours| world.made - SignedDuration::from_hours(hours);
    let aged = |age: i64| {
        world.table("gcp_billing_export_v1", |table| {
            table.rows = vec![(hours(age), hours(age + 2))];
        });
        let checked = check(&world);
        checked.statuses("gcp.export.age")[&format!("export/gcp/{BILLING}/standard")].clone()
    };
    assert_eq!(aged(47), "pass");
    assert_eq!(aged(49), "warn");
    assert_eq!(aged(119), "warn");
    assert_eq!(aged(121), "fail");
    world.table("gcp_billing_export_v1", |table| {
        table.rows.clear();
        table.made = hours(30);
    });
    let told = told(&world);
    assert!(told.contains("pending gcp.export.age"), "{told}");
    assert!(told.contains("up to five days"), "{told}");
}

#[test]
fn a_table_too_large_to_ask_says_itself_when_it_was_written() {
    let world = World::good();
    world.table("gcp_billing_export_v1", |table| table.bytes = 5 << 30);
    let checked = check(&world);
    assert_eq!(checked.told(), "exit 0\n");
    let ran = world
        .state()
        .queries
        .iter()
        .filter(|(text, dry)| !dry && text.contains("export_v1_"))
        .count();
    assert_eq!(ran, 0, "a query over the bound ran");
}

#[test]
fn accounts_say_through_which_day_there_is_data() {
    let world = World::good();
    let project = Project::of(&world);
    assert_eq!(project.run(&["apply", "--auto-approve"]).code, 0);
    let accounts = project.run(&["accounts", "--json"]);
    let accounts: Value = serde_json::from_str(&accounts.out).unwrap();
    let through = world.made - SignedDuration::from_hours(5);
    let day = through.strftime("%Y-%m-%d").to_string();
    assert_eq!(
        accounts["payers"][0]["data_through"],
        day.as_str(),
        "{accounts:#}"
    );
}

#[test]
fn a_query_project_of_its_own_needs_bigquery_and_the_role() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/gcp.yaml",
        "{dataset: acme-billing.billing_export, location: EU}",
        "{dataset: acme-billing.billing_export, location: EU, query_project: acme-shop-1}",
    );
    world.project("acme-shop-1", |one| one.apis.clear());
    assert_snapshot!(project.check().told(), @r##"
    exit 1
    warn gcp.apis export/gcp/01ABCD-234567-89EFAB/standard
      it cannot be seen which APIs are enabled in acme-shop-1: serviceusage.services.get is missing
      said: IAM_PERMISSION_DENIED: Permission 'serviceusage.services.get' denied on resource '//projects/acme-shop-1' (or it may not exist).
      help: grant it, so that an API that is not enabled is named before it is needed:
      | gcloud projects add-iam-policy-binding acme-shop-1 --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/serviceusage.serviceUsageViewer
    fail gcp.permissions export/gcp/01ABCD-234567-89EFAB/standard
      1 of 3 permissions is missing: bigquery.jobs.create on project acme-shop-1
      help: grant roles/bigquery.jobUser, or a custom role with what is missing; it takes a few minutes to hold:
      | gcloud projects add-iam-policy-binding acme-shop-1 --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/bigquery.jobUser
    "##);
}
