//! How Google Cloud says no, and what that means. Forms: AIP-193 (`google.rpc.Status` with
//! `ErrorInfo`), BigQuery's own `errors[].reason`, and OAuth 2.0 (RFC 6749, 5.2) of the token
//! services.

use jiff::SignedDuration;
use serde_json::Value;

use crate::env;
use crate::provider::http::{Dialect, Problem, Reply};
use crate::provider::trouble::{Kind, Trouble, Voice};

/// Google Cloud.
pub static GOOGLE: Google = Google;

/// The reason of a call to an API that is not enabled in the caller's project.
pub const DISABLED: &str = "SERVICE_DISABLED";

/// How far a clock may be off before Google refuses a token that was signed by it.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

pub struct Google;

impl Voice for Google {
    fn name(&self) -> &'static str {
        "Google Cloud"
    }

    fn explain(&self, trouble: &Trouble) -> Option<String> {
        if let Some((service, project)) = disabled_api(trouble) {
            return Some(format!("{service} is not enabled in project {project}"));
        }
        let said = trouble.message.as_str();
        let code = trouble.code.as_deref().unwrap_or_default();
        let of_token = ["invalid_grant", "unauthorized_client"].contains(&code);
        let words = match trouble.kind {
            Kind::NoCredentials => return Some(said.to_owned()),
            Kind::Unauthenticated if of_token && said.contains("attribute condition") => {
                "the provider's attribute condition does not let this token in"
            }
            Kind::Unauthenticated if of_token && said.contains("audience") => {
                "the token is for another audience than the provider allows"
            }
            Kind::Unauthenticated if of_token => {
                return Some(format!("Google does not accept the token: {said}"));
            }
            Kind::Unauthenticated if code == "invalid_target" => {
                "there is no workload identity provider of this name, or it is disabled"
            }
            Kind::Unauthenticated => {
                "Google Cloud does not accept the token: the key was deleted or disabled, or its service \
                 account was"
            }
            _ => return None,
        };
        Some(words.to_owned())
    }

    fn advise(&self, trouble: &Trouble) -> Option<String> {
        if let Some((service, project)) = disabled_api(trouble) {
            return Some(format!(
                "gcloud services enable {service} --project={project}; it takes a few minutes to hold"
            ));
        }
        let text = match (trouble.kind, trouble.code.as_deref()) {
            (Kind::NoCredentials, _) => {
                "sign in where bursar runs: on a laptop with `gcloud auth application-default \
                 login`, on a GitHub runner with `gcp_workload_identity`; or declare a \
                 `gcp_service_account`"
            }
            (Kind::Unauthenticated, Some("invalid_target")) => {
                "correct `audience`: it is the provider's full name, as IAM & Admin, Workload \
                 Identity Federation shows it"
            }
            (Kind::Unauthenticated, Some("invalid_grant" | "unauthorized_client")) => {
                "see the provider in IAM & Admin, Workload Identity Federation: issuer, allowed \
                 audiences and attribute condition must fit what the token says (`bursar check` \
                 shows it under `gcp.token.form`)"
            }
            (Kind::Unauthenticated, _) => {
                "see the service account's Keys in IAM & Admin: enable it, or create a new key and put \
                 that behind the reference"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn endpoint(&self) -> &'static str {
        "BURSAR_ENDPOINT_GCP"
    }

    fn status_page(&self) -> &'static str {
        "https://status.cloud.google.com"
    }
}

impl Dialect for Google {
    fn voice(&self) -> &'static dyn Voice {
        &GOOGLE
    }

    fn problem(&self, reply: &Reply) -> Option<Problem> {
        let body: Value = reply.json().ok()?;
        let mut problem = sorted(reply.status, &body)?;
        let off = |at| env::wall_clock().duration_since(at).abs() > SKEW;
        // A token that was signed by a wrong clock is refused like one that was never good.
        if problem.kind == Kind::Unauthenticated && reply.date().is_some_and(off) {
            problem.kind = Kind::Clock;
        }
        Some(problem)
    }
}

/// What the body of a refusal means; none where it is none of Google's.
pub(super) fn sorted(status: u16, body: &Value) -> Option<Problem> {
    let error = &body["error"];
    if let Some(code) = error.as_str() {
        let said = body["error_description"].as_str().unwrap_or_default();
        return Some(of_token(status, code, said));
    }
    let said = error["message"].as_str()?;
    let info = error["details"].as_array().and_then(|details| {
        let reason = |detail: &Value| detail["reason"].as_str().map(str::to_owned);
        details.iter().find_map(reason)
    });
    let legacy = error["errors"][0]["reason"].as_str().map(str::to_owned);
    let usual = error["status"].as_str().map(str::to_owned);
    let code = info.or(legacy).or(usual.clone());
    let mut problem = Problem::of_status(status, code.clone(), said);
    problem.kind = match code.as_deref().unwrap_or_default() {
        "RATE_LIMIT_EXCEEDED"
        | "RESOURCE_EXHAUSTED"
        | "rateLimitExceeded"
        | "quotaExceeded"
        | "userRateLimitExceeded"
        | "jobRateLimitExceeded" => Kind::Throttled,
        "backendError" | "internalError" | "jobBackendError" | "jobInternalError" => Kind::Server,
        "accessDenied" => Kind::Denied,
        "notFound" => Kind::Missing,
        _ if usual.as_deref() == Some("RESOURCE_EXHAUSTED") => Kind::Throttled,
        _ => problem.kind,
    };
    Some(problem)
}

/// A refusal of the services that give tokens.
fn of_token(status: u16, code: &str, said: &str) -> Problem {
    let mut problem = Problem::of_status(status, Some(code.to_owned()), said);
    let of_clock = ["short-lived token", "iat and exp", "issued in the future"];
    problem.kind = match code {
        _ if of_clock.iter().any(|words| said.contains(words)) => Kind::Clock,
        "invalid_grant"
        | "invalid_target"
        | "invalid_client"
        | "unauthorized_client"
        | "invalid_request" => Kind::Unauthenticated,
        "access_denied" => Kind::Denied,
        _ => problem.kind,
    };
    problem
}

/// The API that a refusal says is not enabled, and the project that it should be enabled in: both
/// stand in the address that Google gives to enable it.
#[must_use]
fn disabled_api(trouble: &Trouble) -> Option<(&str, &str)> {
    if !trouble.is(DISABLED) {
        return None;
    }
    let (_, rest) = trouble.message.split_once("/apis/api/")?;
    let (service, rest) = rest.split_once("/overview?project=")?;
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .unwrap_or(rest.len());
    Some((service, &rest[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn kind(status: u16, body: &Value) -> (Kind, Option<String>) {
        let problem = sorted(status, body).unwrap();
        (problem.kind, problem.code)
    }

    #[test]
    fn refusals_are_sorted_by_reason_and_status() {
        let status = |code: u16, status: &str, reason: Option<&str>| {
            let details = reason.map(|reason| json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]));
            json!({"error": {"code": code, "message": "no", "status": status, "details": details}})
        };
        let denied = status(403, "PERMISSION_DENIED", Some("IAM_PERMISSION_DENIED"));
        assert_eq!(kind(403, &denied).0, Kind::Denied);
        let busy = status(429, "RESOURCE_EXHAUSTED", Some("RATE_LIMIT_EXCEEDED"));
        assert_eq!(kind(429, &busy).0, Kind::Throttled);
        let gone = status(404, "NOT_FOUND", None);
        assert_eq!(
            kind(404, &gone),
            (Kind::Missing, Some("NOT_FOUND".to_owned()))
        );
        let ill = status(503, "UNAVAILABLE", None);
        assert_eq!(kind(503, &ill).0, Kind::Server);
        let quota = json!({"error": {"code": 403, "message": "Exceeded rate limits",
            "errors": [{"reason": "rateLimitExceeded"}], "status": "PERMISSION_DENIED"}});
        assert_eq!(kind(403, &quota).0, Kind::Throttled);
        assert_eq!(sorted(502, &json!({"a": 1})), None);
    }

    #[test]
    fn refusals_of_tokens_are_sorted_too() {
        let said = |code: &str, text: &str| {
            kind(400, &json!({"error": code, "error_description": text})).0
        };
        assert_eq!(said("invalid_grant", "rejected"), Kind::Unauthenticated);
        let clock = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe";
        assert_eq!(said("invalid_grant", clock), Kind::Clock);
    }

    #[test]
    fn an_api_that_is_not_enabled_is_named_with_its_project() {
        let mut trouble = Trouble::new(
            &GOOGLE,
            Kind::Denied,
            "billing.accounts.get",
            "Cloud Billing API has not been used in project 123456789012 before or it is disabled. \
             Enable it by visiting https://console.developers.google.com/apis/api/\
             cloudbilling.googleapis.com/overview?project=123456789012 then retry.",
        );
        trouble.code = Some(DISABLED.to_owned());
        assert_eq!(
            trouble.explained(),
            "cloudbilling.googleapis.com is not enabled in project 123456789012"
        );
        assert!(trouble.what_to_do().starts_with(
            "gcloud services enable cloudbilling.googleapis.com --project=123456789012"
        ));
    }
}
