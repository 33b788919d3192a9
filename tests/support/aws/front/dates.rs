//! When objects were last modified: a storage says the truth, and a test needs old deliveries.

use std::fmt::Write as _;

use axum::http::header::LAST_MODIFIED;
use jiff::Timestamp;

use super::Call;
use super::request::decoded;
use crate::aws::client::between;
use crate::aws::web::Said;

/// Objects of one date.
pub struct Dated {
    bucket: String,
    prefix: String,
    at: Timestamp,
}

impl Dated {
    pub fn new(bucket: &str, prefix: &str, at: Timestamp) -> Self {
        Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            at,
        }
    }
}

/// The answer with the dates that were set.
pub fn rewrite(dates: &[Dated], call: &Call, mut answer: Said) -> Said {
    let Some(bucket) = call.bucket().filter(|_| !dates.is_empty()) else {
        return answer;
    };
    let date = |key: &str| {
        let mut fitting = dates.iter().filter(|dated| dated.bucket == bucket);
        fitting
            .find(|dated| key.starts_with(&dated.prefix))
            .map(|dated| dated.at)
    };
    match &*call.operation {
        "GetObject" | "HeadObject" => {
            let path = call.path.split('?').next().unwrap_or_default();
            let key = decoded(path.splitn(3, '/').nth(2).unwrap_or_default());
            if let Some(at) = date(&key) {
                let written = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
                answer
                    .headers_mut()
                    .insert(LAST_MODIFIED, written.parse().unwrap());
            }
            answer
        }
        "ListObjectsV2" | "ListObjects" => answer.map(|body| {
            let text = String::from_utf8_lossy(&body);
            let mut parts = text.split("<Contents>");
            let mut written = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let key = between(part, "<Key>", "</Key>").unwrap_or_default();
                let old = between(part, "<LastModified>", "</LastModified>");
                let part = match (date(&key), old) {
                    (Some(at), Some(old)) => {
                        part.replacen(&old, &at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(), 1)
                    }
                    _ => part.to_owned(),
                };
                write!(written, "<Contents>{part}").unwrap();
            }
            written.into()
        }),
        _ => answer,
    }
}
