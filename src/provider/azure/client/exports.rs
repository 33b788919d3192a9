//! Cost Management exports, API version 2025-03-01
//! (<https://learn.microsoft.com/rest/api/cost-management/exports>).

use jiff::Timestamp;
use serde::Deserialize;

use super::session::Session;
use super::text;
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

const VERSION: &str = "2025-03-01";

const LIST: Call = Call {
    name: "CostManagement:Exports_List",
    action: "Microsoft.CostManagement/exports/read",
};

const GET: Call = Call {
    name: "CostManagement:Exports_Get",
    action: "Microsoft.CostManagement/exports/read",
};

/// An export as Azure has it. Texts are empty where Azure leaves them out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definition {
    pub id: String,
    pub name: String,
    /// `ActualCost`, `AmortizedCost`, `FocusCost` and others.
    pub dataset: String,
    pub timeframe: String,
    pub granularity: String,
    /// The version of the dataset's columns.
    pub version: String,
    /// `Csv` or `Parquet`.
    pub format: String,
    /// `gzip`, `snappy` or `none`.
    pub compression: String,
    /// `OverwritePreviousReport` or `CreateNewReport`.
    pub overwrite: String,
    /// Whether files are split and described by a manifest.
    pub partitioned: bool,
    /// The storage account's resource id; empty where the destination is named with a SAS token.
    pub storage: String,
    /// The storage account's name, where the destination is named with a SAS token.
    pub storage_account: String,
    pub container: String,
    pub directory: String,
    /// `Active` or `Inactive`; empty for an export that runs only when somebody starts it.
    pub schedule: String,
    pub recurrence: String,
    pub starts: Option<Timestamp>,
    /// When the schedule ends by itself.
    pub ends: Option<Timestamp>,
    pub suspended: Option<String>,
    /// The newest run: a list holds no more.
    pub runs: Vec<Run>,
}

/// One run of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    pub status: String,
    pub submitted: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub code: Option<String>,
    pub message: Option<String>,
}

/// The newest ten runs of an export.
///
/// # Errors
/// Where they cannot be read.
pub async fn runs(session: &Session, scope: &str, name: &str) -> Result<Vec<Run>, Trouble> {
    let path = format!("{scope}/providers/Microsoft.CostManagement/exports/{name}");
    let found: wire::Export = session
        .get_with(&GET, &path, VERSION, &[("$expand", "runHistory")])
        .await?;
    Ok(Definition::from(found).runs)
}

/// The exports at a scope, each with its newest run.
///
/// # Errors
/// Where they cannot be listed.
pub async fn list(session: &Session, scope: &str) -> Result<Vec<Definition>, Trouble> {
    let path = format!("{scope}/providers/Microsoft.CostManagement/exports");
    let found: Vec<wire::Export> = session
        .list(&LIST, &path, VERSION, &[("$expand", "runHistory")])
        .await?;
    Ok(found.into_iter().map(Definition::from).collect())
}

impl From<wire::Export> for Definition {
    fn from(export: wire::Export) -> Self {
        let properties = export.properties;
        let destination = properties.delivery_info.destination;
        let data_set = properties.definition.data_set.unwrap_or_default();
        let schedule = properties.schedule.unwrap_or_default();
        let period = schedule.recurrence_period.unwrap_or_default();
        Self {
            id: export.id,
            name: export.name,
            dataset: properties.definition.kind,
            timeframe: properties.definition.timeframe,
            granularity: data_set.granularity,
            version: data_set.configuration.unwrap_or_default().data_version,
            format: properties.format,
            compression: properties.compression_mode,
            overwrite: properties.data_overwrite_behavior,
            partitioned: properties.partition_data,
            storage: destination.resource_id,
            storage_account: destination.storage_account,
            container: destination.container,
            directory: destination.root_folder_path,
            schedule: schedule.status,
            recurrence: schedule.recurrence,
            starts: period.from.as_deref().and_then(moment),
            ends: period.to.as_deref().and_then(moment),
            suspended: properties.system_suspension_context.map(|one| {
                match one.suspension_reason.as_str() {
                    "" => one.suspension_code,
                    reason => reason.to_owned(),
                }
            }),
            runs: properties
                .run_history
                .unwrap_or_default()
                .value
                .into_iter()
                .map(Run::from)
                .collect(),
        }
    }
}

impl From<wire::Execution> for Run {
    fn from(execution: wire::Execution) -> Self {
        let run = execution.properties;
        let error = run.error.unwrap_or_default();
        Self {
            status: run.status,
            submitted: run.submitted_time.as_deref().and_then(moment),
            ended: run.processing_end_time.as_deref().and_then(moment),
            code: error.code,
            message: error.message,
        }
    }
}

/// A moment as Azure writes it; without a zone it is UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .or_else(|| format!("{text}Z").parse().ok())
}

/// The JSON of Azure, as far as it is read.
mod wire {
    use super::{Deserialize, text};

    #[derive(Deserialize)]
    pub struct Export {
        #[serde(default, deserialize_with = "text")]
        pub id: String,
        pub name: String,
        pub properties: Properties,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Properties {
        pub definition: Definition,
        pub delivery_info: DeliveryInfo,
        #[serde(default, deserialize_with = "text")]
        pub format: String,
        #[serde(default, deserialize_with = "text")]
        pub compression_mode: String,
        #[serde(default, deserialize_with = "text")]
        pub data_overwrite_behavior: String,
        #[serde(default)]
        pub partition_data: bool,
        pub schedule: Option<Schedule>,
        pub run_history: Option<RunHistory>,
        pub system_suspension_context: Option<Suspension>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Suspension {
        #[serde(default, deserialize_with = "text")]
        pub suspension_code: String,
        #[serde(default, deserialize_with = "text")]
        pub suspension_reason: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Definition {
        #[serde(rename = "type")]
        pub kind: String,
        #[serde(default, deserialize_with = "text")]
        pub timeframe: String,
        pub data_set: Option<DataSet>,
    }

    #[derive(Deserialize, Default)]
    pub struct DataSet {
        #[serde(default, deserialize_with = "text")]
        pub granularity: String,
        pub configuration: Option<Configuration>,
    }

    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Configuration {
        #[serde(default, deserialize_with = "text")]
        pub data_version: String,
    }

    #[derive(Deserialize)]
    pub struct DeliveryInfo {
        pub destination: Destination,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Destination {
        #[serde(default, deserialize_with = "text")]
        pub resource_id: String,
        #[serde(default, deserialize_with = "text")]
        pub storage_account: String,
        pub container: String,
        #[serde(default, deserialize_with = "text")]
        pub root_folder_path: String,
    }

    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase")]
    pub struct Schedule {
        #[serde(default, deserialize_with = "text")]
        pub status: String,
        #[serde(default, deserialize_with = "text")]
        pub recurrence: String,
        pub recurrence_period: Option<Period>,
    }

    #[derive(Deserialize, Default)]
    pub struct Period {
        pub from: Option<String>,
        pub to: Option<String>,
    }

    #[derive(Deserialize, Default)]
    pub struct RunHistory {
        #[serde(default)]
        pub value: Vec<Execution>,
    }

    #[derive(Deserialize)]
    pub struct Execution {
        pub properties: ExecutionProperties,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct ExecutionProperties {
        #[serde(default, deserialize_with = "text")]
        pub status: String,
        pub submitted_time: Option<String>,
        pub processing_end_time: Option<String>,
        pub error: Option<Error>,
    }

    #[derive(Deserialize, Default)]
    pub struct Error {
        pub code: Option<String>,
        pub message: Option<String>,
    }
}
