//! Accounts: what spends.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::time::Date;
use crate::model::timeline::Timeline;

/// What spends (FOCUS SubAccountId): an AWS member account, an Azure subscription, a CSP customer
/// or one of its subscriptions, a Google Cloud project, an OCI child tenancy or compartment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Account {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<Timeline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub account_type: Option<AccountType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// What kind of account it is, where a provider has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountType {
    /// CSP: a customer of the partner.
    Customer,
    /// CSP and Azure: a subscription.
    Subscription,
    /// OCI: a tenancy.
    Tenancy,
    /// OCI: a compartment of a tenancy.
    Compartment,
}

impl AccountType {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Subscription => "subscription",
            Self::Tenancy => "tenancy",
            Self::Compartment => "compartment",
        }
    }
}

/// The long form; the short form is just a name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Long {
    /// The day on which it was closed: it is kept with its history, and no longer asked.
    #[serde(default)]
    closed: Option<Date>,
    #[serde(default)]
    cost_center: Option<Timeline>,
    /// The credential that reaches this account, where it is not the organization's.
    #[serde(default)]
    credentials: Option<String>,
    /// Free labels, for selecting and grouping.
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// A name for people.
    #[serde(default)]
    name: Option<String>,
    /// The organization that it belongs to. Default: the file's `defaults`.
    #[serde(default)]
    organization: Option<String>,
    /// Who answers for it: an e-mail address or a team.
    #[serde(default)]
    owner: Option<String>,
    /// The payer that bills it. Default: the organization's only payer.
    #[serde(default)]
    payer: Option<String>,
    /// Whether removal needs an apply that lifts the protection first. Default: false.
    #[serde(default)]
    protect: Option<bool>,
    /// What kind of account it is, where the provider has several.
    #[serde(default, rename = "type")]
    account_type: Option<AccountType>,
    /// The account that it is part of: the customer of a CSP subscription, the tenancy or
    /// compartment of an OCI compartment.
    #[serde(default)]
    within: Option<String>,
}

impl From<Long> for Account {
    fn from(long: Long) -> Self {
        let Long {
            closed,
            cost_center,
            credentials,
            labels,
            name,
            organization,
            owner,
            payer,
            protect,
            account_type,
            within,
        } = long;
        Self {
            closed,
            cost_center,
            credentials,
            labels,
            name,
            organization,
            owner,
            payer,
            protect,
            account_type,
            within,
        }
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Account;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name, or a map")
            }
            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Account, E> {
                Ok(Account {
                    name: Some(name.to_owned()),
                    ..Account::default()
                })
            }
            fn visit_unit<E: serde::de::Error>(self) -> Result<Account, E> {
                Ok(Account::default())
            }
            fn visit_none<E: serde::de::Error>(self) -> Result<Account, E> {
                Ok(Account::default())
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Account, A::Error> {
                Long::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    .map(Account::from)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Account {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Account".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Long::json_schema(generator);
        schema.insert(
            "type".into(),
            serde_json::json!(["string", "number", "object", "null"]),
        );
        schema.insert(
            "description".into(),
            "An account: its name, or a map with more. The key is the provider's own id.".into(),
        );
        schema
    }
}
