//! AWS, Google Cloud and OCI: keys, users, regions.

use super::*;
use crate::credential::inspect::fixtures;

#[test]
fn aws_keys() {
    let id = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
    let secret = "a/".repeat(20);
    let world = World::new().var("ID", &id).var("KEY", &secret);
    let key = "aws_access_key: {access_key_id: {env: ID}, secret_access_key: {env: KEY}}";
    assert_eq!(world.status(key, "aws.key.form"), Status::Pass);
    let swapped = "aws_access_key: {access_key_id: {env: KEY}, secret_access_key: {env: ID}}";
    let finding = world.finding(swapped, "aws.key.form");
    assert_eq!(
        finding.message,
        "the access key's id and its secret are swapped"
    );
    let temporary = World::new()
        .var("ID", &id.replace("AKIA", "ASIA"))
        .var("KEY", &secret);
    assert_eq!(temporary.status(key, "aws.key.form"), Status::Fail);

    let csv = "aws_access_key: {csv: {file: k.csv}}";
    let world = World::new().file(
        "k.csv",
        &format!("\u{feff}Access key ID,Secret access key\r\n{id},{secret}\r\n"),
    );
    assert_eq!(world.status(csv, "aws.key.csv"), Status::Pass);
    assert_eq!(
        world.finding(csv, "aws.key.form").evidence["key"],
        "AKIA…MPLE"
    );
    let world = World::new().file("k.csv", "User name,Password,Console sign-in URL\nme,x,y");
    assert_eq!(world.status(csv, "aws.key.csv"), Status::Fail);
    assert_eq!(
        world.status(csv, "aws.key.form"),
        Status::Skipped,
        "one finding per cause"
    );
}

#[test]
fn the_user_of_an_aws_key() {
    let check = "aws.key.user";
    let key = |arn: &str| format!("aws_access_key: {{csv: {{file: k}}, user_arn: \"{arn}\"}}");
    let mine = key("arn:aws-us-gov:iam::111122223333:user/division/reader");
    let here = World::new().named_by(&["organization/o", "payer/aws/111122223333"]);
    assert_eq!(here.status(&mine, check), Status::Pass);
    let there = World::new().named_by(&["account/aws/210987654321", "account/aws/210987654322"]);
    let finding = there.finding(&mine, check);
    assert_eq!(finding.status, Status::Warn);
    assert!(
        finding
            .message
            .ends_with("account/aws/210987654321 and 1 more"),
        "{finding:?}"
    );
    assert_eq!(
        here.status(&key("arn:aws:iam::111122223333:root"), check),
        Status::Warn
    );
    for wrong in [
        "reader",
        "arn:aws:iam::1:user/x",
        "arn:aws:iam::111122223333:role/x",
        "arn:aws:iam::111122223333:user/",
    ] {
        assert_eq!(here.status(&key(wrong), check), Status::Fail, "{wrong}");
    }
}

#[test]
fn service_account_keys() {
    let yaml = "gcp_service_account: {key: {file: k.json}, email: reader@acme-billing.iam.gserviceaccount.com}";
    let status = |changes: &[(&str, serde_json::Value)], check: &str| {
        World::new()
            .file("k.json", &fixtures::gcp_key(changes))
            .status(yaml, check)
    };
    for check in ["gcp.key.form", "gcp.key.hosts", "gcp.key.project"] {
        assert_eq!(status(&[], check), Status::Pass, "{check}");
    }
    let evil = [("token_uri", "https://evil.example/token".into())];
    assert_eq!(status(&evil, "gcp.key.hosts"), Status::Fail);
    assert_eq!(
        status(&[("private_key", "x".into())], "gcp.key.form"),
        Status::Fail
    );
    assert_eq!(
        status(&[("project_id", "other".into())], "gcp.key.project"),
        Status::Fail
    );
    assert_eq!(
        status(
            &[(
                "client_email",
                "other@acme-billing.iam.gserviceaccount.com".into()
            )],
            "gcp.key.project"
        ),
        Status::Fail
    );
    let person = [("type", "authorized_user".into())];
    assert_eq!(status(&person, "gcp.key.form"), Status::Fail);
    assert_eq!(status(&person, "gcp.key.project"), Status::Skipped);
    // A domain-scoped project.
    let scoped = "gcp_service_account: {key: {file: k.json}}";
    let key = fixtures::gcp_key(&[
        ("project_id", "example.com:billing".into()),
        (
            "client_email",
            "r@billing.example.com.iam.gserviceaccount.com".into(),
        ),
    ]);
    assert_eq!(
        World::new()
            .file("k.json", &key)
            .status(scoped, "gcp.key.project"),
        Status::Pass
    );
}

#[test]
fn oci_keys() {
    let world = |key: String| {
        World::new()
            .file("k.pem", &key)
            .var("P", fixtures::PASSPHRASE)
            .var("W", "wrong-one")
    };
    let (form, fingerprint, passphrase) =
        ("oci.key.form", "oci.key.fingerprint", "oci.key.passphrase");
    for check in [
        form,
        fingerprint,
        passphrase,
        "oci.region",
        "oci.credential.present",
    ] {
        assert_eq!(
            world(fixtures::pkcs8()).status(&oci(""), check),
            Status::Pass,
            "{check}"
        );
        let opened = oci(", passphrase: {env: P}");
        assert_eq!(
            world(fixtures::encrypted()).status(&opened, check),
            Status::Pass,
            "{check}"
        );
    }
    assert_eq!(
        world(fixtures::encrypted()).status(&oci(""), passphrase),
        Status::Fail
    );
    let wrong = oci(", passphrase: {env: W}");
    assert_eq!(
        world(fixtures::encrypted()).status(&wrong, passphrase),
        Status::Fail
    );
    assert_eq!(
        world(fixtures::encrypted()).status(&wrong, fingerprint),
        Status::Skipped
    );
    assert_eq!(
        world(fixtures::pkcs8()).status(&wrong, passphrase),
        Status::Warn
    );
    let finding = world(fixtures::legacy()).finding(&oci(""), form);
    assert!(
        finding.remedy.contains("openssl pkcs8 -topk8"),
        "{finding:?}"
    );
    assert_eq!(
        world(fixtures::short()).status(&oci(""), form),
        Status::Fail
    );
    let finding = world(fixtures::short()).finding(&oci(""), fingerprint);
    assert_eq!((finding.status, finding.evidence.len()), (Status::Fail, 2));
    assert_eq!(
        world(fixtures::public()).status(&oci(""), form),
        Status::Fail
    );

    let region = |region: &str, tenancy: &str| {
        let yaml = oci("")
            .replace("sa-saopaulo-1", region)
            .replace("ocid1.tenancy.oc1", tenancy);
        World::new().status(&yaml, "oci.region")
    };
    assert_eq!(region("GRU", "ocid1.tenancy.oc1"), Status::Pass);
    assert_eq!(region("mars-north-1", "ocid1.tenancy.oc1"), Status::Warn);
    assert_eq!(
        region("us-gov-phoenix-1", "ocid1.tenancy.oc1"),
        Status::Fail
    );
    assert_eq!(
        region("us-gov-phoenix-1", "ocid1.tenancy.oc3"),
        Status::Pass
    );
}
