//! Dialects: how one provider says no.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::Reply;
use crate::provider::trouble::{Kind, Voice};

/// How a provider says over HTTP what went wrong.
pub trait Dialect: Voice {
    /// For [`Trouble`](crate::provider::trouble::Trouble), which keeps who speaks.
    fn voice(&self) -> &'static dyn Voice;

    /// What an answer means that is not 2xx; none where it is not in the provider's form: then
    /// something between here and there answered.
    fn problem(&self, reply: &Reply) -> Option<Problem>;

    /// The headers that an answer's id stands in.
    fn request_ids(&self) -> &'static [&'static str] {
        &[]
    }

    /// How long to wait before the next try, where the provider says it in a header of its own
    /// beside `Retry-After`.
    fn wait(&self, _headers: &HeaderMap) -> Option<Duration> {
        None
    }
}

/// What a provider said went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: Kind,
    pub code: Option<String>,
    pub message: String,
}

impl Problem {
    /// What an HTTP status means by itself, with the provider's code and words.
    #[must_use]
    pub fn of_status(status: u16, code: Option<String>, message: impl Into<String>) -> Self {
        let kind = match status {
            401 => Kind::Unauthenticated,
            403 => Kind::Denied,
            404 => Kind::Missing,
            429 => Kind::Throttled,
            408 | 500.. => Kind::Server,
            _ => Kind::Refused,
        };
        Self {
            kind,
            code,
            message: message.into(),
        }
    }

    /// What an answer means that is not in the provider's form.
    pub(super) fn foreign(status: u16) -> Self {
        let kind = match status {
            401 | 403 => Kind::Denied,
            407 => Kind::Network,
            429 => Kind::Throttled,
            500.. => Kind::Server,
            _ => Kind::Malformed,
        };
        Self {
            kind,
            code: None,
            message: format!("HTTP {status} without an explanation"),
        }
    }
}
