//! Refusals: what an answer means that is none of 2xx, in words for people, and whether another try may
//! help. What GitHub says is redacted before it is repeated.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;
use url::Url;

use super::limits::{SECONDARY, asked, spent};
use crate::ci::CiError;
use crate::credential;
use crate::env;

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

/// A try that failed.
pub struct Failed {
    pub error: CiError,
    pub again: Again,
}

/// Whether another try may help.
pub enum Again {
    No,
    /// GitHub did not look at it. How long it asks to wait.
    Untouched(Option<Duration>),
    /// Nobody knows whether it was done.
    Unknown(Option<Duration>),
}

impl Doing {
    /// No answer, or one that GitHub did not mean to give.
    pub fn unreachable(&self, url: &Url, why: String) -> CiError {
        CiError::Unreachable {
            doing: self.what.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
            why,
        }
    }

    /// An answer that makes no sense.
    pub fn odd(&self, url: &Url, why: String) -> CiError {
        CiError::Answer {
            doing: self.what.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
            why,
        }
    }

    /// Sorts an answer that is none of 2xx.
    pub fn refused(
        &self,
        url: &Url,
        repository: &str,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Failed {
        let said = said(status, body);
        let what = self.what.clone();
        let repository = repository.to_owned();
        let wait = asked(headers, env::wall_clock());
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
            let unexplained = said.starts_with("HTTP ");
            let why = if unexplained {
                said
            } else {
                format!("HTTP {status}: {said}")
            };
            return Failed {
                error: self.unreachable(url, why),
                again: Again::Unknown(wait),
            };
        }
        let error = match status {
            300..=399 => self.odd(url, format!("HTTP {status}, a redirect")),
            401 => CiError::Token {
                doing: what,
                why: format!("GitHub says: {said}"),
            },
            403 => CiError::Denied {
                doing: what,
                repository,
                // Other refusals are not about the token's rights: a locked conversation, an address.
                permission: self
                    .permission
                    .filter(|_| said.contains("Resource not accessible")),
                said,
            },
            404 | 410 => CiError::NotFound {
                doing: what,
                repository,
                permission: self.permission,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_repeated_in_one_line() {
        let body = br#"{"message":"Validation Failed","errors":[{"resource":"IssueComment","code":"unprocessable","field":"data","message":"Body is too long\n(maximum is 65536 characters)"}]}"#;
        insta::assert_snapshot!(said(422, body), @"Validation Failed; Body is too long (maximum is 65536 characters)");
        let body = br#"{"message":"Validation Failed","errors":[{"field":"name","code":"already_exists"},"and more"]}"#;
        insta::assert_snapshot!(said(422, body), @"Validation Failed; name: already_exists; and more");
        insta::assert_snapshot!(said(502, b"<html>"), @"HTTP 502 without an explanation");
        let long = format!("{{\"message\":\"{}\"}}", "ä".repeat(1000));
        assert_eq!(said(400, long.as_bytes()).chars().count(), SAID + 1);
    }
}
