//! A signed token (JWT), as runners give them for federation. Its signature is not verified: that
//! is for who accepts it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use serde_json::Value;

use super::public;
use crate::credential::Secret;

/// What a text that should be a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Jwt {
    Token(Claims),
    /// Not three parts, or what is in them is no JSON.
    NotToken,
}

/// Who says what about whom, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `exp`
    pub expires: Option<Timestamp>,
    /// `iss`
    pub issuer: Option<String>,
    /// `aud`, one or several.
    pub audiences: Vec<String>,
    /// `sub`
    pub subject: Option<String>,
}

/// Looks at a token.
#[must_use]
pub fn inspect(token: &Secret) -> Jwt {
    let text = token.expose_text().unwrap_or_default().trim();
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Jwt::NotToken;
    };
    let (Some(Value::Object(_)), Some(Value::Object(claims))) = (json(header), json(payload))
    else {
        return Jwt::NotToken;
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(public);
    let audiences = match claims.get("aud") {
        Some(Value::String(one)) => vec![public(one)],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(public).collect(),
        _ => Vec::new(),
    };
    Jwt::Token(Claims {
        expires: claims
            .get("exp")
            .and_then(Value::as_f64)
            .and_then(|seconds| Timestamp::from_second(seconds as i64).ok()),
        issuer: text("iss"),
        audiences,
        subject: text("sub"),
    })
}

fn json(part: &str) -> Option<Value> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?);
    serde_json::from_slice(&bytes).ok()
}
