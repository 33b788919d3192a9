//! What nobody else imitates of AWS: Data Exports, Cost Optimization Hub, Compute Optimizer, Support,
//! and an organization with states, units and pages. Stateful and strict: it verifies signatures,
//! their service and region, judges requests by the vendor's own model, and allows what the caller's
//! policy allows.
//!
//! Stricter than AWS in one thing: members that a service does not know are refused, as they can only
//! be a mistake of ours. Every answer is judged by the model too; see [`Billing::wrong`].

pub mod exports;
pub mod hub;
pub mod keys;
pub mod optimizer;
pub mod organization;
pub mod page;
pub mod support;
mod tables;

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cbor;
use super::model::Model;
use super::sigv4::Claim;
use super::web::{Asked, Said, Server, said};
use keys::{Caller, Keys};
use organization::Organization;

/// An error as a service answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub code: String,
    pub message: String,
    /// Members beside the message.
    pub members: Value,
}

impl Failure {
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            members: json!({}),
        }
    }

    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members[member] = value.into();
        self
    }
}

/// A request that is understood.
pub struct Call<'a> {
    pub caller: &'a Caller,
    pub operation: &'a str,
    pub input: &'a Value,
    pub now: Timestamp,
}

impl Call<'_> {
    pub fn text(&self, member: &str) -> &str {
        self.input[member].as_str().unwrap_or_default()
    }
}

/// What is there, for tests to look at and to change.
#[derive(Default)]
pub struct State {
    pub exports: Vec<exports::Export>,
    pub hub: hub::Hub,
    pub optimizer: optimizer::Optimizer,
    pub support: support::Support,
    pub organizations: Vec<Organization>,
    pub pages: page::Pages,
}

#[derive(Clone)]
pub struct Billing(Arc<Inner>);

struct Inner {
    keys: Keys,
    state: Mutex<State>,
    wrong: Mutex<Vec<String>>,
}

impl Billing {
    /// One that asks ministack, where it is given, what the policies of roles and users allow.
    pub fn new(ministack: Option<String>) -> Self {
        Self(Arc::new(Inner {
            keys: Keys::new(ministack),
            state: Mutex::default(),
            wrong: Mutex::default(),
        }))
    }

    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    /// What it answered against the vendor's model: mistakes of this stand-in. Tests want none.
    pub fn wrong(&self) -> Vec<String> {
        self.0.wrong.lock().unwrap().clone()
    }

    /// Whether it knows the service of a target.
    pub fn serves(service: &str) -> bool {
        service != "cur" && Model::all().iter().any(|model| model.service == service)
    }

    /// On a port of its own.
    pub fn serve(&self) -> Server {
        let billing = self.clone();
        Server::start(move |request| {
            let billing = billing.clone();
            async move { billing.answer(&request).await }
        })
    }

    pub async fn answer(&self, request: &Asked) -> Said {
        if cbor::is_one(request.headers()) {
            return self.answer_in_cbor(request).await;
        }
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let target = header("x-amz-target").unwrap_or_default();
        let Some((model, operation)) = Model::find(target) else {
            let unknown = r#"{"__type":"UnknownOperationException"}"#;
            return said(404, "application/x-amz-json-1.1", unknown);
        };
        let answer = if request.method() != "POST" || request.uri().path() != "/" {
            Err(Failure::new("UnknownOperationException", "Not POST on /"))
        } else if header("content-type") != Some(&model.content_type()) {
            let message = format!("Content-Type is not {}", model.content_type());
            Err(Failure::new("SerializationException", message))
        } else {
            let input = serde_json::from_slice(request.body()).ok();
            self.understand(model, operation, request, input).await
        };
        match answer {
            Ok(output) => self.succeed(model, operation, &output),
            Err(failure) => self.fail(model, operation, failure),
        }
    }

    /// The same, in the other protocol of Compute Optimizer.
    async fn answer_in_cbor(&self, request: &Asked) -> Said {
        let of_service = |model: &&Model| model.service == "compute-optimizer";
        let (Some(("ComputeOptimizerService", operation)), Some(model)) = (
            cbor::target(request.uri()),
            Model::all().iter().find(of_service),
        ) else {
            return said(404, "text/plain", "");
        };
        let input = cbor::to_json(request.body());
        let answer = match self.understand(model, operation, request, input).await {
            Ok(output) => self.succeed(model, operation, &output),
            Err(failure) => self.fail(model, operation, failure),
        };
        in_cbor(&answer)
    }

    async fn understand(
        &self,
        model: &Model,
        operation: &str,
        request: &Asked,
        input: Option<Value>,
    ) -> Result<Value, Failure> {
        let now = Timestamp::now();
        let caller = self.authenticate(model, request, now)?;
        let unreadable = || Failure::new("SerializationException", "Unable to parse the request");
        let input = input.ok_or_else(unreadable)?;
        judge(model, operation, &input)?;
        let call = Call {
            caller: &caller,
            operation,
            input: &input,
            now,
        };
        let action = format!("{}:{operation}", model.service);
        let applies_to = resources(model.service, &self.state(), &call);
        for resource in applies_to {
            if !self.0.keys.allow(&caller, &action, &resource).await {
                return Err(Failure::new(
                    "AccessDeniedException",
                    format!(
                        "User: {} is not authorized to perform: {action} on resource: {resource} \
                         because no identity-based policy allows the {action} action",
                        caller.arn
                    ),
                ));
            }
        }
        let state = &mut self.state();
        match model.service {
            "bcm-data-exports" => exports::answer(state, &call),
            "cost-optimization-hub" => hub::answer(state, &call),
            "compute-optimizer" => optimizer::answer(state, &call),
            "support" => support::answer(state, &call),
            "organizations" => organization::answer(state, &call),
            other => Err(not_built(other)),
        }
    }

    fn authenticate(
        &self,
        model: &Model,
        request: &Asked,
        now: Timestamp,
    ) -> Result<Caller, Failure> {
        let invalid = |message: &str| Failure::new("InvalidSignatureException", message);
        let claim = Claim::of(request.headers()).ok_or_else(|| {
            let message = "Request is missing Authentication Token";
            Failure::new("MissingAuthenticationTokenException", message)
        })?;
        let name = match model.metadata("signingName") {
            "" => model.metadata("endpointPrefix"),
            name => name,
        };
        if claim.service != name {
            let message = format!("Credential should be scoped to correct service: '{name}'.");
            return Err(invalid(&message));
        }
        // Compute Optimizer is the one that has an endpoint in each region.
        if model.service != "compute-optimizer" && claim.region != "us-east-1" {
            return Err(invalid("Credential should be scoped to a valid region."));
        }
        let caller = self.0.keys.find(&claim, request, now)?;
        if claim.age(now).is_none_or(|age| age.abs() > 15 * 60) {
            let message = format!("Signature expired: {} is now earlier than {now}", claim.at);
            return Err(invalid(&message));
        }
        Ok(caller)
    }

    fn succeed(&self, model: &Model, operation: &str, output: &Value) -> Said {
        let violations = model.judge_output(operation, output);
        if !violations.is_empty() {
            return self.mistaken(format!("{operation}: {output}: {violations:?}"));
        }
        said(200, &model.content_type(), output.to_string())
    }

    fn fail(&self, model: &Model, operation: &str, failure: Failure) -> Said {
        let mut body = failure.members;
        body[model.message_member(&failure.code)] = failure.message.into();
        let violations = model.judge_error(&failure.code, &body);
        if !violations.is_empty() {
            return self.mistaken(format!("{operation}: {body}: {violations:?}"));
        }
        let prefix = match model.metadata("jsonVersion") {
            "1.0" => format!("com.amazonaws.{}#", model.service.replace('-', "")),
            _ => String::new(),
        };
        body["__type"] = format!("{prefix}{}", failure.code).into();
        let status = model.status_of(&failure.code);
        said(status, &model.content_type(), body.to_string())
    }

    fn mistaken(&self, what: String) -> Said {
        self.0.wrong.lock().unwrap().push(what.clone());
        said(500, "text/plain", what)
    }
}

/// An answer in JSON, in CBOR.
pub fn in_cbor(answer: &Said) -> Said {
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let status = answer.status().as_u16();
    let mut answer = said(status, cbor::CONTENT_TYPE, cbor::of_json(&body));
    let protocol = cbor::HEADER.1.parse().unwrap();
    answer.headers_mut().insert(cbor::HEADER.0, protocol);
    answer
}

/// What an operation applies to, as policies name it.
fn resources(service: &str, state: &State, call: &Call<'_>) -> Vec<String> {
    match service {
        "bcm-data-exports" => exports::resources(call),
        "organizations" => organization::resources(state, call),
        _ => vec!["*".to_owned()],
    }
}

/// Refuses what the vendor's model does not allow, in the service's own way.
fn judge(model: &Model, operation: &str, input: &Value) -> Result<(), Failure> {
    let violations = model.judge_input(operation, input);
    let Some(first) = violations.first() else {
        return Ok(());
    };
    if first.is_type {
        return Err(Failure::new("SerializationException", &first.constraint));
    }
    let all: Vec<String> = violations
        .iter()
        .map(|one| {
            format!(
                "Value at '{}' failed to satisfy constraint: {}",
                one.member, one.constraint
            )
        })
        .collect();
    let message = format!(
        "{} validation error detected: {}",
        all.len(),
        all.join("; ")
    );
    let fields = |name: &str, message: &str| -> Value {
        let field =
            |one: &super::model::Violation| json!({name: one.member, message: one.constraint});
        violations.iter().map(field).collect()
    };
    Err(match model.service {
        "bcm-data-exports" => Failure::new("ValidationException", message)
            .with("Reason", "fieldValidationFailed")
            .with("Fields", fields("Name", "Message")),
        "cost-optimization-hub" => Failure::new("ValidationException", message)
            .with("reason", "FieldValidationFailed")
            .with("fields", fields("fieldName", "message")),
        "organizations" => {
            Failure::new("InvalidInputException", message).with("Reason", reason(&first.constraint))
        }
        "compute-optimizer" => Failure::new("InvalidParameterValueException", message),
        _ => Failure::new("ValidationException", message),
    })
}

/// The reason that Organizations gives.
fn reason(constraint: &str) -> &'static str {
    let words = [
        ("null", "INPUT_REQUIRED"),
        ("length less", "MAX_LENGTH_EXCEEDED"),
        ("length greater", "MIN_LENGTH_EXCEEDED"),
        ("value less", "MAX_VALUE_EXCEEDED"),
        ("value greater", "MIN_VALUE_EXCEEDED"),
        ("enum", "INVALID_ENUM"),
    ];
    let found = words.iter().find(|(word, _)| constraint.contains(word));
    found.map_or("INVALID_PATTERN", |(_, reason)| reason)
}

fn not_built(operation: &str) -> Failure {
    Failure::new("NotImplementedByTheStandIn", operation)
}

/// A moment as members of this service write it.
fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
