//! A small AWS client for tests: signed requests in the three forms, answers as they are. What is
//! tested is never asked through it.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request};
use jiff::Timestamp;
use serde_json::Value;

use super::sigv4::{Key, sign};
use super::web::send;

#[derive(Clone)]
pub struct Client {
    url: String,
    key: Key,
    region: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// # Panics
    /// If it is an error.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.status < 300, "{}: {}", self.status, self.body);
        self
    }

    /// The text of the first element of this name.
    pub fn element(&self, name: &str) -> Option<String> {
        between(&self.body, &format!("<{name}>"), &format!("</{name}>"))
    }

    /// The code of an error, in XML or JSON.
    pub fn code(&self) -> Option<String> {
        let json = || {
            let value: Value = serde_json::from_str(&self.body).ok()?;
            let code = value["__type"].as_str()?;
            Some(code.rsplit('#').next()?.to_owned())
        };
        self.element("Code").or_else(json)
    }

    /// # Panics
    /// If it is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Client {
    pub fn new(url: &str, key: Key) -> Self {
        Self {
            url: url.to_owned(),
            key,
            region: "us-east-1".to_owned(),
        }
    }

    pub fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// An operation of STS or IAM.
    pub async fn query(&self, service: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let version = match service {
            "sts" => "2011-06-15",
            _ => "2010-05-08",
        };
        let mut form = format!("Action={action}&Version={version}");
        for (name, value) in fields {
            write!(form, "&{name}={}", encoded(value)).unwrap();
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.ask(service, "POST", "/", &headers, form.into()).await
    }

    /// An operation of a service that speaks JSON.
    pub async fn json(&self, service: &str, version: &str, target: &str, input: &Value) -> Answer {
        let content_type = format!("application/x-amz-json-{version}");
        let headers = [("content-type", &*content_type), ("x-amz-target", target)];
        let body = input.to_string().into();
        self.ask(service, "POST", "/", &headers, body).await
    }

    /// An operation of S3, path-style.
    pub async fn s3(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Answer {
        self.ask("s3", method, path, &[], body.into()).await
    }

    /// # Panics
    /// If the connection fails.
    pub async fn ask(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let host = self.url.trim_start_matches("http://");
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let request = sign(request, &self.key, service, &self.region, Timestamp::now());
        let answer = send(request).await.unwrap();
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: String::from_utf8_lossy(answer.body()).into_owned(),
        }
    }
}

/// Percent-encodes a form value.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
    }
    encoded
}

/// The text between two marks.
pub fn between(text: &str, from: &str, to: &str) -> Option<String> {
    let (_, rest) = text.split_once(from)?;
    let (found, _) = rest.split_once(to)?;
    Some(found.to_owned())
}
