//! Organization management: which tenancy is the parent, and which are its children. Asked in the home
//! region.

use serde::Deserialize;

use super::page::all;
use super::{Service, Session, moment};
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

/// An organization of tenancies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    pub id: String,
    /// The parent tenancy.
    #[serde(rename = "compartmentId")]
    pub parent: String,
    #[serde(default, rename = "parentName")]
    pub parent_name: Option<String>,
    #[serde(rename = "lifecycleState")]
    pub state: String,
}

/// A tenancy of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    #[serde(rename = "tenancyId")]
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(rename = "lifecycleState")]
    pub state: String,
    /// `PARENT` or `CHILD`.
    pub role: String,
    #[serde(default, rename = "timeLeft", deserialize_with = "moment::maybe")]
    pub left: Option<jiff::Timestamp>,
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// The organizations that the tenancy is in: one, or none.
pub async fn organizations(session: &Session) -> Result<Vec<Organization>, Trouble> {
    const CALL: Call = Call {
        name: "organizations:ListOrganizations",
        action: "read organizations-family",
    };
    let query = [("compartmentId", session.tenancy.as_str())];
    let home = session.home_or_declared();
    let items = |page: Items<Organization>| page.items;
    let at = (Service::Organizations, &home);
    all(session, &CALL, at, &["organizations"], &query, items).await
}

/// The tenancies of an organization.
pub async fn members(session: &Session, organization: &str) -> Result<Vec<Member>, Trouble> {
    const CALL: Call = Call {
        name: "organizations:ListOrganizationTenancies",
        action: "read organizations-family",
    };
    let path = ["organizations", organization, "tenancies"];
    let home = session.home_or_declared();
    let items = |page: Items<Member>| page.items;
    let at = (Service::Organizations, &home);
    all(session, &CALL, at, &path, &[], items).await
}
