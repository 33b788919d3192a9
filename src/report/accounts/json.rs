//! The account list as machines read it. `format_version` grows by one when a field changes its
//! meaning or goes; new fields come without that.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::model::timeline::Shares;
use crate::report::data::Delivered;
use crate::report::plan::now;

use super::{Register, Row};

/// The account list as machines read it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    pub format_version: u32,
    pub serial: u64,
    pub payers: Vec<Listed>,
    pub accounts: Vec<Listed>,
}

/// One registered payer or account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    pub address: String,
    pub id: String,
    pub provider: String,
    pub organization: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What an account is among those of its provider, where there are several types.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub of_type: Option<String>,
    /// The account that it is within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The cost centre of the current month, where it is just one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<String>,
    /// The split or timeline as registered, where it is not one cost centre since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation: Option<Value>,
    /// The day on which it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Value>,
    /// Light of each badge, with the time of the oldest answer behind it.
    pub badges: BTreeMap<&'static str, ListedBadge>,
    /// The last day that cost data was found for, UTC; null where none was found or nobody asked. Of
    /// several exports the one that goes furthest counts; an account has that of its payer.
    pub data_through: Option<String>,
    /// The exports of a payer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exports: Option<Vec<Delivered>>,
}

/// One badge.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedBadge {
    /// `green`, `amber`, `red`, `pending`, `unknown` or `not asked`.
    pub light: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
}

/// The document of the list.
#[must_use]
pub fn document(register: &Register, serial: u64, now: Timestamp) -> Document {
    let of = |kind| {
        register
            .rows
            .iter()
            .filter(move |row| row.address.kind() == kind)
            .map(|row| listed(row, now))
            .collect()
    };
    Document {
        format_version: 1,
        serial,
        payers: of(Kind::Payer),
        accounts: of(Kind::Account),
    }
}

fn listed(row: &Row, now: Timestamp) -> Listed {
    let text = |field: &str| {
        row.spec
            .get(field)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let center = row.spec.get("cost_center");
    let badges = Badge::ALL.into_iter().map(|badge| {
        let light = row.badges.light(badge).as_str();
        (
            badge.as_str(),
            ListedBadge {
                light,
                oldest: row.badges.oldest[badge as usize].clone(),
            },
        )
    });
    Listed {
        address: row.address.to_string(),
        id: row.address.last().into_owned(),
        provider: row
            .address
            .provider()
            .map(|provider| provider.to_string())
            .unwrap_or_default(),
        organization: row.organization.clone(),
        payer: text("payer"),
        name: text("name"),
        of_type: text("type"),
        within: text("within"),
        owner: text("owner"),
        cost_center: match now::allocation(&row.spec, now) {
            Some(Shares::Whole(code)) => Some(code),
            _ => None,
        },
        allocation: center.filter(|value| !value.is_string()).cloned(),
        closed: text("closed"),
        labels: row.spec.get("labels").cloned(),
        badges: badges.collect(),
        data_through: row.data_through(),
        exports: (row.address.kind() == Kind::Payer).then(|| row.exports.clone()),
    }
}
