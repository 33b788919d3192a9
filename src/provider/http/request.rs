//! Requests: what is sent, under which name it is counted, and who signs it.

use async_trait::async_trait;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::provider::trouble::Trouble;

/// A call of a provider's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// What it is counted as: `service:Operation`, in the provider's own words.
    pub name: &'static str,
    /// The permission that it needs, as roles name it, or its name.
    pub action: &'static str,
}

/// How much of an answer's body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it; more than so many bytes is no answer.
    Whole(usize),
    /// The first so many bytes; the rest is left.
    Start(usize),
}

/// Most answers are pages of a list.
const WHOLE: usize = 32 * 1024 * 1024;

/// One request. It reads: a try that got lost may be sent again, unless it is sent [`once`](Self::once).
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    pub(super) extent: Extent,
    pub(super) once: bool,
}

impl Request {
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            extent: Extent::Whole(WHOLE),
            once: false,
        }
    }

    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A question whose parameters are JSON.
    #[must_use]
    pub fn post_json(url: Url, body: &serde_json::Value) -> Self {
        let mut request = Self::new(Method::POST, url);
        request.body = Some(body.to_string().into_bytes());
        request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }

    /// A question whose parameters are those of a form.
    #[must_use]
    pub fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let mut request = Self::new(Method::POST, url);
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        request.body = Some(form.finish().into_bytes());
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.header(CONTENT_TYPE, kind)
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Reads no more than the first bytes of the answer.
    #[must_use]
    pub fn start(mut self, bytes: usize) -> Self {
        self.extent = Extent::Start(bytes);
        self
    }

    /// Takes an answer of more bytes for none.
    #[must_use]
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.extent = Extent::Whole(bytes);
        self
    }

    /// Sends it once: another try would mean something else, as with a code that is used up.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }
}

/// Signs requests, or gives them a token.
#[async_trait]
pub trait Authorize: Sync {
    /// Called for each try, as signatures carry the time.
    ///
    /// # Errors
    /// Where there is nothing to sign with.
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble>;
}

/// Asks without a name: the request itself carries all, or nothing is needed.
pub struct Anonymous;

#[async_trait]
impl Authorize for Anonymous {
    async fn authorize(&self, _request: &mut Request) -> Result<(), Trouble> {
        Ok(())
    }
}
