//! Checks, findings and badges: questions about access, and their answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::Address;

/// The answer to a check, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Pass,
    /// Not asked: it does not apply, or something it depends on failed.
    Skipped,
    /// Works, and will not for long, or not as well as it should.
    Warn,
    /// Not delivered yet: to be expected so soon after the start.
    Pending,
    /// Could not be answered: throttled, or the network is down. Never a diff.
    Unknown,
    /// Not as it should be.
    Fail,
}

impl Status {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skipped => "skipped",
            Self::Warn => "warn",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

/// What a check speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Badge {
    /// We are who we should be, and may do what is needed.
    Api,
    /// Payer and account are what they are declared to be.
    Payer,
    /// Exports exist as declared, are healthy, deliver, can be read.
    Cost,
    /// Recommendations can be read.
    Recs,
}

impl Badge {
    pub const ALL: [Self; 4] = [Self::Api, Self::Payer, Self::Cost, Self::Recs];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "API",
            Self::Payer => "PAYER",
            Self::Cost => "COST",
            Self::Recs => "RECS",
        }
    }
}

/// A question about access, described once; the docs table of checks is made from these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable id, `provider.subject.question`, for example `oci.key.fingerprint`.
    pub id: &'static str,
    /// The question, ending in a question mark.
    pub question: &'static str,
    pub badge: Badge,
    /// Whether a bad answer blocks what depends on it.
    pub required: bool,
    /// Whether it needs no network.
    pub offline: bool,
    /// The calls it makes, as the provider names them.
    pub calls: &'static [&'static str],
    /// The permissions it needs.
    pub permissions: &'static [&'static str],
    /// What to do when it fails.
    pub remedy: &'static str,
}

/// Name of the evidence that holds the provider's own words on an error.
pub const SAID: &str = "said";

/// Name of the evidence that holds the last day that an export has costs of: `YYYY-MM-DD`, UTC.
pub const DATA_THROUGH: &str = "data_through";

/// The answer to one check on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the check.
    pub check: String,
    /// The resource that was asked about.
    pub address: Address,
    pub status: Status,
    pub badge: Badge,
    /// Whether a bad answer blocks what depends on it.
    pub required: bool,
    /// What was seen, in one sentence; never a secret.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
    /// Text to paste where the remedy says, for example a policy in JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub paste: String,
    /// Facts behind the answer, by name; never a secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// When it was asked: UTC, RFC 3339, seconds.
    pub at: String,
    /// The waiver that accepts it, by its reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

/// The colour of a badge: the worst required finding behind it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    #[default]
    NotAsked,
    Green,
    Amber,
    Pending,
    Unknown,
    Red,
}

impl Light {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not asked",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Red => "red",
        }
    }
}

impl Finding {
    /// What this finding makes of its badge. A waived one counts as a warning at most; one that
    /// is not required is a warning where it fails.
    #[must_use]
    pub fn light(&self) -> Light {
        let light = match self.status {
            Status::Skipped => Light::NotAsked,
            Status::Pass => Light::Green,
            Status::Warn => Light::Amber,
            Status::Pending => Light::Pending,
            Status::Unknown => Light::Unknown,
            Status::Fail => Light::Red,
        };
        let optional = !self.required || self.waived.is_some();
        if optional && light > Light::Amber {
            Light::Amber
        } else {
            light
        }
    }
}
