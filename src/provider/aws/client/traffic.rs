//! Traffic: every request that goes out is counted by service and operation, and waits its turn
//! where too many are under way to one host.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::config::ConfigBag;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::sync::Semaphore;

/// Requests under way to one host at a time. With 20 ms a request that is 1,200 a second.
const AT_ONCE: usize = 24;

/// Counts and limits requests.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    counts: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Traffic {
    /// The requests that went out so far, retries included, by `service:Operation`.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The HTTP client that all sessions share.
    #[must_use]
    pub fn http() -> SharedHttpClient {
        SharedHttpClient::new(Limited {
            inner: aws_smithy_http_client::Builder::new()
                .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
                .build_https(),
            hosts: Arc::default(),
        })
    }
}

#[dyn_dispatch_hint]
impl Intercept for Traffic {
    fn name(&self) -> &'static str {
        "Traffic"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(metadata) = config.load::<Metadata>() {
            let call = format!("{}:{}", metadata.service(), metadata.name());
            tracing::debug!(call, "request");
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry(call).or_default() += 1;
        }
        Ok(())
    }
}

type Hosts = Arc<Mutex<HashMap<String, Arc<Semaphore>>>>;

#[derive(Debug)]
struct Limited<T> {
    inner: T,
    hosts: Hosts,
}

impl HttpClient for Limited<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Limited {
            inner: self.inner.http_connector(settings, components),
            hosts: Arc::clone(&self.hosts),
        })
    }
}

impl HttpConnector for Limited<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = host(request.uri());
        let turns = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            let turns = hosts
                .entry(host)
                .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
            Arc::clone(turns)
        };
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            let _turn = turns
                .acquire_owned()
                .await
                .map_err(|closed| ConnectorError::other(closed.into(), None))?;
            inner.call(request).await
        })
    }
}

/// Scheme, host and port of an address.
fn host(uri: &str) -> String {
    let start = uri.find("://").map_or(0, |at| at + 3);
    let end = uri[start..]
        .find(['/', '?'])
        .map_or(uri.len(), |at| start + at);
    uri[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_are_told_apart_by_scheme_name_and_port() {
        assert_eq!(
            host("https://sts.us-east-1.amazonaws.com/?x"),
            "https://sts.us-east-1.amazonaws.com"
        );
        assert_eq!(
            host("http://127.0.0.1:4566/bucket/key"),
            "http://127.0.0.1:4566"
        );
        assert_eq!(host("http://[::1]:80?a/b"), "http://[::1]:80");
    }
}
