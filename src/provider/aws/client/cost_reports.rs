//! Cost and Usage Reports, the legacy ones: how they are defined and how their delivery went.

use super::{Kind, Partition, Session, Trouble, trouble};

/// The definition of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub name: String,
    pub bucket: String,
    pub prefix: String,
    pub region: String,
    /// `textORcsv` or `Parquet`.
    pub format: String,
    /// `GZIP`, `ZIP` or `Parquet`.
    pub compression: String,
    /// `HOURLY`, `DAILY` or `MONTHLY`.
    pub time_unit: String,
    /// `RESOURCES` and others.
    pub schema_elements: Vec<String>,
    /// `OVERWRITE_REPORT` or `CREATE_NEW_REPORT`.
    pub versioning: String,
    pub refresh_closed: bool,
    /// `SUCCESS`, `ERROR_PERMISSIONS` or `ERROR_NO_BUCKET`; none before the first delivery.
    pub last_status: Option<String>,
    /// When it was last delivered, as AWS writes it.
    pub last_delivery: Option<String>,
}

/// All report definitions of the session's account: five at most.
pub async fn reports(session: &Session) -> Result<Vec<Report>, Trouble> {
    const ACTION: &str = "cur:DescribeReportDefinitions";
    let region = region(session, ACTION)?;
    let mut pages = session
        .cost_reports(region)
        .describe_report_definitions()
        .into_paginator()
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| trouble::of(ACTION, &error))?;
        all.extend(
            page.report_definitions
                .unwrap_or_default()
                .into_iter()
                .map(report),
        );
    }
    Ok(all)
}

/// The region of the billing services.
pub(super) fn region(session: &Session, action: &'static str) -> Result<&'static str, Trouble> {
    session.partition.billing().ok_or_else(|| {
        debug_assert_eq!(session.partition, Partition::UsGov);
        trouble::new(
            Kind::Refused,
            action,
            "AWS GovCloud has no billing of its own: declare the standard account that it is linked \
             to as the payer",
        )
    })
}

fn report(found: aws_sdk_costandusagereport::types::ReportDefinition) -> Report {
    let status = found.report_status;
    Report {
        name: found.report_name,
        bucket: found.s3_bucket,
        prefix: found.s3_prefix,
        region: found.s3_region.as_str().to_owned(),
        format: found.format.as_str().to_owned(),
        compression: found.compression.as_str().to_owned(),
        time_unit: found.time_unit.as_str().to_owned(),
        schema_elements: found
            .additional_schema_elements
            .iter()
            .map(|element| element.as_str().to_owned())
            .collect(),
        versioning: found
            .report_versioning
            .map(|versioning| versioning.as_str().to_owned())
            .unwrap_or_default(),
        refresh_closed: found.refresh_closed_reports.unwrap_or_default(),
        last_status: status
            .as_ref()
            .and_then(|status| status.last_status.as_ref())
            .map(|status| status.as_str().to_owned()),
        last_delivery: status.and_then(|status| status.last_delivery),
    }
}
