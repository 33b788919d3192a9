//! Payers: what the bill comes to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::export::Export;
use super::is_default;
use crate::model::money::Currency;
use crate::model::timeline::Timeline;

/// What the bill comes to (FOCUS BillingAccountId): an AWS management account, an Azure EA
/// billing account or MCA billing profile, a CSP partner, a Google Cloud billing account, an OCI
/// root tenancy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payer {
    /// Azure: the billing account that the billing profile belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_account: Option<String>,
    /// The cost centre of what no account carries: tax, support, fees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<Timeline>,
    /// The credential that reaches this payer, where it is not the organization's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// The currency that the bill is in. Checked against the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The ways in which this payer's cost data is delivered, by a name of your choice.
    #[serde(default, skip_serializing)]
    pub exports: BTreeMap<String, Export>,
    /// The bill is somebody else's (a reseller's, or transferred): known, but not readable.
    #[serde(default, skip_serializing_if = "is_default")]
    pub external: bool,
    /// Free labels, for selecting and grouping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The organization that this payer belongs to.
    pub organization: String,
    /// Who answers for it: an e-mail address or a team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Whether removal needs an apply that lifts the protection first. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}
