//! Independent judges: Microsoft's own imitation of blobs holds us to what Azure Storage really wants, and
//! Microsoft's own clients hold the stand-in to what Resource Manager really says.

use jiff::{SignedDuration, Timestamp};

use serde_json::{Value, json};

use crate::azure::azurite::{ACCOUNT, Azurite, KEY, put};
use crate::azure::entra;
use crate::azure::project::Project;
use crate::azure::sas::Sas;
use crate::azure::world::World;
use crate::tools;

#[test]
fn azurite_accepts_our_signatures_and_lists() {
    let azurite = Azurite::start();
    let world = World::good();
    let container = world.inside().container.clone();
    azurite.make_container(&container);
    let expiry = (Timestamp::now() + SignedDuration::from_hours(9000))
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    let sas = |permissions| {
        Sas {
            permissions,
            expiry: expiry.clone(),
            protocol: "https,http",
        }
        .token(ACCOUNT, KEY, &container)
    };
    let blobs: Vec<(String, Vec<u8>)> = world
        .inside()
        .blobs
        .iter()
        .map(|(name, blob)| (name.clone(), blob.content.clone()))
        .collect();
    for (name, content) in blobs {
        let url = format!(
            "{}/{ACCOUNT}/{container}/{name}?{}",
            azurite.url(),
            sas("rwcl")
        );
        put(&url, Some("BlockBlob"), content);
    }
    let project = Project::of(&world);
    let settings = project.read("bursar.yaml");
    project.write(
        "bursar.yaml",
        &format!("{settings}  exports: {{azure_sas: {{token: {{env: EXPORTS_SAS}}}}}}\n"),
    );
    project.edit(
        "estate/azure.yaml",
        "cost_management: {",
        "cost_management: {read_with: exports, ",
    );
    let blob = format!("{}/{ACCOUNT}", azurite.url());
    let with = |sas: &str| {
        project.check_with(
            &[],
            &[("EXPORTS_SAS", sas), ("BURSAR_ENDPOINT_AZURE_BLOB", &blob)],
        )
    };
    let good = with(&sas("rl"));
    assert_eq!(good.status("azure.export.read"), "pass", "{}", good.told());
    assert_eq!(good.status("azure.export.age"), "pass", "{}", good.told());
    // What Azurite refuses is a failure with what to do.
    let list_only = with(&sas("l"));
    assert_eq!(
        list_only.status("azure.export.read"),
        "fail",
        "{}",
        list_only.told()
    );
    let broken = sas("rl").replace("sig=", "sig=A");
    let broken = with(&broken);
    assert_eq!(
        broken.status("azure.export.read"),
        "fail",
        "{}",
        broken.told()
    );
}

#[test]
fn microsofts_own_clients_understand_the_stand_in() {
    let python = tools::pip(
        "azure-mgmt-costmanagement",
        "5.0.0",
        &[
            "azure-mgmt-authorization==4.0.0",
            "azure-mgmt-resource-subscriptions==1.0.0",
        ],
    );
    let world = World::with_members(5);
    world.inside().page = 2;
    let token = entra::issue(&mut world.inside(), "https://management.azure.com", 3600);
    let storage = world.inside().storage.clone();
    let script =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/azure/drive.py");
    let printed = tools::output(
        "Microsoft's clients",
        std::process::Command::new(python)
            .arg(script)
            .env("STAND_URL", format!("{}/arm", world.url()))
            .env("STAND_TOKEN", token)
            .env("STAND_SCOPE", world.bill())
            .env("STAND_STORAGE", &storage),
    );
    let seen: Value = serde_json::from_slice(&printed).unwrap();
    assert_eq!(seen["subscriptions"].as_array().unwrap().len(), 5);
    assert_eq!(
        seen["subscriptions"][0],
        json!([world.subscription(0), "Enabled", {"team": "core"}])
    );
    assert_eq!(
        seen["exports"][0],
        json!([
            "acme-actual",
            "ActualCost",
            "2021-10-01",
            "Active",
            "2046-01-01T00:00:00+00:00",
            storage,
            "de/actual",
            true,
            "Completed",
            true
        ])
    );
    let blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
    assert!(
        seen["permissions"]
            .as_array()
            .unwrap()
            .contains(&json!(blobs)),
        "{seen:#}"
    );
}
