//! Sign-in with every kind of credential, and every way in which Entra says no.

use insta::assert_snapshot;

use crate::azure::project::Project;
use crate::azure::world::World;

/// The world's project with another credential under the same name, and no client secret.
fn with_credential<'w>(world: &'w World, declared: &str) -> Project<'w> {
    let project = Project::of(world);
    let settings = format!("version: 1\nsources: [estate]\ncredentials:\n  reader: {declared}\n");
    project.write("bursar.yaml", &settings);
    project
}

fn ids(world: &World) -> String {
    let inside = world.inside();
    format!(
        "tenant_id: {}, client_id: {}",
        inside.tenant, inside.client_id
    )
}

#[test]
fn a_wrong_secret_is_one_cause() {
    let world = World::good();
    let project = Project::of(&world);
    let secret = (
        "READER_SECRET",
        "wJ8Q~another-secret-that-entra-does-not-know",
    );
    let checked = project.check_with(&[], &[secret]);
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail azure.identity credential/reader
      cannot sign in: the application's secret is wrong (AADSTS7000215)
      said: AADSTS7000215: Invalid client secret provided.
      help: make a new client secret in Entra (App registrations, the application, Certificates & secrets), and put its value where the reference points; the value is shown only once, and is not the secret's id
    "##);
    assert_eq!(checked.status("azure.export.read"), "skipped");
}

#[test]
fn an_expired_secret_says_so() {
    let world = World::good();
    world.inside().secret_expired = true;
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail azure.identity credential/reader
      cannot sign in: the application's secret has expired (AADSTS7000222)
      said: AADSTS7000222: The provided client secret keys are expired.
      help: make a new client secret in Entra (App registrations, the application, Certificates & secrets), and put its value where the reference points; the value is shown only once, and is not the secret's id
    "##);
}

#[test]
fn an_application_of_another_tenant_and_an_unknown_tenant() {
    let world = World::good();
    let project = Project::of(&world);
    let client = world.inside().client_id.clone();
    project.edit(
        "bursar.yaml",
        &format!("client_id: {client}"),
        "client_id: 11111111-2222-4333-8444-555555555555",
    );
    let told = project.check().told();
    assert!(told.contains("AADSTS700016"), "{told}");
    let project = Project::of(&world);
    let tenant = world.inside().tenant.clone();
    project.edit(
        "bursar.yaml",
        &format!("tenant_id: {tenant}"),
        "tenant_id: 11111111-2222-4333-8444-555555555555",
    );
    let told = project.check().told();
    assert!(told.contains("AADSTS90002"), "{told}");
}

#[test]
fn a_token_of_another_tenant_is_told_at_the_organization() {
    let world = World::good();
    world.inside().tenant_of_tokens = "11111111-2222-4333-8444-555555555555".to_owned();
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told_at("azure.identity"), @r##"
    exit 1
    fail azure.identity organization/acme
      `reader` is signed in to tenant 11111111-2222-4333-8444-555555555555, and the organization is <tenant>
      help: correct `tenant_id` of the credential, or the organization's `id`
    "##);
}

#[test]
fn the_object_id_is_the_service_principals() {
    let world = World::good();
    let project = Project::of(&world);
    let object = world.inside().object_id.clone();
    project.edit(
        "bursar.yaml",
        &object,
        "11111111-2222-4333-8444-555555555555",
    );
    assert_snapshot!(project.check().told(), @r##"
    exit 1
    fail azure.identity credential/reader
      the service principal's object id is <object>, and 11111111-2222-4333-8444-555555555555 is declared
      help: write `object_id: <object>`: it is the one under Enterprise applications, and the one that roles are assigned to; App registrations shows another object's
    "##);
}

fn pem(label: &str, body: &str) -> String {
    let dashes = "-----";
    format!("{dashes}BEGIN {label}{dashes}\n{body}{dashes}END {label}{dashes}\n")
}

const CERTIFICATE: &str = include_str!("../../src/credential/inspect/testdata/certificate.txt");
const KEY: &str = include_str!("../../src/credential/inspect/testdata/key_pkcs8.txt");
const ENCRYPTED: &str = include_str!("../../src/credential/inspect/testdata/key_encrypted.txt");

fn der(body: &str) -> Vec<u8> {
    use base64::Engine;
    let text: String = body.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// A world whose application has the certificate of the tests.
fn with_certificate() -> World {
    use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
    let world = World::good();
    let key = rsa::RsaPrivateKey::from_pkcs8_der(&der(KEY)).unwrap();
    let public = key.to_public_key().to_public_key_der().unwrap();
    world.inside().certificate = Some(der(CERTIFICATE));
    world.inside().public_key = Some(public.as_bytes().to_vec());
    world
}

#[test]
fn a_certificate_signs_in_with_a_signed_assertion() {
    let world = with_certificate();
    let file = pem("CERTIFICATE", CERTIFICATE) + &pem("PRIVATE KEY", KEY);
    let project = with_credential(
        &world,
        &format!(
            "{{azure_certificate: {{{}, certificate: {{env: CERT}}}}}}",
            ids(&world)
        ),
    );
    let checked = project.check_with(&[], &[("CERT", &file)]);
    assert_eq!(
        checked.status("azure.identity"),
        "pass",
        "{}",
        checked.told()
    );
    assert_eq!(checked.status("azure.export.read"), "pass");

    let file = pem("CERTIFICATE", CERTIFICATE) + &pem("ENCRYPTED PRIVATE KEY", ENCRYPTED);
    let project = with_credential(
        &world,
        &format!(
            "{{azure_certificate: {{{}, certificate: {{env: CERT}}, password: {{env: CERT_PASSWORD}}}}}}",
            ids(&world)
        ),
    );
    let with =
        |password: &str| project.check_with(&[], &[("CERT", &file), ("CERT_PASSWORD", password)]);
    assert_eq!(with("open sesame").status("azure.identity"), "pass");
    let told = with("wrong password").told();
    assert!(
        told.contains("the password does not open the private key"),
        "{told}"
    );
}

#[test]
fn a_certificate_that_the_application_does_not_have() {
    let world = with_certificate();
    world.inside().certificate = Some(b"another".to_vec());
    let file = pem("CERTIFICATE", CERTIFICATE) + &pem("PRIVATE KEY", KEY);
    let project = with_credential(
        &world,
        &format!(
            "{{azure_certificate: {{{}, certificate: {{env: CERT}}}}}}",
            ids(&world)
        ),
    );
    let told = project.check_with(&[], &[("CERT", &file)]).told();
    assert!(told.contains("AADSTS700027"), "{told}");
}

/// A token that looks like a runner's.
fn federated() -> String {
    use base64::Engine;
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let claims = r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:acme/costs:ref:refs/heads/main","aud":"api://AzureADTokenExchange","exp":4102444800}"#;
    format!(
        "{}.{}.planted-federated-signature",
        part("{}"),
        part(claims)
    )
}

#[test]
fn a_federated_token_is_declared_or_the_runners_own() {
    let world = World::good();
    let token = federated();
    world.inside().federated = Some(token.clone());
    let project = with_credential(
        &world,
        &format!(
            "{{azure_federated: {{{}, token: {{env: TOKEN}}}}}}",
            ids(&world)
        ),
    );
    let checked = project.check_with(&[], &[("TOKEN", &token)]);
    assert_eq!(
        checked.status("azure.identity"),
        "pass",
        "{}",
        checked.told()
    );

    // GitHub Actions.
    let project = with_credential(&world, &format!("{{azure_federated: {{{}}}}}", ids(&world)));
    let url = format!("{}/github?api-version=2.0", world.url());
    let job = [
        ("ACTIONS_ID_TOKEN_REQUEST_URL", url.as_str()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "planted-job-token"),
    ];
    let checked = project.check_with(&[], &job);
    assert_eq!(
        checked.status("azure.identity"),
        "pass",
        "{}",
        checked.told()
    );
    assert_eq!(
        checked.calls["GitHub:IdToken"],
        checked.calls["Entra:Token"]
    );

    // A workload's file.
    project.write("token", &token);
    let file = project.path().join("token").display().to_string();
    let checked = project.check_with(&[], &[("AZURE_FEDERATED_TOKEN_FILE", &file)]);
    assert_eq!(
        checked.status("azure.identity"),
        "pass",
        "{}",
        checked.told()
    );

    // None of them.
    assert_snapshot!(project.check().told(), @r##"
    exit 1
    fail azure.identity credential/reader
      cannot sign in: nobody is signed in here (no federated token: neither `token` is declared, nor does the runner have one of its own (AZURE_FEDERATED_TOKEN_FILE, or GitHub Actions with `permissions: {id-token: write}`))
      said: no federated token: neither `token` is declared, nor does the runner have one of its own (AZURE_FEDERATED_TOKEN_FILE, or GitHub Actions with `permissions: {id-token: write}`)
      help: sign in where bursar runs: on a laptop with `az login`, on a GitHub runner with `permissions: {id-token: write}` and an `azure_federated` credential; or declare an `azure_client_secret`
    "##);
}

#[test]
fn a_federated_token_that_entra_does_not_trust() {
    let world = World::good();
    let project = with_credential(
        &world,
        &format!(
            "{{azure_federated: {{{}, token: {{env: TOKEN}}}}}}",
            ids(&world)
        ),
    );
    let told = project.check_with(&[], &[("TOKEN", &federated())]).told();
    assert!(told.contains("AADSTS700213"), "{told}");
}

#[test]
fn the_machines_own_chain() {
    let world = World::good();
    let project = with_credential(&world, "{azure_default: {}}");
    let (tenant, client, secret) = {
        let inside = world.inside();
        (
            inside.tenant.clone(),
            inside.client_id.clone(),
            inside.client_secret.clone(),
        )
    };
    let environment = [
        ("AZURE_TENANT_ID", tenant.as_str()),
        ("AZURE_CLIENT_ID", client.as_str()),
        ("AZURE_CLIENT_SECRET", secret.as_str()),
    ];
    let checked = project.check_with(&[], &environment);
    assert_eq!(checked.told(), "exit 0\n");

    // The Azure CLI.
    let token =
        crate::azure::entra::issue(&mut world.inside(), "https://management.azure.com", 3600);
    project.write(
        "bin/az",
        &format!("#!/bin/sh\necho '{{\"accessToken\": \"{token}\", \"expires_on\": 4102444800, \"tokenType\": \"Bearer\"}}'\n"),
    );
    let az = project.path().join("bin/az");
    std::process::Command::new("chmod")
        .arg("755")
        .arg(&az)
        .status()
        .unwrap();
    let path = format!("{}:/usr/bin:/bin", project.path().join("bin").display());
    let checked = project.check_with(&["organization/acme"], &[("PATH", &path)]);
    assert_eq!(
        checked.status("azure.identity"),
        "pass",
        "{}",
        checked.told()
    );

    // The identity of a machine in Azure.
    world.inside().machine = true;
    let checked = project.check_with(&[], &[("PATH", "/usr/bin:/bin")]);
    assert_eq!(checked.told(), "exit 0\n");
    assert!(
        checked.calls["ManagedIdentity:Token"] > 1,
        "{:?}",
        checked.calls
    );
    world.inside().machine = false;

    // Nobody.
    let told = project.check_with(&[], &[("PATH", "/usr/bin:/bin")]).told();
    assert!(told.contains("nobody is signed in here"), "{told}");
    assert!(told.contains("az login"), "{told}");
}

#[test]
fn a_token_that_ends_soon_is_renewed() {
    let world = World::good();
    world.inside().token_life = 60;
    let checked = Project::of(&world).check();
    assert_eq!(checked.told(), "exit 0\n");
    // Renewed for each request, as it would end within five minutes.
    assert!(checked.calls["Entra:Token"] > 5, "{:?}", checked.calls);
    let world = World::good();
    let calls = Project::of(&world).check().calls;
    // One for each of Resource Manager, Graph and Storage.
    assert_eq!(calls["Entra:Token"], 3);
}
