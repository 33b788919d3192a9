//! Microsoft Graph: the partner's billing reports, and the secrets of an application.
//!
//! <https://learn.microsoft.com/graph/api/partners-billing-operation-get>,
//! <https://learn.microsoft.com/graph/api/application-get>

use serde::Deserialize;

use super::address;
use super::token::Token;
use crate::env;
use crate::provider::http::{Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

const OPERATION: Call = Call {
    name: "graph:GetPartnerBillingOperation",
    action: "PartnerBilling.Read.All",
};
const APPLICATION: Call = Call {
    name: "graph:GetApplication",
    action: "Application.Read.All",
};

/// An operation that nobody ever started: asking for it needs the permission, and changes nothing.
const NO_OPERATION: &str = "00000000-0000-0000-0000-000000000000";

/// A secret of an application, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Password {
    #[serde(default)]
    pub display_name: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub end_date_time: Option<String>,
    /// The first characters of its value.
    #[serde(default)]
    pub hint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    #[serde(default)]
    password_credentials: Vec<Password>,
}

fn base() -> String {
    env::endpoint("AZURE_GRAPH").unwrap_or_else(|| "https://graph.microsoft.com".to_owned())
}

/// Whether billing reports may be asked for. Starting an export would make a job; asking after one
/// that is not there needs the same permission.
pub async fn billing_reachable(http: &Http, token: &Token) -> Result<(), Trouble> {
    let segments = [
        "v1.0",
        "reports",
        "partners",
        "billing",
        "operations",
        NO_OPERATION,
    ];
    let url = address(http, &OPERATION, &base(), &segments)?;
    match http.send(&OPERATION, Request::get(url), token).await {
        Err(trouble) if trouble.kind != Kind::Missing => Err(trouble),
        _ => Ok(()),
    }
}

/// The secrets of an application, by its client id.
pub async fn passwords(http: &Http, token: &Token, client: &str) -> Result<Vec<Password>, Trouble> {
    let by_id = format!("applications(appId='{client}')");
    let mut url = address(http, &APPLICATION, &base(), &["v1.0", &by_id])?;
    url.query_pairs_mut()
        .append_pair("$select", "displayName,passwordCredentials");
    let registration: Registration = http.json(&APPLICATION, Request::get(url), token).await?;
    Ok(registration.password_credentials)
}
