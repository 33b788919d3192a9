//! IAM v1: the keys of service accounts.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Session, escaped, url};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::Trouble;

const LIST_KEYS: Call = Call {
    name: "IAM:ListServiceAccountKeys",
    action: "iam.serviceAccountKeys.list",
};

/// A key of a service account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Key {
    /// `projects/…/serviceAccounts/…/keys/ID`.
    pub name: String,
    #[serde(deserialize_with = "super::moment")]
    pub valid_after_time: Option<Timestamp>,
    /// In the year 9999 where it has no end.
    #[serde(deserialize_with = "super::moment")]
    pub valid_before_time: Option<Timestamp>,
    pub disabled: bool,
    /// `SERVICE_ACCOUNT_KEY_DISABLE_REASON_…`; empty where Google does not say.
    pub disable_reason: String,
}

impl Key {
    #[must_use]
    pub fn id(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }
}

/// The keys that users made of a service account.
pub async fn keys(session: &Session, email: &str) -> Result<Vec<Key>, Trouble> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct List {
        keys: Vec<Key>,
    }
    // Google finds the project by the address.
    let path = format!("/v1/projects/-/serviceAccounts/{}/keys", escaped(email));
    let query = [("keyTypes", "USER_MANAGED")];
    let url = url(&LIST_KEYS, "iam", &path, &query)?;
    let list: List = session
        .http
        .json(&LIST_KEYS, Request::get(url), session)
        .await?;
    Ok(list.keys)
}
