//! What a request is: its service, its operation, who signed it.

use axum::http::{HeaderMap, Uri};

use crate::aws::cbor;
use crate::aws::model::Model;
use crate::aws::sigv4::Claim;
use crate::aws::web::Asked;

/// A request that went through the front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The name that it was signed for, for example `sts`.
    pub service: String,
    /// For example `AssumeRole`, `ListObjectsV2`.
    pub operation: String,
    pub region: String,
    /// The id of the access key; empty where it was not signed.
    pub key_id: String,
    pub path: String,
    pub body: String,
    /// Of the answer; 0 while there is none.
    pub status: u16,
    /// Whether a rule spoiled it.
    pub spoiled: bool,
}

impl Call {
    pub(super) fn of(request: &Asked) -> Self {
        let body = match cbor::to_json(request.body()) {
            Some(body) if cbor::is_one(request.headers()) => body.to_string(),
            _ => String::from_utf8_lossy(request.body()).into_owned(),
        };
        let claim = Claim::of(request.headers());
        let target = text(request.headers(), "x-amz-target");
        let action = form_field(&body, "Action");
        let service = match &claim {
            Some(claim) => claim.service.clone(),
            None => unsigned(target, &body),
        };
        let operation = match (target.rsplit_once('.'), action) {
            (Some((_, operation)), _) => operation.to_owned(),
            (None, _) if cbor::is_one(request.headers()) => {
                let target = cbor::target(request.uri());
                target
                    .map_or("Other", |(_, operation)| operation)
                    .to_owned()
            }
            (None, Some(action)) if service != "s3" => action,
            _ => s3_operation(request).to_owned(),
        };
        let uri = request.uri();
        Self {
            service,
            operation,
            region: claim
                .as_ref()
                .map(|claim| claim.region.clone())
                .unwrap_or_default(),
            key_id: claim.map(|claim| claim.key_id).unwrap_or_default(),
            path: uri
                .path_and_query()
                .map_or_else(String::new, ToString::to_string),
            body,
            status: 0,
            spoiled: false,
        }
    }

    /// A field of a form, decoded.
    pub fn field(&self, name: &str) -> Option<String> {
        form_field(&self.body, name)
    }

    /// The fields `NAME.member.1` and so on of a form, decoded.
    pub fn fields(&self, name: &str) -> Vec<String> {
        let one = |number| self.field(&format!("{name}.member.{number}"));
        (1..).map_while(one).collect()
    }

    /// The bucket of a request to S3.
    pub fn bucket(&self) -> Option<&str> {
        let path = self
            .path
            .split('?')
            .next()
            .filter(|_| self.service == "s3")?;
        path.split('/').nth(1).filter(|bucket| !bucket.is_empty())
    }
}

/// The service of a request without a signature.
fn unsigned(target: &str, body: &str) -> String {
    if let Some((model, _)) = Model::find(target) {
        return model.service.to_owned();
    }
    match form_field(body, "Version").as_deref() {
        Some("2011-06-15") => "sts",
        Some("2010-05-08") => "iam",
        _ => "s3",
    }
    .to_owned()
}

fn s3_operation(request: &Asked) -> &'static str {
    let has = |name: &str| has_parameter(request.uri(), name);
    let in_bucket = request.uri().path().trim_matches('/').contains('/');
    match (request.method().as_str(), in_bucket) {
        ("GET", true) => "GetObject",
        ("HEAD", true) => "HeadObject",
        ("PUT", true) => "PutObject",
        ("DELETE", true) => "DeleteObject",
        ("GET", false) if request.uri().path() == "/" => "ListBuckets",
        ("GET", false) if has("location") => "GetBucketLocation",
        ("GET", false) if has("policy") => "GetBucketPolicy",
        ("GET", false) if has("acl") => "GetBucketAcl",
        ("GET", false) if has("list-type") => "ListObjectsV2",
        ("GET", false) => "ListObjects",
        ("HEAD", false) => "HeadBucket",
        ("PUT", false) if has("policy") => "PutBucketPolicy",
        ("PUT", false) if request.uri().query().is_none() => "CreateBucket",
        ("DELETE", false) if has("policy") => "DeleteBucketPolicy",
        ("DELETE", false) if request.uri().query().is_none() => "DeleteBucket",
        _ => "Other",
    }
}

fn has_parameter(uri: &Uri, name: &str) -> bool {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    pairs.any(|pair| pair.split('=').next() == Some(name))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn form_field(form: &str, name: &str) -> Option<String> {
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| decoded(value))
}

/// Without percent-encoding.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let digits = String::from_utf8_lossy(&digits).into_owned();
                u8::from_str_radix(&digits, 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
