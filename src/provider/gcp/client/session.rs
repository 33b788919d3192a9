//! A session: a credential that tokens can be had for, and who it is.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use google_cloud_auth::credentials::{CacheableResource, Credentials};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::json;

use super::{GOOGLE, escaped, sign_in};
use crate::credential::Secret;
use crate::env;
use crate::provider::http::{Authorize, Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

/// What tokens are asked for. What may be done is decided by IAM; the services for keys and
/// recommendations know no narrower scope.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// A token is renewed so long before it ends, so that none ends on its way.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

const IMPERSONATE: Call = Call {
    name: "IAMCredentials:GenerateAccessToken",
    action: "iam.serviceAccounts.getAccessToken",
};

/// Somebody who can sign in. Made once for all questions that need it.
pub struct Session {
    /// The name of the credential.
    pub credential: String,
    /// The service account's e-mail address, or a person's where Google says it.
    pub email: Option<String>,
    /// Who is granted roles, as IAM writes it; none where nobody says.
    pub member: Option<String>,
    /// The project that calls are counted against, and whose APIs must be enabled.
    pub home: Option<String>,
    /// The id of the key, where the credential is one.
    pub key_id: Option<String>,
    pub(super) http: Arc<Http>,
    pub(super) tokens: Tokens,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("credential", &self.credential)
            .field("member", &self.member)
            .finish_non_exhaustive()
    }
}

/// Where a session's tokens come from.
pub(super) struct Tokens {
    source: Credentials,
    /// Its newest token, to count and to conceal each once.
    seen: Mutex<Option<Secret>>,
    /// The service account that is impersonated, and its newest token with its end.
    target: Option<(String, tokio::sync::Mutex<Option<Ending>>)>,
}

/// A token with its end.
type Ending = (Secret, Timestamp);

/// A token, and the project that calls with it are counted against, where it is another than its own.
pub(super) struct Ticket {
    pub token: Secret,
    pub quota_project: Option<HeaderValue>,
}

impl Tokens {
    pub(super) fn new(source: Credentials, impersonate: Option<&str>) -> Self {
        Self {
            source,
            seen: Mutex::default(),
            target: impersonate.map(|email| (email.to_owned(), tokio::sync::Mutex::default())),
        }
    }

    /// A token that is good for a while.
    pub(super) async fn ticket(&self, http: &Http) -> Result<Ticket, Trouble> {
        let Some((email, kept)) = &self.target else {
            return self.own(http).await;
        };
        // Who comes while it is asked for waits for the same one.
        let mut kept = kept.lock().await;
        if let Some((token, ends)) = &*kept
            && env::wall_clock() + AHEAD < *ends
        {
            return Ok(Ticket {
                token: token.clone(),
                quota_project: None,
            });
        }
        let (token, ends) = self.impersonate(http, email).await?;
        *kept = Some((token.clone(), ends));
        Ok(Ticket {
            token,
            quota_project: None,
        })
    }

    /// The token of the credential itself. `google-cloud-auth` keeps it and renews it ahead of its
    /// end.
    async fn own(&self, http: &Http) -> Result<Ticket, Trouble> {
        let asked = self.source.headers(::http::Extensions::new());
        let limit = env::call_timeout();
        let headers = match tokio::time::timeout(limit, asked).await {
            Ok(Ok(CacheableResource::New { data, .. })) => data,
            Ok(Ok(CacheableResource::NotModified)) => {
                return Err(sign_in::trouble(Kind::Malformed, "there is no token"));
            }
            Ok(Err(error)) => {
                http.traffic().count(sign_in::TOKEN.name);
                return Err(sign_in::sorted(&error));
            }
            Err(_) => {
                http.traffic().count(sign_in::TOKEN.name);
                let message = format!("none within {} seconds", limit.as_secs());
                return Err(sign_in::trouble(Kind::Timeout, message));
            }
        };
        let token = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .ok_or_else(|| sign_in::trouble(Kind::Malformed, "there is no token"))?;
        let token = self.remember(http, token);
        let quota_project = headers.get(QUOTA_PROJECT).cloned();
        Ok(Ticket {
            token,
            quota_project,
        })
    }

    fn remember(&self, http: &Http, token: &str) -> Secret {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = seen
            .as_ref()
            .filter(|known| known.expose_text() == Some(token))
        {
            return known.clone();
        }
        // One that a key signed itself was asked of nobody.
        if token.split('.').count() != 3 {
            http.traffic().count(sign_in::TOKEN.name);
        }
        let token = Secret::issued(token.to_owned());
        *seen = Some(token.clone());
        token
    }

    async fn impersonate(&self, http: &Http, email: &str) -> Result<(Secret, Timestamp), Trouble> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Given {
            access_token: String,
            #[serde(deserialize_with = "super::moment")]
            expire_time: Option<Timestamp>,
        }
        let path = format!(
            "/v1/projects/-/serviceAccounts/{}:generateAccessToken",
            escaped(email)
        );
        let url = super::url(&IMPERSONATE, "iamcredentials", &path, &[])?;
        let request = Request::post_json(url, &json!({"scope": [SCOPE], "lifetime": "3600s"}));
        let given: Given = http.json(&IMPERSONATE, request, &Own(self, http)).await?;
        // Where it does not say, it is asked for anew each time.
        let ends = given.expire_time.unwrap_or_else(env::wall_clock);
        Ok((Secret::issued(given.access_token), ends))
    }
}

/// The header that says whom calls are counted against.
const QUOTA_PROJECT: HeaderName = HeaderName::from_static("x-goog-user-project");

/// Asks as the credential itself, not as whom it impersonates.
struct Own<'t>(&'t Tokens, &'t Http);

#[async_trait]
impl Authorize for Own<'_> {
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
        show(request, self.0.own(self.1).await?)
    }
}

#[async_trait]
impl Authorize for Session {
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
        show(request, self.tokens.ticket(&self.http).await?)
    }
}

fn show(request: &mut Request, ticket: Ticket) -> Result<(), Trouble> {
    let text = ticket.token.expose_text().unwrap_or_default();
    let mut value = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| {
        Trouble::new(
            &GOOGLE,
            Kind::Malformed,
            sign_in::TOKEN.action,
            "the token is no text",
        )
    })?;
    value.set_sensitive(true);
    request.headers.insert(AUTHORIZATION, value);
    if let Some(project) = ticket.quota_project {
        request.headers.insert(QUOTA_PROJECT, project);
    }
    Ok(())
}
