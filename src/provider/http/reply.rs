//! Replies: what came back, bounded.

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::http;

/// An answer.
#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    /// A header that is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the server takes for now.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        http::date(&self.headers)
    }

    /// The body as a document of this shape.
    ///
    /// # Errors
    /// Where it is none: what is wrong, without what it holds.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let length = self.body.len();
            // A parser's own words may quote the answer; its place says enough.
            format!(
                "the answer of {length} bytes is not the expected JSON (line {}, column {})",
                error.line(),
                error.column()
            )
        })
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }
}
