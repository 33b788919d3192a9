//! Microsoft Graph: an application's own client secrets
//! (<https://learn.microsoft.com/graph/api/application-get>). Of a secret it says when it ends, never
//! its value.

use jiff::Timestamp;
use serde::Deserialize;

use super::exports::moment;
use super::{Resource, Session};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::{Kind, Trouble};

const GET: Call = Call {
    name: "Graph:application_get",
    action: "Application.Read.All",
};

/// A client secret of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    pub key_id: String,
    pub name: Option<String>,
    pub ends: Option<Timestamp>,
    /// The first characters of a secret, as Entra shows them.
    pub hint: Option<String>,
}

/// An application, and what it can prove itself with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    pub name: String,
    pub secrets: Vec<ClientSecret>,
}

/// An application of the tenant, by its application (client) id.
///
/// # Errors
/// Where it cannot be read.
pub async fn application(session: &Session, client_id: &str) -> Result<Application, Trouble> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Found {
        display_name: Option<String>,
        #[serde(default)]
        password_credentials: Vec<One>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct One {
        key_id: String,
        display_name: Option<String>,
        end_date_time: Option<String>,
        hint: Option<String>,
    }
    let base = session.shared.cloud.graph();
    let http = &session.shared.http;
    let mut url: url::Url = format!("{base}/v1.0/applications(appId='{client_id}')")
        .parse()
        .map_err(|_| http.trouble(Kind::Malformed, &GET, "no address"))?;
    url.query_pairs_mut()
        .append_pair("$select", "displayName,passwordCredentials");
    let who = session.bearer(Resource::Graph);
    let found: Found = http.json(&GET, Request::get(url), &who).await?;
    let secret = |one: One| ClientSecret {
        key_id: one.key_id,
        name: one.display_name.filter(|name| !name.is_empty()),
        ends: one.end_date_time.as_deref().and_then(moment),
        hint: one.hint,
    };
    Ok(Application {
        name: found.display_name.unwrap_or_default(),
        secrets: found.password_credentials.into_iter().map(secret).collect(),
    })
}
