//! BigQuery: a dataset, its tables, and the one query that bursar has, which is understood word for
//! word and run over the rows that are there.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use super::services::held;
use super::state::{Dataset, State, Table};

type Outcome = Result<Value, Refusal>;

pub fn answer(state: &mut State, call: &Call<'_>) -> Outcome {
    match call.found.method.id.as_str() {
        "bigquery.datasets.get" => {
            let dataset = dataset(state, call, "bigquery.datasets.get")?;
            let access: Vec<Value> = dataset
                .owners
                .iter()
                .map(|owner| json!({"role": "OWNER", "userByEmail": owner}))
                .collect();
            Ok(json!({
                "kind": "bigquery#dataset",
                "id": format!("{}:{}", dataset.project, dataset.name),
                "datasetReference": {"projectId": dataset.project, "datasetId": dataset.name},
                "location": dataset.location,
                "type": if dataset.linked { "LINKED" } else { "DEFAULT" },
                "creationTime": "1700000000000",
                "lastModifiedTime": "1700000000000",
                "access": access,
            }))
        }
        "bigquery.tables.list" => tables(state, call),
        "bigquery.tables.get" => {
            let dataset = dataset(state, call, "bigquery.tables.get")?;
            let table = table(dataset, call.at("tableId"))?;
            Ok(described(dataset, table))
        }
        "bigquery.tables.testIamPermissions" => {
            let resource = call.at("resource");
            let mut parts = resource.split('/').skip(1).step_by(2);
            let [project, name, id] =
                [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
            let found = state
                .dataset(project, name)
                .filter(|one| table(one, id).is_ok());
            let found = found.ok_or_else(|| {
                Refusal::missing(format!("Not found: Table {project}:{name}.{id}"))
            })?;
            Ok(held(
                state,
                call,
                &format!("datasets/{}.{}", found.project, found.name),
            ))
        }
        "bigquery.jobs.query" => query(state, call),
        other => Err(Refusal::new(
            501,
            "UNIMPLEMENTED",
            format!("the stand-in has no {other}"),
        )),
    }
}

/// The dataset in the path, for who has a permission on it. One that is not there is not found by those
/// who may do something in its project.
fn dataset<'s>(
    state: &'s State,
    call: &Call<'_>,
    permission: &str,
) -> Result<&'s Dataset, Refusal> {
    let (project, name) = (call.at("projectId"), call.at("datasetId"));
    let Some(found) = state.dataset(project, name) else {
        return Err(Refusal::missing(format!(
            "Not found: Dataset {project}:{name}"
        )));
    };
    if !state.allows(
        call.member,
        permission,
        &format!("datasets/{project}.{name}"),
    ) {
        return Err(Refusal::denied(format!(
            "Access Denied: Dataset {project}:{name}: Permission {permission} denied on dataset \
             {project}:{name} (or it may not exist)."
        )));
    }
    Ok(found)
}

fn table<'d>(dataset: &'d Dataset, name: &str) -> Result<&'d Table, Refusal> {
    let found = dataset.tables.iter().find(|one| one.name == name);
    found.ok_or_else(|| {
        let Dataset {
            project, name: of, ..
        } = dataset;
        Refusal::missing(format!("Not found: Table {project}:{of}.{name}"))
    })
}

fn reference(dataset: &Dataset, table: &Table) -> Value {
    json!({"projectId": dataset.project, "datasetId": dataset.name, "tableId": table.name})
}

fn tables(state: &mut State, call: &Call<'_>) -> Outcome {
    let found = dataset(state, call, "bigquery.tables.list")?;
    let item = |one: &Table| json!({"kind": "bigquery#table", "tableReference": reference(found, one), "type": "TABLE"});
    let items: Vec<Value> = found.tables.iter().map(item).collect();
    let count = items.len();
    let token = call.query("pageToken").map(str::to_owned);
    let mut page = state
        .cut(items, token.as_deref(), "tables")
        .ok_or_else(|| Refusal::invalid("Invalid page token"))?;
    page["totalItems"] = count.into();
    Ok(page)
}

fn millis(at: Timestamp) -> String {
    at.as_millisecond().to_string()
}

fn described(dataset: &Dataset, table: &Table) -> Value {
    let field =
        |(name, kind): &(String, &str)| json!({"name": name, "type": kind, "mode": "NULLABLE"});
    let mut value = json!({
        "kind": "bigquery#table",
        "tableReference": reference(dataset, table),
        "type": "TABLE",
        "location": dataset.location,
        "creationTime": millis(table.made),
        "lastModifiedTime": table.written.as_millisecond().to_string(),
        "numRows": table.rows.len().to_string(),
        "numBytes": table.bytes.to_string(),
        "schema": {"fields": table.columns.iter().map(field).collect::<Vec<_>>()},
    });
    if let Some(kind) = table.partitioned {
        value["timePartitioning"] = json!({"type": kind});
    }
    value
}

fn query(state: &mut State, call: &Call<'_>) -> Outcome {
    let project = call.at("projectId");
    let body = call.body;
    if !state.allows(
        call.member,
        "bigquery.jobs.create",
        &format!("projects/{project}"),
    ) {
        return Err(Refusal::denied(format!(
            "Access Denied: Project {project}: User does not have bigquery.jobs.create permission in \
             project {project}."
        )));
    }
    if body["useLegacySql"] != false {
        return Err(Refusal::invalid("legacy SQL").reason("invalidQuery"));
    }
    let text = body["query"].as_str().unwrap_or_default().to_owned();
    let asked = Asked::read(&text)
        .ok_or_else(|| Refusal::invalid(format!("Syntax error: {text}")).reason("invalidQuery"))?;
    let dry = body["dryRun"] == true;
    let Asked {
        table: name,
        columns,
        since,
    } = &asked;
    let [of, dataset_name, table_name] = name;
    let location = body["location"].as_str().unwrap_or("US");
    let found = state.dataset(of, dataset_name);
    let found = found
        .filter(|one| one.location.eq_ignore_ascii_case(location))
        .ok_or_else(|| {
            Refusal::missing(format!(
                "Not found: Dataset {of}:{dataset_name} was not found in location {location}"
            ))
        })?;
    if !state.allows(
        call.member,
        "bigquery.tables.getData",
        &format!("datasets/{of}.{dataset_name}"),
    ) {
        return Err(Refusal::denied(format!(
            "Access Denied: Table {of}:{dataset_name}.{table_name}: User does not have permission to \
             query table {of}:{dataset_name}.{table_name}, or perhaps it does not exist."
        )));
    }
    let table = table(found, table_name)?;
    for column in columns {
        if !table.columns.iter().any(|(name, _)| name == column) {
            return Err(
                Refusal::invalid(format!("Unrecognized name: {column}")).reason("invalidQuery")
            );
        }
    }
    if since.is_some() != table.partitioned.is_some() {
        return Err(Refusal::invalid("Unrecognized name: _PARTITIONTIME").reason("invalidQuery"));
    }
    let reference = json!({"projectId": project, "jobId": "job_1", "location": location});
    if dry {
        let bytes = table.bytes.to_string();
        state.queries.push((text, true));
        return Ok(json!({
            "kind": "bigquery#queryResponse",
            "jobReference": {"projectId": project, "location": location},
            "jobComplete": true,
            "totalBytesProcessed": bytes,
        }));
    }
    let most: u64 = body["maximumBytesBilled"]
        .as_str()
        .and_then(|most| most.parse().ok())
        .unwrap_or(u64::MAX);
    if table.bytes > most {
        return Err(Refusal::invalid(format!(
            "Query exceeded limit for bytes billed: {most}. {} or higher required.",
            table.bytes
        ))
        .reason("bytesBilledLimitExceeded"));
    }
    // Rows arrive when they are exported: that is their partition.
    let rows = table
        .rows
        .iter()
        .filter(|(exported, _)| since.is_none_or(|since| *exported >= since));
    let rows: Vec<_> = rows.collect();
    let cell = |moment: Option<Timestamp>| match moment {
        Some(at) => json!({"v": at.as_microsecond().to_string()}),
        None => json!({"v": null}),
    };
    let newest = cell(rows.iter().map(|(exported, _)| *exported).max());
    let through = cell(rows.iter().map(|(_, through)| *through).max());
    let bytes = table.bytes.to_string();
    state.queries.push((text, false));
    Ok(json!({
        "kind": "bigquery#queryResponse",
        "jobReference": reference,
        "jobComplete": true,
        "schema": {"fields": [
            {"name": "exported", "type": "TIMESTAMP", "mode": "NULLABLE"},
            {"name": "through", "type": "TIMESTAMP", "mode": "NULLABLE"},
        ]},
        "rows": [{"f": [newest, through]}],
        "totalRows": "1",
        "totalBytesProcessed": bytes,
        "cacheHit": false,
    }))
}

/// The one query that is understood.
struct Asked {
    table: [String; 3],
    columns: [String; 2],
    since: Option<Timestamp>,
}

impl Asked {
    fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("SELECT MAX(")?;
        let (exported, rest) = rest.split_once(") AS exported, MAX(")?;
        let (through, rest) = rest.split_once(") AS through FROM `")?;
        let (table, rest) = rest.split_once('`')?;
        let (table, name) = table.rsplit_once('.')?;
        let (project, dataset) = table.rsplit_once('.')?;
        let since = match rest {
            "" => None,
            rest => {
                let day = rest.strip_prefix(" WHERE _PARTITIONTIME >= TIMESTAMP('")?;
                let day = day.strip_suffix("')")?;
                Some(format!("{day}T00:00:00Z").parse().ok()?)
            }
        };
        Some(Self {
            table: [project.to_owned(), dataset.to_owned(), name.to_owned()],
            columns: [exported.to_owned(), through.to_owned()],
            since,
        })
    }
}
