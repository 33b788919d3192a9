//! The transport of azure_identity: our own client, so that its requests are counted, limited, timed
//! and tried again like all others, and go where the environment says. The trouble of a request comes
//! out again behind the error that azure_identity makes of it.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::{
    AsyncRawResponse, Body, ClientOptions, HttpClient, RetryOptions, StatusCode, Transport,
};
use reqwest::header::{HeaderName, HeaderValue};

use super::cloud::{Cloud, rebased};
use super::voice;
use crate::env;
use crate::provider::http::{Anonymous, Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

/// A token from Entra.
pub const ENTRA: Call = Call {
    name: "Entra:Token",
    action: "sign in to Entra",
};
/// A token from the machine that bursar runs on.
const IMDS: Call = Call {
    name: "ManagedIdentity:Token",
    action: "sign in with the machine's identity",
};

/// A machine of Azure answers at once; elsewhere nobody does.
const IMDS_PATIENCE: Duration = Duration::from_secs(3);

/// Trouble on its way through azure_identity.
#[derive(Debug)]
pub struct Carried(pub Trouble);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.explained())
    }
}

impl std::error::Error for Carried {}

/// An error of azure_identity that carries a trouble.
pub fn carry(trouble: Trouble) -> Error {
    Error::with_error(ErrorKind::Other, Carried(trouble), "no token")
}

/// The trouble behind an error of azure_identity.
pub fn carried(error: &Error) -> Option<Trouble> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(Carried(trouble)) = error.downcast_ref() {
            return Some(trouble.clone());
        }
        next = error.source();
    }
    None
}

/// Sends what azure_identity asks.
pub struct Sender {
    pub http: Arc<Http>,
    pub cloud: Arc<Cloud>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// The options that make a credential of azure_identity use this.
    #[must_use]
    pub fn options(self: &Arc<Self>) -> ClientOptions {
        let mut custom = CustomConfiguration::default();
        custom.authority_host.clone_from(&self.cloud.authority);
        ClientOptions {
            retry: RetryOptions::none(),
            transport: Some(Transport::new(Arc::clone(self) as Arc<dyn HttpClient>)),
            cloud: Some(Arc::new(CloudConfiguration::from(custom))),
            ..ClientOptions::default()
        }
    }

    async fn send(
        &self,
        asked: &azure_core::http::Request,
    ) -> Result<crate::provider::http::Reply, Trouble> {
        let local = asked.url().host_str() == Some("169.254.169.254");
        let call = if asked.url().as_str().starts_with(&self.cloud.authority) {
            ENTRA
        } else {
            IMDS
        };
        let base = match (call == ENTRA, local) {
            (true, _) => Some(self.cloud.entra()),
            (_, true) => env::endpoint("AZURE_IMDS"),
            _ => None,
        };
        let malformed = |what: &str| self.http.trouble(Kind::Malformed, &call, what);
        let url = match base {
            Some(base) => rebased(asked.url(), &base)
                .ok_or_else(|| malformed("the address of Entra is no address"))?,
            None => asked.url().clone(),
        };
        let method = asked.method().as_str().parse();
        let method = method.map_err(|_| malformed("no method of HTTP"))?;
        let mut request = Request::new(method, url).at_most(1024 * 1024);
        for (name, value) in asked.headers().iter() {
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            let value = HeaderValue::from_str(value.as_str());
            if let (Ok(name), Ok(value)) = (name, value) {
                request.headers.insert(name, value);
            }
        }
        if let Body::Bytes(bytes) = asked.body() {
            request.body = Some(bytes.to_vec());
        }
        let sent = self.http.send(&call, request, &Anonymous);
        if call == ENTRA {
            return sent.await;
        }
        tokio::time::timeout(IMDS_PATIENCE, sent)
            .await
            .unwrap_or_else(|_| {
                Err(Trouble::new(
                    &voice::AZURE,
                    Kind::Timeout,
                    call.action,
                    "no managed identity answers here",
                ))
            })
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn execute_request(
        &self,
        request: &azure_core::http::Request,
    ) -> azure_core::Result<AsyncRawResponse> {
        let reply = self.send(request).await.map_err(carry)?;
        Ok(AsyncRawResponse::from_bytes(
            StatusCode::from(reply.status),
            Headers::new(),
            reply.body,
        ))
    }
}
