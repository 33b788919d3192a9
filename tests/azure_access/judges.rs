//! Independent judges: Microsoft's own imitation of blobs holds us to what Azure Storage really wants, and
//! Microsoft's own clients hold the stand-in to what Resource Manager really says.

use axum::body::Bytes;
use axum::http::Request;
use jiff::{SignedDuration, Timestamp};

use serde_json::{Value, json};

use crate::azure::azurite::{ACCOUNT, Azurite, KEY};
use crate::azure::entra;
use crate::azure::project::Project;
use crate::azure::sas::Sas;
use crate::azure::world::World;
use crate::stand::web::{runtime, send};
use crate::tools;

fn put(url: &str, kind: Option<&str>, body: Vec<u8>) {
    let mut request = Request::builder()
        .method("PUT")
        .uri(url)
        .header("host", url.split('/').nth(2).unwrap())
        .header("x-ms-version", "2023-11-03")
        .header("content-length", body.len());
    if let Some(kind) = kind {
        request = request.header("x-ms-blob-type", kind);
    }
    let answer = runtime()
        .block_on(send(request.body(Bytes::from(body)).unwrap()))
        .unwrap();
    assert_eq!(answer.status(), 201, "{:?}", answer);
}

/// The container of Azurite, made with the account's key by a request that is signed for the account.
fn make_container(azurite: &Azurite, container: &str) {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use hmac::Mac;
    // An account signature: services, types, permissions.
    let expiry = (Timestamp::now() + SignedDuration::from_hours(1))
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    let text = format!("{ACCOUNT}\nrwdlac\nb\nsco\n\n{expiry}\n\nhttps,http\n2023-11-03\n\n");
    let key = STANDARD.decode(KEY).unwrap();
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(text.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("sv", "2023-11-03"),
            ("ss", "b"),
            ("srt", "sco"),
            ("sp", "rwdlac"),
            ("se", &expiry),
            ("spr", "https,http"),
            ("sig", &signature),
        ])
        .finish();
    put(
        &format!(
            "{}/{ACCOUNT}/{container}?restype=container&{query}",
            azurite.url()
        ),
        None,
        Vec::new(),
    );
}

#[test]
fn azurite_accepts_our_signatures_and_lists() {
    let azurite = Azurite::start();
    let world = World::good();
    let container = world.inside().container.clone();
    make_container(&azurite, &container);
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
