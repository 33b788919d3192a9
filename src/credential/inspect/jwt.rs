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
    Token(Box<Claims>),
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
    /// `tid`: Entra's tenant.
    pub tenant: Option<String>,
    /// `roles`: what an application may do by itself, in Entra's tokens.
    pub roles: Vec<String>,
    /// `scp`: what an application may do for a user, in Entra's tokens.
    pub scopes: Vec<String>,
    /// `amr`: how the user proved to be one, in Entra's tokens; none where the token does not say.
    pub methods: Option<Vec<String>>,
    /// `upn`, `unique_name` or `preferred_username`: the user, in Entra's tokens.
    pub user: Option<String>,
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
    let list = |name: &str| match claims.get(name) {
        Some(Value::String(one)) => Some(vec![public(one)]),
        Some(Value::Array(many)) => {
            Some(many.iter().filter_map(Value::as_str).map(public).collect())
        }
        _ => None,
    };
    let scopes = claims
        .get("scp")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Jwt::Token(Box::new(Claims {
        expires: claims
            .get("exp")
            .and_then(Value::as_f64)
            .and_then(|seconds| Timestamp::from_second(seconds as i64).ok()),
        issuer: text("iss"),
        audiences: list("aud").unwrap_or_default(),
        subject: text("sub"),
        tenant: text("tid"),
        roles: list("roles").unwrap_or_default(),
        scopes: scopes.split_whitespace().map(public).collect(),
        methods: list("amr"),
        user: ["upn", "unique_name", "preferred_username"]
            .into_iter()
            .find_map(text),
    }))
}

fn json(part: &str) -> Option<Value> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?);
    serde_json::from_slice(&bytes).ok()
}
