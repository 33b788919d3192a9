//! Nothing secret leaves `credential`: secrets are planted in every place that one can stand, and
//! looked for in everything that the program prints, traces, stores and registers.

#[path = "secrets/hunt.rs"]
mod hunt;
#[path = "support/sandbox.rs"]
mod sandbox;

use hunt::{Hunt, PLATFORMS, noise};
use sandbox::{Platform, Sandbox};

fn pem(label: &str, body: &str) -> String {
    let dashes = "-----";
    format!("{dashes}BEGIN {label}{dashes}\n{body}{dashes}END {label}{dashes}\n")
}

const KEY: &str = include_str!("../src/credential/inspect/testdata/key_pkcs8.txt");
const ENCRYPTED: &str = include_str!("../src/credential/inspect/testdata/key_encrypted.txt");
const PASSPHRASE: &str = "open sesame";

const SETTINGS: &str = "
version: 1
sources: [estate]
access: {require: none}
credentials:
  aws: {aws_access_key: {csv: {file: keys.csv}}}
  pair: {aws_access_key: {access_key_id: {env: PAIR_ID}, secret_access_key: {env: PAIR_SECRET}}}
  entra: {azure_client_secret: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 21111111-2222-4333-8444-555555555555, client_secret: {env: ENTRA}}}
  printed: {azure_client_secret: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 21111111-2222-4333-8444-555555555555, client_secret: {exec: [cat, printed.txt]}}}
  certificate: {azure_certificate: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 21111111-2222-4333-8444-555555555555, certificate: {file: certificate.pem}, password: {env: CERTIFICATE}}}
  sas: {azure_sas: {token: {env: SAS}}}
  storage: {azure_sas: {connection_string: {file: storage.txt}}}
  center: {partner_center: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 21111111-2222-4333-8444-555555555555, application_id: 31111111-2222-4333-8444-555555555555, secret_key: {env: CENTER}}}
  partner: {partner_api: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 21111111-2222-4333-8444-555555555555, application_id: 31111111-2222-4333-8444-555555555555, secret_key: {env: PARTNER}, refresh_token: {exec: [cat, refresh.txt]}}}
  gcp: {gcp_service_account: {key: {file: key.json}}}
  oci: {oci_api_key: {tenancy: ocid1.tenancy.oc1..aaaaaaaaexample, user: ocid1.user.oc1..aaaaaaaaexample, fingerprint: '78:f4:21:7c:cc:ee:3d:72:dd:f7:88:e5:a5:ee:de:57', region: sa-saopaulo-1, private_key: {file: oci.pem}, passphrase: {env: OCI}}}
";

const ESTATE: &str = "
organizations:
  core: {provider: aws, id: o-abcdefghij, credentials: aws}
  second: {provider: aws, id: o-bbcdefghij, credentials: pair}
  azure: {provider: azure, id: 11111111-2222-4333-8444-555555555555, credentials: entra}
  other: {provider: azure, id: 21111111-2222-4333-8444-555555555555, credentials: printed}
  third: {provider: azure, id: 31111111-2222-4333-8444-555555555555, credentials: certificate}
  csp: {provider: azure_csp, id: 11111111-2222-4333-8444-555555555555, partner_id: '1234567', partner_center: center, partner_api: partner}
  google: {provider: gcp, id: '123456789012', credentials: gcp}
  oracle: {provider: oci, id: ocid1.tenancy.oc1..aaaaaaaaexample, credentials: oci}
payers:
  '111122223333': {organization: core}
accounts:
  '210987654321': {organization: core, name: Shop}
";

struct Planted {
    hunt: Hunt,
    files: Vec<(&'static str, String)>,
    environment: Vec<(&'static str, String)>,
}

/// Secrets in every place behind a reference. `twist` breaks each as it likes.
fn planted(twist: impl Fn(&str) -> String) -> Planted {
    let mut hunt = Hunt::default();
    let mut secret = |name: &'static str, text: String| {
        hunt.secret(name, &text);
        text
    };
    let in_csv = secret("the key in a CSV file", noise("csv", 40));
    let pair = secret("the key of a pair", noise("pair", 40));
    let azure = |name| format!("{}8Q~{}", &noise(name, 3), noise(name, 34));
    let entra = secret("a client secret", azure("entra"));
    let printed = secret("what a command prints", azure("printed"));
    let center = secret("an application's key", azure("center"));
    let partner = secret("a partner's key", azure("partner"));
    let refresh = secret("a refresh token", noise("refresh", 900));
    let password = secret("a certificate's password", noise("password", 20));
    let signature = secret("the signature of a SAS", noise("signature", 43));
    let account_key = secret("a storage account's key", noise("storage", 86));
    let json_key = secret("the key in a JSON file", KEY.replace('\n', ""));
    let encrypted = secret("an encrypted key", ENCRYPTED.to_owned());
    let passphrase = secret("a passphrase", PASSPHRASE.to_owned());

    let key = pem("PRIVATE KEY", KEY);
    let _ = json_key;
    let json = serde_json::json!({
        "type": "service_account",
        "project_id": "acme-billing",
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": key,
        "client_email": "reader@acme-billing.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    });
    let csv = format!("Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,{in_csv}\n");
    let storage = format!(
        "DefaultEndpointsProtocol=https;AccountName=acmecosts;AccountKey={account_key}==;EndpointSuffix=core.windows.net"
    );
    let sas = format!(
        "sv=2024-11-04&ss=b&srt=sco&sp=rl&se=2099-01-01T00:00:00Z&spr=https&sig={signature}%3D"
    );
    let files = vec![
        ("keys.csv", csv),
        ("printed.txt", printed),
        ("refresh.txt", refresh),
        ("certificate.pem", key),
        ("storage.txt", storage),
        ("key.json", json.to_string()),
        ("oci.pem", pem("ENCRYPTED PRIVATE KEY", &encrypted)),
    ];
    let environment = vec![
        ("PAIR_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("PAIR_SECRET", pair),
        ("ENTRA", entra),
        ("CERTIFICATE", password),
        ("SAS", sas),
        ("CENTER", center),
        ("PARTNER", partner),
        ("OCI", passphrase),
    ];
    let twisted = |(name, text): (&'static str, String)| (name, twist(&text));
    Planted {
        hunt,
        files: files.into_iter().map(twisted).collect(),
        environment: environment.into_iter().map(twisted).collect(),
    }
}

fn nothing_is_found(planted: &Planted) {
    for platform in PLATFORMS {
        let sandbox = Sandbox::with(
            platform,
            &[("bursar.yaml", SETTINGS), ("estate/all.yaml", ESTATE)],
        );
        for (name, text) in &planted.files {
            sandbox.write(&[(name, text)]);
        }
        let environment: Vec<(&str, &str)> = planted
            .environment
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        planted.hunt.run_all(&sandbox, &environment);
        assert!(sandbox.records().len() > 15, "everything was registered");
    }
}

#[test]
fn secrets_behind_references_stay_there() {
    nothing_is_found(&planted(str::to_owned));
}

/// Each of these makes another way through the errors: wrong passphrase, malformed keys, files cut
/// off, secrets in the wrong place.
#[test]
fn broken_secrets_stay_secret_too() {
    let half = |text: &str| text.chars().take(text.len() * 2 / 3).collect();
    nothing_is_found(&planted(half));
    let wrong = |text: &str| format!("{text}x");
    nothing_is_found(&planted(wrong));
    let reversed = |text: &str| text.lines().rev().collect::<Vec<_>>().join("\n");
    nothing_is_found(&planted(reversed));
    let garbled = |text: &str| text.replace(['=', ',', '{', '~'], "\u{0}");
    // No variable holds NUL.
    let mut planted = planted(garbled);
    for (_, text) in &mut planted.environment {
        *text = text.replace('\u{0}', "\n");
    }
    nothing_is_found(&planted);
}

/// A command that prints the secret where it should not, and fails.
#[test]
fn what_a_failing_command_says_stays_secret() {
    let mut hunt = Hunt::default();
    let text = noise("failing", 40);
    hunt.secret("what a failing command said", &text);
    for platform in PLATFORMS {
        let settings = SETTINGS.replace("{exec: [cat, printed.txt]}", "{exec: [sh, say.sh]}");
        let sandbox = Sandbox::with(
            platform,
            &[
                ("bursar.yaml", &settings),
                ("estate/all.yaml", ESTATE),
                (
                    "say.sh",
                    &format!("echo {text}; echo no {text} >&2; exit 3"),
                ),
            ],
        );
        hunt.run_all(&sandbox, &[]);
    }
}

/// A project with a literal secret somewhere: refused, and never shown.
fn literal(name: &str, settings: &str, estate: &str, secret: &str) {
    let mut hunt = Hunt::default();
    hunt.secret("a literal secret", secret);
    let sandbox = Sandbox::with(
        Platform::Local,
        &[("bursar.yaml", settings), ("estate/all.yaml", estate)],
    );
    let said = sandbox.run(&["validate"]);
    assert_eq!(said.code, Some(1), "{name} was taken: {}", said.out);
    hunt.run_all(&sandbox, &[]);
    assert!(!sandbox.state().exists(), "{name} was registered");
}

#[test]
fn literal_secrets_are_refused_and_not_shown() {
    let key = pem("PRIVATE KEY", KEY);
    let signature = noise("literal", 43);
    let sas =
        format!("sv=2024-11-04&ss=b&srt=sco&sp=rl&se=2099-01-01T00:00:00Z&sig={signature}%3D");
    let azure = format!("abc8Q~{}", noise("literal azure", 34));
    let indented = key.replace('\n', "\n        ");

    // Where a reference belongs.
    let entra = SETTINGS.replace("{env: ENTRA}", &azure);
    literal("a literal for a reference", &entra, ESTATE, &azure);
    let token = SETTINGS.replace("{env: SAS}", &format!("'{sas}'"));
    literal("a SAS for a reference", &token, ESTATE, &signature);
    let oci = SETTINGS.replace(
        "  oci: {oci_api_key: {",
        &format!("  pasted:\n    oci_api_key:\n      private_key: |\n        {indented}\n  oci: {{oci_api_key: {{"),
    );
    literal("a pasted key", &oci, ESTATE, KEY);
    let named = SETTINGS.replace("{env: ENTRA}", &format!("{{env: '{azure}'}}"));
    literal("a secret for a variable's name", &named, ESTATE, &azure);

    // Anywhere else.
    let places = [
        ("a comment", format!("{ESTATE}# {azure}\n")),
        (
            "a name",
            ESTATE.replace("name: Shop", &format!("name: {azure}")),
        ),
        (
            "a label",
            ESTATE.replace("name: Shop", &format!("labels: {{token: {azure}}}")),
        ),
        (
            "a URL",
            ESTATE.replace(
                "name: Shop",
                &format!("name: 'https://acme.blob.core.windows.net/c?{sas}'"),
            ),
        ),
        (
            "a key",
            ESTATE.replace("'210987654321'", &format!("'{azure}'")),
        ),
        (
            "an unknown key",
            ESTATE.replace("name: Shop", &format!("'{azure}': 1")),
        ),
        (
            "a reference",
            ESTATE.replace("credentials: aws", &format!("credentials: '{azure}'")),
        ),
        ("a line that is no YAML", format!("{ESTATE}{azure}: {{ [\n")),
        ("a file that is no section", format!("secret: {azure}\n")),
    ];
    for (name, estate) in places {
        let secret = if name == "a URL" { &signature } else { &azure };
        literal(name, SETTINGS, &estate, secret);
    }
}
