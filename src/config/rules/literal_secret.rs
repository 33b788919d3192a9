//! Literal secrets: text that looks like a key, anywhere in a file, comments included; and the mask
//! that lets a reporter show source lines all the same.

mod scan;
mod shape;

use std::borrow::Cow;

use rayon::prelude::*;

use super::{Context, Rule};
use crate::config::problem::{At, FileId, Problem};

pub const RULE: Rule = Rule {
    name: "literal_secret",
    codes: &["secret.literal"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let found: Vec<Problem> = context
        .sources
        .files
        .par_iter()
        .enumerate()
        .flat_map_iter(|(file, source)| {
            let secrets = scan::scan(source.text());
            secrets
                .into_iter()
                .filter(|secret| secret.sure)
                .map(move |secret| problem(FileId(file as u32), &secret))
        })
        .collect();
    problems.extend(found);
}

fn problem(file: FileId, secret: &scan::Secret) -> Problem {
    let (message, reference) = match secret.kind {
        scan::Kind::AwsKey => (
            "this looks like an AWS access key",
            "`access_key_id: {env: AWS_ACCESS_KEY_ID}` and `secret_access_key: {env: AWS_SECRET_ACCESS_KEY}`",
        ),
        scan::Kind::Pem => (
            "this looks like a private key",
            "`private_key: {file: /run/secrets/key.pem}`",
        ),
        scan::Kind::Sas => (
            "this looks like a shared access signature",
            "`token: {env: AZURE_SAS}`",
        ),
        scan::Kind::StorageKey => (
            "this looks like the key of a storage account",
            "`connection_string: {env: AZURE_STORAGE}`",
        ),
        scan::Kind::AzureSecret => (
            "this looks like an Azure client secret",
            "`client_secret: {env: AZURE_CLIENT_SECRET}`",
        ),
        scan::Kind::Token => (
            "this looks like a secret token",
            "`{env: NAME_OF_A_VARIABLE}`",
        ),
        scan::Kind::Named => (
            "a secret seems to stand here in plain text",
            "`{env: NAME_OF_A_VARIABLE}`, `{file: path}` or `{exec: [command, argument]}`",
        ),
    };
    Problem::error(
        "secret.literal",
        At::span(file, secret.span),
        message,
        format!(
            "take it out of the file and write a reference instead, for example {reference}; if this was ever committed or sent, replace the secret at its provider"
        ),
    )
    .label("a secret in plain text?")
}

/// The text with every byte of what looks like a secret replaced by `*`. Length in bytes and lines
/// stay as they are, so that spans of the text are spans of the result.
#[must_use]
pub fn mask(text: &str) -> Cow<'_, str> {
    mask_some(text, |_| true)
}

/// As [`mask`], for sentences: only what is refused in a file is masked, as a sentence may well
/// have a word behind the name of a secret.
#[must_use]
pub fn mask_sure(text: &str) -> Cow<'_, str> {
    mask_some(text, |secret| secret.sure)
}

fn mask_some(text: &str, wanted: impl Fn(&scan::Secret) -> bool) -> Cow<'_, str> {
    let mut secrets = scan::scan(text);
    secrets.retain(wanted);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for secret in &secrets {
        let (start, end) = (secret.span.start as usize, secret.span.end as usize);
        for byte in bytes.get_mut(start..end).unwrap_or_default() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    // Spans lie on character boundaries; were one ever not to, a replaced character shows it.
    Cow::Owned(String::from_utf8(bytes).unwrap_or_else(|error| "*".repeat(error.as_bytes().len())))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ask, project};
    use super::*;
    use proptest::prelude::*;

    // Put together here, so that no scanner of repositories takes this file for a leak.
    fn secrets() -> Vec<String> {
        let secret = ["wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYzXq9LmT0aB"].concat();
        assert_eq!(secret.len(), 40);
        vec![
            ["AKIA", "IOSFODNN7EXAMPLE"].concat(),
            ["ASIA", "IOSFODNN7QWERTYU"].concat(),
            secret,
            ["abC8Q", "~kLmN0pQrStUvWxYz1234567890AbCdEfGhI"].concat(),
            ["sig", "=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4%3D"].concat(),
            ["AccountKey", "=", &"aB3dE5gH7j".repeat(8), "abcdef=="].concat(),
            ["ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"].concat(),
            [
                "eyJhbGciOiJSUzI1NiJ9",
                ".eyJzdWIiOiIxMjM0NTY3ODkwIn0",
                ".c2lnbmF0dXJlc2lnbmF0dXJl",
            ]
            .concat(),
            [
                "-----BEGIN RSA ",
                "PRIVATE KEY-----\n  MIIEowIBAAKCAQEA\n  -----END RSA ",
                "PRIVATE KEY-----",
            ]
            .concat(),
        ]
    }

    fn lines(text: &str) -> Vec<String> {
        let mut project = project(&[("bursar.yaml", "version: 1\n"), ("x.yaml", "removed: {}\n")]);
        project.sources.files[1].bytes = text.as_bytes().to_vec();
        let problems = ask(&project, &RULE);
        problems
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn every_kind_is_found_wherever_it_stands_and_never_shown() {
        for secret in secrets() {
            for text in [
                format!("name: {secret}\n"),
                format!("# note: {secret}\nx: 1\n"),
                format!("x: {{a: \"{secret}\", b: 2}}\n"),
                format!("- '{secret}'\r\n"),
                format!("{secret}: x"),
            ] {
                let found = lines(&text);
                assert!(!found.is_empty(), "{text}");
                let masked = mask(&text);
                assert_eq!(masked.len(), text.len());
                assert_eq!(masked.lines().count(), text.lines().count());
                let tail = &secret[secret.len() / 2..];
                let tail = tail.split_whitespace().next().unwrap_or_default();
                assert!(
                    !masked.contains(tail) || secret.starts_with("-----"),
                    "{masked}"
                );
                assert!(!masked.contains("MIIEow"), "{masked}");
                for message in found {
                    assert!(!message.contains(&secret[5..15]));
                }
            }
        }
    }

    #[test]
    fn what_stands_in_the_place_of_a_reference_is_masked() {
        for text in [
            "client_secret: hunter2",
            "x: {client_secret: hunter2, expires_on: 2027-01-31}",
            "secret_access_key: 'hunter2'",
            "refresh_token:\n    hunter2\n",
            "passphrase: |\n  hunter2\n",
            "\"secret_key\": \"hunter2\"",
        ] {
            // The schema refuses it where it knows the field; here it is masked.
            assert!(lines(text).is_empty(), "{text}");
            assert!(!mask(text).contains("hunter2"), "{}", mask(text));
        }
        assert_eq!(lines("# password: 8fJ2kL0qX7vB3nM5\n").len(), 1);
        assert!(!mask("token: hunter2hunter2").contains("hunter2"));
        assert!(
            mask("x: {client_secret: hunter2, expires_on: 2027-01-31}")
                .contains("expires_on: 2027-01-31")
        );
    }

    #[test]
    fn what_belongs_in_a_declaration_is_no_secret() {
        let text = "
# client_secret: see the wiki page; private_key: is kept in the vault
# schema: https://example.com/schemas/bursar.schema.json?version=1
credentials:
  a: {aws_role: {role_arn: arn:aws:iam::111122223333:role/Finance/BursarReaderForTheWholeOrganization2, external_id: acme-7f3k9Qx2, source: ci}}
  b: {azure_client_secret: {tenant_id: 0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b, secret_id: 0E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B, client_secret: {env: AZURE_CLIENT_SECRET}}}
  c: {azure_sas: {token: {env: AZURE_SAS}}}
  d:
    oci_api_key:
      fingerprint: \"aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99\"
      user: ocid1.user.oc1..aaaaaaaaned4fkpkisbwjlr56u7cj63lf3wffbilvqknstgtvzub7vhqkggq
      private_key: {file: oci.pem}
      passphrase:
        env: OCI_PASS
      private_key:
        # in the vault
        exec: [vault, kv, get, -field=token, secret/acme]
  e: {gcp_service_account: {email: bursar-reader@acme-billing-prod-4711.iam.gserviceaccount.com, key: {file: key.json}}}
payers:
  PE2Q-NOIT-BG7-TGB:
    billing_account: 0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b:0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b_2019-05-31
    storage: /subscriptions/0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b/resourceGroups/rg-Costs1/providers/Microsoft.Storage/storageAccounts/acmecosts01
    scope: /subscriptions/0E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B/resourceGroups/RG1
  01ABCD-234567-89EFAB: {commit: 6a84c26dbeb99746ea5a82858e401c0b225a0000, blake: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}
-----BEGIN CERTIFICATE-----
";
        assert_eq!(lines(text), Vec::<String>::new());
        assert_eq!(mask(text), text);
    }

    #[test]
    fn hostile_text_is_scanned_once() {
        for (part, count) in [
            ("-----BEGIN PRIVATE KEY-----:", 30_000),
            ("# password:\n", 50_000),
            ("password: ", 50_000),
            ("{password: ", 50_000),
            ("# token: 'a", 50_000),
            ("\u{e9}token: ", 50_000),
        ] {
            let text = part.repeat(count);
            assert_eq!(mask(&text).len(), text.len());
        }
    }

    proptest! {
        #[test]
        fn masking_keeps_length_and_lines(text in "(\\PC|\n|secret_key: |password: \"|sig=|-----BEGIN PRIVATE KEY-----|Q~|AKIA|[A-Za-z0-9]{30}){0,12}") {
            let masked = mask(&text);
            prop_assert_eq!(masked.len(), text.len());
            prop_assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
        }
    }
}
