//! Keys and certificates for tests (see testdata/README.md).

/// The passphrase of the encrypted ones.
pub(crate) const PASSPHRASE: &str = "open sesame";
/// As `openssl rsa -pubout -outform DER | openssl md5 -c` prints it for the key.
pub(crate) const FINGERPRINT: &str = "78:f4:21:7c:cc:ee:3d:72:dd:f7:88:e5:a5:ee:de:57";

fn pem(label: &str, body: &str) -> String {
    let dashes = "-----";
    format!("{dashes}BEGIN {label}{dashes}\n{body}{dashes}END {label}{dashes}\n")
}

pub(crate) fn pkcs8() -> String {
    pem("PRIVATE KEY", include_str!("testdata/key_pkcs8.txt"))
}

pub(crate) fn pkcs1() -> String {
    pem("RSA PRIVATE KEY", include_str!("testdata/key_pkcs1.txt"))
}

pub(crate) fn encrypted() -> String {
    pem(
        "ENCRYPTED PRIVATE KEY",
        include_str!("testdata/key_encrypted.txt"),
    )
}

pub(crate) fn triple_des() -> String {
    pem(
        "ENCRYPTED PRIVATE KEY",
        include_str!("testdata/key_3des.txt"),
    )
}

pub(crate) fn legacy() -> String {
    pem("RSA PRIVATE KEY", include_str!("testdata/key_legacy.txt"))
}

pub(crate) fn short() -> String {
    pem("PRIVATE KEY", include_str!("testdata/key_1024.txt"))
}

pub(crate) fn elliptic() -> String {
    pem("PRIVATE KEY", include_str!("testdata/key_ec.txt"))
}

pub(crate) fn public() -> String {
    pem("PUBLIC KEY", include_str!("testdata/public.txt"))
}

pub(crate) fn certificate() -> String {
    pem("CERTIFICATE", include_str!("testdata/certificate.txt"))
}

/// A service account's key as Google makes it, with the given changes.
pub(crate) fn gcp_key(changes: &[(&str, serde_json::Value)]) -> String {
    let mut key = serde_json::json!({
        "type": "service_account",
        "project_id": "acme-billing",
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": pkcs8(),
        "client_email": "reader@acme-billing.iam.gserviceaccount.com",
        "client_id": "123456789012345678901",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/reader%40acme-billing.iam.gserviceaccount.com",
        "universe_domain": "googleapis.com",
    });
    for (name, value) in changes {
        key[*name] = value.clone();
    }
    serde_json::to_string_pretty(&key).unwrap()
}

/// An unsigned token with these claims.
pub(crate) fn jwt(claims: &serde_json::Value) -> String {
    use base64::Engine;
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(&claims.to_string()),
        part("signature")
    )
}
