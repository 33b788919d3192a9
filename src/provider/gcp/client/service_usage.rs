//! Service Usage v1: which APIs are enabled in a project.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Session, escaped, url};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::Trouble;

const BATCH_GET: Call = Call {
    name: "ServiceUsage:BatchGetServices",
    action: "serviceusage.services.get",
};

/// Which of these APIs are enabled in a project; at most 30 are asked about.
pub async fn enabled(
    session: &Session,
    project: &str,
    services: &[&str],
) -> Result<BTreeSet<String>, Trouble> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Service {
        name: String,
        state: String,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Batch {
        services: Vec<Service>,
    }
    let project = escaped(project);
    let names: Vec<String> = services
        .iter()
        .map(|service| format!("projects/{project}/services/{service}"))
        .collect();
    let query: Vec<(&str, &str)> = names.iter().map(|name| ("names", name.as_str())).collect();
    let path = format!("/v1/projects/{project}/services:batchGet");
    let url = url(&BATCH_GET, "serviceusage", &path, &query)?;
    let batch: Batch = session
        .http
        .json(&BATCH_GET, Request::get(url), session)
        .await?;
    let enabled = batch
        .services
        .into_iter()
        .filter(|one| one.state == "ENABLED");
    // Google answers with the project's number, whatever was asked.
    let name = |one: Service| Some(one.name.rsplit_once('/')?.1.to_owned());
    Ok(enabled.filter_map(name).collect())
}
