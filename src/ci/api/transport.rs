//! The transport: one request to GitHub, as often as patience allows. No redirects, for they could carry
//! the token to somebody else; no plain http to other machines; no proxy for this machine itself. What
//! GitHub says is redacted before it is repeated; the token is never.

use std::error::Error;
use std::net::IpAddr;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LINK};
use reqwest::{Method, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};
use url::{Host, Url};

use super::patience::{Patience, SECONDARY, asked, spent};
use crate::ci::{CiError, Runner};
use crate::credential::{self, Secret};
use crate::env;

/// Larger than any page of a list.
const LARGEST: usize = 64 * 1024 * 1024;
/// Entries of a page; GitHub gives no more.
pub const PAGE: usize = 100;
/// As much of a refusal is repeated.
const SAID: usize = 400;

/// What is done, for people.
#[derive(Clone)]
pub struct Doing {
    /// `comment on #41`.
    pub what: String,
    /// The line below `permissions:` that it takes.
    pub permission: Option<&'static str>,
}

/// The way to one repository.
pub struct Transport {
    api: Url,
    graphql: Url,
    repository: String,
    token: Secret,
    /// For this machine itself: whatever proxy is set for the rest.
    near: reqwest::Client,
    far: reqwest::Client,
    patience: Patience,
}

/// A good answer.
pub struct Reply {
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A try that failed.
struct Failed {
    error: CiError,
    again: Again,
}

/// Whether another try may help.
enum Again {
    No,
    /// GitHub did not look at it.
    Untouched(Option<std::time::Duration>),
    /// Nobody knows whether it was done.
    Unknown(Option<std::time::Duration>),
}

impl Transport {
    pub fn new(runner: &Runner, token: Secret) -> Result<Self, CiError> {
        let address = |name: &str, text: &str| {
            let wrong = |why: String| CiError::Runner { wrong: vec![why] };
            let url = Url::parse(text).map_err(|_| wrong(format!("{name} is no address")))?;
            if url.scheme() == "https" || here(&url) {
                Ok(url)
            } else {
                Err(wrong(format!(
                    "{name} would send the token over http, readable to all between"
                )))
            }
        };
        let builder = || {
            reqwest::Client::builder()
                .user_agent(concat!("bursar/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
        };
        let failed = |host: &str| {
            let host = host.to_owned();
            move |error: reqwest::Error| CiError::Unreachable {
                doing: "prepare requests".to_owned(),
                host,
                why: chain(&error),
            }
        };
        Ok(Self {
            api: address(env::GITHUB_API_URL, &runner.api_url)?,
            graphql: address(env::GITHUB_GRAPHQL_URL, &runner.graphql_url)?,
            repository: runner.repository.clone(),
            token,
            near: builder()
                .no_proxy()
                .build()
                .map_err(failed(&runner.api_url))?,
            far: builder().build().map_err(failed(&runner.api_url))?,
            patience: Patience::from_env(),
        })
    }

    /// An address below the repository's.
    pub fn below(&self, path: &[&str]) -> Url {
        let mut url = self.top(&["repos"]);
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(self.repository.split('/'));
            segments.extend(path);
        }
        url
    }

    /// An address below the API's.
    pub fn top(&self, path: &[&str]) -> Url {
        let mut url = self.api.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            segments.extend(path);
        }
        url
    }

    /// Asks for a document.
    pub async fn get<T: DeserializeOwned>(&self, doing: &Doing, url: Url) -> Result<T, CiError> {
        let reply = self.send(doing, &Method::GET, &url, None, false).await?;
        self.json(doing, &reply)
    }

    /// Asks GraphQL, which never writes here.
    pub async fn ask<T: DeserializeOwned>(&self, doing: &Doing, query: &str) -> Result<T, CiError> {
        let body = serde_json::json!({ "query": query }).to_string();
        let reply = self
            .send(doing, &Method::POST, &self.graphql, Some(body), false)
            .await?;
        self.json(doing, &reply)
    }

    /// Makes something new: never twice.
    pub async fn post<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        url: Url,
        body: &serde_json::Value,
    ) -> Result<T, CiError> {
        let body = Some(body.to_string());
        let reply = self.send(doing, &Method::POST, &url, body, true).await?;
        self.json(doing, &reply)
    }

    /// Changes something: as often as needed.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        url: Url,
        body: &serde_json::Value,
    ) -> Result<T, CiError> {
        let body = Some(body.to_string());
        let reply = self.send(doing, &Method::PATCH, &url, body, false).await?;
        self.json(doing, &reply)
    }

    /// Asks for one page of a list, with the address of the next.
    pub async fn page<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        url: Url,
    ) -> Result<(Vec<T>, Option<Url>), CiError> {
        let reply = self.send(doing, &Method::GET, &url, None, false).await?;
        let page = self.json(doing, &reply)?;
        let next = next(&reply.headers).map(|next| {
            // The server's words for where to go on, at the place that is known to be the server's.
            let mut url = url;
            url.set_query(next.query());
            url
        });
        Ok((page, next))
    }

    /// Asks for all of a list.
    pub async fn all<T: DeserializeOwned>(
        &self,
        doing: &Doing,
        mut url: Url,
        at_most_pages: usize,
    ) -> Result<Vec<T>, CiError> {
        url.query_pairs_mut()
            .append_pair("per_page", &PAGE.to_string());
        let mut all = Vec::new();
        for _ in 0..at_most_pages {
            let (page, next) = self.page(doing, url).await?;
            all.extend(page);
            match next {
                Some(next) => url = next,
                None => return Ok(all),
            }
        }
        Err(self.odd(
            doing,
            format!("the list has more than {at_most_pages} pages"),
        ))
    }

    /// An answer that makes no sense.
    pub fn odd(&self, doing: &Doing, why: String) -> CiError {
        CiError::Answer {
            doing: doing.what.clone(),
            host: self.api.host_str().unwrap_or_default().to_owned(),
            why,
        }
    }

    fn json<T: DeserializeOwned>(&self, doing: &Doing, reply: &Reply) -> Result<T, CiError> {
        serde_json::from_slice(&reply.body).map_err(|error| {
            let length = reply.body.len();
            // A parser's own words may quote the answer; its place says enough.
            let why = format!(
                "{length} bytes that are not the expected JSON (line {}, column {})",
                error.line(),
                error.column()
            );
            self.odd(doing, why)
        })
    }

    async fn send(
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
                    error: self.unreachable(
                        doing,
                        url,
                        format!("none within {} seconds", one.as_secs()),
                    ),
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
        Err(self.unreachable(doing, url, "no try is left".to_owned()))
    }

    fn unreachable(&self, doing: &Doing, url: &Url, why: String) -> CiError {
        CiError::Unreachable {
            doing: doing.what.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
            why,
        }
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
                error: self.unreachable(doing, url, chain(&error.without_url())),
                again,
            }
        };
        let client = if here(url) { &self.near } else { &self.far };
        let mut request = client
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
                    error: self.odd(doing, why),
                    again: Again::No,
                });
            }
        }
        if (200..300).contains(&status) {
            Ok(Reply { headers, body })
        } else {
            Err(self.refused(doing, url, status, &headers, &body))
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

    /// Sorts an answer that is none of 2xx.
    fn refused(
        &self,
        doing: &Doing,
        url: &Url,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Failed {
        let said = said(status, body);
        let what = doing.what.clone();
        let repository = self.repository.clone();
        let wait = asked(headers, env::wall_clock);
        let limited = status == 429
            || status == 403
                && (wait.is_some() || spent(headers) || said.to_lowercase().contains("rate limit"));
        if limited {
            let wait = wait.unwrap_or(SECONDARY);
            let error = CiError::Limited {
                doing: what,
                seconds: Some(wait.as_secs()),
            };
            return Failed {
                error,
                again: Again::Untouched(Some(wait)),
            };
        }
        if status == 408 || status >= 500 {
            return Failed {
                error: self.unreachable(doing, url, format!("HTTP {status}: {said}")),
                again: Again::Unknown(wait),
            };
        }
        let error = match status {
            300..=399 => self.odd(doing, format!("HTTP {status}, a redirect")),
            401 => CiError::Token {
                doing: what,
                why: format!("GitHub says: {said}"),
            },
            403 => CiError::Denied {
                doing: what,
                repository,
                // Other refusals are not about the token's rights: a locked conversation, an address.
                permission: doing
                    .permission
                    .filter(|_| said.contains("Resource not accessible")),
                said,
            },
            404 | 410 => CiError::NotFound {
                doing: what,
                repository,
                permission: doing.permission,
                said,
            },
            _ => CiError::Refused {
                doing: what,
                status,
                said,
            },
        };
        Failed {
            error,
            again: Again::No,
        }
    }
}

/// The next page, from `Link: <…>; rel="next"` (RFC 8288).
fn next(headers: &HeaderMap) -> Option<Url> {
    let values = headers.get_all(LINK).iter();
    let links = values.filter_map(|value| value.to_str().ok());
    let mut links = links.flat_map(|value| value.split(", <"));
    links.find_map(|link| {
        let (address, parameters) = link.trim_start_matches('<').split_once('>')?;
        let next = parameters
            .split(';')
            .any(|parameter| matches!(parameter.trim(), "rel=\"next\"" | "rel=next"));
        // Addresses may be written without the host.
        let base = Url::parse("https://api.github.com").ok()?;
        next.then(|| base.join(address).ok()).flatten()
    })
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

/// What a refusal says, in one line without secrets.
fn said(status: u16, body: &[u8]) -> String {
    let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else {
        return format!("HTTP {status} without an explanation");
    };
    let mut parts = vec![refusal.message];
    for error in &refusal.errors {
        let field = |name: &str| error.get(name).and_then(|it| it.as_str());
        parts.extend(match (field("message"), field("field"), field("code")) {
            (Some(message), ..) => Some(message.to_owned()),
            (None, Some(field), Some(code)) => Some(format!("{field}: {code}")),
            _ => error.as_str().map(str::to_owned),
        });
    }
    let text = parts.join("; ");
    let text = credential::redact(&text);
    let line = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(SAID).map(line).collect();
    if text.chars().nth(SAID).is_some() {
        short.push('…');
    }
    short
}

/// Whether an address is this machine.
fn here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

/// All causes of an error, outermost first, without what repeats.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string().lines().collect::<Vec<_>>().join("; ");
        let dull = [
            "error sending request",
            "client error (Connect)",
            "client error (SendRequest)",
        ];
        if !dull.contains(&&*text) && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, HeaderValue::from_static(value));
        next(&headers).and_then(|url| url.query().map(str::to_owned))
    }

    #[test]
    fn the_next_page_is_where_the_server_says() {
        let both = r#"<https://api.github.com/repositories/1/pulls?page=1>; rel="prev", <https://api.github.com/repositories/1/pulls?a=b,c&page=3>; rel="next", <https://x/?page=9>; rel="last""#;
        assert_eq!(link(both).as_deref(), Some("a=b,c&page=3"));
        assert_eq!(
            link(r#"</x?after=Y>; rel="next""#).as_deref(),
            Some("after=Y")
        );
        assert_eq!(link(r#"<https://x/?page=1>; rel="first""#), None);
        assert_eq!(link("nonsense"), None);
    }

    #[test]
    fn a_refusal_is_repeated_in_one_line() {
        let body = br#"{"message":"Validation Failed","errors":[{"resource":"IssueComment","code":"unprocessable","field":"data","message":"Body is too long\n(maximum is 65536 characters)"}]}"#;
        insta::assert_snapshot!(said(422, body), @"");
        let body = br#"{"message":"Validation Failed","errors":[{"field":"name","code":"already_exists"},"and more"]}"#;
        insta::assert_snapshot!(said(422, body), @"");
        insta::assert_snapshot!(said(502, b"<html>"), @"");
        let long = format!("{{\"message\":\"{}\"}}", "ä".repeat(1000));
        assert_eq!(said(400, long.as_bytes()).chars().count(), SAID + 1);
    }

    #[test]
    fn the_token_goes_nowhere_in_the_clear() {
        let runner = |url: &str| Runner {
            event_name: "push".to_owned(),
            event_path: None,
            repository: "acme/estate".to_owned(),
            api_url: url.to_owned(),
            graphql_url: url.to_owned(),
            server_url: "https://github.com".to_owned(),
            sha: String::new(),
            reference: String::new(),
            run_id: 1,
            run_attempt: 1,
            output: None,
            step_summary: None,
            workspace: None,
            actor: String::new(),
            temp: None,
        };
        let new = |url| Transport::new(&runner(url), Secret::issued("planted-tok".to_owned()));
        let error = new("http://git.acme.example/api/v3")
            .map(|_| ())
            .unwrap_err();
        assert!(error.to_string().contains("over http"), "{error}");
        let below = |url| {
            new(url)
                .unwrap()
                .below(&["issues", "7", "comments"])
                .to_string()
        };
        assert_eq!(
            below("https://git.acme.example/api/v3"),
            "https://git.acme.example/api/v3/repos/acme/estate/issues/7/comments"
        );
        assert_eq!(
            below("http://127.0.0.1:4100/"),
            "http://127.0.0.1:4100/repos/acme/estate/issues/7/comments"
        );
    }
}
