//! Signatures of OCI: HTTP signatures after draft-cavage-http-signatures-08, in Oracle's version 1
//! (developer guide, "Request signatures"). Signed are date, target and host; of requests with a
//! body its length, type and SHA-256 too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST, HeaderName, HeaderValue,
};
use rsa::sha2::{Digest, Sha256};
use url::Url;

use crate::credential::SigningKey;
use crate::provider::http::Request;

const BODY_HASH: HeaderName = HeaderName::from_static("x-content-sha256");

/// What signs requests: a key under its name, `tenancy/user/fingerprint`.
#[derive(Debug)]
pub struct Signature {
    pub key_id: String,
    pub key: SigningKey,
}

impl Signature {
    /// Signs a request as of a moment; replaces what an earlier try signed. None where the key cannot
    /// sign.
    #[must_use]
    pub fn sign(&self, request: &mut Request, now: Timestamp) -> Option<()> {
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let host = host(&request.url)?;
        let mut signed = vec![
            ("date", date.clone()),
            ("(request-target)", target(request)),
            ("host", host.clone()),
        ];
        let headers = &mut request.headers;
        headers.insert(DATE, HeaderValue::from_str(&date).ok()?);
        headers.insert(HOST, HeaderValue::from_str(&host).ok()?);
        if let Some(body) = &request.body {
            let length = body.len().to_string();
            let hash = STANDARD.encode(Sha256::digest(body));
            let kind = headers
                .entry(CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/json"));
            let kind = kind.to_str().ok()?.to_owned();
            headers.insert(CONTENT_LENGTH, HeaderValue::from_str(&length).ok()?);
            headers.insert(BODY_HASH, HeaderValue::from_str(&hash).ok()?);
            signed.extend([
                ("content-length", length),
                ("content-type", kind),
                ("x-content-sha256", hash),
            ]);
        }
        let text: Vec<String> = signed
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
        let authorization = format!(
            "Signature algorithm=\"rsa-sha256\",headers=\"{}\",keyId=\"{}\",signature=\"{}\",version=\"1\"",
            names.join(" "),
            self.key_id,
            self.key.rs256(&text.join("\n"))?,
        );
        let mut authorization = HeaderValue::from_str(&authorization).ok()?;
        authorization.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, authorization);
        Some(())
    }
}

/// The host as the header names it: with its port, where that is not the usual one.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn target(request: &Request) -> String {
    let method = request.method.as_str().to_ascii_lowercase();
    let path = request.url.path();
    match request.url.query() {
        Some(query) => format!("{method} {path}?{query}"),
        None => format!("{method} {path}"),
    }
}
