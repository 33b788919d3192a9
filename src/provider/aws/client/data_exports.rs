//! Data Exports: CUR 2.0 and FOCUS, how they are defined and how their delivery went.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Kind, Session, Trouble, cost_reports, trouble};

/// An export as the listing has it, with its health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub arn: String,
    pub name: String,
    pub health: Health,
}

/// An export's own word on how it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// `HEALTHY` or `UNHEALTHY`.
    pub status: Option<String>,
    /// `INSUFFICIENT_PERMISSION`, `BILL_OWNER_CHANGED`, `INTERNAL_FAILURE`, `DEPRECATED`.
    pub reason: Option<String>,
    pub created: Option<Timestamp>,
    pub refreshed: Option<Timestamp>,
}

/// The definition of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub name: String,
    pub query: String,
    /// Settings by table, with what AWS adds by itself.
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    pub bucket: String,
    pub bucket_owner: Option<String>,
    pub prefix: String,
    pub region: String,
    /// `TEXT_OR_CSV` or `PARQUET`.
    pub format: String,
    /// `GZIP`, `ZIP` or `PARQUET`.
    pub compression: String,
    /// `OVERWRITE_REPORT` or `CREATE_NEW_REPORT`.
    pub overwrite: String,
    /// `SYNCHRONOUS`.
    pub cadence: String,
}

/// All exports of the session's account, with their health.
pub async fn exports(session: &Session) -> Result<Vec<Listed>, Trouble> {
    const ACTION: &str = "bcm-data-exports:ListExports";
    let region = cost_reports::region(session, ACTION)?;
    let mut pages = session
        .data_exports(region)
        .list_exports()
        .into_paginator()
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| trouble::of(ACTION, &error))?;
        all.extend(page.exports.unwrap_or_default().into_iter().map(|export| {
            let status = export.export_status;
            let health = status.map(|status| Health {
                status: status.status_code.map(|code| code.as_str().to_owned()),
                reason: status
                    .status_reason
                    .map(|reason| reason.as_str().to_owned()),
                created: status.created_at.as_ref().and_then(super::moment),
                refreshed: status.last_refreshed_at.as_ref().and_then(super::moment),
            });
            Listed {
                arn: export.export_arn,
                name: export.export_name,
                health: health.unwrap_or_default(),
            }
        }));
    }
    Ok(all)
}

/// One export in full.
pub async fn definition(session: &Session, arn: &str) -> Result<Definition, Trouble> {
    const ACTION: &str = "bcm-data-exports:GetExport";
    let region = cost_reports::region(session, ACTION)?;
    let answer = session
        .data_exports(region)
        .get_export()
        .export_arn(arn)
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    let read = || {
        let export = answer.export?;
        let query = export.data_query?;
        let target = export.destination_configurations?.s3_destination?;
        let output = target.s3_output_configurations?;
        let tables = query.table_configurations.unwrap_or_default();
        Some(Definition {
            name: export.name,
            query: query.query_statement,
            tables: tables
                .into_iter()
                .map(|(table, settings)| (table, settings.into_iter().collect()))
                .collect(),
            bucket: target.s3_bucket,
            bucket_owner: target.s3_bucket_owner,
            prefix: target.s3_prefix,
            region: target.s3_region,
            format: output.format.as_str().to_owned(),
            compression: output.compression.as_str().to_owned(),
            overwrite: output.overwrite.as_str().to_owned(),
            cadence: export
                .refresh_cadence
                .map(|cadence| cadence.frequency.as_str().to_owned())
                .unwrap_or_default(),
        })
    };
    read().ok_or_else(|| trouble::new(Kind::Malformed, ACTION, "the answer is not a whole export"))
}
