//! The shape of the documents: types that serde and the published schemas are made from. No logic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::finding::Finding;
use crate::report::plan::paying::{Pays, Shifted};

/// The version of this format.
pub const FORMAT_VERSION: u32 = 1;

/// A plan: printed by `plan --json`, written by `plan --out`, read by `apply PLAN`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    pub format_version: u32,
    /// The state that it was made for: its lineage and serial.
    pub lineage: String,
    pub serial: u64,
    /// Names the changes, whatever their order.
    pub digest: String,
    pub summary: Summary,
    /// In the order of an apply.
    pub changes: Vec<PlannedChange>,
    /// What the platform has otherwise: not part of the digest.
    pub drift: Vec<Drifted>,
    /// Why an apply would be refused.
    pub refusals: Vec<Refused>,
    /// What was found about access: not part of the digest.
    #[schemars(with = "Vec<Found>")]
    pub findings: Vec<Finding>,
    /// How the accounts that providers list differ from the declared ones: not part of the digest.
    #[serde(default)]
    pub listings: Vec<Listing>,
    /// Where the platform's document stands, for a platform that is one: not part of the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Carried>,
    pub notes: Vec<String>,
    /// The cost centres that pay more or less of the accounts that move, with `plan --base` of those that
    /// the branch moves: not part of the digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who_pays: Vec<Pays>,
    /// What the branch was held against, with `plan --base`: not part of the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
}

/// The base that a branch was held against.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Base {
    /// As it was named.
    pub reference: String,
    /// The full id of the commit that the branch began from.
    pub commit: String,
    /// How many commits of the reference the branch lacks.
    pub behind: usize,
    /// The changes that the branch makes; the rest of the summary waited before.
    pub own: Summary,
    /// Addresses that an apply of the base would change, and one of the branch leaves as they are.
    pub taken_back: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    pub add: usize,
    pub change: usize,
    pub rename: usize,
    pub delete: usize,
    pub forget: usize,
    pub adopt: usize,
    pub wait: usize,
    pub blocked: usize,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct PlannedChange {
    pub address: String,
    /// `create`, `update`, `rename`, `delete`, `forget`, `adopt` or `wait`.
    pub action: String,
    /// Names this change.
    pub digest: String,
    /// The address before a rename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    pub fields: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
    /// Why it is removed, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who pays more and who pays less because of it; of a cost centre that moves, which ones above it
    /// carry all of it. Not part of the digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shifts: Vec<Shifted>,
    /// What a changed budget comes to in its year. Not part of the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
    /// With `plan --base`: whether it waited before, so that it is none of the branch's. Not part of the
    /// digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_base: Option<bool>,
}

/// A budget's year before and after.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Year {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Money>,
}

/// An amount, exact.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    pub amount: String,
    pub currency: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Field {
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What the platform has, where that is neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Value>,
    /// Where its new value is declared, also through defaults; left out where that is the line of
    /// the change itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// Where something is declared.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Path from the project's folder.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// What a value came through, where the resource does not say it itself: `defaults`,
    /// `the organization's defaults` or `the only payer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
}

/// The check that holds a change back.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Blocked {
    pub address: String,
    pub check: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Drifted {
    pub address: String,
    /// Gone from the platform.
    pub missing: bool,
    pub fields: Vec<Field>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub message: String,
    pub help: String,
    /// With `plan --base`: whether an apply of the base would be refused for it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_base: Option<bool>,
}

/// The accounts of one organization, as its provider lists them, compared with the declared ones.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Listing {
    /// Its name.
    pub organization: String,
    /// How many the provider lists. Like all numbers here left out where there is an `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<usize>,
    /// How many of them nobody declared, without the ignored ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undeclared: Option<usize>,
    /// How many of those are closed or suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undeclared_inactive: Option<usize>,
    /// How many that nobody declared are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<usize>,
    /// How many declared accounts the provider does not list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<usize>,
    /// Why there is no list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The document of a platform that people carry to and fro.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Carried {
    /// The file that is carried to the platform, from the project's folder.
    pub file: String,
    /// The file that is fetched from it.
    pub observed: String,
    /// Whether that file is there.
    pub fetched: bool,
    /// The file to carry is not as it should be: the next apply writes it.
    pub unwritten: bool,
    /// Addresses that are recorded, and not seen on the platform yet.
    pub waiting: Vec<String>,
    /// Addresses that were removed, and are on the platform still.
    pub leaving: Vec<String>,
    /// Addresses on the platform that nobody declares: they stay.
    pub unmanaged: Vec<String>,
    /// What is declared and cannot be held there.
    pub not_carried: Vec<String>,
    pub notes: Vec<String>,
}

/// The answer to one check on one resource, as described to readers of the document.
#[derive(Serialize, JsonSchema)]
#[allow(dead_code)] // Only its schema is used: a Finding writes the same.
struct Found {
    check: String,
    address: String,
    /// `pass`, `skipped`, `warn`, `pending`, `unknown` or `fail`.
    status: String,
    /// `api`, `payer`, `cost` or `recs`.
    badge: String,
    /// Whether a bad answer blocks what depends on it.
    required: bool,
    message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    remedy: String,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    evidence: std::collections::BTreeMap<String, String>,
    /// When it was asked: UTC, RFC 3339.
    at: String,
    /// The reason of the waiver that accepts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    waived: Option<String>,
}

/// What is declared otherwise than before: printed by `diff --json`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Since {
    pub format_version: u32,
    /// The commit that was compared with, as it was named.
    pub since: String,
    pub summary: Summary,
    pub changes: Vec<PlannedChange>,
    /// The cost centres that pay more or less of the accounts that move.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub who_pays: Vec<Pays>,
}
