//! Clients: who carries a request. No redirects, for they could carry a token or a signature to somebody
//! else; no proxy for this machine itself; and whom nothing may be sent to in the clear.

use std::net::IpAddr;

use reqwest::redirect;
use url::{Host, Url};

/// Two clients: whatever proxy is set is for other machines.
#[derive(Debug)]
pub struct Clients {
    near: reqwest::Client,
    far: reqwest::Client,
}

impl Clients {
    /// With our rules, and with what else is to be set.
    ///
    /// # Errors
    /// Where the machine has no TLS that works, or a proxy whose address is none.
    pub fn new(
        more: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Self, reqwest::Error> {
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("bursar/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none());
            more(builder)
        };
        Ok(Self {
            near: builder().no_proxy().build()?,
            far: builder().build()?,
        })
    }

    /// The one for an address.
    #[must_use]
    pub fn to(&self, url: &Url) -> &reqwest::Client {
        if here(url) || is_metadata(url) {
            &self.near
        } else {
            &self.far
        }
    }
}

/// Whether an address is this machine.
#[must_use]
pub fn here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

/// Whether nobody between can read along: encrypted, or never leaves this machine and its host.
#[must_use]
pub fn private(url: &Url) -> bool {
    url.scheme() == "https" || here(url) || is_metadata(url)
}

/// The metadata service of a cloud's machine is answered by its host, and has no certificate.
fn is_metadata(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Ipv4(ip)) if ip.octets() == [169, 254, 169, 254])
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
        assert!(private("http://169.254.169.254/latest"));
        assert!(!private("http://minio.acme.example:9000") && !private("http://10.0.0.7:9000"));
        assert!(!private("http://169.254.169.253") && !private("http://localhost.example"));
        // A token for somebody else is nothing for the metadata service.
        assert!(!here(&Url::parse("http://169.254.169.254/latest").unwrap()));
    }

    #[test]
    fn whatever_proxy_is_set_is_for_other_machines() {
        let clients = Clients::new(|builder| builder).unwrap();
        let near = |text: &str| {
            let url = Url::parse(text).unwrap();
            std::ptr::eq(clients.to(&url), &clients.near)
        };
        assert!(near("http://127.0.0.1:4566") && near("https://localhost:8443"));
        assert!(near("http://169.254.169.254/latest"));
        assert!(!near("https://api.github.com") && !near("https://10.0.0.7"));
    }
}
