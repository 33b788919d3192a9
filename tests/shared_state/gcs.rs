//! Google Cloud Storage as its XML API keeps objects: generations that grow, and preconditions on them that
//! hold for every write. Nobody else's imitation honours those on this API. It asks for no token.
//!
//! From <https://cloud.google.com/storage/docs/xml-api/reference-headers> and
//! <https://cloud.google.com/storage/docs/xml-api/get-bucket-list>: `x-goog-if-generation-match` names the
//! generation that stands, 0 where none may; what does not hold is answered with 412.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::Method;

use crate::aws::web::{Asked, Said, Server, said};

pub struct Gcs {
    server: Server,
}

#[derive(Default)]
struct Kept {
    buckets: BTreeMap<String, BTreeMap<String, Object>>,
    generation: u64,
    /// Parts of uploads that are not complete, by their numbers.
    uploads: BTreeMap<String, BTreeMap<u32, Bytes>>,
}

#[derive(Clone)]
struct Object {
    bytes: Bytes,
    generation: u64,
    written: jiff::Timestamp,
}

impl Gcs {
    pub fn start(buckets: &[&str]) -> Self {
        let mut kept = Kept {
            generation: 1_700_000_000_000_000,
            ..Kept::default()
        };
        for bucket in buckets {
            kept.buckets.insert((*bucket).to_owned(), BTreeMap::new());
        }
        let kept = Arc::new(Mutex::new(kept));
        let server = Server::start(move |asked| {
            let kept = Arc::clone(&kept);
            async move { kept.lock().unwrap().answer(&asked) }
        });
        Self { server }
    }

    pub fn url(&self) -> String {
        self.server.url()
    }
}

fn refused(status: u16, code: &str, message: &str) -> Said {
    let body = format!(
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    said(status, "application/xml", body)
}

fn decoded(text: &str) -> String {
    let query = format!("k={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes())
        .next()
        .unwrap()
        .1
        .into_owned()
}

impl Kept {
    fn answer(&mut self, asked: &Asked) -> Said {
        let path = asked.uri().path().trim_start_matches('/');
        let (bucket, name) = path.split_once('/').unwrap_or((path, ""));
        let (bucket, name) = (decoded(bucket), decoded(name));
        let next = self.generation + 7;
        let Some(objects) = self.buckets.get_mut(&bucket) else {
            return refused(404, "NoSuchBucket", "The specified bucket does not exist.");
        };
        let wanted = asked.headers().get("x-goog-if-generation-match");
        let wanted: Option<u64> = match wanted.map(|value| value.to_str().unwrap().parse()) {
            None => None,
            Some(Ok(generation)) => Some(generation),
            Some(Err(_)) => return refused(400, "InvalidArgument", "Invalid argument."),
        };
        let standing = objects.get(&name).map_or(0, |object| object.generation);
        if wanted.is_some_and(|wanted| wanted != standing) {
            return refused(
                412,
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold.",
            );
        }
        let query = asked.uri().query().unwrap_or("").to_owned();
        let asks = |wanted: &str| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == wanted)
                .map(|(_, value)| value.into_owned())
        };
        match *asked.method() {
            Method::POST if asks("uploads").is_some() => {
                let id = format!("upload-{next}");
                self.generation = next;
                let body = format!(
                    "<?xml version='1.0' encoding='UTF-8'?><InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{name}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                );
                self.uploads.insert(id, BTreeMap::new());
                said(200, "application/xml", body)
            }
            Method::PUT if asks("uploadId").is_some() => {
                let id = asks("uploadId").unwrap();
                let number: u32 = asks("partNumber").unwrap().parse().unwrap();
                let Some(parts) = self.uploads.get_mut(&id) else {
                    return refused(404, "NoSuchUpload", "The requested upload was not found.");
                };
                parts.insert(number, asked.body().clone());
                let mut answer = said(200, "text/plain", "");
                let tag = format!("\"{id}-{number}\"");
                answer.headers_mut().insert("etag", tag.parse().unwrap());
                answer
            }
            Method::POST if asks("uploadId").is_some() => {
                let id = asks("uploadId").unwrap();
                let Some(parts) = self.uploads.remove(&id) else {
                    return refused(404, "NoSuchUpload", "The requested upload was not found.");
                };
                let (last, all) = (parts.len(), parts.into_values().enumerate());
                let mut whole = Vec::new();
                for (at, part) in all {
                    if part.len() < 5 << 20 && at + 1 < last {
                        return refused(400, "EntityTooSmall", "A part is too small.");
                    }
                    whole.extend_from_slice(&part);
                }
                let object = Object {
                    bytes: whole.into(),
                    generation: next,
                    written: jiff::Timestamp::now(),
                };
                let body = format!(
                    "<?xml version='1.0' encoding='UTF-8'?><CompleteMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{name}</Key><ETag>\"{next}\"</ETag></CompleteMultipartUploadResult>"
                );
                let told = object.told(body);
                objects.insert(name, object);
                self.generation = next;
                told
            }
            Method::GET if name.is_empty() => list(objects, asked.uri().query().unwrap_or("")),
            Method::GET => match objects.get(&name) {
                None => refused(404, "NoSuchKey", "The specified key does not exist."),
                Some(object) => object.told(object.bytes.clone()),
            },
            Method::PUT => {
                let object = Object {
                    bytes: asked.body().clone(),
                    generation: next,
                    written: jiff::Timestamp::now(),
                };
                let told = object.told("");
                objects.insert(name, object);
                self.generation = next;
                told
            }
            Method::DELETE if objects.remove(&name).is_some() => said(204, "text/plain", ""),
            Method::DELETE => refused(404, "NoSuchKey", "The specified key does not exist."),
            _ => refused(405, "MethodNotAllowed", "The method is not allowed."),
        }
    }
}

impl Object {
    fn told(&self, body: impl Into<Bytes>) -> Said {
        let mut answer = said(200, "application/octet-stream", body);
        let written = self.written.strftime("%a, %d %b %Y %H:%M:%S GMT");
        for (name, value) in [
            ("etag", format!("\"{}\"", self.generation)),
            ("x-goog-generation", self.generation.to_string()),
            ("last-modified", written.to_string()),
        ] {
            answer.headers_mut().insert(name, value.parse().unwrap());
        }
        answer
    }
}

fn list(objects: &BTreeMap<String, Object>, query: &str) -> Said {
    let prefix = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "prefix")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let mut body = "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult>".to_owned();
    for (name, object) in objects.iter().filter(|(name, _)| name.starts_with(&prefix)) {
        body += &format!(
            "<Contents><Key>{name}</Key><Size>{}</Size><LastModified>{}</LastModified><ETag>\"{}\"</ETag></Contents>",
            object.bytes.len(),
            object.written,
            object.generation
        );
    }
    said(200, "application/xml", body + "</ListBucketResult>")
}
