//! The transport under all object stores: one client with our rules. No redirects, for they could carry
//! a signature to somebody else; no plain http to other machines; no proxy for this machine itself.

use std::net::IpAddr;
use std::time::Duration;

use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use reqwest::redirect;
use url::{Host, Url};

use crate::env;

/// Makes clients for object stores.
#[derive(Debug, Clone, Copy)]
pub struct Web;

#[derive(Debug)]
struct Clients {
    far: reqwest::Client,
    near: reqwest::Client,
}

impl HttpConnector for Web {
    fn connect(&self, _options: &object_store::ClientOptions) -> object_store::Result<HttpClient> {
        let builder = || {
            reqwest::Client::builder()
                .user_agent(concat!("bursar/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(env::call_timeout())
        };
        let failed = |cause: reqwest::Error| object_store::Error::Generic {
            store: "HTTP client",
            source: Box::new(cause),
        };
        Ok(HttpClient::new(Clients {
            far: builder().build().map_err(failed)?,
            near: builder().no_proxy().build().map_err(failed)?,
        }))
    }
}

#[async_trait::async_trait]
impl HttpService for Clients {
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
        if here(&url) {
            self.near.call(request).await
        } else {
            self.far.call(request).await
        }
    }
}

/// Whether nobody between can read along: encrypted, or never leaves this machine.
pub fn private(url: &Url) -> bool {
    url.scheme() == "https" || here(url)
}

/// Whether an address is this machine, or the metadata service that its host answers.
fn here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.octets() == [169, 254, 169, 254],
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        let private = |text: &str| private(&Url::parse(text).unwrap());
        assert!(private("https://s3.eu-west-1.amazonaws.com"));
        assert!(private("http://127.0.0.1:4566") && private("http://[::1]:9000"));
        assert!(private("http://localhost:10000/devstoreaccount1"));
        assert!(!private("http://minio.acme.example:9000") && !private("http://10.0.0.7:9000"));
    }
}
