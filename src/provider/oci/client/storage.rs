//! Object Storage: what Oracle put into the bucket of reports. Lists names, and reads one byte; never
//! more of the data.

use jiff::Timestamp;
use reqwest::header::{HeaderValue, RANGE};
use serde::Deserialize;

use super::moment::moment;
use super::{Region, Service, Session};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::{Kind, Trouble};

/// Oracle's own namespace, which all buckets of reports are in.
pub const NAMESPACE: &str = "bling";

/// An object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Object {
    pub name: String,
    #[serde(default)]
    pub size: u64,
    #[serde(rename = "timeCreated", deserialize_with = "moment")]
    pub created: Timestamp,
}

/// A page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    pub objects: Vec<Object>,
    /// Folders, each with a slash behind it, where only one level was asked for.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// The name that the next page starts with.
    #[serde(default)]
    pub next_start_with: Option<String>,
}

/// What is listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub prefix: &'a str,
    /// Only what is right below the prefix; the rest as folders.
    pub one_level: bool,
    /// Names from this one on.
    pub start: Option<&'a str>,
}

/// A page of the objects of a bucket, in the order of their names: at most a thousand.
pub async fn list(
    session: &Session,
    region: &Region,
    bucket: &str,
    wanted: Wanted<'_>,
) -> Result<Page, Trouble> {
    const CALL: Call = Call {
        name: "objectstorage:ListObjects",
        action: "read objects in tenancy usage-report",
    };
    let mut query = vec![
        ("prefix", wanted.prefix),
        ("fields", "name,size,timeCreated"),
        ("limit", "1000"),
    ];
    if wanted.one_level {
        query.push(("delimiter", "/"));
    }
    if let Some(start) = wanted.start {
        query.push(("start", start));
    }
    let path = ["n", NAMESPACE, "b", bucket, "o"];
    let url = session.url(&CALL, Service::ObjectStorage, region, &path, &query)?;
    Ok(session.json(&CALL, Request::get(url)).await?.0)
}

/// The first byte of an object: that it can be read at all, without its data.
pub async fn touch(
    session: &Session,
    region: &Region,
    bucket: &str,
    name: &str,
) -> Result<(), Trouble> {
    const CALL: Call = Call {
        name: "objectstorage:GetObject",
        action: "read objects in tenancy usage-report",
    };
    let path = ["n", NAMESPACE, "b", bucket, "o", name];
    let url = session.url(&CALL, Service::ObjectStorage, region, &path, &[])?;
    let range = HeaderValue::from_static("bytes=0-0");
    let request = Request::get(url).header(RANGE, range).start(1);
    let reply = session.send(&CALL, request).await?;
    if reply.body.is_empty() {
        return Err(session.trouble(Kind::Malformed, &CALL, "the answer holds no byte"));
    }
    Ok(())
}
