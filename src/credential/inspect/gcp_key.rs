//! A service account's key of Google Cloud, JSON.

use secrecy::zeroize::Zeroizing;
use serde::Deserialize;

use super::{is_guid, oci_key, public};
use crate::credential::Secret;

/// What a file that should hold a service account's key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GcpKey {
    /// A service account's key, right or wrong.
    Key(Facts),
    /// Another kind of credential that Google's tools write; with its word.
    OtherType(&'static str),
    /// An OAuth client (`installed`, `web`).
    OauthClient,
    /// JSON of some other kind.
    UnknownType,
    /// Not JSON.
    NotJson,
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Names of fields that a key has and this one lacks.
    pub missing: Vec<&'static str>,
    pub project: Option<String>,
    /// The first characters of the key's id: enough to find it in the console.
    pub key_id: Option<String>,
    /// The service account.
    pub email: Option<String>,
    /// Fields with an address that is not one of Google's, each with the host.
    pub foreign_hosts: Vec<(&'static str, String)>,
    /// Length of the private key; none where it is no RSA key.
    pub bits: Option<usize>,
    /// `universe_domain`, where it is not Google's own.
    pub universe: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    r#type: Option<String>,
    project_id: Option<String>,
    private_key_id: Option<String>,
    private_key: Option<String>,
    client_email: Option<String>,
    token_uri: Option<String>,
    auth_uri: Option<String>,
    auth_provider_x509_cert_url: Option<String>,
    client_x509_cert_url: Option<String>,
    universe_domain: Option<String>,
    installed: Option<serde::de::IgnoredAny>,
    web: Option<serde::de::IgnoredAny>,
}

/// Kinds of Google credentials that are no key (google-auth's `type` field).
const OTHER_TYPES: [&str; 5] = [
    "authorized_user",
    "external_account",
    "external_account_authorized_user",
    "impersonated_service_account",
    "gdch_service_account",
];

/// Hosts that keys name, as in the examples of Google's own clients: in keys made now, and (the
/// token's address at accounts.google.com or www.googleapis.com) in keys made years ago.
const HOSTS: [&str; 3] = [
    "oauth2.googleapis.com",
    "accounts.google.com",
    "www.googleapis.com",
];

/// Looks at a key.
#[must_use]
pub fn inspect(key: &Secret) -> GcpKey {
    let Ok(file) = serde_json::from_slice::<File>(key.expose()) else {
        return match serde_json::from_slice::<serde::de::IgnoredAny>(key.expose()) {
            Ok(_) => GcpKey::UnknownType,
            Err(_) => GcpKey::NotJson,
        };
    };
    let private_key = Zeroizing::new(file.private_key.unwrap_or_default());
    match file.r#type.as_deref() {
        Some("service_account") => {}
        Some(other) => {
            return OTHER_TYPES
                .into_iter()
                .find(|word| *word == other)
                .map_or(GcpKey::UnknownType, GcpKey::OtherType);
        }
        None if file.installed.is_some() || file.web.is_some() => return GcpKey::OauthClient,
        None => return GcpKey::UnknownType,
    }
    let urls = [
        ("token_uri", &file.token_uri),
        ("auth_uri", &file.auth_uri),
        (
            "auth_provider_x509_cert_url",
            &file.auth_provider_x509_cert_url,
        ),
        ("client_x509_cert_url", &file.client_x509_cert_url),
    ];
    let foreign_hosts = urls
        .into_iter()
        .filter_map(|(field, url)| Some((field, foreign(url.as_deref()?)?)))
        .collect();
    let required = [
        ("project_id", file.project_id.is_some()),
        ("private_key_id", file.private_key_id.is_some()),
        ("private_key", !private_key.is_empty()),
        ("client_email", file.client_email.is_some()),
        ("token_uri", file.token_uri.is_some()),
    ];
    GcpKey::Key(Facts {
        missing: required
            .into_iter()
            .filter(|(_, given)| !given)
            .map(|(name, _)| name)
            .collect(),
        project: file.project_id.filter(|id| is_project(id)),
        key_id: file.private_key_id.as_deref().and_then(short),
        email: file
            .client_email
            .as_deref()
            .filter(|email| email.contains('@'))
            .map(public),
        foreign_hosts,
        bits: oci_key::plain_rsa(&private_key).map(|(_, bits)| bits),
        universe: file
            .universe_domain
            .filter(|domain| domain != "googleapis.com")
            .map(|d| public(&d)),
    })
}

/// A project's id may have a domain before it: `example.com:project`.
fn is_project(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 63
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':'))
}

fn short(id: &str) -> Option<String> {
    let hexadecimal = id.len() >= 16 && id.bytes().all(|b| b.is_ascii_hexdigit());
    (hexadecimal || is_guid(id)).then(|| format!("{}…", &id[..8]))
}

/// The host of an address that is not one of Google's.
fn foreign(url: &str) -> Option<String> {
    let Some(rest) = url.strip_prefix("https://") else {
        return Some("not an https address".to_owned());
    };
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if HOSTS.contains(&host) {
        return None;
    }
    // Who writes `user:password@host` may have written a secret.
    Some(public(host.rsplit('@').next().unwrap_or_default()))
}
