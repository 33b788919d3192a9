//! Exports: the ways in which a payer's cost data is delivered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{is_default, one_key_map};

/// One way in which a payer's cost data is delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(transform = one_key_map)]
pub enum Export {
    /// AWS: a legacy Cost and Usage Report.
    Cur(Cur),
    /// AWS: a Data Export (CUR 2.0 or FOCUS).
    DataExport(DataExport),
    /// Azure: a Cost Management export into a storage container.
    CostManagement(CostManagement),
    /// Azure CSP: partner billing through Microsoft Graph. Written `{}`.
    PartnerBilling(PartnerBilling),
    /// Google Cloud: Cloud Billing export to BigQuery.
    #[serde(rename = "bigquery")]
    BigQuery(BigQuery),
    /// OCI: cost or FOCUS reports in Oracle's own bucket.
    Reports(Reports),
}

impl Export {
    /// The word that it is declared with.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Cur(_) => "cur",
            Self::DataExport(_) => "data_export",
            Self::CostManagement(_) => "cost_management",
            Self::PartnerBilling(_) => "partner_billing",
            Self::BigQuery(_) => "bigquery",
            Self::Reports(_) => "reports",
        }
    }

    /// The credential that reads the delivered data, where it is not the payer's.
    #[must_use]
    pub fn read_with(&self) -> Option<&str> {
        match self {
            Self::Cur(export) => export.read_with.as_deref(),
            Self::DataExport(export) => export.read_with.as_deref(),
            Self::CostManagement(export) => export.read_with.as_deref(),
            Self::BigQuery(export) => export.read_with.as_deref(),
            Self::PartnerBilling(_) | Self::Reports(_) => None,
        }
    }

    /// The AWS account that owns the bucket, where it is not the payer.
    #[must_use]
    pub fn bucket_owner(&self) -> Option<&str> {
        match self {
            Self::Cur(export) => export.bucket_owner.as_deref(),
            Self::DataExport(export) => export.bucket_owner.as_deref(),
            _ => None,
        }
    }
}

/// A legacy Cost and Usage Report in an S3 bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cur {
    /// The S3 bucket that the report is delivered to.
    pub bucket: String,
    /// The AWS account that owns the bucket, where it is not the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket_owner: Option<String>,
    /// The region of the bucket.
    pub bucket_region: String,
    /// The report's path prefix. Default: none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prefix: String,
    /// The credential that reads the bucket, where it is not the payer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_with: Option<String>,
    /// The report's name.
    pub report: String,
}

/// An AWS Data Export in an S3 bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataExport {
    /// The S3 bucket that the export is delivered to.
    pub bucket: String,
    /// The AWS account that owns the bucket, where it is not the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket_owner: Option<String>,
    /// The region of the bucket.
    pub bucket_region: String,
    /// The export's name in AWS. Default: the name it is declared under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The export's path prefix. Default: none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prefix: String,
    /// The credential that reads the bucket, where it is not the payer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_with: Option<String>,
    /// The table that is exported, with its version: `COST_AND_USAGE_REPORT`, `FOCUS_1_2_AWS`,
    /// `FOCUS_1_0_AWS`.
    pub table: String,
}

/// What a Cost Management export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Dataset {
    /// Costs as billed.
    ActualCost,
    /// Costs with reservations and savings plans spread over their use.
    AmortizedCost,
    /// Costs in the FOCUS columns.
    FocusCost,
}

/// A Cost Management export into a blob container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostManagement {
    /// The blob container.
    pub container: String,
    /// What the export holds.
    pub dataset: Dataset,
    /// The folder in the container.
    #[serde(default, skip_serializing_if = "is_default")]
    pub directory: String,
    /// The export's name in Azure. Default: the one of the declared dataset and destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The credential that reads the container, where it is not the payer's: often an `azure_sas`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_with: Option<String>,
    /// The scope that the export is defined at. Default: the payer's billing scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The storage account's resource id,
    /// `/subscriptions/…/resourceGroups/…/providers/Microsoft.Storage/storageAccounts/…`.
    pub storage: String,
}

/// Partner billing of a CSP partner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBilling {}

/// Which Cloud Billing export table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BigQueryTable {
    /// `gcp_billing_export_v1_…`
    #[default]
    Standard,
    /// `gcp_billing_export_resource_v1_…`: with resources.
    Detailed,
    /// `gcp_billing_export_focus_…`, in Google's linked dataset.
    Focus,
}

/// Cloud Billing export to BigQuery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BigQuery {
    /// Project and dataset, `project.dataset`.
    pub dataset: String,
    /// The dataset's location, for example `EU` or `us-central1`.
    pub location: String,
    /// The project that queries run in, where it is not the dataset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_project: Option<String>,
    /// The credential that reads the table, where it is not the payer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_with: Option<String>,
    /// Which table. Default: standard.
    #[serde(default, skip_serializing_if = "is_default")]
    pub table: BigQueryTable,
}

/// Which reports of OCI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// FOCUS reports.
    #[default]
    Focus,
    /// Cost reports. (Usage reports were ended by Oracle.)
    Cost,
}

/// OCI's reports, in namespace `bling`, in the bucket named after the root tenancy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// Which reports. Default: focus.
    #[serde(default, skip_serializing_if = "is_default")]
    pub format: ReportFormat,
}
