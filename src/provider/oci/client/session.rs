//! A session: one key, and where it is used. OCI knows no sign-in: each request is signed.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::header::HeaderValue;
use serde::de::DeserializeOwned;
use url::Url;

use super::dialect::DIALECT;
use super::signature::Signature;
use super::{Region, Service};
use crate::env;
use crate::provider::http::{Authorize, Call, Http, Reply, Request};
use crate::provider::trouble::{Kind, Trouble};

/// A key that OCI accepted, with what it said of its tenancy.
pub struct Session {
    /// The name that the credential is declared under.
    pub credential: String,
    pub tenancy: String,
    pub user: String,
    pub fingerprint: String,
    /// The declared region.
    pub region: Region,
    /// None where the user may not look at its own tenancy.
    pub facts: Option<super::identity::Tenancy>,
    /// How far this machine's clock is ahead of OCI's.
    pub ahead: Option<jiff::SignedDuration>,
    pub(super) signature: Signature,
    pub(super) http: Arc<Http>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The tenancy's home region, where that is known.
    #[must_use]
    pub fn home(&self) -> Option<Region> {
        Region::find(&self.facts.as_ref()?.home_region, &self.tenancy)
    }

    /// The home region, or else the declared one.
    #[must_use]
    pub fn home_or_declared(&self) -> Region {
        self.home().unwrap_or_else(|| self.region.clone())
    }

    /// An address of a service: the segments of its path, and its parameters.
    pub(super) fn url(
        &self,
        call: &Call,
        service: Service,
        region: &Region,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Url, Trouble> {
        let mut url = region
            .base(service)
            .map_err(|why| self.trouble(Kind::Refused, call, why))?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            let query: Vec<String> = query
                .iter()
                .map(|(name, value)| format!("{name}={}", encoded(value)))
                .collect();
            url.set_query(Some(&query.join("&")));
        }
        Ok(url)
    }

    #[must_use]
    pub(super) fn trouble(&self, kind: Kind, call: &Call, message: impl Into<String>) -> Trouble {
        self.http.trouble(kind, call, message)
    }

    /// Sends a request. What is OCI's own has an id: a page of something in between has none.
    pub(super) async fn send(&self, call: &Call, request: Request) -> Result<Reply, Trouble> {
        let accept = HeaderValue::from_static("application/json");
        let request = match call.name {
            "objectstorage:GetObject" => request,
            _ => request.header(reqwest::header::ACCEPT, accept),
        };
        let reply = self.http.send(call, request, self).await?;
        match reply.header("opc-request-id") {
            Some(_) => Ok(reply),
            None => Err(self.trouble(
                Kind::Malformed,
                call,
                "the answer has no `opc-request-id`, as all of OCI's have",
            )),
        }
    }

    /// Asks, and reads the answer as JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        call: &Call,
        request: Request,
    ) -> Result<(T, Reply), Trouble> {
        let reply = self.send(call, request).await?;
        let read = reply.json();
        let read = read.map_err(|why| self.trouble(Kind::Malformed, call, why))?;
        Ok((read, reply))
    }
}

#[async_trait]
impl Authorize for Session {
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
        self.signature
            .sign(request, env::wall_clock())
            .ok_or_else(|| {
                let message = "the key cannot sign";
                Trouble::new(&DIALECT, Kind::NoCredentials, "sign", message)
            })
    }
}

/// A value in a query as OCI's own clients write it: all but the unreserved characters of RFC 3986
/// encoded, a blank as `%20`.
fn encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
