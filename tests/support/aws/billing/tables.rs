//! The tables that Data Exports offers, with their properties and some of their columns.
//! <https://docs.aws.amazon.com/cur/latest/userguide/dataexports-table-dictionary.html>

use serde_json::{Map, Value, json};

pub struct Table {
    pub name: &'static str,
    description: &'static str,
    properties: &'static [Property],
    columns: &'static [(&'static str, &'static str)],
}

struct Property {
    name: &'static str,
    values: &'static [&'static str],
    default: &'static str,
}

const BOOLEAN: &[&str] = &["TRUE", "FALSE"];

const GRANULARITY: Property = Property {
    name: "TIME_GRANULARITY",
    values: &["HOURLY", "DAILY", "MONTHLY"],
    default: "HOURLY",
};

const fn flag(name: &'static str) -> Property {
    Property {
        name,
        values: BOOLEAN,
        default: "FALSE",
    }
}

/// The property that names whose bill it is; AWS fills it in with the account's own.
const BILLING_VIEW: &str = "BILLING_VIEW_ARN";

const FOCUS: &[(&str, &str)] = &[
    ("BilledCost", "double"),
    ("BillingAccountId", "string"),
    ("BillingCurrency", "string"),
    ("BillingPeriodStart", "timestamp"),
    ("ChargePeriodStart", "timestamp"),
    ("EffectiveCost", "double"),
    ("ServiceName", "string"),
    ("SubAccountId", "string"),
];

pub const TABLES: &[Table] = &[
    Table {
        name: "CARBON_EMISSIONS",
        description: "Carbon emissions",
        properties: &[],
        columns: &[
            ("payer_account_id", "string"),
            ("usage_account_id", "string"),
        ],
    },
    Table {
        name: "COST_AND_USAGE_REPORT",
        description: "CUR 2.0",
        properties: &[
            GRANULARITY,
            flag("INCLUDE_RESOURCES"),
            flag("INCLUDE_SPLIT_COST_ALLOCATION_DATA"),
            flag("INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY"),
            Property {
                name: BILLING_VIEW,
                values: &[],
                default: "",
            },
        ],
        columns: &[
            ("bill_billing_period_start_date", "timestamp"),
            ("bill_payer_account_id", "string"),
            ("line_item_currency_code", "string"),
            ("line_item_unblended_cost", "double"),
            ("line_item_usage_account_id", "string"),
            ("line_item_usage_start_date", "timestamp"),
        ],
    },
    Table {
        name: "COST_OPTIMIZATION_RECOMMENDATIONS",
        description: "Cost optimization recommendations",
        properties: &[
            flag("INCLUDE_ALL_RECOMMENDATIONS"),
            Property {
                name: "FILTER",
                values: &[],
                default: "{}",
            },
        ],
        columns: &[("account_id", "string"), ("recommendation_id", "string")],
    },
    Table {
        name: "FOCUS_1_0_AWS",
        description: "FOCUS 1.0 with AWS columns",
        properties: &[],
        columns: FOCUS,
    },
    Table {
        name: "FOCUS_1_2_AWS",
        description: "FOCUS 1.2 with AWS columns",
        properties: &[GRANULARITY],
        columns: FOCUS,
    },
];

pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

impl Table {
    /// The configuration that AWS keeps for it: every property, with what was given in place of the
    /// default.
    ///
    /// # Errors
    /// A property or value that it does not have.
    pub fn configured(&self, given: &Value, account: &str) -> Result<Value, String> {
        let mut all = self.defaults(account);
        for (name, value) in given.as_object().into_iter().flatten() {
            let Some(property) = self.properties.iter().find(|known| known.name == name) else {
                return Err(format!(
                    "Table property {name} is not valid for table {}",
                    self.name
                ));
            };
            let text = value.as_str().unwrap_or_default();
            if !property.values.is_empty() && !property.values.contains(&text) {
                return Err(format!(
                    "{text} is not a valid value for table property {name}"
                ));
            }
            all.insert(name.clone(), value.clone());
        }
        Ok(all.into())
    }

    fn defaults(&self, account: &str) -> Map<String, Value> {
        let default = |property: &Property| {
            let value = match property.name {
                BILLING_VIEW => format!("arn:aws:billing::{account}:billingview/primary"),
                _ => property.default.to_owned(),
            };
            (property.name.to_owned(), value.into())
        };
        self.properties.iter().map(default).collect()
    }

    /// Columns that a query may select, for a `SELECT`.
    pub fn columns(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    pub fn listed(&self) -> Value {
        let property = |property: &Property| {
            let mut told = json!({"Name": property.name, "DefaultValue": property.default});
            if !property.values.is_empty() {
                told["ValidValues"] = json!(property.values);
            }
            told
        };
        let properties: Vec<Value> = self.properties.iter().map(property).collect();
        json!({"TableName": self.name, "Description": self.description, "TableProperties": properties})
    }

    pub fn described(&self, properties: &Value) -> Value {
        let column = |(name, kind): &(&str, &str)| json!({"Name": name, "Type": kind});
        let columns: Vec<Value> = self.columns.iter().map(column).collect();
        json!({
            "TableName": self.name,
            "Description": self.description,
            "TableProperties": properties,
            "Schema": columns,
        })
    }
}
