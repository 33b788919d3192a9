//! The checklist: what is to be entered, what of it was ticked, and never a secret.

use snapbox::{assert_data_eq, file};

use crate::estate::Estate;

const PLANTED: &[&str] = &[
    "AKIAPLANTED7654321AB",
    "planted-secret-access-key-0123456789abcdef",
    "planted~client.secret-value",
    "sv=2024-01-01&sig=PLANTEDSIGNATURE",
    "PLANTED-PRIVATE-KEY",
];

const CREDENTIALS: &str = "
credentials:
  key: {aws_access_key: {access_key_id: {env: AWS_KEY_ID}, secret_access_key: {env: AWS_KEY}, user_arn: 'arn:aws:iam::111122223333:user/onicloud'}}
  role: {aws_role: {role_name: BursarReader}}
  entra: {azure_client_secret: {tenant_id: 11111111-2222-4333-8444-555555555555, client_id: 21111111-2222-4333-8444-555555555555, secret_id: 41111111-2222-4333-8444-555555555555, client_secret: {env: ENTRA_SECRET}, expires_on: 2027-01-31}}
  sas: {azure_sas: {token: {env: AZURE_SAS}}}
  google: {gcp_service_account: {email: onicloud@acme-billing.iam.gserviceaccount.com, key: {file: secrets/google.json}}}
  oracle: {oci_api_key: {tenancy: ocid1.tenancy.oc1..root, user: ocid1.user.oc1..ana, fingerprint: 'aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99', region: sa-saopaulo-1, private_key: {file: secrets/oci.pem}}}
  center: {partner_center: {tenant_id: 61111111-2222-4333-8444-555555555555, client_id: 71111111-2222-4333-8444-555555555555, application_id: 71111111-2222-4333-8444-555555555555, secret_key: {env: PC_SECRET}}}
";

const ESTATE: &str = "
organizations:
  acme: {provider: aws, id: o-abcdefghij, credentials: key, recommendations: true}
  second: {provider: aws, id: o-bcdefghijk, credentials: role}
  azure: {provider: azure, id: 11111111-2222-4333-8444-555555555555, credentials: entra}
  csp: {provider: azure_csp, id: 61111111-2222-4333-8444-555555555555, partner_id: '1234567', partner_center: center}
  google: {provider: gcp, id: '123456789012', credentials: google, recommendations: true}
  oracle: {provider: oci, id: ocid1.tenancy.oc1..root, credentials: oracle}
payers:
  '111122223333':
    organization: acme
    exports:
      hourly: {cur: {report: acme-hourly, bucket: acme-cur, prefix: cur, bucket_region: us-east-1}}
      focus: {data_export: {table: FOCUS_1_2_AWS, bucket: acme-lake, prefix: focus, bucket_region: eu-west-1}}
  '222233334444': {organization: second}
  PE2Q-NOIT-BG7-TGB:
    organization: azure
    billing_account: aaaaaaaa-1111-4222-8333-444444444444:bbbbbbbb-1111-4222-8333-444444444444_2019-05-31
    exports:
      actual: {cost_management: {dataset: ActualCost, storage: /subscriptions/31111111-2222-4333-8444-555555555555/resourceGroups/costs/providers/Microsoft.Storage/storageAccounts/acmecosts, container: exports, directory: de, read_with: sas}}
      amortized: {cost_management: {dataset: AmortizedCost, storage: /subscriptions/31111111-2222-4333-8444-555555555555/resourceGroups/costs/providers/Microsoft.Storage/storageAccounts/acmecosts, container: exports, directory: de, read_with: sas}}
  01ABCD-234567-89EFAB: {organization: google, exports: {standard: {bigquery: {dataset: acme-billing.billing_export, location: EU}}}}
  ocid1.tenancy.oc1..root: {organization: oracle, exports: {focus: {reports: {}}}}
cost_centers:
  CC-1: {name: All}
";

fn estate() -> Estate {
    let estate = Estate::new();
    let settings = format!("{}{CREDENTIALS}", crate::estate::SETTINGS);
    estate.write("bursar.yaml", &settings);
    estate.write("finance.yaml", "");
    estate.write("accounts.yaml", ESTATE);
    std::fs::remove_file(estate.path("finance.yaml")).unwrap();
    estate.write(
        "secrets/google.json",
        r#"{"type": "service_account", "private_key": "PLANTED-PRIVATE-KEY"}"#,
    );
    estate.write("secrets/oci.pem", "PLANTED-PRIVATE-KEY");
    estate
}

/// An apply with the secrets where they are said to be; its output.
#[track_caller]
fn apply(estate: &Estate) -> String {
    let environment = [
        ("BURSAR_NOW", "2026-11-21T12:00:00Z"),
        ("AWS_KEY_ID", PLANTED[0]),
        ("AWS_KEY", PLANTED[1]),
        ("ENTRA_SECRET", PLANTED[2]),
        ("PC_SECRET", PLANTED[2]),
        ("AZURE_SAS", PLANTED[3]),
    ];
    let said = estate
        .0
        .run_with(&["apply", "--offline", "--auto-approve"], &environment)
        .expect(0);
    said.out + &said.err
}

#[test]
fn the_checklist_names_every_value_and_no_secret() {
    let estate = estate();
    let said = apply(&estate);
    assert_data_eq!(
        estate.read("onicloud/checklist.md"),
        file!["../snapshots/onicloud.checklist.md"]
    );
    let folder = std::fs::read_dir(estate.path("onicloud")).unwrap();
    let files: Vec<Vec<u8>> = folder
        .map(|one| std::fs::read(one.unwrap().path()).unwrap())
        .collect();
    assert_eq!(files.len(), 3);
    for secret in PLANTED {
        assert!(!said.contains(secret));
        let holds = |bytes: &&Vec<u8>| {
            bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        };
        assert_eq!(files.iter().filter(holds).count(), 0, "{secret}");
    }
}

fn line(estate: &Estate, having: &str) -> String {
    let text = estate.read("onicloud/checklist.md");
    let mut lines = text.lines();
    lines
        .find(|line| line.contains(having))
        .unwrap_or_else(|| panic!("{having} in\n{text}"))
        .to_owned()
}

#[test]
fn a_tick_stays_until_what_it_was_made_for_changes() {
    let estate = estate();
    apply(&estate);
    let all = estate
        .read("onicloud/checklist.md")
        .replace("- [ ]", "- [x]");
    estate.write("onicloud/checklist.md", &all);
    apply(&estate);
    assert_eq!(
        estate.read("onicloud/checklist.md"),
        all,
        "every tick stays"
    );
    // A value, and a secret that was replaced behind its reference.
    estate.edit("accounts.yaml", "bucket: acme-cur", "bucket: acme-reports");
    estate.edit(
        "bursar.yaml",
        "expires_on: 2027-01-31",
        "expires_on: 2027-12-31",
    );
    apply(&estate);
    let text = estate.read("onicloud/checklist.md");
    let mut open: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("- [ ]"))
        .collect();
    open.iter_mut()
        .for_each(|line| *line = line.split(" <!--").next().unwrap());
    assert_eq!(
        open,
        [
            "- [ ] Bucket path: `s3://acme-reports/cur/acme-hourly`",
            "- [ ] Secret value: from the environment variable ENTRA_SECRET",
        ]
    );
    assert_eq!(text.matches("changed since it was ticked").count(), 2);
    assert!(line(&estate, "s3://acme-lake/focus/focus").starts_with("- [x]"));
}
