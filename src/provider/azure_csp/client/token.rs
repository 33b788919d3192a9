//! Access tokens: bearers of requests, with the plain facts that stand in them.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderValue};

use super::voice;
use crate::credential::inspect::jwt::{self, Claims, Jwt};
use crate::credential::{CredentialError, Secret};
use crate::provider::http::{Authorize, Request};
use crate::provider::trouble::{Kind, Trouble};

/// An access token. Its bytes are a secret.
#[derive(Debug)]
pub struct Token {
    secret: Secret,
    /// By the clock of this machine.
    pub expires: Timestamp,
    /// What it says itself; none where it is opaque. Signed for whom it is meant for, so it is good
    /// for explaining only.
    pub claims: Option<Box<Claims>>,
    /// What became of the refresh token that it was redeemed with; none of an application by itself.
    pub renewal: Option<Arc<Renewal>>,
}

/// What became of a renewed refresh token.
#[derive(Debug, Clone)]
pub enum Renewal {
    /// It stands where the reference says: where, for people.
    Stored(String),
    /// There was no place to store it: the old one stands.
    Unstored(CredentialError),
    /// There was a place, and storing failed: the old one stands.
    Lost(CredentialError),
    /// Entra gave no new one: the old one stands.
    Kept,
}

impl Token {
    #[must_use]
    pub fn new(secret: Secret, expires: Timestamp) -> Self {
        let claims = match jwt::inspect(&secret) {
            Jwt::Token(claims) => Some(claims),
            Jwt::NotToken => None,
        };
        Self {
            secret,
            expires,
            claims,
            renewal: None,
        }
    }

    /// Whether it says that its user signed in without a second factor. One that does not say how is
    /// no proof.
    #[must_use]
    pub fn lacks_mfa(&self) -> bool {
        let none = |methods: &Vec<String>| !methods.iter().any(|method| method == "mfa");
        self.claims.as_ref().is_some_and(|claims| {
            !claims.scopes.is_empty() && claims.methods.as_ref().is_some_and(none)
        })
    }

    /// Whether it grants an application this role by itself; none where it does not say.
    #[must_use]
    pub fn has_role(&self, role: &str) -> Option<bool> {
        let claims = self.claims.as_ref()?;
        Some(claims.roles.iter().any(|one| one == role))
    }
}

#[async_trait]
impl Authorize for Token {
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
        let text = self.secret.expose_text().unwrap_or_default();
        let mut bearer = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| {
            let message = "the access token is no text for a header";
            Trouble::new(&voice::ENTRA, Kind::Malformed, "entra token", message)
        })?;
        bearer.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, bearer);
        Ok(())
    }
}
