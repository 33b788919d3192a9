//! Google Cloud, as far as bursar asks it: nobody else imitates it with its permissions. Stateful and
//! strict: it verifies tokens by the keys that signed them, with their scopes and lives; knows only
//! the methods, parameters and fields of Google's own discovery documents; and allows what the roles
//! that are granted allow, in the words in which Google refuses.
//!
//! Each service is at a path of its own, `/SERVICE/…`, as `BURSAR_ENDPOINT_GCP` allows. What it answers
//! against the documents is kept in [`Google::wrong`]: tests want none.

pub mod bigquery;
pub mod discovery;
mod good;
mod refusal;
mod services;
pub mod state;
pub mod token;
mod token_service;
pub mod world;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::header;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stand::gate::Gate;
use crate::stand::web::{Asked, Said, Server, said};
use discovery::{Found, Service, pairs};
use refusal::Refusal;
use state::State;
use token::Signed;

/// A request that is understood.
pub struct Call<'a> {
    pub found: &'a Found<'a>,
    pub query: &'a [(String, String)],
    pub body: &'a Value,
    /// Who asks, as IAM writes it.
    pub member: &'a str,
    pub now: Timestamp,
}

impl Call<'_> {
    /// A value in the path.
    pub fn at(&self, name: &str) -> &str {
        self.found.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }
}

#[derive(Clone)]
pub struct Google(Arc<Inner>);

struct Inner {
    pub gate: Gate,
    state: Mutex<State>,
    wrong: Mutex<Vec<String>>,
}

impl Google {
    pub fn new(state: State) -> Self {
        Self(Arc::new(Inner {
            gate: Gate::default(),
            state: Mutex::new(state),
            wrong: Mutex::default(),
        }))
    }

    /// On a port of its own.
    pub fn serve(&self) -> Server {
        let google = self.clone();
        Server::start(move |request| {
            let google = google.clone();
            async move {
                let gate = google.0.gate.clone();
                gate.pass(request, async |request| google.answer(&request))
                    .await
            }
        })
    }

    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    /// What it answered against Google's documents: mistakes of this stand-in.
    pub fn wrong(&self) -> Vec<String> {
        self.0.wrong.lock().unwrap().clone()
    }

    fn answer(&self, request: &Asked) -> Said {
        let path = request.uri().path().trim_start_matches('/');
        let (name, path) = path.split_once('/').unwrap_or((path, ""));
        if name == "accounts" {
            return token_service::refresh(&mut self.state(), request);
        }
        if name == "runner" {
            return token_service::runner(&self.state(), request);
        }
        let Some(service) = Service::named(name) else {
            return said(404, "text/html", "<html>Error 404 (Not Found)!!1</html>");
        };
        let Some(found) = service.find(request.method().as_str(), path) else {
            return said(404, "text/html", "<html>Error 404 (Not Found)!!1</html>");
        };
        let outcome = self.understand(request, &found);
        match outcome {
            Ok(answer) => {
                let wrong = found
                    .method
                    .response()
                    .map(|name| service.judge(name, &answer));
                match wrong.filter(|wrong| !wrong.is_empty()) {
                    Some(wrong) => {
                        self.mistaken(format!("{}: {answer}: {wrong:?}", found.method.id))
                    }
                    None => said(200, "application/json; charset=UTF-8", answer.to_string()),
                }
            }
            Err(refusal) => refusal.said(name),
        }
    }

    fn mistaken(&self, what: String) -> Said {
        self.0.wrong.lock().unwrap().push(what.clone());
        said(500, "text/plain", what)
    }

    fn understand(&self, request: &Asked, found: &Found<'_>) -> Result<Value, Refusal> {
        let query = pairs(request.uri().query().unwrap_or_default());
        let mut wrong = found.method.judge_query(found.service, &query);
        let body = body(request)?;
        match found.method.request() {
            Some(schema) => wrong.extend(found.service.judge(schema, &body)),
            None if body.as_object().is_some_and(|body| !body.is_empty()) => {
                wrong.push("a body where none belongs".to_owned());
            }
            None => {}
        }
        if !wrong.is_empty() {
            return Err(Refusal::invalid(wrong.join("; ")));
        }
        let now = Timestamp::now();
        let state = &mut self.state();
        if found.method.id == "sts.token" {
            return token_service::exchange(state, &body, now);
        }
        let member = authenticate(state, request, found, now)?;
        enabled(state, &member, found, request)?;
        let call = Call {
            found,
            query: &query,
            body: &body,
            member: &member,
            now,
        };
        match found.service.name {
            "bigquery" => bigquery::answer(state, &call),
            _ => services::answer(state, &call),
        }
    }
}

fn body(request: &Asked) -> Result<Value, Refusal> {
    if request.body().is_empty() {
        return Ok(json!({}));
    }
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let text = String::from_utf8_lossy(request.body());
        return Ok(discovery::pairs(&text)
            .into_iter()
            // The names of a form are those of RFC 8693; the document has them in its own case.
            .map(|(name, value)| (camel(&name), Value::String(value)))
            .collect());
    }
    serde_json::from_slice(request.body())
        .map_err(|error| Refusal::invalid(format!("Invalid JSON payload received. {error}")))
}

fn camel(name: &str) -> String {
    let mut out = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if !out.is_empty() => out.push(first.to_ascii_uppercase()),
            Some(first) => out.push(first),
            None => {}
        }
        out.push_str(letters.as_str());
    }
    out
}

/// Who asks.
fn authenticate(
    state: &State,
    request: &Asked,
    found: &Found<'_>,
    now: Timestamp,
) -> Result<String, Refusal> {
    let shown = request.headers().get(header::AUTHORIZATION);
    let token = shown
        .and_then(|shown| shown.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or_else(Refusal::no_token)?;
    let (member, scopes) = match Signed::read(token) {
        Some(signed) => self_signed(state, &signed, now)?,
        None => {
            let given = state.tokens.iter().find(|given| given.text == token);
            let given = given.filter(|given| now < given.ends);
            let given = given.ok_or_else(Refusal::bad_token)?;
            (given.member.clone(), given.scopes.clone())
        }
    };
    if !found.method.allows(&scopes) {
        return Err(Refusal::scope());
    }
    Ok(member)
}

/// A token that a service account's key signed itself (AIP-4111).
fn self_signed(
    state: &State,
    signed: &Signed,
    now: Timestamp,
) -> Result<(String, Vec<String>), Refusal> {
    let claim = |name: &str| signed.claims[name].as_str().unwrap_or_default();
    let account = state
        .service_accounts
        .iter()
        .find(|one| one.email == claim("iss"));
    let key = account.and_then(|account| {
        let is = |key: &&state::Key| signed.header["kid"] == key.id;
        account.keys.iter().find(is)
    });
    let key = key.filter(|key| key.disabled.is_none() && signed.is_by(&key.public));
    let good = key.is_some()
        && signed.header["alg"] == "RS256"
        && claim("sub") == claim("iss")
        && signed.claims["aud"].is_null()
        && signed.is_current(now);
    if !good {
        return Err(Refusal::bad_token());
    }
    let scopes = claim("scope").split(' ').map(str::to_owned).collect();
    Ok((format!("serviceAccount:{}", claim("iss")), scopes))
}

/// Whether the API is enabled in the project that the call counts against.
fn enabled(state: &State, member: &str, found: &Found<'_>, request: &Asked) -> Result<(), Refusal> {
    let own = match member.split_once(':') {
        Some(("serviceAccount", email)) => {
            let account = state.service_accounts.iter().find(|one| one.email == email);
            account.map(|account| account.project.clone())
        }
        Some(("principal", path)) => path.split('/').nth(4).map(str::to_owned),
        // People's calls need a project to count against.
        _ => {
            let quota = request.headers().get("x-goog-user-project");
            quota
                .and_then(|project| project.to_str().ok())
                .map(str::to_owned)
        }
    };
    if found.service.name == "www" {
        return Ok(());
    }
    let api = format!("{}.googleapis.com", found.service.name);
    let of_query = (found.method.id == "bigquery.jobs.query")
        .then(|| found.parameters.get("projectId").cloned())
        .flatten();
    for project in own.into_iter().chain(of_query) {
        let project = state
            .project(&project)
            .ok_or_else(|| Refusal::denied("no such project"))?;
        if !project.apis.contains(&api) {
            return Err(Refusal::disabled(&api, &project.number));
        }
    }
    Ok(())
}
