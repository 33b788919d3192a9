//! Checks against declared credentials and planted secrets.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::sync::Arc;

use super::*;
use crate::credential::inspect::fixtures;
use crate::credential::{Exec, Resolver};
use crate::model::address::Address;
use crate::model::finding::{Badge, Finding, Light, Status};
use crate::model::leaf::Leaf;
use crate::model::provider::Provider;
use crate::model::settings::Waiver;
use crate::model::spec::{Credential, Organization};
use crate::model::time::{Date, Days};

/// A project's folder, its environment and its credentials.
struct World {
    dir: tempfile::TempDir,
    vars: HashMap<String, OsString>,
    credentials: BTreeMap<String, Credential>,
    named_by: Vec<Address>,
    mode: Mode,
    now: &'static str,
}

impl World {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            vars: HashMap::new(),
            credentials: BTreeMap::new(),
            named_by: Vec::new(),
            mode: Mode::Offline,
            now: "2026-11-21T12:00:00Z",
        }
    }

    fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    fn file(self, name: &str, value: &str) -> Self {
        let path = self.dir.path().join(name);
        std::fs::write(&path, value).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        self
    }

    fn online(mut self) -> Self {
        self.mode = Mode::Online;
        self
    }

    fn named_by(mut self, addresses: &[&str]) -> Self {
        self.named_by = addresses
            .iter()
            .map(|a| Address::parse(a).unwrap())
            .collect();
        self
    }

    fn with<T>(&self, ask: impl FnOnce(&Run<'_>) -> T) -> T {
        let vars = self.vars.clone();
        let exec = match self.mode {
            Mode::Offline => Exec::Offline,
            Mode::Online => Exec::NotAllowed,
        };
        let resolver = Resolver::new(self.dir.path())
            .exec(exec)
            .env(Arc::new(move |name| vars.get(name).cloned()));
        ask(&Run {
            now: self.now.parse().unwrap(),
            mode: self.mode,
            expiring_within: Days(30),
            resolver: &resolver,
            credentials: &self.credentials,
        })
    }

    /// All findings about a credential declared so.
    fn ask(&self, yaml: &str) -> Vec<Finding> {
        let credential = credential(yaml);
        let address = Address::credential("c");
        let subject = Subject {
            used_by: 3,
            named_by: &self.named_by,
            ..Subject::new(&address, What::Credential(&credential))
        };
        self.with(|run| ask(&Question { subject, run }))
    }

    /// The finding of one check.
    fn finding(&self, yaml: &str, check: &str) -> Finding {
        let findings = self.ask(yaml);
        findings
            .iter()
            .find(|finding| finding.check == check)
            .unwrap_or_else(|| panic!("{check} is not in {findings:#?}"))
            .clone()
    }

    fn status(&self, yaml: &str, check: &str) -> Status {
        self.finding(yaml, check).status
    }
}

fn credential(yaml: &str) -> Credential {
    let value: serde_json::Value = serde_yaml::from_str(yaml).unwrap();
    serde_json::from_value(value).unwrap()
}

const TENANT: &str = "11111111-1111-4111-8111-111111111111";
const CLIENT: &str = "22222222-2222-4222-8222-222222222222";
const APPLICATION: &str = "33333333-3333-4333-8333-333333333333";

fn entra(rest: &str) -> String {
    format!(
        "azure_client_secret: {{tenant_id: {TENANT}, client_id: {CLIENT}, client_secret: {{env: S}}{rest}}}"
    )
}

fn oci(rest: &str) -> String {
    format!(
        "oci_api_key: {{tenancy: ocid1.tenancy.oc1..a, user: ocid1.user.oc1..b, fingerprint: \"{}\", region: sa-saopaulo-1, private_key: {{file: k.pem}}{rest}}}",
        fixtures::FINGERPRINT
    )
}

#[test]
fn offline_a_missing_secret_is_no_fault_and_online_it_is() {
    let present = "azure.credential.present";
    let empty = World::new().var("S", "");
    for world in [World::new(), empty] {
        assert_eq!(world.status(&entra(""), present), Status::Skipped);
        assert_eq!(
            world.status(&entra(""), "azure.secret.value"),
            Status::Skipped
        );
        let finding = world.online().finding(&entra(""), present);
        assert_eq!(finding.status, Status::Fail);
        assert!(finding.remedy.contains('S'), "{finding:?}");
    }
    assert_eq!(
        World::new().status(&oci(""), "oci.credential.present"),
        Status::Skipped
    );
    assert_eq!(
        World::new()
            .online()
            .status(&oci(""), "oci.credential.present"),
        Status::Fail
    );
    // A file that is there and holds nothing is wrong, wherever that is.
    let world = World::new().file("k.pem", "\n");
    assert_eq!(
        world.status(&oci(""), "oci.credential.present"),
        Status::Fail
    );

    let exec = format!(
        "azure_client_secret: {{tenant_id: {TENANT}, client_id: {CLIENT}, client_secret: {{exec: [vault, get]}}}}"
    );
    let finding = World::new().finding(&exec, present);
    assert_eq!(finding.status, Status::Skipped);
    assert_eq!(
        finding.evidence["client_secret"],
        "command vault: not run offline"
    );
    let finding = World::new().online().finding(&exec, present);
    assert_eq!(finding.status, Status::Fail);
    assert!(finding.remedy.contains("--allow-exec"));

    let world = World::new().var("S", "x8Q~0123456789012345678901234567890123");
    assert_eq!(world.status(&entra(""), present), Status::Pass);
    assert_eq!(world.status(&entra(""), "azure.secret.value"), Status::Pass);
    assert!(
        World::new().ask("aws_default: {}").is_empty(),
        "nothing to ask without a network"
    );
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new().file("k.pem", &fixtures::pkcs8());
    let path = world.dir.path().join("k.pem");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let finding = world.finding(&oci(""), "oci.credential.present");
    assert_eq!(
        (finding.status, finding.remedy.as_str()),
        (Status::Warn, "chmod 600 k.pem")
    );
}

#[test]
fn declared_expiries() {
    let status = |day: &str| {
        let finding = World::new().finding(
            &entra(&format!(", expires_on: {day}")),
            "azure.credential.expires",
        );
        (finding.status, finding.message)
    };
    assert_eq!(
        status("2026-11-20"),
        (
            Status::Fail,
            "this credential, used by 3 resources, expired on 2026-11-20".into()
        )
    );
    assert_eq!(
        status("2026-11-21"),
        (
            Status::Warn,
            "this credential, used by 3 resources, expires today, on 2026-11-21".into()
        )
    );
    assert_eq!(status("2026-12-21").0, Status::Warn, "30 days");
    assert_eq!(status("2026-12-22").0, Status::Pass);
    assert_eq!(
        World::new().status(&entra(""), "azure.credential.expires"),
        Status::Skipped
    );
}

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

/// Plants a secret in each kind of reference and in each place of it, good and bad, and looks for
/// it in everything that comes out.
#[test]
fn no_secret_comes_out() {
    let planted = [
        "Pl4ntedSecretOne8Q",
        "aSecretPlantedInSecondPlace",
        "pl4nted-third-secret",
    ];
    let [one, two, three] = planted;
    let id = ["AKIA", "PLANTEDPLANTED77"].concat();
    let garbage = format!("{one}\n{two} {three}");
    let mut key_body = fixtures::pkcs8();
    key_body = key_body.lines().nth(3).unwrap().to_owned();
    let values = [
        garbage.clone(),
        one.to_owned(),
        format!("\"{two}\""),
        format!("{id},{one}"),
        format!(
            "Access key ID,Secret access key\n{id},{}",
            "S3cretPlanted/9".repeat(3)
        ),
        format!("Access key ID,Secret access key\n{one},{two}"),
        format!("sv=2024-11-04&sr=c&sp=rl&se=2027-01-01&sig={one}"),
        format!("AccountName=acmecosts;AccountKey={one};SharedAccessSignature=sv=1&sig={two}"),
        fixtures::gcp_key(&[
            ("private_key", one.into()),
            (
                "token_uri",
                format!("https://{two}:{three}@evil.example/").into(),
            ),
        ]),
        fixtures::gcp_key(&[("type", one.into()), ("project_id", two.into())]),
        fixtures::gcp_key(&[]),
        fixtures::pkcs8(),
        fixtures::certificate() + &fixtures::pkcs8(),
        fixtures::encrypted(),
        fixtures::jwt(&serde_json::json!({"exp": 1, "jti": one})) + one,
    ];
    let yamls = [
        "aws_access_key: {access_key_id: {REF}, secret_access_key: {REF}}".to_owned(),
        "aws_access_key: {csv: {REF}}".to_owned(),
        entra("").replace("{env: S}", "{REF}"),
        format!(
            "azure_certificate: {{tenant_id: {TENANT}, client_id: {CLIENT}, certificate: {{REF}}, password: {{REF}}}}"
        ),
        format!("azure_federated: {{tenant_id: {TENANT}, client_id: {CLIENT}, token: {{REF}}}}"),
        "azure_sas: {token: {REF}}".to_owned(),
        "azure_sas: {connection_string: {REF}}".to_owned(),
        format!(
            "partner_api: {{tenant_id: {TENANT}, client_id: {CLIENT}, application_id: {APPLICATION}, secret_key: {{REF}}, refresh_token: {{REF}}}}"
        ),
        format!(
            "partner_center: {{tenant_id: {TENANT}, client_id: {CLIENT}, application_id: {APPLICATION}, secret_key: {{REF}}}}"
        ),
        "gcp_service_account: {key: {REF}}".to_owned(),
        "gcp_workload_identity: {audience: //x, token: {REF}}".to_owned(),
        oci(", passphrase: {REF}").replace("{file: k.pem}", "{REF}"),
    ];
    let mut asked = 0;
    for value in &values {
        let world = World::new().var("P", value).file("planted", value);
        for yaml in &yamls {
            for reference in ["env: P", "file: planted"] {
                let findings = world.ask(&yaml.replace("REF", reference));
                let out = format!("{findings:?} {}", serde_json::to_string(&findings).unwrap());
                asked += findings.len();
                for secret in
                    planted
                        .iter()
                        .copied()
                        .chain([key_body.as_str(), &id, "S3cretPlanted/9"])
                {
                    assert!(!out.contains(secret), "{secret} of {value} in {out}");
                }
            }
        }
    }
    assert!(asked > 1000, "{asked}");
}

#[test]
fn waivers_hold_until_their_last_day() {
    let finding = |check: &str, address: &str, status| Finding {
        check: check.into(),
        address: Address::parse(address).unwrap(),
        status,
        badge: Badge::Api,
        required: true,
        message: String::new(),
        remedy: String::new(),
        evidence: BTreeMap::new(),
        at: "2026-11-21T12:00:00Z".into(),
        waived: Some("an old waiver".into()),
    };
    let waiver = |check: &str, applies_to: &str| Waiver {
        check: check.into(),
        applies_to: applies_to.into(),
        reason: "known".into(),
        until: Date::parse("2026-11-21").unwrap(),
    };
    let waivers = [
        waiver("a", "credential/*"),
        waiver("b", "!credential/x"),
        waiver("c", "["),
    ];
    let waived = |day: &str| {
        let mut findings = [
            finding("a", "credential/x", Status::Fail),
            finding("a", "credential/x", Status::Pass),
            finding("a", "payer/aws/1", Status::Fail),
            finding("b", "payer/aws/1", Status::Fail),
            finding("c", "credential/x", Status::Fail),
        ];
        apply_waivers(&mut findings, &waivers, Date::parse(day).unwrap());
        findings.map(|finding| finding.waived)
    };
    assert_eq!(
        waived("2026-11-21"),
        [Some("known".into()), None, None, None, None]
    );
    assert_eq!(waived("2026-11-22"), [const { None }; 5]);
}

/// Stored findings and relations by hand.
#[derive(Default)]
struct Stored {
    findings: BTreeMap<String, Vec<Finding>>,
    credentials: BTreeMap<String, Vec<Address>>,
}

impl Stored {
    fn add(&mut self, address: &str, badge: Badge, status: Status, required: bool, at: &str) {
        let finding = Finding {
            check: "x".into(),
            address: Address::parse(address).unwrap(),
            status,
            badge,
            required,
            message: String::new(),
            remedy: String::new(),
            evidence: BTreeMap::new(),
            at: at.into(),
            waived: None,
        };
        self.findings
            .entry(address.into())
            .or_default()
            .push(finding);
    }
}

impl Behind for Stored {
    fn findings(&self, address: &Address) -> &[Finding] {
        self.findings
            .get(address.as_str())
            .map_or(&[], Vec::as_slice)
    }
    fn credentials(&self, address: &Address) -> Vec<Address> {
        self.credentials
            .get(address.as_str())
            .cloned()
            .unwrap_or_default()
    }
    fn exports(&self, _: &Address) -> Vec<Address> {
        vec![Address::export(Provider::Aws, "1", "cur")]
    }
    fn payer(&self, _: &Address) -> Option<Address> {
        Some(Address::payer(Provider::Aws, "1"))
    }
    fn recommendations(&self, _: &Address) -> Option<Address> {
        Some(Address::recommendations("o"))
    }
}

#[test]
fn badges_are_the_worst_of_what_is_behind_them() {
    let (payer, account) = (
        Address::payer(Provider::Aws, "1"),
        Address::account(Provider::Aws, "2"),
    );
    let mut stored = Stored::default();
    assert_eq!(badges(&account, &stored), Badges::default());
    stored.add(
        "account/aws/2",
        Badge::Api,
        Status::Pass,
        true,
        "2026-11-02",
    );
    stored.add(
        "account/aws/2",
        Badge::Api,
        Status::Fail,
        false,
        "2026-11-03",
    );
    stored.add(
        "account/aws/2",
        Badge::Payer,
        Status::Skipped,
        true,
        "2026-11-01",
    );
    stored.add("payer/aws/1", Badge::Api, Status::Fail, true, "2026-11-04");
    stored.add(
        "export/aws/1/cur",
        Badge::Cost,
        Status::Pending,
        true,
        "2026-11-05",
    );
    stored.add(
        "recommendations/o",
        Badge::Recs,
        Status::Unknown,
        true,
        "2026-11-06",
    );
    let badges_of = badges(&account, &stored);
    assert_eq!(
        badges_of.lights,
        [
            Light::Amber,
            Light::NotAsked,
            Light::Pending,
            Light::Unknown
        ]
    );
    let at = |day: &str| Some(day.to_owned());
    assert_eq!(
        badges_of.oldest,
        [at("2026-11-02"), None, at("2026-11-05"), at("2026-11-06")]
    );
    assert_eq!(
        badges(&payer, &stored).lights,
        [Light::Red, Light::NotAsked, Light::Pending, Light::Unknown]
    );

    // A broken credential is one finding, and everything that it reaches knows.
    stored
        .credentials
        .insert("account/aws/2".into(), vec![Address::credential("c")]);
    stored.credentials.insert(
        "export/aws/1/cur".into(),
        vec![Address::credential("reader")],
    );
    stored.add("credential/c", Badge::Api, Status::Fail, true, "2026-11-01");
    stored.add(
        "credential/reader",
        Badge::Api,
        Status::Fail,
        true,
        "2026-11-07",
    );
    let badges_of = badges(&account, &stored);
    assert_eq!(badges_of.light(Badge::Api), Light::Red);
    assert_eq!(
        badges_of.light(Badge::Cost),
        Light::Red,
        "what reads the export counts for COST"
    );
    assert_eq!(badges_of.oldest[0], at("2026-11-01"));
    let export = Address::export(Provider::Aws, "1", "cur");
    assert_eq!(badges(&export, &stored).light(Badge::Cost), Light::Red);
    assert_eq!(badges(&export, &stored).light(Badge::Api), Light::NotAsked);
}

#[test]
fn what_cannot_be_asked_yet_says_so() {
    let address = Address::payer(Provider::Aws, "1");
    let finding = not_built(
        Provider::Aws,
        &address,
        "2026-11-21T12:00:00.5Z".parse().unwrap(),
    );
    insta::assert_json_snapshot!(finding, @r#"
    {
      "check": "aws.access",
      "address": "payer/aws/1",
      "status": "unknown",
      "badge": "api",
      "required": true,
      "message": "this version of bursar cannot ask AWS yet",
      "remedy": "run with `--offline` to register on declared text alone, or set `access: {require: none}`",
      "at": "2026-11-21T12:00:00Z"
    }
    "#);
}

#[tokio::test]
async fn probes_ask_the_same() {
    let world = World::new();
    let credential = credential(&entra(""));
    let address = Address::credential("c");
    let vars = HashMap::<String, OsString>::new();
    let resolver =
        Resolver::new(world.dir.path()).env(Arc::new(move |name| vars.get(name).cloned()));
    let run = Run {
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
        mode: Mode::Offline,
        expiring_within: Days(30),
        resolver: &resolver,
        credentials: &world.credentials,
    };
    let question = Question {
        subject: Subject::new(&address, What::Credential(&credential)),
        run: &run,
    };
    let probes = local_probes();
    let azure = probes
        .iter()
        .find(|probe| probe.provider() == Provider::Azure)
        .unwrap();
    assert_eq!(azure.ask(&question).await, ask(&question));
    for finding in azure.ask(&question).await {
        assert!(azure.checks().iter().any(|check| check.id == finding.check));
    }
}

#[test]
fn checks_are_named_alike() {
    let checks = checks();
    for pair in checks.windows(2) {
        assert!(
            pair[0].id < pair[1].id,
            "sorted, and none twice: {}",
            pair[1].id
        );
    }
    for check in checks {
        let provider = check.id.split('.').next().and_then(Provider::from_name);
        assert!(provider.is_some(), "{}", check.id);
        assert!(check.question.ends_with('?'), "{}", check.id);
        assert!(
            !check.remedy.is_empty() && !check.remedy.ends_with('.'),
            "{}",
            check.id
        );
        assert!(check.offline == check.calls.is_empty() || check.id.ends_with(".access"));
    }
}

#[test]
fn the_page_of_checks_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks.md");
    if std::env::var_os("BURSAR_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, table()).unwrap();
    }
    let page = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        page == table(),
        "docs/checks.md is out of date: run the tests with BURSAR_BLESS=1"
    );
}
