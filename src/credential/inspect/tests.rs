//! Inspectors against real keys and against what people paste by mistake.

use super::*;
use crate::credential::Secret;
use aws_csv::AwsCsv;
use aws_key::{IdForm, SecretForm};
use azure_secret::AzureSecret;
use certificate::{Certificate, Key};
use gcp_key::GcpKey;
use jwt::Jwt;
use oci_key::OciKey;
use refresh_token::RefreshToken;
use sas::{Kind, Moment, Sas};

fn secret(text: impl Into<Vec<u8>>) -> Secret {
    Secret::new(text.into())
}

/// A text that no scanner for secrets takes for one.
fn joined(parts: &[&str]) -> String {
    parts.concat()
}

#[test]
fn oci_keys_have_the_fingerprint_that_openssl_computes() {
    let facts = |encrypted| {
        OciKey::Key(oci_key::Facts {
            fingerprint: fixtures::FINGERPRINT.to_owned(),
            bits: 2048,
            encrypted,
        })
    };
    let passphrase = secret(fixtures::PASSPHRASE);
    assert_eq!(
        oci_key::inspect(&secret(fixtures::pkcs8()), None),
        facts(false)
    );
    assert_eq!(
        oci_key::inspect(&secret(fixtures::pkcs1()), None),
        facts(false)
    );
    assert_eq!(
        oci_key::inspect(&secret(fixtures::encrypted()), Some(&passphrase)),
        facts(true)
    );
    // As Oracle's console offers them, and as Windows saves them.
    let labelled = format!("{}OCI_API_KEY", fixtures::pkcs8());
    assert_eq!(oci_key::inspect(&secret(labelled), None), facts(false));
    let windows = fixtures::pkcs8().replace('\n', "\r\n");
    assert_eq!(oci_key::inspect(&secret(windows), None), facts(false));
}

#[test]
fn oci_keys_that_are_none_say_what_they_are() {
    let look = |text: String| oci_key::inspect(&secret(text), None);
    assert_eq!(look(fixtures::encrypted()), OciKey::NeedsPassphrase);
    assert_eq!(look(fixtures::legacy()), OciKey::LegacyEncrypted);
    assert_eq!(look(fixtures::public()), OciKey::PublicKey);
    assert_eq!(look(fixtures::certificate()), OciKey::Certificate);
    assert_eq!(look(fixtures::elliptic()), OciKey::NotRsa);
    assert_eq!(
        look(fixtures::pkcs8().replace('\n', "\\n")),
        OciKey::EscapedBreaks
    );
    assert_eq!(look("garbage".into()), OciKey::NotPem);
    assert_eq!(
        look(fixtures::pkcs8().replace("MII", "AAA")),
        OciKey::Broken
    );
    assert_eq!(look(fixtures::pkcs8()[..600].to_owned()), OciKey::Broken);
    assert_eq!(
        oci_key::inspect(&secret([0xff, 0x00, 0x80]), None),
        OciKey::NotPem
    );
    for wrong in ["open sesam", "x", "open sesame "] {
        let key = oci_key::inspect(&secret(fixtures::encrypted()), Some(&secret(wrong)));
        assert_eq!(key, OciKey::WrongPassphrase, "{wrong}");
    }
    let key = oci_key::inspect(
        &secret(fixtures::triple_des()),
        Some(&secret("open sesame")),
    );
    assert_eq!(key, OciKey::UnknownCipher);
    assert!(matches!(look(fixtures::short()), OciKey::Key(facts) if facts.bits == 1024));
}

#[test]
fn a_sas_gives_its_parameters_and_never_its_signature() {
    let token = "sv=2024-11-04&ss=b&srt=co&sp=rl&st=2026-01-01T00:00Z&se=2027-06-30&spr=https&sig=c2ln%2Fbmf0dXJl%3D";
    let look = |text: &str| match sas::inspect(&secret(text)) {
        Sas::Token(facts) => *facts,
        other => panic!("{other:?}"),
    };
    let facts = look(token);
    assert_eq!(facts.kind, Kind::Account);
    assert_eq!(facts.permissions.as_deref(), Some("rl"));
    assert_eq!(
        facts.expiry,
        Moment::At("2027-06-30T00:00:00Z".parse().unwrap())
    );
    assert_eq!(
        facts.start,
        Moment::At("2026-01-01T00:00:00Z".parse().unwrap())
    );
    assert!(facts.signed && !facts.account_key && facts.policy.is_none());
    assert!(!format!("{facts:?}").contains("c2ln"));
    assert_eq!(look(&format!("?{token}")), facts);

    let address = format!("https://acmecosts.blob.core.windows.net/exports?{token}");
    assert_eq!(look(&address).account.as_deref(), Some("acmecosts"));
    let connection = format!(
        "BlobEndpoint=https://acmecosts.blob.core.windows.net/;SharedAccessSignature={token}"
    );
    assert_eq!(look(&connection).account.as_deref(), Some("acmecosts"));
    assert!(!look(&connection).account_key);
    let both =
        format!("AccountName=acmecosts;AccountKey=a2V5a2V5a2V5;SharedAccessSignature={token}");
    assert!(look(&both).account_key);

    let delegated =
        "sv=2024-11-04&sr=c&sp=rl&se=2027-06-30&skoid=x&ske=2027-01-07T00%3A00%3A00Z&sig=x";
    assert_eq!(look(delegated).kind, Kind::UserDelegation);
    assert_eq!(
        look(delegated).delegation_expiry,
        Moment::At("2027-01-07T00:00:00Z".parse().unwrap())
    );
    let policy = look("sv=2024-11-04&sr=c&si=readers&sig=x");
    assert_eq!(
        (policy.kind, policy.expiry),
        (Kind::Service, Moment::Missing)
    );
    assert_eq!(policy.policy.as_deref(), Some("readers"));
    assert_eq!(
        look("sv=2024-11-04&sr=c&se=soon&sig=x").expiry,
        Moment::Malformed
    );
    assert!(!look("sv=2024-11-04&sr=c&sp=rl").signed);
}

#[test]
fn what_is_no_sas_says_so() {
    let look = |text: &str| sas::inspect(&secret(text));
    let account = Some("acmecosts".to_owned());
    let key = "DefaultEndpointsProtocol=https;AccountName=acmecosts;AccountKey=a2V5a2V5a2V5==;EndpointSuffix=core.windows.net";
    assert_eq!(
        look(key),
        Sas::AccountKey {
            account: account.clone()
        }
    );
    let bare = "DefaultEndpointsProtocol=https;AccountName=acmecosts";
    assert_eq!(look(bare), Sas::NoSignature { account });
    assert_eq!(look("\"sv=1&sig=x\""), Sas::Miscopied(Copied::Quoted));
    assert_eq!(look("sv=1&\nsig=x"), Sas::Miscopied(Copied::Spaced));
    assert_eq!(look("garbage"), Sas::Unknown);
    assert_eq!(look("a=b&c=d"), Sas::Unknown);
}

#[test]
fn csv_files_of_all_ages_are_read() {
    let (id, key) = (joined(&["AKIA", "IOSFODNN7EXAMPLE"]), "s".repeat(40));
    let files = [
        format!("Access key ID,Secret access key\n{id},{key}"),
        format!("\u{feff}Access key ID,Secret access key\r\n{id},{key}\r\n"),
        format!("User Name,Access Key Id,Secret Access Key\n\"reader\",{id},{key}\n"),
        format!(
            "User name,Password,Access key ID,Secret access key,Console login link\nreader,,{id},{key},https://x\n"
        ),
        format!("Secret access key , access_key_id\n\n {key},\"{id}\""),
    ];
    for file in files {
        let AwsCsv::Key(found) = aws_csv::read(&secret(file.clone())) else {
            panic!("{file}");
        };
        assert_eq!(found.id.expose_text(), Some(id.as_str()), "{file}");
        assert_eq!(found.secret.expose_text(), Some(key.as_str()), "{file}");
        assert_eq!(found.user.is_some(), file.contains("reader"));
    }
    let look = |text: &str| aws_csv::read(&secret(text));
    let console = "User name,Password,Console sign-in URL\nreader,x,https://x";
    assert!(matches!(look(console), AwsCsv::ConsoleOnly));
    assert!(matches!(
        look("Access key ID,Secret access key\n"),
        AwsCsv::NoRows
    ));
    assert!(matches!(
        look("Access key ID,Secret access key\na,b\nc,d"),
        AwsCsv::Several(2)
    ));
    assert!(matches!(
        look("Access key ID,Secret access key\nonly,"),
        AwsCsv::Incomplete
    ));
    assert!(matches!(
        look("Access key ID,Secret access key\nonly"),
        AwsCsv::Incomplete
    ));
    assert!(matches!(look("garbage"), AwsCsv::NotKeys));
    assert!(matches!(
        aws_csv::read(&secret([0x50, 0x4b, 0xff])),
        AwsCsv::NotKeys
    ));
}

#[test]
fn halves_of_access_keys_are_told_apart() {
    let id = |text: &str| aws_key::id(&secret(text));
    let key = |text: &str| aws_key::secret(&secret(text));
    let access = joined(&["AKIA", "IOSFODNN7EXAMPLE"]);
    let forty = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    assert_eq!(id(&access), IdForm::AccessKey);
    assert_eq!(id(&access.replace("AKIA", "ASIA")), IdForm::Temporary);
    assert_eq!(
        id(&access.replace("AKIA", "AROA")),
        IdForm::OtherThing("a role")
    );
    assert_eq!(id(&access.replace("AKIA", "AKIB")), IdForm::Unknown);
    assert_eq!(id(&access[1..]), IdForm::Unknown);
    assert_eq!(id("ééééé"), IdForm::Unknown);
    assert_eq!(
        id(&format!("'{access}'")),
        IdForm::Miscopied(Copied::Quoted)
    );
    assert_eq!(key(&forty[..40]), SecretForm::Secret);
    assert_eq!(id(&forty[..40]), IdForm::LooksLikeSecret);
    assert_eq!(key(&access), SecretForm::LooksLikeId);
    assert_eq!(key(&forty[..39]), SecretForm::Length(39));
    assert_eq!(
        key(&format!("{} ", &forty[..40])),
        SecretForm::Miscopied(Copied::Spaced)
    );
    assert_eq!(key(&"*".repeat(40)), SecretForm::Unknown);
    assert_eq!(
        aws_key::short(&secret(access)).as_deref(),
        Some("AKIA…MPLE")
    );
    assert_eq!(
        aws_key::short(&secret(&forty[..40])),
        None,
        "nothing of a secret is shown"
    );
}

#[test]
fn service_account_keys() {
    let look = |changes: &[(&str, serde_json::Value)]| {
        gcp_key::inspect(&secret(fixtures::gcp_key(changes)))
    };
    let GcpKey::Key(facts) = look(&[]) else {
        panic!()
    };
    assert_eq!(facts.project.as_deref(), Some("acme-billing"));
    assert_eq!(facts.key_id.as_deref(), Some("01234567…"));
    assert_eq!(facts.bits, Some(2048));
    assert!(facts.missing.is_empty() && facts.foreign_hosts.is_empty());

    for evil in [
        "https://oauth2.googleapis.com.evil.example/token",
        "https://evil.example/oauth2.googleapis.com",
        "https://oauth2.googleapis.com@evil.example/token",
        "https://evil.example\\@oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com:8443/token",
        "http://oauth2.googleapis.com/token",
    ] {
        let GcpKey::Key(facts) = look(&[("token_uri", evil.into())]) else {
            panic!()
        };
        assert_eq!(facts.foreign_hosts.len(), 1, "{evil}");
    }
    let GcpKey::Key(facts) = look(&[("private_key", "x".into()), ("token_uri", ().into())]) else {
        panic!()
    };
    assert_eq!((facts.bits, facts.missing), (None, vec!["token_uri"]));
    assert_eq!(
        look(&[("type", "authorized_user".into())]),
        GcpKey::OtherType("authorized_user")
    );
    assert_eq!(
        look(&[("type", "external_account".into())]),
        GcpKey::OtherType("external_account")
    );
    assert_eq!(look(&[("type", "my-secret".into())]), GcpKey::UnknownType);
    assert_eq!(look(&[("project_id", 7.into())]), GcpKey::UnknownType);
    let look = |text: &str| gcp_key::inspect(&secret(text));
    assert_eq!(
        look(r#"{"installed": {"client_id": "x"}}"#),
        GcpKey::OauthClient
    );
    assert_eq!(look("[1]"), GcpKey::UnknownType);
    assert_eq!(look("garbage"), GcpKey::NotJson);
}

#[test]
fn client_secrets_and_refresh_tokens() {
    let look = |text: &str| azure_secret::inspect(&secret(text));
    let value = joined(&["abC8Q~", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]);
    let guid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    assert_eq!(look(&value), AzureSecret::Plausible);
    assert_eq!(look(guid), AzureSecret::SecretId);
    assert_eq!(look(&format!("\"{guid}\"")), AzureSecret::SecretId);
    assert_eq!(
        look(&format!("\"{value}\"")),
        AzureSecret::Miscopied(Copied::Quoted)
    );
    assert_eq!(
        look(&format!("{value} ")),
        AzureSecret::Miscopied(Copied::Spaced)
    );
    assert_eq!(look("abC****************"), AzureSecret::Masked);
    assert_eq!(look("abC"), AzureSecret::Short);

    let look = |text: &str| refresh_token::inspect(&secret(text));
    let access = fixtures::jwt(&serde_json::json!({"aud": "x", "exp": 1}));
    assert_eq!(
        look(&format!("0.AX{}", "x".repeat(400))),
        RefreshToken::Plausible
    );
    assert_eq!(look(guid), RefreshToken::Guid);
    assert_eq!(look(&access), RefreshToken::AccessToken);
    assert_eq!(look("0.AXshort"), RefreshToken::Short);
    assert_eq!(look("\"0.AX\""), RefreshToken::Miscopied(Copied::Quoted));
}

#[test]
fn tokens_are_read_without_their_signature() {
    let claims = serde_json::json!({
        "exp": 1_800_000_000_i64, "iss": "https://token.actions.githubusercontent.com",
        "aud": ["a", "b"], "sub": "repo:acme/finops:ref:refs/heads/main",
    });
    let Jwt::Token(claims) = jwt::inspect(&secret(fixtures::jwt(&claims))) else {
        panic!()
    };
    assert_eq!(claims.expires.unwrap().to_string(), "2027-01-15T08:00:00Z");
    assert_eq!(claims.audiences, ["a", "b"]);
    for wrong in ["", "a.b.c", "a.b", "e30.e30", "e30.e30.x.y", "W10.W10.x"] {
        assert_eq!(jwt::inspect(&secret(wrong)), Jwt::NotToken, "{wrong}");
    }
}

#[test]
fn certificates_are_compared_with_their_keys() {
    let look = |text: String| certificate::inspect(&secret(text));
    let key_of = |text: String| match look(text) {
        Certificate::Pem(facts) => facts.key,
        other => panic!("{other:?}"),
    };
    let certificate = fixtures::certificate;
    assert_eq!(key_of(certificate() + &fixtures::pkcs8()), Key::Matches);
    assert_eq!(key_of(fixtures::pkcs1() + &certificate()), Key::Matches);
    assert_eq!(key_of(certificate() + &fixtures::short()), Key::Differs);
    assert_eq!(
        key_of(certificate() + &fixtures::elliptic()),
        Key::NotCompared
    );
    assert_eq!(key_of(certificate()), Key::Missing);
    let Certificate::Pem(facts) = look(certificate()) else {
        panic!()
    };
    assert_eq!(facts.not_after.unwrap().to_string(), "2028-10-21T21:17:28Z");
    assert_eq!(look(fixtures::pkcs8()), Certificate::KeyOnly);
    assert_eq!(
        look(certificate().replace("MII", "AAA")),
        Certificate::Broken
    );
    assert_eq!(look("garbage".into()), Certificate::Unknown);
    let pkcs12 = secret([0x30, 0x82, 0x09, 0xdf, 0x02, 0x01, 0x03, 0xff]);
    assert_eq!(certificate::inspect(&pkcs12), Certificate::Pkcs12);
    assert_eq!(look("MIIJ3wIBAzCC".into()), Certificate::Pkcs12);
}

proptest::proptest! {
    /// Whatever bytes a file holds, inspectors answer.
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), text in ".{0,200}") {
        for secret in [secret(bytes), secret(text.clone()), secret(format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----"))] {
            let _ = oci_key::inspect(&secret, Some(&secret));
            let _ = sas::inspect(&secret);
            let _ = aws_csv::read(&secret);
            let _ = (aws_key::id(&secret), aws_key::secret(&secret), aws_key::short(&secret));
            let _ = gcp_key::inspect(&secret);
            let _ = azure_secret::inspect(&secret);
            let _ = certificate::inspect(&secret);
            let _ = jwt::inspect(&secret);
            let _ = refresh_token::inspect(&secret);
        }
    }
}
