//! Tokens that are given out: for federated tokens, for impersonation, for people's refresh tokens; and
//! the token of a runner.

use base64::Engine;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use super::state::State;
use super::token::{Given, Signed};
use super::world::runner_token;
use crate::stand::web::{Asked, Said, said};

const PLATFORM: &str = "https://www.googleapis.com/auth/cloud-platform";

/// A new token; none is like another, and all look like Google's.
fn give(state: &mut State, member: &str, scopes: Vec<String>, now: Timestamp) -> Given {
    let number = state.tokens.len();
    let random = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!(
        "{member} {number} planted in this test and nowhere else"
    ));
    let given = Given {
        text: format!("ya29.{random}"),
        member: member.to_owned(),
        scopes,
        ends: now + state.lives,
    };
    state.tokens.push(given.clone());
    given
}

/// Exchanges a token of somebody else's (RFC 8693).
pub fn exchange(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let field = |name: &str| body[name].as_str().unwrap_or_default();
    let wrong = |code: &str, message: String| Refusal::new(400, "", message).reason(code);
    if field("grantType") != "urn:ietf:params:oauth:grant-type:token-exchange"
        || field("requestedTokenType") != "urn:ietf:params:oauth:token-type:access_token"
        || field("subjectTokenType") != "urn:ietf:params:oauth:token-type:jwt"
    {
        return Err(wrong("invalid_request", "not a token exchange".to_owned()));
    }
    let audience = field("audience").to_owned();
    let provider = state
        .providers
        .iter()
        .find(|one| one.name == audience)
        .cloned();
    let Some(provider) = provider else {
        return Err(wrong(
            "invalid_target",
            "The target service indicated by the \"audience\" parameters is invalid. This might either \
             be because the pool or provider is disabled or deleted or because it doesn't exist."
                .to_owned(),
        ));
    };
    let signed = Signed::read(field("subjectToken")).ok_or_else(|| {
        wrong(
            "invalid_grant",
            "Error parsing the subject token".to_owned(),
        )
    })?;
    let claim = |name: &str| signed.claims[name].as_str().unwrap_or_default();
    if claim("iss") != provider.issuer || !signed.is_by(&provider.public) {
        return Err(wrong(
            "invalid_grant",
            "Invalid signature on ID Token.".to_owned(),
        ));
    }
    if signed.claims["exp"].as_i64().unwrap_or_default() <= now.as_second() {
        return Err(wrong(
            "invalid_grant",
            "ID Token issued is stale to sign-in.".to_owned(),
        ));
    }
    if claim("aud").strip_prefix("https:") != Some(&audience) {
        return Err(wrong(
            "invalid_grant",
            format!(
                "The audience in ID Token [{}] does not match the expected audience {audience}.",
                claim("aud")
            ),
        ));
    }
    if claim("repository") != provider.repository {
        return Err(wrong(
            "unauthorized_client",
            "The given credential is rejected by the attribute condition.".to_owned(),
        ));
    }
    let pool = audience.split("/providers/").next().unwrap_or_default();
    let member = format!("principal:{pool}/subject/{}", claim("sub"));
    let scopes: Vec<String> = field("scope").split(' ').map(str::to_owned).collect();
    let given = give(state, &member, scopes, now);
    Ok(json!({
        "access_token": given.text,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
        "expires_in": 3600,
    }))
}

/// A token of a service account that somebody may act as.
pub fn impersonate(state: &mut State, call: &Call<'_>) -> Result<Value, Refusal> {
    let email = call
        .at("name")
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let permission = "iam.serviceAccounts.getAccessToken";
    let resource = format!("serviceAccounts/{email}");
    if !state.allows(call.member, permission, &resource) {
        return Err(Refusal::lacks(permission, &resource));
    }
    let scopes = call.body["scope"].as_array().cloned().unwrap_or_default();
    let scopes: Vec<String> = scopes
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if scopes.is_empty() {
        return Err(Refusal::invalid("scope is required"));
    }
    let given = give(state, &format!("serviceAccount:{email}"), scopes, call.now);
    Ok(json!({"accessToken": given.text, "expireTime": given.ends.to_string()}))
}

/// A person's refresh token, as `gcloud auth application-default login` keeps it.
pub fn refresh(state: &mut State, request: &Asked) -> Said {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let token = body["refresh_token"].as_str().unwrap_or_default();
    let Some(email) = state.people.get(token).cloned() else {
        let body = json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked."});
        return said(400, "application/json", body.to_string());
    };
    let scopes = vec![
        PLATFORM.to_owned(),
        "https://www.googleapis.com/auth/userinfo.email".to_owned(),
    ];
    let given = give(state, &format!("user:{email}"), scopes, Timestamp::now());
    let body = json!({"access_token": given.text, "token_type": "Bearer", "expires_in": 3599, "scope": PLATFORM});
    said(200, "application/json", body.to_string())
}

/// What a runner of GitHub gives a job that may ask for it.
pub fn runner(state: &State, request: &Asked) -> Said {
    let shown = request.headers().get("authorization");
    if shown.is_none_or(|shown| shown != "Bearer planted-runner-pass") {
        return said(401, "application/json", r#"{"message":"Bad credentials"}"#);
    }
    let query = super::discovery::pairs(request.uri().query().unwrap_or_default());
    let audience = query.iter().find(|(name, _)| name == "audience");
    let audience = audience.map_or("none", |(_, audience)| audience.as_str());
    let issuer = state
        .providers
        .first()
        .map_or("", |one| one.issuer.as_str());
    let token = runner_token(issuer, audience, "acme/costs");
    said(200, "application/json", json!({"value": token}).to_string())
}
