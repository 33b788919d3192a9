//! Sign-in: each kind of credential as a source of tokens, and what it means where there are none.

use std::error::Error;
use std::sync::Arc;

use google_cloud_auth::credentials::subject_token::{
    Builder as SubjectBuilder, SubjectToken, SubjectTokenProvider,
};
use google_cloud_auth::credentials::{Builder, Credentials, external_account, service_account};
use google_cloud_auth::errors::CredentialsError;
use serde_json::Value;

use super::session::SCOPE;
use super::{GOOGLE, endpoint, github, voice};
use crate::credential::{Resolver, Secret};
use crate::model::secret_ref::SecretRef;
use crate::provider::http::{Call, Http, Problem};
use crate::provider::trouble::{Kind, Trouble};

/// Whatever `google-cloud-auth` asks for a token: Google's token service, the exchange of federated
/// tokens, or the metadata server of a machine in Google Cloud.
pub(super) const TOKEN: Call = Call {
    name: "GoogleAuth:Token",
    action: "token",
};

pub(super) fn trouble(kind: Kind, message: impl Into<String>) -> Trouble {
    Trouble::new(&GOOGLE, kind, TOKEN.action, message)
}

/// Application default credentials: `GOOGLE_APPLICATION_CREDENTIALS`, what `gcloud auth
/// application-default login` wrote, or the metadata server.
pub(super) fn default() -> Result<Credentials, Trouble> {
    let built = Builder::default().with_scopes([SCOPE]).build();
    built.map_err(|error| trouble(Kind::NoCredentials, told(&error)))
}

/// A service account's key: it signs its tokens itself (AIP-4111), so that nobody is asked for one.
///
/// The endpoint in the key (`token_uri`) is never used: who changed it gets nothing.
pub(super) fn key(key: &Secret) -> Result<Credentials, Trouble> {
    let unfit = |_| {
        trouble(
            Kind::NoCredentials,
            "the key is not one of a service account",
        )
    };
    let key: Value = serde_json::from_slice(key.expose()).map_err(unfit)?;
    service_account::Builder::new(key)
        .with_access_specifier(service_account::AccessSpecifier::from_scopes([SCOPE]))
        .build()
        .map_err(|_| {
            trouble(
                Kind::NoCredentials,
                "the key is not one of a service account",
            )
        })
}

/// Workload identity federation: a token of somebody else's is exchanged for one of Google's.
pub(super) fn federated(audience: &str, token: Token) -> Result<Credentials, Trouble> {
    external_account::ProgrammaticBuilder::new(Arc::new(token))
        .with_audience(audience.strip_prefix("https:").unwrap_or(audience))
        .with_subject_token_type("urn:ietf:params:oauth:token-type:jwt")
        .with_token_url(format!("{}/v1/token", endpoint("sts")))
        .with_scopes([SCOPE])
        .build()
        .map_err(|error| trouble(Kind::NoCredentials, told(&error)))
}

/// The token that is exchanged.
pub(super) enum Token {
    /// What a reference gave. It is not looked up again: runners write it once, before bursar runs.
    Given(Secret),
    /// The runner's own, asked anew each time: it lives five minutes.
    Runner { http: Arc<Http>, audience: String },
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(***)")
    }
}

impl Token {
    /// What the declaration points to.
    ///
    /// # Errors
    /// Why it is not at hand.
    pub(super) fn of(
        reference: Option<&SecretRef>,
        audience: &str,
        resolver: &Resolver,
        http: &Arc<Http>,
    ) -> Result<Self, crate::credential::CredentialError> {
        Ok(match reference {
            Some(reference) => Self::Given(resolver.resolve(reference)?),
            None => Self::Runner {
                http: Arc::clone(http),
                audience: if audience.starts_with("https:") {
                    audience.to_owned()
                } else {
                    format!("https:{audience}")
                },
            },
        })
    }
}

impl SubjectTokenProvider for Token {
    type Error = CredentialsError;

    async fn subject_token(&self) -> Result<SubjectToken, CredentialsError> {
        let token = match self {
            Self::Given(token) => token.clone(),
            Self::Runner { http, audience } => {
                github::token(http, audience).await.map_err(|trouble| {
                    CredentialsError::from_source(trouble.passes(), Carried(trouble))
                })?
            }
        };
        let text = token.expose_text().unwrap_or_default().trim();
        Ok(SubjectBuilder::new(text).build())
    }
}

/// A trouble on its way through `google-cloud-auth`.
#[derive(Debug)]
struct Carried(Trouble);

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl Error for Carried {}

/// What it means that there is no token.
pub(super) fn sorted(error: &CredentialsError) -> Trouble {
    let mut sent: Option<&reqwest::Error> = None;
    let mut said = error.to_string();
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(layer) = next {
        if let Some(Carried(trouble)) = layer.downcast_ref() {
            return trouble.clone();
        }
        sent = sent.or(layer.downcast_ref());
        // The layers above repeat less and less of what was answered.
        let text = layer.to_string();
        if text.contains("body=<") && !said.contains("body=<") {
            said = text;
        }
        next = layer.source();
    }
    let status = sent
        .and_then(reqwest::Error::status)
        .map(|status| status.as_u16());
    let body = said
        .split_once("body=<")
        .and_then(|(_, rest)| Some(rest.rsplit_once('>')?.0))
        .and_then(|body| serde_json::from_str::<Value>(body).ok());
    if let Some(status) = status {
        let known = body.as_ref().and_then(|body| voice::sorted(status, body));
        let Problem {
            kind,
            code,
            message,
        } = known.unwrap_or_else(|| {
            Problem::of_status(
                status,
                None,
                format!("HTTP {status} without an explanation"),
            )
        });
        return Trouble {
            code,
            status: Some(status),
            ..trouble(kind, message)
        };
    }
    match sent {
        // Nobody signed in, and there is no metadata server to ask either: this is not Google Cloud.
        Some(error) if error.is_connect() && of_metadata(error) => trouble(
            Kind::NoCredentials,
            "there are no application default credentials here",
        ),
        Some(error) if error.is_timeout() => trouble(Kind::Timeout, told(error)),
        Some(error) if error.is_decode() => trouble(Kind::Malformed, told(error)),
        Some(error) => trouble(Kind::Network, told(error)),
        None if error.is_transient() => trouble(Kind::Network, told(error)),
        None => trouble(Kind::NoCredentials, told(error)),
    }
}

fn of_metadata(error: &reqwest::Error) -> bool {
    let path = error.url().map(|url| url.path());
    path.is_some_and(|path| path.starts_with("/computeMetadata/"))
}

/// An error in one line, its causes last; addresses may carry secrets and are left out.
fn told(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(layer) = next {
        let text = layer.to_string();
        let text = text.split(" for url (").next().unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = layer.source();
    }
    parts.join(": ")
}
