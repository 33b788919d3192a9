//! Shared costs: charges that are taken out of where they arise and spread over cost centres.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::one_key_map;
use crate::model::money::Percent;

/// Charges that several cost centres carry together. The first match in file order wins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedCost {
    /// The cost centres that carry it, with `even` and `proportional`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub among: Vec<String>,
    /// Which charges.
    #[serde(rename = "match")]
    pub charges: Match,
    /// How they are divided.
    pub method: Method,
    /// Names that it had before: it is renamed, not created again.
    #[serde(default, skip_serializing)]
    pub previously: Vec<String>,
}

/// Which charges: all that is named here must fit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct Match {
    /// Accounts that the charges are on, `provider/id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Payers that the charges are billed to, `provider/id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payers: Vec<String>,
    /// The service, as the provider names it in the cost data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// How a shared cost is divided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(transform = one_key_map)]
pub enum Method {
    /// The same part on each of `among`.
    Even,
    /// In proportion to the direct effective cost of each of `among` in the month.
    Proportional,
    /// A percentage on each; they total 100.00.
    Fixed(BTreeMap<String, Percent>),
}
