//! The way to Google Cloud: sign-in, and one function a call. The only place that makes requests;
//! it returns plain facts and [`Trouble`], and never judges.
//!
//! Tokens come from `google-cloud-auth`, which has no way to send through our client: what it asks
//! to get one is counted here as one call. Impersonation is asked with our own client, so that a
//! refusal is told in Google's words. Where Google Cloud is not at its public address
//! (`BURSAR_ENDPOINT_GCP`), the exchange of federated tokens goes there too.

pub mod bigquery;
pub mod billing;
mod github;
pub mod iam;
pub mod recommender;
pub mod resource_manager;
pub mod service_usage;
mod session;
mod sessions;
mod sign_in;
mod voice;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use url::Url;

pub use session::Session;
pub use sessions::{Sessions, Signed, Unsigned};
pub use voice::{DISABLED, GOOGLE};

use crate::env;
use crate::provider::http::{Call, Request};
use crate::provider::trouble::{Kind, Trouble};

/// The services of Google Cloud that are asked, by the names in their hosts, and the environment
/// variable that puts them elsewhere (`BURSAR_ENDPOINT_GCP`): an address in which `{service}` stands
/// for such a name, for example `https://{service}-acme.p.googleapis.com`.
const ENDPOINT: &str = "GCP";

/// Where a service is, without a slash at the end.
fn endpoint(service: &str) -> String {
    match env::endpoint(ENDPOINT) {
        Some(template) if template.contains("{service}") => template.replace("{service}", service),
        Some(base) => format!("{base}/{service}"),
        None => format!("https://{service}.googleapis.com"),
    }
}

/// The address of a method of a service. `path` begins with a slash; names in it are taken as they
/// are, so they must be checked or [`escaped`].
fn url(call: &Call, service: &str, path: &str, query: &[(&str, &str)]) -> Result<Url, Trouble> {
    let text = format!("{}{path}", endpoint(service));
    let mut url = Url::parse(&text).map_err(|error| {
        Trouble::new(
            &GOOGLE,
            Kind::Refused,
            call.action,
            format!("`{text}` is no address: {error}"),
        )
    })?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// A name as one segment of a path.
fn escaped(name: &str) -> String {
    // What may stand in a segment unescaped, of the characters that ids have.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@!$'()*,".contains(&byte);
    let escape = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    name.bytes().map(escape).collect()
}

/// Asks which of these permissions the caller has on a resource: none of them is an answer too.
async fn test_permissions(
    session: &Session,
    call: &Call,
    service: &str,
    path: &str,
    permissions: &[&str],
) -> Result<Vec<String>, Trouble> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Held {
        permissions: Vec<String>,
    }
    let url = url(call, service, &format!("{path}:testIamPermissions"), &[])?;
    let request = Request::post_json(url, &json!({"permissions": permissions}));
    let held: Held = session.http.json(call, request, session).await?;
    Ok(held.permissions)
}

/// A moment as Google writes it (RFC 3339); none where it is not given, or is none.
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// Pages of a list, one after the other, up to the last.
macro_rules! pages {
    ($session:expr, $call:expr, $service:expr, $path:expr, $query:expr, $page:ty, $each:expr) => {{
        let mut token = String::new();
        loop {
            let mut query: Vec<(&str, &str)> = $query.to_vec();
            if !token.is_empty() {
                query.push(("pageToken", &token));
            }
            let url = super::url(&$call, $service, $path, &query)?;
            let request = $crate::provider::http::Request::get(url);
            let page: $page = $session.http.json(&$call, request, $session).await?;
            let next = page.next_page_token.clone();
            $each(page);
            // A page that names itself would never end.
            if next.is_empty() || next == token {
                break;
            }
            token = next;
        }
    }};
}
use pages;

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_are_one_segment() {
        assert_eq!(escaped("example.com:acme"), "example.com:acme");
        assert_eq!(escaped("a/../b?c#d e"), "a%2F..%2Fb%3Fc%23d%20e");
    }
}
