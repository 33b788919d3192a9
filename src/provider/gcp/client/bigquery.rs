//! BigQuery v2: a dataset, its tables, and queries that are bounded.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{GOOGLE, Session, escaped, pages, test_permissions, url};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::{Kind, Trouble};

const SERVICE: &str = "bigquery";

const GET_DATASET: Call = Call {
    name: "BigQuery:GetDataset",
    action: "bigquery.datasets.get",
};
const LIST_TABLES: Call = Call {
    name: "BigQuery:ListTables",
    action: "bigquery.tables.list",
};
const GET_TABLE: Call = Call {
    name: "BigQuery:GetTable",
    action: "bigquery.tables.get",
};
const TEST_TABLE: Call = Call {
    name: "BigQuery:TestIamPermissions",
    action: "bigquery.tables.testIamPermissions",
};
const QUERY: Call = Call {
    name: "BigQuery:Query",
    action: "bigquery.jobs.create",
};

/// A dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Dataset {
    pub location: String,
    /// `DEFAULT`, `LINKED`, …
    pub r#type: String,
    #[serde(deserialize_with = "millis")]
    pub creation_time: Option<Timestamp>,
    pub access: Vec<Access>,
}

/// Somebody who may do something with a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Access {
    pub role: String,
    pub user_by_email: String,
    pub iam_member: String,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Table {
    /// `TABLE`, `VIEW`, …
    pub r#type: String,
    pub location: String,
    #[serde(deserialize_with = "millis")]
    pub creation_time: Option<Timestamp>,
    #[serde(deserialize_with = "millis")]
    pub last_modified_time: Option<Timestamp>,
    /// Without what is in the streaming buffer; a number in a text.
    pub num_rows: String,
    pub streaming_buffer: Option<Value>,
    pub time_partitioning: Option<Partitioning>,
    pub schema: Schema,
}

/// How a table is partitioned by time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Partitioning {
    /// `DAY`, `HOUR`, `MONTH`, `YEAR`.
    pub r#type: String,
    /// The column; none for the time of arrival (`_PARTITIONTIME`).
    pub field: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Schema {
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Field {
    pub name: String,
    pub r#type: String,
}

impl Table {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.num_rows == "0" && self.streaming_buffer.is_none()
    }

    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        // Names of columns have no case in BigQuery.
        let same = |field: &Field| field.name.eq_ignore_ascii_case(column);
        self.schema.fields.iter().any(same)
    }
}

/// Milliseconds since 1970 in a text, as BigQuery writes its 64-bit numbers.
fn millis<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    let millis = text.and_then(|text| text.parse().ok());
    Ok(millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
}

fn dataset_path(project: &str, dataset: &str) -> String {
    format!(
        "/bigquery/v2/projects/{}/datasets/{}",
        escaped(project),
        escaped(dataset)
    )
}

/// A dataset.
pub async fn dataset(session: &Session, project: &str, dataset: &str) -> Result<Dataset, Trouble> {
    let url = url(&GET_DATASET, SERVICE, &dataset_path(project, dataset), &[])?;
    session
        .http
        .json(&GET_DATASET, Request::get(url), session)
        .await
}

/// The names of a dataset's tables.
pub async fn tables(
    session: &Session,
    project: &str,
    dataset: &str,
) -> Result<Vec<String>, Trouble> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Reference {
        table_id: String,
    }
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Item {
        table_reference: Reference,
    }
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Page {
        tables: Vec<Item>,
        next_page_token: String,
    }
    let mut all = Vec::new();
    let path = format!("{}/tables", dataset_path(project, dataset));
    pages!(
        session,
        LIST_TABLES,
        SERVICE,
        &path,
        [("maxResults", "1000")],
        Page,
        |page: Page| all.extend(
            page.tables
                .into_iter()
                .map(|item| item.table_reference.table_id)
        )
    );
    Ok(all)
}

/// A table with its columns.
pub async fn table(
    session: &Session,
    project: &str,
    dataset: &str,
    table: &str,
) -> Result<Table, Trouble> {
    let path = format!(
        "{}/tables/{}",
        dataset_path(project, dataset),
        escaped(table)
    );
    let url = url(&GET_TABLE, SERVICE, &path, &[])?;
    session
        .http
        .json(&GET_TABLE, Request::get(url), session)
        .await
}

/// Which of these permissions the caller has on a table.
pub async fn test_table(
    session: &Session,
    project: &str,
    dataset: &str,
    table: &str,
    permissions: &[&str],
) -> Result<Vec<String>, Trouble> {
    let path = format!(
        "{}/tables/{}",
        dataset_path(project, dataset),
        escaped(table)
    );
    test_permissions(session, &TEST_TABLE, SERVICE, &path, permissions).await
}

/// A query that is asked for.
pub struct Query<'a> {
    /// The project that pays for it.
    pub project: &'a str,
    pub location: &'a str,
    pub sql: &'a str,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Answered {
    job_complete: bool,
    rows: Vec<Row>,
    total_bytes_processed: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Row {
    f: Vec<Cell>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cell {
    v: Value,
}

impl Query<'_> {
    async fn send(&self, session: &Session, more: &Value) -> Result<Answered, Trouble> {
        let path = format!("/bigquery/v2/projects/{}/queries", escaped(self.project));
        let url = url(&QUERY, SERVICE, &path, &[])?;
        let mut body = json!({
            "query": self.sql,
            "location": self.location,
            "useLegacySql": false,
            "formatOptions": {"useInt64Timestamp": true},
            "labels": {"asked_by": "bursar"},
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        // Two runs of it read the same, and each is bounded.
        session
            .http
            .json(&QUERY, Request::post_json(url, &body), session)
            .await
    }

    /// How many bytes it would read; nothing is read, and nothing costs.
    pub async fn dry_run(&self, session: &Session) -> Result<u64, Trouble> {
        let answered = self.send(session, &json!({"dryRun": true})).await?;
        let bytes = answered.total_bytes_processed;
        bytes
            .parse()
            .map_err(|_| malformed("the dry run says no bytes"))
    }

    /// The one row of moments that it gives, where it reads no more than so many bytes.
    pub async fn moments(
        &self,
        session: &Session,
        most: u64,
    ) -> Result<Vec<Option<Timestamp>>, Trouble> {
        let limits = json!({
            "maximumBytesBilled": most.to_string(),
            "timeoutMs": 10_000,
            "maxResults": 1,
        });
        let answered = self.send(session, &limits).await?;
        if !answered.job_complete {
            return Err(Trouble::new(
                &GOOGLE,
                Kind::Timeout,
                QUERY.action,
                "the query did not end within 10 seconds",
            ));
        }
        let [row] = answered.rows.as_slice() else {
            return Err(malformed("the query did not give one row"));
        };
        let moment = |cell: &Cell| match &cell.v {
            Value::Null => Ok(None),
            Value::String(text) => text
                .parse()
                .ok()
                .and_then(|micros| Timestamp::from_microsecond(micros).ok())
                .map(Some)
                .ok_or_else(|| malformed("the query gave no moment")),
            _ => Err(malformed("the query gave no moment")),
        };
        row.f.iter().map(moment).collect()
    }
}

fn malformed(why: &str) -> Trouble {
    Trouble::new(&GOOGLE, Kind::Malformed, QUERY.action, why)
}
