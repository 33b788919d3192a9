//! Exports: their definition, their runs, and what they deliver.

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::azure::project::Project;
use crate::azure::roles::Role;
use crate::azure::world::{Export, World, run};

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[test]
fn exports_that_are_hidden_though_the_bill_can_be_read() {
    let world = World::good();
    world.inside().exports_hidden = true;
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("the bill can be read, and its exports cannot"),
        "{told}"
    );
}

#[test]
fn an_export_that_is_not_there_or_is_another() {
    let world = World::good();
    world.inside().exports.remove(0);
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail azure.export.definition export/azure/8608480/actual
      Cost Management has no export of ActualCost to <account>/exports/de/actual at this scope; there is `acme-amortized`
      help: create it in Cost Management, Exports: dataset ActualCost, daily, month to date, to <account>/exports/de/actual, with file partitioning and overwriting; or correct `scope`
    "##);

    let world = World::good();
    world.change_export(Export::Actual, |one| {
        one["deliveryInfo"]["destination"]["container"] = json!("elsewhere");
    });
    let project = Project::of(&world);
    let told = project.check().told();
    assert!(
        told.contains("declare that, with `name: acme-actual`"),
        "{told}"
    );
    project.edit(
        "estate/azure.yaml",
        "dataset: ActualCost",
        "name: acme-actual, dataset: ActualCost",
    );
    let told = project.check().told();
    assert!(
        told.contains("container is `elsewhere`, and `exports` is declared"),
        "{told}"
    );
    assert!(told.contains("| container: elsewhere"), "{told}");
}

#[test]
fn an_export_that_is_switched_off_ended_or_worth_less() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, &str); 5] = [
        (
            |one| one["schedule"]["status"] = json!("Inactive"),
            "fail azure.export.definition",
        ),
        (
            |one| one["schedule"]["recurrencePeriod"]["to"] = json!("2026-01-01T00:00:00Z"),
            "ended by itself on 2026-01-01",
        ),
        (
            |one| one["partitionData"] = json!(false),
            "warn azure.export.definition",
        ),
        (
            |one| one["dataOverwriteBehavior"] = json!("CreateNewReport"),
            "a whole copy of the month",
        ),
        (
            |one| one["schedule"]["recurrence"] = json!("Monthly"),
            "it runs monthly only",
        ),
    ];
    for (change, says) in cases {
        let world = World::good();
        world.change_export(Export::Actual, change);
        let told = Project::of(&world).check().told();
        assert!(told.contains(says), "{told}");
    }
}

#[test]
fn runs_that_failed_and_a_provider_that_is_not_registered() {
    let world = World::good();
    let at = world.made - hours(1);
    world.change_export(Export::Actual, |one| {
        let mut failed = run("Failed", at);
        failed["properties"]["error"] = json!({"code": "StorageAccountUnauthorized", "message": "The exports service is not authorized to access the specified storage account."});
        one["runHistory"]["value"] = json!([failed, run("Completed", at - hours(24))]);
    });
    world.inside().registration = "NotRegistered".to_owned();
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail azure.export.health export/azure/8608480/actual
      the newest run failed, 1 hour ago: Cost Management may not write to the storage account (StorageAccountUnauthorized)
      said: StorageAccountUnauthorized: The exports service is not authorized to access the specified storage account.
      help: edit the export and save it again as somebody who owns the storage account: that gives it its rights anew; and see its Networking
    fail azure.export.provider export/azure/8608480/actual
      Microsoft.CostManagementExports is NotRegistered in subscription <subscription 1>
      help: register it, as somebody who may (Contributor):
      | az provider register --namespace Microsoft.CostManagementExports --subscription <subscription 1>
    fail azure.export.provider export/azure/8608480/amortized
      Microsoft.CostManagementExports is NotRegistered in subscription <subscription 1>
      help: register it, as somebody who may (Contributor):
      | az provider register --namespace Microsoft.CostManagementExports --subscription <subscription 1>
    "##);
}

#[test]
fn a_run_under_way_says_nothing_and_those_before_it_are_asked() {
    let world = World::good();
    let at = world.made - hours(1);
    world.change_export(Export::Actual, |one| {
        one["runHistory"]["value"] = json!([run("InProgress", at), run("Failed", at - hours(24))]);
    });
    let checked = Project::of(&world).check();
    let told = checked.told();
    assert!(
        told.contains("the newest run failed, 25 hours ago"),
        "{told}"
    );
    assert_eq!(checked.calls["CostManagement:Exports_Get"], 1);
}

#[test]
fn a_first_delivery_is_waited_for() {
    let world = World::good();
    let begins = world.made - hours(2);
    world.change_export(Export::Actual, |one| {
        one["runHistory"]["value"] = json!([]);
        one["schedule"]["recurrencePeriod"]["from"] = json!(begins.to_string());
    });
    world.without_deliveries(Export::Actual);
    let checked = Project::of(&world).check();
    for check in [
        "azure.export.health",
        "azure.export.read",
        "azure.export.age",
    ] {
        assert_eq!(checked.status(check), "pass pending", "{check}");
    }
}

#[test]
fn ages_through_the_turn_of_a_month() {
    let world = World::good();
    let project = Project::of(&world);
    for (age, status) in [(35, "pass"), (37, "warn"), (73, "fail")] {
        for export in Export::ALL {
            world.without_deliveries(export);
            world.deliver(export, Timestamp::now() - hours(age));
        }
        assert_eq!(project.check().status("azure.export.age"), status);
    }
    let world = World::good();
    let checked = Project::of(&world).check();
    let at = world.made - hours(5);
    assert_eq!(
        checked.evidence("azure.export.age", "data_through"),
        at.strftime("%Y-%m-%d").to_string()
    );
}

#[test]
fn a_delivery_that_is_not_whole_or_not_its_own() {
    let world = World::good();
    world
        .inside()
        .blobs
        .retain(|name, _| !name.contains("part_"));
    let told = Project::of(&world).check().told();
    assert!(told.contains("the newest delivery is not whole"), "{told}");

    let world = World::good();
    for (name, blob) in &mut world.inside().blobs {
        if name.ends_with("manifest.json") {
            blob.content = b"<html>".to_vec();
        }
    }
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("none of Cost Management's: it is no JSON"),
        "{told}"
    );

    let world = World::good();
    world.without_deliveries(Export::Actual);
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("nothing was ever delivered to <account>/exports/de/actual/acme-actual/"),
        "{told}"
    );

    let world = World::good();
    world.inside().container = "others".to_owned();
    let project = Project::of(&world);
    project.edit(
        "estate/azure.yaml",
        "container: others",
        "container: exports",
    );
    let told = project.check().told();
    assert!(
        told.contains("there is no container `exports` in <account>"),
        "{told}"
    );
}

#[test]
fn a_container_is_read_with_a_signature() {
    let world = World::good();
    // Nobody may read blobs by a role.
    world.assigned(&[(Role::Reader, "/")]);
    let project = Project::of(&world);
    let credential = "  exports: {azure_sas: {token: {env: EXPORTS_SAS}}}\n";
    let settings = project.read("bursar.yaml");
    project.write("bursar.yaml", &format!("{settings}{credential}"));
    project.edit(
        "estate/azure.yaml",
        "cost_management: {",
        "cost_management: {read_with: exports, ",
    );
    let year = hours(365 * 24);
    let with = |sas: &str| project.check_with(&[], &[("EXPORTS_SAS", sas)]);
    let good = world.sas("rl", world.made + year);
    assert_eq!(with(&good).told(), "exit 0\n");
    let account = world.inside().storage_account().to_owned();
    let string = format!(
        "BlobEndpoint=https://{account}.blob.core.windows.net/;SharedAccessSignature={good}"
    );
    assert_eq!(with(&string).told(), "exit 0\n");

    let other = string.replace(&account, "acmeother");
    let told = with(&other).told_at("azure.export.read");
    assert!(
        told.contains("`exports` is for the storage account acmeother"),
        "{told}"
    );

    let list_only = world.sas("l", world.made + year);
    let told = with(&list_only).told_at("azure.export.read");
    assert!(
        told.contains("generate a SAS for this container with the permissions Read and List"),
        "{told}"
    );
    // Signed with a key that was changed since.
    world.inside().storage_key = "bmV3IGtleQ==".to_owned();
    let told = with(&good).told_at("azure.export.read");
    assert!(told.contains("a changed account key"), "{told}");
    world.inside().storage_refuses = Some((
        "KeyBasedAuthenticationNotPermitted".to_owned(),
        "Key based authentication is not permitted on this storage account.".to_owned(),
    ));
    assert_snapshot!(with(&good).told_at("azure.export.read"), @r##"
    exit 1
    fail azure.export.read export/azure/8608480/actual
      cannot list the container `exports`: the storage account forbids shared keys, and a SAS is signed with one (KeyBasedAuthenticationNotPermitted)
      said: KeyBasedAuthenticationNotPermitted: Key based authentication is not permitted on this storage account.
      help: read the container with an Entra credential that has Storage Blob Data Reader (leave `read_with` out, or name it there), or make a user delegation SAS
    fail azure.export.read export/azure/8608480/amortized
      cannot list the container `exports`: the storage account forbids shared keys, and a SAS is signed with one (KeyBasedAuthenticationNotPermitted)
      said: KeyBasedAuthenticationNotPermitted: Key based authentication is not permitted on this storage account.
      help: read the container with an Entra credential that has Storage Blob Data Reader (leave `read_with` out, or name it there), or make a user delegation SAS
    "##);
}

#[test]
fn a_firewall_is_named() {
    let world = World::good();
    world.inside().storage_refuses = Some((
        "AuthorizationFailure".to_owned(),
        "This request is not authorized to perform this operation.".to_owned(),
    ));
    let told = Project::of(&world).check().told();
    assert!(told.contains("firewall"), "{told}");
    assert!(told.contains("Networking"), "{told}");
}
