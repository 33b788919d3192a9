//! The columns that cost data needs, by kind of export. Sources: "Structure of standard/detailed data
//! export", "Structure of FOCUS data export". Google adds columns over time; those are no difference.

use super::super::client::bigquery::Table;
use crate::model::spec::BigQueryTable;

const STANDARD: &[&str] = &[
    "billing_account_id",
    "service",
    "sku",
    "usage_start_time",
    "usage_end_time",
    "project",
    "labels",
    "location",
    "export_time",
    "cost",
    "currency",
    "usage",
    "credits",
    "invoice",
    "cost_type",
];

const FOCUS: &[&str] = &[
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "EffectiveCost",
    "ListCost",
    "ServiceName",
    "SubAccountId",
    "x_ExportTime",
];

/// The columns that are wanted and not there.
pub fn missing(kind: BigQueryTable, table: &Table) -> Vec<&'static str> {
    let lacks = |name: &&&str| !table.has(name);
    match kind {
        BigQueryTable::Standard => STANDARD.iter().filter(lacks).copied().collect(),
        BigQueryTable::Detailed => {
            let all = STANDARD.iter().chain(&["resource"]);
            all.filter(lacks).copied().collect()
        }
        BigQueryTable::Focus => FOCUS.iter().filter(lacks).copied().collect(),
    }
}

/// The columns that say when a row was exported, and until when it is charged for.
pub const fn times(kind: BigQueryTable) -> (&'static str, &'static str) {
    match kind {
        BigQueryTable::Standard | BigQueryTable::Detailed => ("export_time", "usage_end_time"),
        BigQueryTable::Focus => ("x_ExportTime", "ChargePeriodEnd"),
    }
}
