//! Azure and CSP: client secrets, signatures, certificates, tokens, applications.

use super::*;
use crate::credential::inspect::fixtures;
use crate::model::finding::Badge;
use crate::model::spec::Organization;

#[test]
fn an_azure_secret_that_is_a_guid_is_the_secrets_id() {
    let guid = "44444444-4444-4444-8444-444444444444";
    let finding = World::new()
        .var("S", guid)
        .finding(&entra(""), "azure.secret.value");
    assert_eq!(finding.status, Status::Fail);
    assert_eq!(
        finding.message,
        "the client secret is a GUID: the secret's id, not its value"
    );
    assert!(finding.remedy.contains("column Value"), "{finding:?}");
}

#[test]
fn shared_access_signatures() {
    let yaml = "azure_sas: {token: {env: S}}";
    let of = |token: &str, check: &str| {
        World::new()
            .var("S", token)
            .finding(yaml, &format!("azure.sas.{check}"))
    };
    let good = "sv=2024-11-04&sr=c&sp=rl&se=2027-06-30T00:00:00Z&spr=https&sig=abcdefgh";
    for check in [
        "form",
        "expiry",
        "permissions",
        "scope",
        "protocol",
        "policy",
    ] {
        let finding = of(good, check);
        assert_eq!(finding.status, Status::Pass, "{finding:?}");
        assert_eq!(finding.badge, Badge::Cost);
        assert_eq!(of("sv=1", check).status == Status::Pass, check == "policy");
    }
    let expiry = |token: &str| of(token, "expiry").status;
    let sas = |rest: &str| format!("sv=2024-11-04&sr=c&sp=rl&sig=abcdefgh&{rest}");
    assert_eq!(expiry(&sas("se=2026-11-21T12:00:00Z")), Status::Fail);
    assert_eq!(expiry(&sas("se=2026-11-21T12:00:01Z")), Status::Warn);
    assert_eq!(expiry(&sas("se=2027-06-30&st=2027-01-01")), Status::Fail);
    assert_eq!(
        expiry(&sas("se=2027-06-30&ske=2026-11-20")),
        Status::Fail,
        "the earlier one ends it"
    );
    assert_eq!(
        of(&sas("se=2027-06-30&ske=2026-11-28"), "expiry").evidence["parameter"],
        "ske"
    );
    assert_eq!(expiry(&sas("se=tomorrow")), Status::Fail);
    assert_eq!(expiry(&sas("si=policy")), Status::Skipped);
    assert_eq!(expiry(&sas("x=y")), Status::Fail);
    assert_eq!(of(&sas("si=policy"), "policy").status, Status::Warn);
    let declared = "azure_sas: {token: {env: S}, expires_on: 2027-06-30}";
    let world = World::new().var("S", &sas("si=policy"));
    assert_eq!(world.status(declared, "azure.sas.policy"), Status::Pass);

    let permissions = |sp: &str| of(&format!("sv=1&sr=c&sp={sp}&sig=x"), "permissions").status;
    assert_eq!(permissions("r"), Status::Fail);
    assert_eq!(permissions("racwdl"), Status::Warn);
    assert_eq!(permissions("lr"), Status::Pass);
    let scope = |rest: &str| of(&format!("sv=1&{rest}&sp=rl&sig=x"), "scope").status;
    assert_eq!(scope("ss=bf&srt=sco"), Status::Pass);
    assert_eq!(scope("ss=b&srt=o"), Status::Fail);
    assert_eq!(scope("ss=q&srt=co"), Status::Fail);
    assert_eq!(scope("sr=b"), Status::Fail);
    assert_eq!(
        of("sv=1&sr=c&spr=https,http&sig=x", "protocol").status,
        Status::Warn
    );

    let key = "AccountName=acmecosts;AccountKey=a2V5a2V5a2V5";
    assert_eq!(of(key, "form").status, Status::Fail);
    assert_eq!(of(key, "expiry").status, Status::Skipped);
    assert_eq!(
        of(&format!("{key};SharedAccessSignature={good}"), "form").status,
        Status::Warn
    );
}

#[test]
fn certificates() {
    let yaml = format!(
        "azure_certificate: {{tenant_id: {TENANT}, client_id: {CLIENT}, certificate: {{file: c}}}}"
    );
    let mut world = World::new().file("c", &(fixtures::certificate() + &fixtures::pkcs8()));
    assert_eq!(world.status(&yaml, "azure.certificate.form"), Status::Pass);
    for (now, status) in [
        ("2026-11-21T12:00:00Z", Status::Fail),
        ("2026-11-22T12:00:00Z", Status::Pass),
        ("2028-10-01T00:00:00Z", Status::Warn),
        ("2028-10-21T21:17:28Z", Status::Fail),
    ] {
        world.now = now;
        assert_eq!(
            world.status(&yaml, "azure.certificate.expiry"),
            status,
            "{now}"
        );
    }
    let world = World::new().file("c", &fixtures::certificate());
    assert_eq!(world.status(&yaml, "azure.certificate.form"), Status::Fail);
}

#[test]
fn federated_tokens() {
    let azure =
        format!("azure_federated: {{tenant_id: {TENANT}, client_id: {CLIENT}, token: {{env: T}}}}");
    let gcp = "gcp_workload_identity: {audience: //iam.googleapis.com/x, token: {env: T}}";
    let token = |exp: i64, aud: &str| {
        World::new().var(
            "T",
            &fixtures::jwt(&serde_json::json!({"exp": exp, "aud": aud, "iss": "https://x"})),
        )
    };
    let entra = "api://AzureADTokenExchange";
    assert_eq!(
        token(1_900_000_000, entra).status(&azure, "azure.token.form"),
        Status::Pass
    );
    assert_eq!(
        token(1_900_000_000, "other").status(&azure, "azure.token.form"),
        Status::Warn
    );
    assert_eq!(
        token(1_700_000_000, entra).status(&azure, "azure.token.form"),
        Status::Fail
    );
    assert_eq!(
        token(1_900_000_000, "other").status(gcp, "gcp.token.form"),
        Status::Pass
    );
    assert_eq!(
        World::new().var("T", "abc").status(gcp, "gcp.token.form"),
        Status::Fail
    );
}

#[test]
fn applications_of_a_partner() {
    let api = |client: &str, application: &str| {
        format!(
            "partner_api: {{tenant_id: {TENANT}, client_id: {client}, application_id: {application}, secret_key: {{env: S}}, refresh_token: {{env: R}}}}"
        )
    };
    let check = "azure_csp.application.ids";
    let status =
        |client: &str, application: &str| World::new().status(&api(client, application), check);
    assert_eq!(status(CLIENT, APPLICATION), Status::Pass);
    assert_eq!(status(CLIENT, CLIENT), Status::Warn);
    assert_eq!(status(TENANT, APPLICATION), Status::Fail);
    assert_eq!(status(CLIENT, "app"), Status::Fail);
    assert_eq!(
        status("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", APPLICATION),
        Status::Fail
    );

    let world = World::new().var("S", CLIENT).var("R", TENANT);
    let yaml = api(CLIENT, APPLICATION);
    assert_eq!(world.status(&yaml, "azure_csp.secret.value"), Status::Fail);
    assert_eq!(
        world.status(&yaml, "azure_csp.refresh_token.form"),
        Status::Fail
    );

    let organization: Organization = serde_json::from_value(serde_json::json!({
        "provider": "azure_csp", "id": TENANT, "partner_center": "center", "partner_api": "api",
    }))
    .unwrap();
    let mixed = |center_client: &str| {
        let mut world = World::new();
        let center = format!(
            "partner_center: {{tenant_id: {TENANT}, client_id: {center_client}, application_id: {TENANT}, secret_key: {{env: S}}}}"
        );
        world
            .credentials
            .insert("center".into(), credential(&center));
        world
            .credentials
            .insert("api".into(), credential(&api(CLIENT, APPLICATION)));
        let address = Address::organization("o");
        let subject = Subject::new(&address, What::Organization(&organization));
        world.with(|run| ask(&Question { subject, run }))
    };
    assert_eq!(mixed(CLIENT)[0].status, Status::Pass);
    assert_eq!(mixed(APPLICATION)[0].status, Status::Warn);
}
