//! Subscriptions that the caller sees, API version 2022-12-01
//! (<https://learn.microsoft.com/rest/api/resources/subscriptions/list>).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Session, text};
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

pub const LIST: Call = Call {
    name: "Resources:Subscriptions_List",
    action: "Microsoft.Resources/subscriptions/read",
};

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    #[serde(rename = "subscriptionId")]
    pub id: String,
    #[serde(rename = "displayName", default, deserialize_with = "text")]
    pub name: String,
    /// `Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`.
    #[serde(default, deserialize_with = "text")]
    pub state: String,
    /// The tenant that it trusts.
    #[serde(rename = "tenantId", default, deserialize_with = "text")]
    pub tenant: String,
    #[serde(default)]
    pub tags: Option<BTreeMap<String, Option<String>>>,
}

/// The subscriptions on which the caller has any role.
///
/// # Errors
/// Where they cannot be listed.
pub async fn list(session: &Session) -> Result<Vec<Subscription>, Trouble> {
    session
        .list(&LIST, "/subscriptions", "2022-12-01", &[])
        .await
}
