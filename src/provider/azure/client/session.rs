//! A session: a credential that Entra knows, who it is, and the services reached with its tokens.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::Resource;
use super::cloud::{Cloud, rebased};
use super::token::{Token, Tokens};
use super::transport::{ENTRA, carried};
use super::voice;
use crate::credential::Secret;
use crate::provider::http::{Authorize, Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

/// A list of this many pages has no end.
const PAGES: usize = 2_000;

/// What all sessions of a run share.
pub struct Shared {
    pub http: Arc<Http>,
    pub cloud: Arc<Cloud>,
}

/// What a token says about who it was given to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// The tenant.
    #[serde(default)]
    pub tid: String,
    /// The object id of the service principal, or of the person.
    #[serde(default)]
    pub oid: String,
    /// The application (client) id.
    #[serde(default)]
    pub appid: Option<String>,
    /// The same in tokens of the second version.
    #[serde(default)]
    pub azp: Option<String>,
    /// The person's name, where it is one.
    #[serde(default)]
    pub upn: Option<String>,
}

/// Somebody who is signed in.
pub struct Session {
    pub claims: Claims,
    source: Arc<dyn TokenCredential>,
    tokens: Tokens,
    pub(super) shared: Arc<Shared>,
}

impl Session {
    /// Signs in: Entra gives every application a token for Azure Resource Manager, whatever it may do
    /// there.
    ///
    /// # Errors
    /// Where Entra gives none.
    pub async fn sign_in(
        shared: Arc<Shared>,
        source: Arc<dyn TokenCredential>,
    ) -> Result<Self, Trouble> {
        let mut session = Self {
            claims: Claims::default(),
            source,
            tokens: Tokens::default(),
            shared,
        };
        let token = session.token(Resource::Arm).await?;
        session.claims = claims(&token.secret).ok_or_else(|| {
            voice::new(
                Kind::Malformed,
                ENTRA.action,
                "the token is none of Entra's: it does not say which tenant it is for",
            )
        })?;
        Ok(session)
    }

    /// The application that is signed in, where it is one.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        let claims = &self.claims;
        claims.appid.as_deref().or(claims.azp.as_deref())
    }

    /// What tells it from others.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.claims.tid, self.claims.oid)
    }

    /// Who is signed in, for people.
    #[must_use]
    pub fn who(&self) -> String {
        match (&self.claims.upn, self.application()) {
            (Some(person), _) => person.clone(),
            (None, Some(application)) => format!("application {application}"),
            (None, None) => format!("principal {}", self.claims.oid),
        }
    }

    /// A token for a resource.
    ///
    /// # Errors
    /// Where Entra gives none.
    pub async fn token(&self, resource: Resource) -> Result<Token, Trouble> {
        let ask = || async {
            let scope = self.shared.cloud.scope(resource);
            let token = self.source.get_token(&[&scope], None).await;
            let token = token.map_err(|error| {
                carried(&error)
                    .unwrap_or_else(|| voice::new(Kind::Malformed, ENTRA.action, error.to_string()))
            })?;
            let seconds = token.expires_on.unix_timestamp();
            Ok(Token {
                secret: Secret::issued(token.token.secret().to_owned()),
                expires: Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH),
            })
        };
        self.tokens.get(resource, ask).await
    }

    /// Asks Azure Resource Manager for one document.
    ///
    /// # Errors
    /// Where there is no answer, or one of another shape.
    pub async fn get<T: DeserializeOwned>(
        &self,
        call: &Call,
        path: &str,
        version: &str,
    ) -> Result<T, Trouble> {
        self.get_with(call, path, version, &[]).await
    }

    /// The same with parameters.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_with<T: DeserializeOwned>(
        &self,
        call: &Call,
        path: &str,
        version: &str,
        parameters: &[(&str, &str)],
    ) -> Result<T, Trouble> {
        let url = self.address(call, path, version, parameters)?;
        let who = self.bearer(Resource::Arm);
        self.shared.http.json(call, Request::get(url), &who).await
    }

    /// Asks Azure Resource Manager for a list, all pages of it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn list<T: DeserializeOwned>(
        &self,
        call: &Call,
        path: &str,
        version: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Vec<T>, Trouble> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page<T> {
            value: Vec<T>,
            next_link: Option<String>,
        }
        let who = self.bearer(Resource::Arm);
        let mut url = self.address(call, path, version, parameters)?;
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let request = Request::get(url);
            let page: Page<T> = self.shared.http.json(call, request, &who).await?;
            all.extend(page.value);
            match page.next_link.filter(|link| !link.is_empty()) {
                None => return Ok(all),
                Some(link) => url = self.next(call, &link)?,
            }
        }
        Err(self.malformed(call, "the list has no end"))
    }

    /// The next page, where it is at the same place: a token must not be carried elsewhere.
    fn next(&self, call: &Call, link: &str) -> Result<Url, Trouble> {
        let base = self.shared.cloud.arm();
        let url = if link.starts_with(&format!("{base}/")) {
            link.parse().ok()
        } else {
            // Azure names itself by its public host, however it was reached.
            let url = link.parse().ok();
            let own = |url: &Url| url.host_str() == Some(self.shared.cloud.arm_host());
            url.filter(own).and_then(|url| rebased(&url, &base))
        };
        url.ok_or_else(|| self.malformed(call, "the next page is said to be at another place"))
    }

    fn address(
        &self,
        call: &Call,
        path: &str,
        version: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Url, Trouble> {
        let mut url: Url = format!("{}{path}", self.shared.cloud.arm())
            .parse()
            .map_err(|_| self.malformed(call, "no address can be made of this scope"))?;
        url.query_pairs_mut()
            .append_pair("api-version", version)
            .extend_pairs(parameters);
        Ok(url)
    }

    fn malformed(&self, call: &Call, message: &str) -> Trouble {
        self.shared.http.trouble(Kind::Malformed, call, message)
    }

    /// Signs requests with this session's token for a resource.
    #[must_use]
    pub fn bearer(&self, resource: Resource) -> Bearer<'_> {
        Bearer {
            session: self,
            resource,
        }
    }
}

/// Gives requests a token.
pub struct Bearer<'s> {
    session: &'s Session,
    resource: Resource,
}

#[async_trait]
impl Authorize for Bearer<'_> {
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
        let token = self.session.token(self.resource).await?;
        bear(request, &token.secret);
        Ok(())
    }
}

/// Puts a token into a request.
pub(super) fn bear(request: &mut Request, token: &Secret) {
    let text = format!("Bearer {}", token.expose_text().unwrap_or_default());
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, value);
    }
}

/// What a token says. Whether it is genuine is for who accepts it.
fn claims(token: &Secret) -> Option<Claims> {
    let text = token.expose_text()?;
    let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    (!claims.tid.is_empty()).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_who_it_is_for() {
        let token = |claims: &str| {
            let payload = URL_SAFE_NO_PAD.encode(claims);
            super::claims(&Secret::issued(format!("header.{payload}.signature")))
        };
        let read = token(r#"{"tid": "t", "oid": "o", "appid": "a", "aud": "x"}"#).unwrap();
        assert_eq!((&*read.tid, &*read.oid), ("t", "o"));
        assert_eq!(read.appid.as_deref(), Some("a"));
        assert_eq!(token("{}"), None);
        assert_eq!(
            super::claims(&Secret::issued("opaque-token".to_owned())),
            None
        );
    }
}
