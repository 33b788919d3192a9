//! Signatures as OCI verifies them: draft-cavage-http-signatures-08, version 1, the documented headers
//! and no others.

use std::collections::BTreeMap;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rsa::RsaPublicKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::sha2::{Digest, Sha256};
use rsa::signature::Verifier;

use crate::stand::web::Asked;

const PLAIN: &str = "date (request-target) host";
const WITH_BODY: &str = "date (request-target) host content-length content-type x-content-sha256";

/// Why a signature is none.
#[derive(Debug)]
pub struct Bad(pub String);

/// Who a request says it comes from: tenancy, user, fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub tenancy: String,
    pub user: String,
    pub fingerprint: String,
}

fn header<'r>(request: &'r Asked, name: &str) -> Result<&'r str, Bad> {
    let value = request.headers().get(name);
    let value = value.ok_or_else(|| Bad(format!("no header {name}")))?;
    value
        .to_str()
        .map_err(|_| Bad(format!("{name} is no text")))
}

/// The parts of `Authorization: Signature a="b",…`.
fn parts(request: &Asked) -> Result<BTreeMap<String, String>, Bad> {
    let text = header(request, "authorization")?;
    let text = text
        .strip_prefix("Signature ")
        .ok_or_else(|| Bad("another scheme than Signature".to_owned()))?;
    text.split(',')
        .map(|part| {
            let (name, value) = part.split_once('=').ok_or_else(|| Bad(part.to_owned()))?;
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
            let value = value.ok_or_else(|| Bad(part.to_owned()))?;
            Ok((name.trim().to_owned(), value.to_owned()))
        })
        .collect()
}

/// Who a request says it comes from.
pub fn named(request: &Asked) -> Result<Named, Bad> {
    let parts = parts(request)?;
    let id = parts.get("keyId").map(String::as_str).unwrap_or_default();
    match id.split('/').collect::<Vec<_>>()[..] {
        [tenancy, user, fingerprint] => Ok(Named {
            tenancy: tenancy.to_owned(),
            user: user.to_owned(),
            fingerprint: fingerprint.to_owned(),
        }),
        _ => Err(Bad(format!("keyId {id}"))),
    }
}

/// Verifies a request against the key that it names. The date is judged by its own.
pub fn verify(request: &Asked, key: &RsaPublicKey) -> Result<(), Bad> {
    let parts = parts(request)?;
    let part = |name: &str| parts.get(name).map(String::as_str).unwrap_or_default();
    let has_body = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    let wanted = if has_body { WITH_BODY } else { PLAIN };
    for (name, value) in [
        ("algorithm", "rsa-sha256"),
        ("version", "1"),
        ("headers", wanted),
    ] {
        if part(name) != value {
            return Err(Bad(format!("{name} is {}", part(name))));
        }
    }
    if has_body {
        let hash = STANDARD.encode(Sha256::digest(request.body()));
        if header(request, "x-content-sha256")? != hash {
            return Err(Bad("the body has another hash".to_owned()));
        }
        if header(request, "content-length")? != request.body().len().to_string() {
            return Err(Bad("the body has another length".to_owned()));
        }
    }
    let mut lines = Vec::new();
    for name in wanted.split(' ') {
        let value = match name {
            "(request-target)" => {
                let target = request.uri().path_and_query();
                let method = request.method().as_str().to_lowercase();
                format!("{method} {}", target.map_or("/", |target| target.as_str()))
            }
            name => header(request, name)?.to_owned(),
        };
        lines.push(format!("{name}: {value}"));
    }
    let signature = STANDARD.decode(part("signature"));
    let signature = signature.map_err(|_| Bad("the signature is no Base64".to_owned()))?;
    let signature = Signature::try_from(&*signature);
    let signature = signature.map_err(|_| Bad("the signature has another length".to_owned()))?;
    VerifyingKey::<Sha256>::new(key.clone())
        .verify(lines.join("\n").as_bytes(), &signature)
        .map_err(|_| Bad("the signature is of something else".to_owned()))
}

/// How far a request's date is from a moment; positive where it is later.
pub fn skew(request: &Asked, now: Timestamp) -> Result<SignedDuration, Bad> {
    let date = header(request, "date")?;
    let date = jiff::fmt::rfc2822::parse(date).map_err(|error| Bad(error.to_string()))?;
    Ok(date.timestamp().duration_since(now))
}
