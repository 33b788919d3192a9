//! AWS Data Exports: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_AWS_Billing_and_Cost_Management_Data_Exports.html>.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::tables::{TABLES, table};
use super::{Call, Failure, State, iso};

/// The most items on a page, and how many come where nobody asks for less.
const PAGE: usize = 300;

#[derive(Debug, Clone)]
pub struct Export {
    pub account: String,
    pub arn: String,
    /// As it was created, with what AWS adds.
    pub definition: Value,
    pub health: Health,
    pub created: Timestamp,
    pub updated: Timestamp,
    /// The last time that data was refreshed; none before the first.
    pub refreshed: Option<Timestamp>,
    pub executions: Vec<Execution>,
}

/// `StatusCode` and `StatusReason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Healthy,
    /// With a reason: `INSUFFICIENT_PERMISSION`, `BILL_OWNER_CHANGED`, `INTERNAL_FAILURE`,
    /// `DEPRECATED`.
    Unhealthy(&'static str),
}

#[derive(Debug, Clone)]
pub struct Execution {
    pub id: String,
    /// For example `DELIVERY_SUCCESS`.
    pub status: &'static str,
    pub reason: Option<&'static str>,
    pub created: Timestamp,
    pub completed: Option<Timestamp>,
}

impl Export {
    pub fn name(&self) -> &str {
        self.definition["Name"].as_str().unwrap_or_default()
    }

    /// A run that delivered at this moment.
    pub fn delivered(&mut self, at: Timestamp) {
        self.refreshed = Some(at);
        self.executions.push(Execution {
            id: unique(),
            status: "DELIVERY_SUCCESS",
            reason: None,
            created: at,
            completed: Some(at),
        });
    }

    fn status(&self) -> Value {
        let mut status =
            json!({"CreatedAt": iso(self.created), "LastUpdatedAt": iso(self.updated)});
        status["StatusCode"] = match self.health {
            Health::Healthy => "HEALTHY".into(),
            Health::Unhealthy(reason) => {
                status["StatusReason"] = reason.into();
                "UNHEALTHY".into()
            }
        };
        if let Some(at) = self.refreshed {
            status["LastRefreshedAt"] = iso(at).into();
        }
        status
    }
}

impl Execution {
    fn told(&self) -> Value {
        let mut status = json!({"StatusCode": self.status, "CreatedAt": iso(self.created)});
        if let Some(reason) = self.reason {
            status["StatusReason"] = reason.into();
        }
        if let Some(at) = self.completed {
            status["CompletedAt"] = iso(at).into();
        }
        status
    }
}

/// What policies name.
pub fn resources(call: &Call<'_>) -> Vec<String> {
    let arn = |rest: String| {
        format!(
            "arn:aws:bcm-data-exports:us-east-1:{}:{rest}",
            call.caller.account
        )
    };
    match call.operation {
        "CreateExport" => {
            let from = table_of(&call.input["Export"]).unwrap_or("*");
            vec![arn("export/*".to_owned()), arn(format!("table/{from}"))]
        }
        "GetTable" => vec![arn(format!("table/{}", call.text("TableName")))],
        "ListExports" | "ListTables" => vec!["*".to_owned()],
        _ => vec![call.text("ExportArn").to_owned()],
    }
}

pub fn answer(state: &mut State, call: &Call<'_>) -> Result<Value, Failure> {
    let pages = state.pages;
    let cut = |items: Vec<Value>, name: &str| {
        let (page, next) = pages
            .cut(call, items, PAGE)
            .ok_or_else(|| refused("Invalid NextToken").with("Reason", "fieldValidationFailed"))?;
        let mut answer = json!({name: page});
        if let Some(next) = next {
            answer["NextToken"] = next.into();
        }
        Ok(answer)
    };
    match call.operation {
        "CreateExport" => create(state, call),
        "UpdateExport" => update(state, call),
        "DeleteExport" => {
            let arn = own(state, call)?.arn.clone();
            state.exports.retain(|export| export.arn != arn);
            Ok(json!({"ExportArn": arn}))
        }
        "GetExport" => {
            let export = own(state, call)?;
            Ok(json!({"Export": export.definition, "ExportStatus": export.status()}))
        }
        "ListExports" => {
            let all = state.exports.iter();
            let reference = |export: &Export| json!({"ExportArn": export.arn, "ExportName": export.name(), "ExportStatus": export.status()});
            let own = all.filter(|export| export.account == call.caller.account);
            cut(own.map(reference).collect(), "Exports")
        }
        "ListExecutions" => {
            // The newest first.
            let all = own(state, call)?.executions.iter().rev();
            let reference =
                |run: &Execution| json!({"ExecutionId": run.id, "ExecutionStatus": run.told()});
            let all = all.map(reference).collect();
            cut(all, "Executions")
        }
        "GetExecution" => {
            let export = own(state, call)?;
            let id = call.text("ExecutionId");
            let run = export.executions.iter().find(|run| run.id == id);
            let run = run.ok_or_else(|| missing("Execution", id))?;
            let status = run.told();
            Ok(json!({"ExecutionId": id, "Export": export.definition, "ExecutionStatus": status}))
        }
        "ListTables" => cut(
            TABLES.iter().map(super::tables::Table::listed).collect(),
            "Tables",
        ),
        "GetTable" => {
            let name = call.text("TableName");
            let table =
                table(name).ok_or_else(|| refused(&format!("Table {name} is not found")))?;
            let given = &call.input["TableProperties"];
            let properties = table.configured(given, &call.caller.account);
            Ok(table.described(&properties.map_err(|error| refused(&error))?))
        }
        other => Err(super::not_built(other)),
    }
}

fn create(state: &mut State, call: &Call<'_>) -> Result<Value, Failure> {
    let account = call.caller.account.clone();
    let definition = accepted(&call.input["Export"], &account)?;
    let name = definition["Name"].as_str().unwrap_or_default();
    let taken = |export: &Export| export.account == account && export.name() == name;
    if state.exports.iter().any(taken) {
        return Err(refused(&format!("Export with name {name} already exists")));
    }
    let arn = format!(
        "arn:aws:bcm-data-exports:us-east-1:{account}:export/{name}-{}",
        unique()
    );
    let mut definition = definition;
    definition["ExportArn"] = arn.clone().into();
    state.exports.push(Export {
        account,
        arn: arn.clone(),
        definition,
        health: Health::Healthy,
        created: call.now,
        updated: call.now,
        refreshed: None,
        executions: Vec::new(),
    });
    Ok(json!({"ExportArn": arn}))
}

fn update(state: &mut State, call: &Call<'_>) -> Result<Value, Failure> {
    let mut definition = accepted(&call.input["Export"], &call.caller.account)?;
    let export = own(state, call)?;
    if definition["Name"] != export.definition["Name"] {
        return Err(refused("The name of an export cannot be changed"));
    }
    if table_of(&definition) != table_of(&export.definition) {
        return Err(refused("The table of an export cannot be changed"));
    }
    definition["ExportArn"] = export.arn.clone().into();
    export.definition = definition;
    export.updated = call.now;
    Ok(json!({"ExportArn": export.arn}))
}

/// A definition as AWS keeps it.
fn accepted(given: &Value, account: &str) -> Result<Value, Failure> {
    let mut definition = given.clone();
    let name = table_of(given).ok_or_else(|| refused("QueryStatement is not valid"))?;
    let table = table(name).ok_or_else(|| refused(&format!("Table {name} is not found")))?;
    let given = &given["DataQuery"]["TableConfigurations"];
    for other in given.as_object().into_iter().flat_map(|all| all.keys()) {
        if other != name {
            return Err(refused(&format!(
                "Table {other} is not in the QueryStatement"
            )));
        }
    }
    let properties = table.configured(&given[name], account);
    let properties = properties.map_err(|error| refused(&error))?;
    if properties.as_object().is_some_and(|all| !all.is_empty()) {
        definition["DataQuery"]["TableConfigurations"] = json!({name: properties});
    }
    let output =
        &definition["DestinationConfigurations"]["S3Destination"]["S3OutputConfigurations"];
    if (output["Format"] == "PARQUET") != (output["Compression"] == "PARQUET") {
        return Err(refused("Format and Compression do not go together"));
    }
    Ok(definition)
}

/// The table that a definition selects from.
fn table_of(definition: &Value) -> Option<&str> {
    let query = definition["DataQuery"]["QueryStatement"].as_str()?;
    let mut words = query.split_whitespace();
    (words.next()?.eq_ignore_ascii_case("SELECT")).then_some(())?;
    words.find(|word| word.eq_ignore_ascii_case("FROM"))?;
    words.next()
}

fn own<'a>(state: &'a mut State, call: &Call<'_>) -> Result<&'a mut Export, Failure> {
    let arn = call.text("ExportArn");
    let own = |export: &&mut Export| export.arn == arn && export.account == call.caller.account;
    let found = state.exports.iter_mut().find(own);
    found.ok_or_else(|| missing("Export", arn))
}

fn refused(message: &str) -> Failure {
    Failure::new("ValidationException", message).with("Reason", "other")
}

fn missing(kind: &str, id: &str) -> Failure {
    Failure::new("ResourceNotFoundException", format!("{kind} not found"))
        .with("ResourceId", id)
        .with("ResourceType", kind)
}

/// An id in the form of a UUID.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{number:08x}-0000-4000-8000-{:012x}", std::process::id())
}
