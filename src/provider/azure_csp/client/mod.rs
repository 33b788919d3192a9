//! The only place that asks Entra, Partner Center, Microsoft Graph and Azure Resource Manager for a
//! partner. One function a call, plain results; never judges.

mod entra;
pub mod graph;
pub mod manager;
pub mod partner_center;
mod sessions;
mod token;
mod voice;

use std::collections::BTreeMap;

use url::Url;

use super::super::http::{Call, Http};
use super::super::trouble::{Kind, Trouble};

pub use entra::{Application, Exchange, authorize_address, of_code};
pub use sessions::{Resource, Sessions, Signed, Unsigned};
pub use token::{Renewal, Token};

/// The ways to Microsoft's services, with the traffic of a run.
pub struct Client {
    pub entra: Http,
    pub center: Http,
    pub graph: Http,
    pub manager: Http,
}

impl Client {
    #[must_use]
    pub fn new(parallelism: usize) -> Self {
        Self {
            entra: Http::new(&voice::ENTRA, parallelism),
            center: Http::new(&voice::PARTNER_CENTER, parallelism),
            graph: Http::new(&voice::GRAPH, parallelism),
            manager: Http::new(&voice::MANAGER, parallelism),
        }
    }

    /// The requests that went out so far, by `service:Operation`.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, u64> {
        [&self.entra, &self.center, &self.graph, &self.manager]
            .into_iter()
            .flat_map(|http| http.traffic().counts())
            .collect()
    }
}

/// An address below a base, made of path segments that need no trust.
fn address(http: &Http, call: &Call, base: &str, segments: &[&str]) -> Result<Url, Trouble> {
    let wrong = || {
        let message = format!("{base} is no address of a service");
        http.trouble(Kind::Refused, call, message)
    };
    let mut url = Url::parse(base).map_err(|_| wrong())?;
    url.path_segments_mut()
        .map_err(|()| wrong())?
        .pop_if_empty()
        .extend(segments);
    Ok(url)
}
