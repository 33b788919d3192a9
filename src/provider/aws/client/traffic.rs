//! Traffic as AWS's SDK takes part in it: an interceptor that counts each try, and a connector that
//! waits its turn.

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

use crate::provider::traffic::Traffic;

/// The HTTP client that all sessions share.
#[must_use]
pub fn http(traffic: &Traffic) -> SharedHttpClient {
    SharedHttpClient::new(Limited {
        inner: aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build_https(),
        traffic: traffic.clone(),
    })
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
            self.count(&format!("{}:{}", metadata.service(), metadata.name()));
        }
        Ok(())
    }
}

#[derive(Debug)]
struct Limited<T> {
    inner: T,
    traffic: Traffic,
}

impl HttpClient for Limited<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Limited {
            inner: self.inner.http_connector(settings, components),
            traffic: self.traffic.clone(),
        })
    }
}

impl HttpConnector for Limited<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let traffic = self.traffic.clone();
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            let _turn = traffic
                .turn(request.uri())
                .await
                .map_err(|closed| ConnectorError::other(closed.into(), None))?;
            inner.call(request).await
        })
    }
}
