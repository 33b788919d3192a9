//! The client: one request to GitHub with the token, as often as patience allows. The token goes into one
//! header and nowhere else. What an answer says is for others to read.

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::refusal::{Again, Doing, Failed};
use crate::ci::CiError;
use crate::credential::Secret;
use crate::http::{CLIENT_LAYERS, Clients, Patience, causes};

/// Larger than any page of a list.
const LARGEST: usize = 64 * 1024 * 1024;

/// Sends requests about one repository.
pub struct Client {
    /// `owner/name`.
    pub repository: String,
    token: Secret,
    clients: Clients,
    patience: Patience,
}

/// A good answer.
pub struct Reply {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(api: &Url, repository: String, token: Secret) -> Result<Self, CiError> {
        let failed = |error: reqwest::Error| CiError::Unreachable {
            doing: "prepare requests".to_owned(),
            host: api.host_str().unwrap_or_default().to_owned(),
            why: causes(&error, CLIENT_LAYERS),
        };
        Ok(Self {
            repository,
            token,
            clients: Clients::new(|builder| builder).map_err(failed)?,
            patience: Patience::from_env(),
        })
    }

    /// Sends a request; `once` where it must not be done twice.
    pub async fn send(
        &self,
        doing: &Doing,
        method: &Method,
        url: &Url,
        body: Option<String>,
        once: bool,
    ) -> Result<Reply, CiError> {
        let began = Instant::now();
        for tried in 1.. {
            let left = self.patience.total.saturating_sub(began.elapsed());
            let one = self.patience.one.min(left);
            let attempt = self.attempt(doing, method, url, body.clone());
            let failed = match timeout(one, attempt).await {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(failed)) => failed,
                Err(_) => Failed {
                    error: doing.unreachable(url, format!("none within {} seconds", one.as_secs())),
                    again: Again::Unknown(None),
                },
            };
            let wait = match failed.again {
                Again::No => return Err(failed.error),
                Again::Unknown(_) if once => return Err(failed.error),
                Again::Untouched(wait) | Again::Unknown(wait) => wait,
            };
            match self.patience.next(tried, began, wait) {
                Some(wait) => {
                    tracing::debug!(doing = doing.what, ?wait, "trying again");
                    sleep(wait).await;
                }
                None => return Err(failed.error),
            }
        }
        Err(doing.unreachable(url, "no try is left".to_owned()))
    }

    async fn attempt(
        &self,
        doing: &Doing,
        method: &Method,
        url: &Url,
        body: Option<String>,
    ) -> Result<Reply, Failed> {
        let broken = |error: reqwest::Error| {
            let again = if error.is_connect() {
                Again::Untouched(None)
            } else {
                Again::Unknown(None)
            };
            Failed {
                error: doing.unreachable(url, causes(&error.without_url(), CLIENT_LAYERS)),
                again,
            }
        };
        let mut request = self
            .clients
            .to(url)
            .request(method.clone(), url.clone())
            .header(AUTHORIZATION, self.bearer(doing)?)
            .header(ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28");
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut answer = request.send().await.map_err(broken)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                let why = format!("it is larger than {LARGEST} bytes");
                return Err(Failed {
                    error: doing.odd(url, why),
                    again: Again::No,
                });
            }
        }
        if (200..300).contains(&status) {
            Ok(Reply { headers, body })
        } else {
            Err(doing.refused(url, &self.repository, status, &headers, &body))
        }
    }

    fn bearer(&self, doing: &Doing) -> Result<HeaderValue, Failed> {
        let token = self.token.expose_text().map(str::trim).unwrap_or_default();
        // Dropped after the request; reqwest does not log what is marked so.
        let header = HeaderValue::from_str(&format!("Bearer {token}"));
        let mut header = header.ok().filter(|_| !token.is_empty()).ok_or(Failed {
            error: CiError::Token {
                doing: doing.what.clone(),
                why: "it is empty, or holds what no token holds".to_owned(),
            },
            again: Again::No,
        })?;
        header.set_sensitive(true);
        Ok(header)
    }
}
