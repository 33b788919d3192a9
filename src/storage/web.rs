//! The transport under all object stores: our clients with their rules, in the shape that `object_store`
//! wants. It tries again by itself; nothing of that is decided here.

use std::time::Duration;

use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use url::Url;

use crate::env;
use crate::http::{Clients, private};

/// Makes clients for object stores.
#[derive(Debug, Clone, Copy)]
pub struct Web;

#[derive(Debug)]
struct Service(Clients);

impl HttpConnector for Web {
    fn connect(&self, _options: &object_store::ClientOptions) -> object_store::Result<HttpClient> {
        let limits = |builder: reqwest::ClientBuilder| {
            builder
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(env::call_timeout())
        };
        let failed = |cause: reqwest::Error| object_store::Error::Generic {
            store: "HTTP client",
            source: Box::new(cause),
        };
        let clients = Clients::new(limits).map_err(failed)?;
        Ok(HttpClient::new(Service(clients)))
    }
}

#[async_trait::async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = Url::parse(&request.uri().to_string())
            .map_err(|cause| HttpError::new(HttpErrorKind::Unknown, cause))?;
        if !private(&url) {
            let host = url.host_str().unwrap_or_default();
            return Err(HttpError::new(
                HttpErrorKind::Unknown,
                std::io::Error::other(format!(
                    "{host} would be asked over http, readable to all between"
                )),
            ));
        }
        self.0.to(&url).call(request).await
    }
}
