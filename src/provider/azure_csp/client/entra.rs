//! Entra's endpoints for authorisation and tokens, version 2.0.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>,
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::Url;

use super::address;
use super::token::Token;
use crate::credential::Secret;
use crate::env;
use crate::provider::http::{Anonymous, Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

const TOKEN: Call = Call {
    name: "entra:Token",
    action: "entra token",
};

/// An application that signs in.
#[derive(Clone, Copy)]
pub struct Application<'a> {
    pub tenant: &'a str,
    pub client: &'a str,
    pub secret: &'a Secret,
}

/// What an authorization code is exchanged with.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    pub code: &'a Secret,
    pub verifier: &'a Secret,
    pub redirect: &'a str,
    pub scope: &'a str,
}

/// What Entra gave.
pub struct Granted {
    pub token: Token,
    pub refresh_token: Option<Secret>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    refresh_token: Option<String>,
    /// Seconds, as a number; older endpoints write it as text.
    expires_in: serde_json::Value,
}

/// A token for the application by itself (client credentials).
pub async fn of_application(
    http: &Http,
    application: Application<'_>,
    scope: &str,
) -> Result<Token, Trouble> {
    let fields = [("grant_type", "client_credentials"), ("scope", scope)];
    let granted = ask(http, application, &fields, false).await?;
    Ok(granted.token)
}

/// A token for the application and its user: redeems a refresh token.
pub async fn of_user(
    http: &Http,
    application: Application<'_>,
    refresh_token: &Secret,
    scope: &str,
) -> Result<Granted, Trouble> {
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", plain(refresh_token)),
        ("scope", scope),
    ];
    ask(http, application, &fields, false).await
}

/// The first tokens of a user who has just signed in. A code is good once.
pub async fn of_code(
    http: &Http,
    application: Application<'_>,
    exchange: Exchange<'_>,
) -> Result<Granted, Trouble> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", plain(exchange.code)),
        ("code_verifier", plain(exchange.verifier)),
        ("redirect_uri", exchange.redirect),
        ("scope", exchange.scope),
    ];
    ask(http, application, &fields, true).await
}

/// Bytes that are no text cannot be a token, and Entra says so.
fn plain(secret: &Secret) -> &str {
    secret.expose_text().unwrap_or_default()
}

async fn ask(
    http: &Http,
    application: Application<'_>,
    fields: &[(&str, &str)],
    once: bool,
) -> Result<Granted, Trouble> {
    let segments = [application.tenant, "oauth2", "v2.0", "token"];
    let url = address(http, &TOKEN, &env::entra_authority(), &segments)?;
    let mut all = vec![
        ("client_id", application.client),
        ("client_secret", plain(application.secret)),
    ];
    all.extend(fields);
    let mut request = Request::post_form(url, &all).at_most(1024 * 1024);
    if once {
        request = request.once();
    }
    let asked = env::wall_clock();
    let answer: Answer = http.json(&TOKEN, request, &Anonymous).await?;
    if answer.access_token.is_empty() {
        return Err(http.trouble(Kind::Malformed, &TOKEN, "the access token is empty"));
    }
    let seconds = match &answer.expires_in {
        serde_json::Value::String(text) => text.parse().ok(),
        number => number.as_i64(),
    };
    let expires = expiry(asked, seconds.unwrap_or_default());
    let refresh_token = answer.refresh_token.filter(|token| !token.is_empty());
    Ok(Granted {
        token: Token::new(Secret::issued(answer.access_token), expires),
        refresh_token: refresh_token.map(Secret::issued),
    })
}

fn expiry(asked: Timestamp, seconds: i64) -> Timestamp {
    // A day is more than any access token lives.
    let life = SignedDuration::from_secs(seconds.clamp(0, 86_400));
    asked.checked_add(life).unwrap_or(asked)
}

/// The address that a user consents at.
///
/// # Errors
/// Where the authority is no address.
pub fn authorize_address(
    http: &Http,
    tenant: &str,
    fields: &[(&str, &str)],
) -> Result<Url, Trouble> {
    let segments = [tenant, "oauth2", "v2.0", "authorize"];
    let mut url = address(http, &TOKEN, &env::entra_authority(), &segments)?;
    url.query_pairs_mut().extend_pairs(fields);
    Ok(url)
}
