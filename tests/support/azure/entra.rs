//! Entra: tokens for applications, by a client secret, a signed assertion or a federated token. Each is
//! checked for good; a token that is given is signed, and for one audience.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use rsa::pkcs8::DecodePublicKey;
use rsa::pss::{Signature, VerifyingKey};
use rsa::signature::Verifier;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::world::Inside;
use crate::stand::web::{Asked, Said, said};

const KEY: &[u8] = b"what the stand-in signs its tokens with";

const SCOPES: [(&str, &str); 3] = [
    (
        "https://management.azure.com/.default",
        "https://management.azure.com",
    ),
    (
        "https://graph.microsoft.com/.default",
        "https://graph.microsoft.com",
    ),
    (
        "https://storage.azure.com/.default",
        "https://storage.azure.com",
    ),
];

/// The refusals of Entra that tests ask for, by their codes.
pub fn refusal(code: u32, text: &str) -> Said {
    let body = json!({
        "error": if code == 700016 { "unauthorized_client" } else { "invalid_client" },
        "error_description": format!("AADSTS{code}: {text} Trace ID: 1b5c0d1a-0000-4000-8000-000000000001 Correlation ID: 2b5c0d1a-0000-4000-8000-000000000002 Timestamp: 2026-11-22 03:00:00Z"),
        "error_codes": [code],
        "timestamp": "2026-11-22 03:00:00Z",
        "trace_id": "1b5c0d1a-0000-4000-8000-000000000001",
        "correlation_id": "2b5c0d1a-0000-4000-8000-000000000002",
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    said(401, "application/json", body.to_string())
}

pub fn answer(inside: &mut Inside, request: &Asked, path: &str) -> Said {
    let Some(tenant) = path.strip_suffix("/oauth2/v2.0/token") else {
        return said(404, "text/html", "<html>");
    };
    let tenant = tenant.trim_start_matches('/');
    if request.method() != "POST" {
        return refusal(900144, "The request must be a POST.");
    }
    if tenant != inside.tenant {
        return refusal(90002, &format!("Tenant '{tenant}' not found."));
    }
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(request.body())
        .into_owned()
        .collect();
    let get = |name: &str| form.get(name).map_or("", String::as_str);
    for name in form.keys() {
        let known = [
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "grant_type",
            "scope",
        ];
        if !known.contains(&name.as_str()) {
            return refusal(90_100, &format!("{name} is not valid."));
        }
    }
    if get("grant_type") != "client_credentials" {
        return refusal(70003, "The grant is not supported.");
    }
    if get("client_id") != inside.client_id {
        return refusal(
            700016,
            &format!(
                "Application with identifier '{}' was not found in the directory.",
                get("client_id")
            ),
        );
    }
    let proven = if form.contains_key("client_secret") {
        match get("client_secret") == inside.client_secret {
            true if inside.secret_expired => Err(refusal(
                7000222,
                "The provided client secret keys are expired.",
            )),
            true => Ok(()),
            false => Err(refusal(7000215, "Invalid client secret provided.")),
        }
    } else {
        assertion(
            inside,
            get("client_assertion"),
            get("client_assertion_type"),
        )
    };
    if let Err(refusal) = proven {
        return refusal;
    }
    let Some((_, audience)) = SCOPES.iter().find(|(scope, _)| *scope == get("scope")) else {
        return refusal(
            70011,
            "The provided value for the input parameter 'scope' is not valid.",
        );
    };
    let token = issue(inside, audience, 3599);
    let body = json!({"token_type": "Bearer", "expires_in": inside.token_life, "ext_expires_in": inside.token_life, "access_token": token});
    said(200, "application/json", body.to_string())
}

/// A token for an audience.
pub fn issue(inside: &mut Inside, audience: &str, seconds: i64) -> String {
    let now = Timestamp::now().as_second();
    let claims = json!({
        "aud": audience,
        "iss": format!("https://sts.windows.net/{}/", inside.tenant),
        "iat": now,
        "exp": now + seconds,
        "appid": inside.client_id,
        "oid": inside.object_id,
        "tid": inside.tenant_of_tokens,
        "n": inside.issued.len(),
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "HS256"})), part(&claims));
    let token = format!("{signed}.{}", signature(&signed));
    inside.issued.push(token.clone());
    token
}

fn signature(signed: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
    mac.update(signed.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Whether a request has a token of ours for an audience; why not, if not.
pub fn admitted(request: &Asked, audience: &str) -> Result<(), &'static str> {
    let header = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .ok_or("AuthenticationFailed")?;
    let token = header
        .strip_prefix("Bearer ")
        .ok_or("AuthenticationFailed")?;
    let (signed, sign) = token.rsplit_once('.').ok_or("InvalidAuthenticationToken")?;
    if signature(signed) != sign {
        return Err("InvalidAuthenticationToken");
    }
    let claims = signed.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    if claims["aud"] != audience {
        return Err("InvalidAuthenticationTokenAudience");
    }
    if claims["exp"].as_i64().unwrap() < Timestamp::now().as_second() {
        return Err("ExpiredAuthenticationToken");
    }
    Ok(())
}

/// Whether an assertion is signed by the application's certificate, or is the federated token.
fn assertion(inside: &Inside, text: &str, kind: &str) -> Result<(), Said> {
    if kind != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
        return Err(refusal(
            900144,
            "The request must have a client_assertion_type.",
        ));
    }
    if inside.federated.as_deref() == Some(text) {
        return Ok(());
    }
    let wrong = |code: u32, text: &str| Err(refusal(code, text));
    let Some((signed, sign)) = text.rsplit_once('.') else {
        return wrong(50027, "JWT token is invalid or malformed.");
    };
    let (Some(certificate), Some(public)) = (&inside.certificate, &inside.public_key) else {
        return wrong(
            700213,
            "No matching federated identity record found for presented assertion.",
        );
    };
    let json = |part: &str| -> Value {
        URL_SAFE_NO_PAD
            .decode(part)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or(Value::Null)
    };
    let mut parts = signed.split('.');
    let (header, claims) = (
        json(parts.next().unwrap_or_default()),
        json(parts.next().unwrap_or_default()),
    );
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(certificate));
    if header["alg"] != "PS256" || header["x5t#S256"] != thumbprint.as_str() {
        return wrong(
            700027,
            "The certificate with identifier used to sign the client assertion is not registered on application.",
        );
    }
    let audience = format!(
        "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
        inside.tenant
    );
    let now = Timestamp::now().as_second();
    let in_time = claims["nbf"].as_i64().is_some_and(|at| at <= now + 300)
        && claims["exp"].as_i64().is_some_and(|at| at > now);
    if !in_time {
        return wrong(
            700024,
            "Client assertion is not within its valid time range.",
        );
    }
    let own = claims["iss"] == inside.client_id.as_str() && claims["sub"] == claims["iss"];
    if claims["aud"] != audience.as_str() || !own || claims["jti"].as_str().is_none() {
        return wrong(
            700023,
            "Client assertion audience claim does not match Realm issuer.",
        );
    }
    let key = rsa::RsaPublicKey::from_public_key_der(public).unwrap();
    let key = VerifyingKey::<Sha256>::new(key);
    let sign = URL_SAFE_NO_PAD.decode(sign).unwrap_or_default();
    let verified = Signature::try_from(sign.as_slice())
        .is_ok_and(|signature| key.verify(signed.as_bytes(), &signature).is_ok());
    if verified {
        Ok(())
    } else {
        wrong(700027, "Client assertion failed signature validation.")
    }
}
