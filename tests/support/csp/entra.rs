//! Entra: consent and tokens, version 2.0. Who consents here agrees at once, as the world's user.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Access, Code, Refresh, State, TENANT, json as answered, pairs};
use crate::stand::web::{Asked, Said, said};

type Fields = BTreeMap<String, String>;

pub fn answer(state: &mut State, request: &Asked, path: &[&str]) -> Said {
    let query = pairs(request.uri().query().unwrap_or_default());
    match (request.method().as_str(), path) {
        ("GET", [tenant, "oauth2", "v2.0", "authorize"]) => authorize(state, tenant, &query),
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => {
            let kind = request.headers().get("content-type");
            if kind.is_none_or(|kind| kind != "application/x-www-form-urlencoded") {
                return refused(state, "invalid_request", 900_144, "no form");
            }
            let form = pairs(std::str::from_utf8(request.body()).unwrap_or_default());
            token(state, tenant, &form)
        }
        _ => {
            state
                .wrong
                .push(format!("{} entra/{path:?}", request.method()));
            said(404, "text/html", "<html>not found</html>")
        }
    }
}

/// Says no as Entra does.
fn refused(state: &mut State, error: &str, code: u32, words: &str) -> Said {
    state.made += 1;
    let trace = format!("trace-{}", state.made);
    let status = if error == "invalid_client" { 401 } else { 400 };
    answered(
        status,
        &json!({
            "error": error,
            "error_description": format!(
                "AADSTS{code}: {words} Trace ID: {trace} Correlation ID: c-1 Timestamp: 2026-11-21 12:00:00Z"
            ),
            "error_codes": [code],
            "timestamp": "2026-11-21 12:00:00Z",
            "trace_id": trace,
            "correlation_id": "c-1",
        }),
    )
}

/// Takes a redirect address as Entra does: the port of localhost does not count.
fn same_redirect(registered: &str, asked: &str) -> bool {
    let strip = |text: &str| match text.strip_prefix("http://localhost") {
        Some(rest) if rest.starts_with(':') => {
            let digits = rest[1..].trim_start_matches(|c: char| c.is_ascii_digit());
            format!("http://localhost{digits}")
        }
        _ => text.to_owned(),
    };
    strip(registered).trim_end_matches('/') == strip(asked).trim_end_matches('/')
}

fn authorize(state: &mut State, tenant: &str, query: &Fields) -> Said {
    let field = |name: &str| query.get(name).map_or("", String::as_str);
    let known = [
        "client_id",
        "response_type",
        "redirect_uri",
        "response_mode",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "prompt",
    ];
    if let Some(odd) = query.keys().find(|name| !known.contains(&name.as_str())) {
        state.wrong.push(format!("authorize: {odd}"));
    }
    let Some(app) = state
        .apps
        .get(field("client_id"))
        .filter(|_| tenant == TENANT)
    else {
        return said(200, "text/html", "AADSTS700016");
    };
    if !app
        .redirects
        .iter()
        .any(|one| same_redirect(one, field("redirect_uri")))
    {
        // Entra shows this itself: nobody is sent to an address that it does not know.
        return said(200, "text/html", "AADSTS50011");
    }
    let good = field("response_type") == "code"
        && field("code_challenge_method") == "S256"
        && field("code_challenge").len() == 43
        && field("state").len() >= 20
        && field("scope").contains("user_impersonation");
    if !good {
        state.wrong.push(format!("authorize: {query:?}"));
        return said(200, "text/html", "AADSTS900144");
    }
    let mut back = url::Url::parse(field("redirect_uri")).unwrap();
    match state.user.refuses {
        Some((error, description)) => {
            back.query_pairs_mut()
                .append_pair("error", error)
                .append_pair("error_description", description);
        }
        None => {
            state.made += 1;
            let code = format!("0.planted-code-{}-{}", state.made, "x".repeat(900));
            back.query_pairs_mut().append_pair("code", &code);
            let given = Code {
                client: field("client_id").to_owned(),
                challenge: field("code_challenge").to_owned(),
                redirect: field("redirect_uri").to_owned(),
            };
            state.codes.insert(code, given);
        }
    }
    back.query_pairs_mut()
        .append_pair("state", field("state"))
        .append_pair("session_state", "s-1");
    let mut found = said(302, "text/html", "");
    found
        .headers_mut()
        .insert("location", back.as_str().parse().unwrap());
    found
}

fn token(state: &mut State, tenant: &str, form: &Fields) -> Said {
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let grant = field("grant_type");
    let mut known = vec!["client_id", "client_secret", "grant_type", "scope"];
    known.extend(match grant {
        "authorization_code" => &["code", "code_verifier", "redirect_uri"][..],
        "refresh_token" => &["refresh_token"],
        _ => &[],
    });
    if let Some(odd) = form.keys().find(|name| !known.contains(&name.as_str())) {
        state.wrong.push(format!("token: {odd}"));
        return refused(state, "invalid_request", 90_023, "unknown parameter.");
    }
    let of_customer = state.customers.iter().any(|one| one["id"] == tenant);
    if tenant != TENANT && !(of_customer && grant == "refresh_token") {
        return refused(state, "invalid_request", 90_002, "Tenant not found.");
    }
    let Some(app) = state.apps.get(field("client_id")).cloned() else {
        let words = "Application was not found in the directory.";
        return refused(state, "unauthorized_client", 700_016, words);
    };
    if app.secret != field("client_secret") {
        let words = "Invalid client secret provided.";
        return refused(state, "invalid_client", 7_000_215, words);
    }
    if app.expired {
        let words = "The provided client secret keys are expired.";
        return refused(state, "invalid_client", 7_000_222, words);
    }
    let scope = field("scope");
    let audience = scope.rsplit_once('/').map_or("", |(audience, _)| audience);
    match grant {
        "client_credentials" if scope.ends_with("/.default") && !scope.contains(' ') => {
            grant_token(state, form, tenant, audience, None)
        }
        "refresh_token" => {
            let spent = field("refresh_token").to_owned();
            let Some(known) = state.refresh.get(&spent).cloned() else {
                let words = "The refresh token isn't valid.";
                return refused(state, "invalid_grant", 70_000, words);
            };
            if let Some(code) = known.ended {
                return refused(state, "invalid_grant", code, "The grant has ended.");
            }
            if known.client != field("client_id") {
                return refused(state, "invalid_grant", 70_000, "Not of this client.");
            }
            if tenant != TENANT && !state.granted.contains(tenant) {
                let words = "The user or administrator has not consented.";
                return refused(state, "invalid_grant", 65_001, words);
            }
            if state.single_use {
                state.refresh.get_mut(&spent).unwrap().ended = Some(70_000);
            }
            let user = state.user.name.clone();
            grant_token(state, form, tenant, audience, Some(user))
        }
        "authorization_code" => {
            let Some(code) = state.codes.remove(field("code")) else {
                let words = "The code was already redeemed.";
                return refused(state, "invalid_grant", 54_005, words);
            };
            let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
            if digest != code.challenge {
                return refused(
                    state,
                    "invalid_grant",
                    501_481,
                    "The verifier does not match.",
                );
            }
            if code.redirect != field("redirect_uri") || code.client != field("client_id") {
                return refused(state, "invalid_grant", 70_000, "Another redirect address.");
            }
            let user = state.user.name.clone();
            grant_token(state, form, tenant, audience, Some(user))
        }
        _ => refused(
            state,
            "unsupported_grant_type",
            70_003,
            "Unsupported grant.",
        ),
    }
}

fn grant_token(
    state: &mut State,
    form: &Fields,
    tenant: &str,
    audience: &str,
    user: Option<String>,
) -> Said {
    let scope = form["scope"].as_str();
    let audience = audience.rsplit(' ').next().unwrap_or_default();
    let client = form["client_id"].clone();
    let app = &state.apps[&client];
    let mut claims = json!({
        "aud": audience, "tid": tenant, "appid": client, "exp": 1_900_000_000,
        "iss": format!("https://sts.windows.net/{tenant}/"),
    });
    match &user {
        None => claims["roles"] = json!(app.roles.iter().collect::<Vec<_>>()),
        Some(name) => {
            let methods = if state.user.mfa {
                json!(["pwd", "mfa"])
            } else {
                json!(["pwd"])
            };
            claims["upn"] = json!(name);
            claims["amr"] = methods;
            claims["scp"] = json!("user_impersonation");
        }
    }
    state.made += 1;
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let token = format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256","typ":"JWT"}"#),
        part(&claims.to_string()),
        part(&format!("planted-signature-{}", state.made))
    );
    let given = Access {
        audience: audience.to_owned(),
        tenant: tenant.to_owned(),
        client: client.clone(),
        user: user.is_some(),
    };
    state.access.insert(token.clone(), given);
    let mut body = json!({
        "token_type": "Bearer", "scope": scope, "expires_in": 3599, "ext_expires_in": 3599,
        "access_token": token,
    });
    if user.is_some() && scope.split(' ').any(|one| one == "offline_access") {
        let refresh = refresh_token(state, &client);
        body["refresh_token"] = json!(refresh);
    }
    answered(200, &body)
}

/// A new refresh token, as long as Entra's.
pub fn refresh_token(state: &mut State, client: &str) -> String {
    state.made += 1;
    let token = format!("0.planted-refresh-{}-{}", state.made, "R7x".repeat(200));
    let kept = Refresh {
        client: client.to_owned(),
        ended: None,
    };
    state.refresh.insert(token.clone(), kept);
    token
}
