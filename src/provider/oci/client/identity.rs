//! Identity: the tenancy, its regions and compartments, the user's keys, groups and policies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::moment::moment;
use super::page::{all, plain};
use super::{Service, Session};
use crate::provider::http::{Call, Reply, Request};
use crate::provider::trouble::Trouble;

/// A tenancy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenancy {
    pub name: String,
    /// Its key, in capitals: `FRA`.
    #[serde(rename = "homeRegionKey")]
    pub home_region: String,
}

/// A region that a tenancy is subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscribed {
    #[serde(rename = "regionName")]
    pub name: String,
    pub status: String,
    #[serde(rename = "isHomeRegion")]
    pub home: bool,
}

/// An API signing key of a user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    pub fingerprint: String,
    #[serde(rename = "timeCreated", deserialize_with = "moment")]
    pub created: Timestamp,
    #[serde(rename = "lifecycleState")]
    pub state: String,
}

/// A compartment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Compartment {
    pub id: String,
    /// The compartment or tenancy that it is in.
    #[serde(rename = "compartmentId")]
    pub parent: String,
    pub name: String,
    #[serde(rename = "lifecycleState")]
    pub state: String,
    #[serde(default, rename = "freeformTags")]
    pub free: BTreeMap<String, String>,
    /// By namespace.
    #[serde(default, rename = "definedTags")]
    pub defined: BTreeMap<String, BTreeMap<String, Value>>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    pub name: String,
    pub statements: Vec<String>,
    #[serde(rename = "timeCreated", deserialize_with = "moment")]
    pub created: Timestamp,
}

/// A group of users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Group {
    pub id: String,
    pub name: String,
}

/// The tenancy of a key. The first request of a session, with the answer itself.
pub async fn tenancy(session: &Session) -> Result<(Tenancy, Reply), Trouble> {
    const CALL: Call = Call {
        name: "identity:GetTenancy",
        action: "inspect tenancies",
    };
    let path = ["tenancies", &session.tenancy];
    let url = session.url(&CALL, Service::Identity, &session.region, &path, &[])?;
    session.json(&CALL, Request::get(url)).await
}

/// The regions that the tenancy is subscribed to.
pub async fn regions(session: &Session) -> Result<Vec<Subscribed>, Trouble> {
    const CALL: Call = Call {
        name: "identity:ListRegionSubscriptions",
        action: "inspect tenancies",
    };
    let path = ["tenancies", &session.tenancy, "regionSubscriptions"];
    let url = session.url(&CALL, Service::Identity, &session.region, &path, &[])?;
    Ok(session.json(&CALL, Request::get(url)).await?.0)
}

/// The user's API keys. A user may always see its own.
pub async fn api_keys(session: &Session) -> Result<Vec<ApiKey>, Trouble> {
    const CALL: Call = Call {
        name: "identity:ListApiKeys",
        action: "inspect users",
    };
    let path = ["users", &session.user, "apiKeys"];
    let url = session.url(&CALL, Service::Identity, &session.region, &path, &[])?;
    Ok(session.json(&CALL, Request::get(url)).await?.0)
}

/// All compartments of the tenancy, however deep.
pub async fn compartments(session: &Session) -> Result<Vec<Compartment>, Trouble> {
    const CALL: Call = Call {
        name: "identity:ListCompartments",
        action: "inspect compartments",
    };
    let query = [
        ("compartmentId", session.tenancy.as_str()),
        ("compartmentIdInSubtree", "true"),
        ("accessLevel", "ANY"),
    ];
    let at = (Service::Identity, &session.region);
    all(session, &CALL, at, &["compartments"], &query, plain).await
}

/// When the tenancy was made: its root compartment says so.
pub async fn made(session: &Session) -> Result<Timestamp, Trouble> {
    const CALL: Call = Call {
        name: "identity:GetCompartment",
        action: "inspect compartments",
    };
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Root {
        #[serde(deserialize_with = "moment")]
        time_created: Timestamp,
    }
    let path = ["compartments", &session.tenancy];
    let url = session.url(&CALL, Service::Identity, &session.region, &path, &[])?;
    let (root, _): (Root, _) = session.json(&CALL, Request::get(url)).await?;
    Ok(root.time_created)
}

/// The policies of the root compartment.
pub async fn policies(session: &Session) -> Result<Vec<Policy>, Trouble> {
    const CALL: Call = Call {
        name: "identity:ListPolicies",
        action: "inspect policies",
    };
    let query = [("compartmentId", session.tenancy.as_str())];
    let at = (Service::Identity, &session.region);
    all(session, &CALL, at, &["policies"], &query, plain).await
}

/// The groups of the tenancy.
pub async fn groups(session: &Session) -> Result<Vec<Group>, Trouble> {
    const CALL: Call = Call {
        name: "identity:ListGroups",
        action: "inspect groups",
    };
    let query = [("compartmentId", session.tenancy.as_str())];
    let at = (Service::Identity, &session.region);
    all(session, &CALL, at, &["groups"], &query, plain).await
}

/// The ids of the groups that the user is in.
pub async fn memberships(session: &Session) -> Result<Vec<String>, Trouble> {
    const CALL: Call = Call {
        name: "identity:ListUserGroupMemberships",
        action: "inspect groups, inspect users",
    };
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Membership {
        group_id: String,
    }
    let query = [
        ("compartmentId", session.tenancy.as_str()),
        ("userId", session.user.as_str()),
    ];
    let at = (Service::Identity, &session.region);
    let found: Vec<Membership> =
        all(session, &CALL, at, &["userGroupMemberships"], &query, plain).await?;
    Ok(found.into_iter().map(|one| one.group_id).collect())
}
