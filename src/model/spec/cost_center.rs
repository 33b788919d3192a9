//! Cost centres and their budgets.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::leaf::{Leaf, LeafError};
use crate::model::money::{Amount, Currency};
use crate::model::parents::{Parents, is_top};
use crate::model::time::Month;

/// A cost centre: a node in the tree that costs fall on. The key is its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostCenter {
    /// Percentages of the budget at which people are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<u16>,
    /// The first month in which costs may fall on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Month>,
    /// Who answers for it. Default: the parent's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<Manager>,
    /// Its name.
    pub name: String,
    /// The cost centre above it, whole time or by month. Default: none.
    #[serde(default, skip_serializing_if = "is_top")]
    pub parent: Option<Parents>,
    /// Codes that it had before: it is renamed, not created again.
    #[serde(default, skip_serializing)]
    pub previously: Vec<String>,
    /// Whether removal needs an apply that lifts the protection first. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    /// The last month in which costs may fall on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Month>,
}

/// Who answers for a cost centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manager {
    pub email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The budget of one cost centre for one fiscal year: an amount for the year, or amounts by month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Budget {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Default: the structure's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(flatten)]
    pub months: BTreeMap<Month, Amount>,
}

/// A key in a budget's map.
pub enum BudgetKey {
    Amount,
    Currency,
    Month(Month),
}

impl Leaf for BudgetKey {
    const NAME: &'static str = "bursar::BudgetKey";
    const PLACEHOLDER: &'static str = Month::PLACEHOLDER;

    fn parse(text: &str) -> Result<Self, LeafError> {
        match text {
            "amount" => Ok(Self::Amount),
            "currency" => Ok(Self::Currency),
            _ => Month::parse(text).map(Self::Month).map_err(|_| {
                LeafError::new(
                    "value.month",
                    "a budget has months, `amount` and `currency`, and this is none of them",
                    "write months as `YYYY-MM`, for example `2026-04: 9000`",
                )
            }),
        }
    }
}

impl<'de> Deserialize<'de> for BudgetKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = BudgetKey;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a month, `amount` or `currency`")
            }
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<BudgetKey, D::Error> {
                deserializer.deserialize_str(self)
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<BudgetKey, E> {
                BudgetKey::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_newtype_struct(Self::NAME, Visitor)
    }
}

impl<'de> Deserialize<'de> for Budget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Budget;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount, or a map")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Budget, E> {
                let amount = Amount::parse(text).map_err(E::custom)?;
                Ok(Budget {
                    amount: Some(amount),
                    ..Budget::default()
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Budget, A::Error> {
                let mut budget = Budget::default();
                while let Some(key) = map.next_key()? {
                    match key {
                        BudgetKey::Amount => budget.amount = map.next_value()?,
                        BudgetKey::Currency => budget.currency = map.next_value()?,
                        BudgetKey::Month(month) => {
                            budget.months.insert(month, map.next_value()?);
                        }
                    }
                }
                Ok(budget)
            }
        }
        // A bare amount is a leaf: named, so that the reader can report it with the others.
        deserializer.deserialize_newtype_struct("bursar::Budget", BudgetOrAmount(Visitor))
    }
}

/// Lets a deserializer that knows leaves see whether the budget is a bare amount.
struct BudgetOrAmount<V>(V);

impl<'de, V: serde::de::Visitor<'de>> serde::de::Visitor<'de> for BudgetOrAmount<V> {
    type Value = V::Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<V::Value, E> {
        self.0.visit_str(text)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(map)
    }
}

impl JsonSchema for Budget {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Budget".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let amount = generator.subschema_for::<Amount>();
        let currency = generator.subschema_for::<Currency>();
        schemars::json_schema!({
            "description": "A budget: an amount for the year, a map with `amount` and `currency`, or a map of months.",
            "type": ["string", "number", "object"],
            "properties": {"amount": amount, "currency": currency},
            "additionalProperties": amount,
            "minProperties": 1,
        })
    }
}
