//! The server: signature first, then who answers. All answers have an id and a date.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::Uri;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::signature::{self, Named};
use super::tenancy::Tenancy;
use crate::stand::gate::Gate;
use crate::stand::web::{Asked, Said, Server, said};

/// How far a date may be off.
const ALLOWED: SignedDuration = SignedDuration::from_mins(5);

/// What a request was, for judges of its signature.
#[derive(Debug, Clone)]
pub struct Signed {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub host: String,
    pub date: String,
    pub authorization: String,
    pub body: Vec<u8>,
}

pub struct Inside {
    pub tenancy: Tenancy,
    /// How far OCI's clock is ahead of this machine's.
    pub ahead: SignedDuration,
    /// What no client of ours should have sent.
    pub wrong: Vec<String>,
    pub signed: Vec<Signed>,
}

pub type Shared = Arc<Mutex<Inside>>;

pub fn start(inside: &Shared, gate: &Gate) -> Server {
    let (inside, gate) = (inside.clone(), gate.clone());
    Server::start(move |request| {
        let (inside, gate) = (inside.clone(), gate.clone());
        async move {
            gate.pass(request, async |request| {
                inside.lock().unwrap().answer(&request)
            })
            .await
        }
    })
}

/// A request, taken apart.
pub struct Call<'r> {
    pub method: &'r str,
    pub region: &'r str,
    pub service: &'r str,
    /// After the version; decoded.
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: &'r Bytes,
    pub range: Option<&'r str>,
    pub who: Named,
}

impl Call<'_> {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// An answer of OCI's.
pub fn answer(status: u16, body: &Value) -> Said {
    said(status, "application/json", body.to_string())
}

/// A refusal of OCI's.
pub fn refusal(status: u16, code: &str, message: &str) -> Said {
    answer(status, &json!({"code": code, "message": message}))
}

/// The refusal of what is not there, or not to be seen.
pub fn hidden() -> Said {
    refusal(
        404,
        "NotAuthorizedOrNotFound",
        "Authorization failed or requested resource not found.",
    )
}

impl Inside {
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + self.ahead
    }

    fn answer(&mut self, request: &Asked) -> Said {
        let mut answer = match self.authenticated(request) {
            Ok(who) => self.authorized(request, who),
            Err(refusal) => *refusal,
        };
        let headers = answer.headers_mut();
        headers.insert("opc-request-id", "CSID0123456789/ABCDEF".parse().unwrap());
        let date = self.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        headers.insert("date", date.parse().unwrap());
        answer
    }

    /// Who it is, or the refusal.
    fn authenticated(&mut self, request: &Asked) -> Result<Named, Box<Said>> {
        let no = |why: &str| {
            let told = "The required information to complete authentication was not provided or \
                        was incorrect.";
            eprintln!("the stand-in refuses a signature: {why}");
            Box::new(refusal(401, "NotAuthenticated", told))
        };
        let header = |name: &str| {
            let value = request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        self.signed.push(Signed {
            method: request.method().to_string(),
            target: request.uri().path_and_query().unwrap().to_string(),
            host: header("host"),
            date: header("date"),
            authorization: header("authorization"),
            body: request.body().to_vec(),
        });
        let who = signature::named(request).map_err(|bad| no(&bad.0))?;
        let skew = signature::skew(request, self.now()).map_err(|bad| no(&bad.0))?;
        if skew.abs() > ALLOWED {
            let at = |moment: Timestamp| moment.strftime("%a, %d %b %Y %H:%M:%S UTC").to_string();
            let now = self.now();
            return Err(Box::new(refusal(
                401,
                "NotAuthenticated",
                &format!(
                    "Date '{}' is not within allowed clock skew. Current '{}', valid datetime range: \
                     ['{}', '{}']",
                    at(now + skew),
                    at(now),
                    at(now - ALLOWED),
                    at(now + ALLOWED)
                ),
            )));
        }
        let tenancy = &self.tenancy;
        let user = tenancy.users.get(&who.user);
        let key = user.and_then(|user| user.keys.get(&who.fingerprint));
        let key = match key {
            Some(key) if who.tenancy == tenancy.id && key.state == "ACTIVE" => key,
            _ => return Err(no("no such key")),
        };
        signature::verify(request, &key.public).map_err(|bad| no(&bad.0))?;
        let region = request.uri().path().split('/').nth(1).unwrap_or_default();
        if !tenancy.reaches(region) {
            return Err(no("the tenancy is not subscribed to the region"));
        }
        Ok(who)
    }

    fn authorized(&mut self, request: &Asked, who: Named) -> Said {
        let segments: Vec<String> = request
            .uri()
            .path()
            .split('/')
            .skip(1)
            .map(decoded)
            .collect();
        let [region, service, rest @ ..] = &segments[..] else {
            return self.unexpected(request, "no service");
        };
        let version = match service.as_str() {
            "identity" => Some("20160918"),
            "organizations" => Some("20230401"),
            "optimizer" => Some("20200606"),
            "usageapi" => Some("20200107"),
            "objectstorage" => None,
            _ => return self.unexpected(request, "no such service"),
        };
        let path = match (version, rest) {
            (None, rest) => rest,
            (Some(version), [found, rest @ ..]) if found == version => rest,
            _ => return self.unexpected(request, "another version"),
        };
        let range = request
            .headers()
            .get("range")
            .and_then(|range| range.to_str().ok());
        let call = Call {
            method: request.method().as_str(),
            region,
            service,
            path: path.to_vec(),
            query: query(request.uri()),
            body: request.body(),
            range,
            who,
        };
        let answered = match service.as_str() {
            "identity" => self.identity(&call),
            "objectstorage" => self.storage(&call),
            _ => self.services(&call),
        };
        answered.unwrap_or_else(|| self.unexpected(request, "no such operation"))
    }

    fn unexpected(&mut self, request: &Asked, why: &str) -> Said {
        self.wrong
            .push(format!("{} {}: {why}", request.method(), request.uri()));
        refusal(400, "InvalidParameter", why)
    }

    /// Refuses parameters that are none of these.
    pub fn strict(&mut self, call: &Call<'_>, known: &[&str]) -> Option<Said> {
        let (unknown, _) = call
            .query
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))?;
        self.wrong
            .push(format!("{:?}: unknown parameter {unknown}", call.path));
        let message = format!("Unknown query parameter: {unknown}");
        Some(refusal(400, "InvalidParameter", &message))
    }

    /// A page of entries, with the name of the next in its header.
    pub fn page(&self, call: &Call<'_>, entries: &[Value], wrap: fn(Vec<Value>) -> Value) -> Said {
        let at: usize = call
            .parameter("page")
            .and_then(|at| at.parse().ok())
            .unwrap_or(0);
        let limit = call.parameter("limit").and_then(|limit| limit.parse().ok());
        let size: usize = limit.unwrap_or(100).min(self.tenancy.page);
        let page = entries.iter().skip(at).take(size).cloned().collect();
        let mut said = answer(200, &wrap(page));
        if at + size < entries.len() {
            let next = (at + size).to_string();
            said.headers_mut()
                .insert("opc-next-page", next.parse().unwrap());
        }
        said
    }
}

fn query(uri: &Uri) -> Vec<(String, String)> {
    let parts = uri.query().unwrap_or_default().split('&');
    parts
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(&value.replace('+', " ")))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
