//! How Entra, Partner Center, Graph and Azure Resource Manager say no, and how that is told.

use serde_json::Value;

use crate::provider::entra::{Cause, Refusal, meaning};
use crate::provider::http::{Dialect, Problem, Reply};
use crate::provider::trouble::{Kind, Trouble, Voice};

pub struct Entra;
pub struct PartnerCenter;
pub struct Graph;
pub struct Manager;

pub static ENTRA: Entra = Entra;
pub static PARTNER_CENTER: PartnerCenter = PartnerCenter;
pub static GRAPH: Graph = Graph;
pub static MANAGER: Manager = Manager;

impl Voice for Entra {
    fn name(&self) -> &'static str {
        "Entra"
    }

    fn explain(&self, trouble: &Trouble) -> Option<String> {
        let code = trouble.code.as_deref()?;
        let refusal = refusal(code);
        (!trouble.passes()).then(|| refusal.explained())
    }

    fn advise(&self, trouble: &Trouble) -> Option<String> {
        let refusal = refusal(trouble.code.as_deref()?);
        (!trouble.passes()).then(|| refusal.what_to_do().to_owned())
    }

    fn endpoint(&self) -> &'static str {
        crate::env::AZURE_AUTHORITY_HOST
    }

    fn status_page(&self) -> &'static str {
        "https://azure.status.microsoft"
    }
}

/// A refusal with this name: `AADSTS…`, or a word of RFC 6749.
fn refusal(name: &str) -> Refusal {
    match name.strip_prefix("AADSTS") {
        Some(_) => Refusal::of_redirect("", name),
        None => Refusal::of_redirect(name, ""),
    }
}

/// What a cause means for the question behind it.
pub const fn kind(cause: Cause) -> Kind {
    match cause {
        Cause::Secret
        | Cause::Application
        | Cause::Tenant
        | Cause::Interaction
        | Cause::Account
        | Cause::Grant
        | Cause::Assertion => Kind::Unauthenticated,
        Cause::Consent => Kind::Denied,
        Cause::Redirect | Cause::Resource | Cause::Request => Kind::Refused,
        Cause::Throttled => Kind::Throttled,
        Cause::Passing => Kind::Server,
    }
}

/// The cause of a trouble with Entra, where it has a code.
pub fn cause(trouble: &Trouble) -> Option<Cause> {
    let code = trouble.code.as_deref()?;
    let number = code.strip_prefix("AADSTS")?.parse().ok()?;
    Some(meaning(number).map_or_else(|| refusal(code).cause(), |meaning| meaning.cause))
}

impl Dialect for Entra {
    fn voice(&self) -> &'static dyn Voice {
        &ENTRA
    }

    fn problem(&self, reply: &Reply) -> Option<Problem> {
        let refusal = Refusal::read(reply.text()?)?;
        let kind = match reply.status {
            429 => Kind::Throttled,
            500.. => Kind::Server,
            _ => kind(refusal.cause()),
        };
        Some(Problem {
            kind,
            code: Some(refusal.name()),
            message: refusal.said,
        })
    }

    fn request_ids(&self) -> &'static [&'static str] {
        &["x-ms-request-id", "client-request-id"]
    }
}

impl Voice for PartnerCenter {
    fn name(&self) -> &'static str {
        "Partner Center"
    }

    fn explain(&self, trouble: &Trouble) -> Option<String> {
        (trouble.kind == Kind::Unauthenticated)
            .then(|| "Partner Center does not accept the token that Entra gave".to_owned())
    }

    fn advise(&self, trouble: &Trouble) -> Option<String> {
        match trouble.kind {
            Kind::Unauthenticated => Some(
                "see that the application is registered in Partner Center (Account settings, App \
                 management), and that the user signed in with multifactor authentication: else sign in \
                 anew with `bursar login partner`"
                    .to_owned(),
            ),
            Kind::Denied => Some(
                "give the partner's user the role Admin agent in Partner Center (Account settings, \
                 User management), and register the application there (App management)"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    fn endpoint(&self) -> &'static str {
        "BURSAR_ENDPOINT_PARTNER_CENTER"
    }

    fn status_page(&self) -> &'static str {
        "https://status.cloud.microsoft"
    }
}

impl Dialect for PartnerCenter {
    fn voice(&self) -> &'static dyn Voice {
        &PARTNER_CENTER
    }

    /// `{"code": 900, "description": …}`; its gateway answers `{"statusCode": …, "message": …}`.
    fn problem(&self, reply: &Reply) -> Option<Problem> {
        let body: Value = reply.json().ok()?;
        let code = text(&body["code"]).or_else(|| text(&body["statusCode"]));
        let message = text(&body["description"]).or_else(|| text(&body["message"]));
        (code.is_some() || message.is_some())
            .then(|| Problem::of_status(reply.status, code, message.unwrap_or_default()))
    }

    fn request_ids(&self) -> &'static [&'static str] {
        &["ms-requestid", "ms-correlationid"]
    }
}

impl Voice for Graph {
    fn name(&self) -> &'static str {
        "Microsoft Graph"
    }

    fn endpoint(&self) -> &'static str {
        "BURSAR_ENDPOINT_AZURE_GRAPH"
    }

    fn status_page(&self) -> &'static str {
        "https://status.cloud.microsoft"
    }
}

impl Dialect for Graph {
    fn voice(&self) -> &'static dyn Voice {
        &GRAPH
    }

    fn problem(&self, reply: &Reply) -> Option<Problem> {
        wrapped(reply)
    }

    fn request_ids(&self) -> &'static [&'static str] {
        &["request-id", "client-request-id"]
    }
}

impl Voice for Manager {
    fn name(&self) -> &'static str {
        "Azure"
    }

    fn endpoint(&self) -> &'static str {
        "BURSAR_ENDPOINT_AZURE_ARM"
    }

    fn status_page(&self) -> &'static str {
        "https://azure.status.microsoft"
    }
}

impl Dialect for Manager {
    fn voice(&self) -> &'static dyn Voice {
        &MANAGER
    }

    fn problem(&self, reply: &Reply) -> Option<Problem> {
        wrapped(reply)
    }

    fn request_ids(&self) -> &'static [&'static str] {
        &["x-ms-request-id", "x-ms-correlation-request-id"]
    }
}

/// `{"error": {"code": …, "message": …}}`, as Graph and Azure Resource Manager say it.
fn wrapped(reply: &Reply) -> Option<Problem> {
    let body: Value = reply.json().ok()?;
    let code = text(&body["error"]["code"])?;
    let message = text(&body["error"]["message"]).unwrap_or_default();
    Some(Problem::of_status(reply.status, Some(code), message))
}

/// A text or a number, as both stand for codes.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.chars().take(600).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
