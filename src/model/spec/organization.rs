//! Organizations: one provider's tenant.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_default;
use crate::model::provider::Provider;
use crate::model::timeline::Timeline;

/// One provider's tenant: an AWS organization, an Entra tenant, a CSP partner, a Google
/// organization, an OCI realm of one root tenancy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// The credential that reaches this organization and, unless they say otherwise, what is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// Values for this organization's accounts that neither they nor their file give.
    #[serde(default, skip_serializing)]
    pub defaults: AccountDefaults,
    /// The provider's own id: `o-…` for AWS, the tenant for Azure and CSP, digits for Google
    /// Cloud, the root tenancy's OCID for OCI.
    pub id: String,
    /// Free labels, for selecting and grouping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who answers for it: an e-mail address or a team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// CSP: the credential for the Partner API (`partner_api`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_api: Option<String>,
    /// CSP: the credential for Partner Center (`partner_center`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_center: Option<String>,
    /// CSP: the Microsoft partner id (MPN id), digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<String>,
    /// Names that this organization had before: its resources are renamed, not created again.
    #[serde(default, skip_serializing)]
    pub previously: Vec<String>,
    /// Whether removal needs an apply that lifts the protection first. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    /// The cloud.
    pub provider: Provider,
    /// Whether the provider's savings recommendations are collected. Default: false.
    #[serde(default, skip_serializing)]
    pub recommendations: bool,
}

/// Values that accounts take over where they give none themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountDefaults {
    /// The cost centre that carries the accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<Timeline>,
    /// The credential that reaches the accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// Labels; an account's own labels of the same name win.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The organization that the accounts belong to. Not in `organizations.*.defaults`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Who answers for the accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The payer that bills the accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
}

/// The provider's savings recommendations for one organization.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recommendations {
    #[serde(skip_serializing_if = "is_default")]
    pub organization: String,
}
