//! Looks for planted secrets in everything that comes out.

use super::*;
use crate::credential::inspect::fixtures;

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
                let yaml = yaml.replace("REF", reference);
                let findings = world.ask(&yaml);
                // The answers, too, before the last net catches what they should not hold.
                let answers = answers(&world, &yaml);
                let out = format!(
                    "{answers:?} {findings:?} {}",
                    serde_json::to_string(&findings).unwrap()
                );
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

/// What the checks answer about a credential declared so.
fn answers(world: &World, yaml: &str) -> Vec<Answer> {
    let credential = credential(yaml);
    let address = Address::credential("c");
    let subject = Subject::new(&address, What::Credential(&credential));
    world.with(|run| {
        let question = Question { subject, run };
        crate::provider::probe::local_checks()
            .filter_map(|local| (local.ask)(&question))
            .collect()
    })
}
