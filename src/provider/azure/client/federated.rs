//! Federated tokens: signed by somebody that Entra trusts, instead of a client secret. Declared by a
//! reference, or the runner's own: a file that the platform keeps fresh (`AZURE_FEDERATED_TOKEN_FILE`),
//! or what GitHub Actions gives to a job that has `id-token: write`.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use serde::Deserialize;
use url::Url;

use super::transport::carry;
use super::voice;
use crate::credential::Secret;
use crate::env;
use crate::provider::http::{Authorize, Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

/// The audience that Entra expects of a federated token.
pub const AUDIENCE: &str = "api://AzureADTokenExchange";

/// GitHub's own token for a job.
const GITHUB: Call = Call {
    name: "GitHub:IdToken",
    action: "`id-token: write`",
};

/// Where a federated token comes from.
pub enum Federated {
    /// The reference that is declared.
    Declared(Secret),
    /// A file that somebody keeps fresh.
    File(String),
    /// GitHub Actions.
    GitHub(Arc<Http>),
}

impl fmt::Debug for Federated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Federated(***)")
    }
}

impl Federated {
    /// The runner's own.
    ///
    /// # Errors
    /// Where there is none.
    pub fn of_runner(http: &Arc<Http>) -> Result<Self, Trouble> {
        if let Some(path) = env::get(env::AZURE_FEDERATED_TOKEN_FILE) {
            return Ok(Self::File(path));
        }
        if env::get(env::ACTIONS_ID_TOKEN_REQUEST_URL).is_some() {
            return Ok(Self::GitHub(Arc::clone(http)));
        }
        Err(voice::new(
            Kind::NoCredentials,
            super::transport::ENTRA.action,
            "no federated token: neither `token` is declared, nor does the runner have one of its own \
             (AZURE_FEDERATED_TOKEN_FILE, or GitHub Actions with `permissions: {id-token: write}`)",
        ))
    }

    async fn token(&self) -> Result<Secret, Trouble> {
        match self {
            Self::Declared(secret) => Ok(secret.clone()),
            Self::File(path) => std::fs::read_to_string(path)
                .map(|text| Secret::issued(text.trim().to_owned()))
                .map_err(|error| {
                    let kind = error.kind();
                    voice::new(
                        Kind::NoCredentials,
                        super::transport::ENTRA.action,
                        format!("the file of AZURE_FEDERATED_TOKEN_FILE cannot be read: {kind}"),
                    )
                }),
            Self::GitHub(http) => of_github(http).await,
        }
    }
}

#[async_trait]
impl ClientAssertion for Federated {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let token = self.token().await.map_err(carry)?;
        Ok(token.expose_text().unwrap_or_default().trim().to_owned())
    }
}

/// What GitHub lets a job ask with.
struct Job(Secret);

#[async_trait]
impl Authorize for Job {
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
        super::session::bear(request, &self.0);
        Ok(())
    }
}

async fn of_github(http: &Http) -> Result<Secret, Trouble> {
    #[derive(Deserialize)]
    struct Answer {
        value: String,
    }
    let url = env::get(env::ACTIONS_ID_TOKEN_REQUEST_URL).unwrap_or_default();
    let job = env::get(env::ACTIONS_ID_TOKEN_REQUEST_TOKEN).unwrap_or_default();
    let malformed = || {
        let message = "ACTIONS_ID_TOKEN_REQUEST_URL is no address";
        http.trouble(Kind::Malformed, &GITHUB, message)
    };
    let mut url: Url = url.parse().map_err(|_| malformed())?;
    url.query_pairs_mut().append_pair("audience", AUDIENCE);
    let job = Job(Secret::issued(job));
    let answer: Answer = http.json(&GITHUB, Request::get(url), &job).await?;
    Ok(Secret::issued(answer.value))
}
