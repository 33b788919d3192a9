//! How Azure says no, and what that means: the errors of Azure Resource Manager, Microsoft Graph,
//! Azure Storage and Entra.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::blobs;
use crate::provider::entra::{Cause, Refusal, aadsts};
use crate::provider::http::{Dialect, Problem, Reply};
use crate::provider::trouble::{Kind, Trouble, Voice};

/// Azure's voice and dialect.
pub struct Azure;

pub static AZURE: Azure = Azure;

/// A trouble that no answer stands behind.
#[must_use]
pub fn new(kind: Kind, action: &'static str, message: impl Into<String>) -> Trouble {
    Trouble::new(&AZURE, kind, action, message)
}

/// Who may not do what where, as Azure Resource Manager says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    pub action: String,
    pub scope: Option<String>,
}

impl Denial {
    /// From the message of `AuthorizationFailed`: "… does not have authorization to perform action 'X'
    /// over scope 'Y' …".
    #[must_use]
    pub fn of(trouble: &Trouble) -> Option<Self> {
        if trouble.kind != Kind::Denied {
            return None;
        }
        let quoted = |mark: &str| {
            let (_, rest) = trouble.message.split_once(mark)?;
            let (text, _) = rest.split_once('\'')?;
            Some(text.to_owned())
        };
        Some(Self {
            action: quoted("perform action '")?,
            scope: quoted("over scope '"),
        })
    }
}

impl Voice for Azure {
    fn name(&self) -> &'static str {
        "Azure"
    }

    fn explain(&self, trouble: &Trouble) -> Option<String> {
        if let Some(meaning) = entra(trouble) {
            let code = trouble.code.as_deref().unwrap_or_default();
            return Some(format!("{} ({code})", meaning.means));
        }
        let code = trouble.code.as_deref().unwrap_or_default();
        if let Some((_, means, _)) = STORAGE.iter().find(|(known, ..)| *known == code) {
            return Some(format!("{means} ({code})"));
        }
        match trouble.kind {
            Kind::NoCredentials => Some(format!("nobody is signed in here ({})", trouble.message)),
            Kind::Denied => Denial::of(trouble).map(|denial| match denial.scope {
                Some(scope) => format!("it may not {} at {scope}", denial.action),
                None => format!("it may not {}", denial.action),
            }),
            Kind::Unauthenticated if code.starts_with("AADSTS") => {
                Some(format!("Entra gives no token ({code})"))
            }
            Kind::Unauthenticated => Some(format!("Azure does not accept the token ({code})")),
            _ => None,
        }
    }

    fn advise(&self, trouble: &Trouble) -> Option<String> {
        if let Some(meaning) = entra(trouble) {
            return Some(meaning.what_to_do.to_owned());
        }
        let code = trouble.code.as_deref().unwrap_or_default();
        if let Some((.., what_to_do)) = STORAGE.iter().find(|(known, ..)| *known == code) {
            return Some((*what_to_do).to_owned());
        }
        let advice = match trouble.kind {
            Kind::NoCredentials => {
                "sign in where bursar runs: on a laptop with `az login`, on a GitHub runner with \
                 `permissions: {id-token: write}` and an `azure_federated` credential; or declare an \
                 `azure_client_secret`"
            }
            Kind::Unauthenticated if code.starts_with("AADSTS") => {
                return Some(format!(
                    "see what Entra says about the code: https://login.microsoftonline.com/error?code={}",
                    code.trim_start_matches("AADSTS")
                ));
            }
            _ => return None,
        };
        Some(advice.to_owned())
    }

    fn endpoint(&self) -> &'static str {
        "BURSAR_ENDPOINT_AZURE_…"
    }

    fn status_page(&self) -> &'static str {
        "https://azure.status.microsoft"
    }
}

/// What Azure Storage refuses with, what it means, and what to do
/// (<https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes>).
const STORAGE: &[(&str, &str, &str)] = &[
    (
        "AuthorizationPermissionMismatch",
        "the permission to do this with blobs is missing",
        "",
    ),
    (
        "AuthorizationFailure",
        "the storage account's firewall, or the signature, does not allow this",
        "see the storage account, Networking: allow this machine's network, or run bursar where it is \
         allowed; a SAS must be for its service, resource type and address",
    ),
    (
        "AuthenticationFailed",
        "Azure Storage does not accept the signature or token",
        "generate a new SAS: a changed account key, a removed access policy and an expiry all end one",
    ),
    (
        "KeyBasedAuthenticationNotPermitted",
        "the storage account forbids shared keys, and a SAS is signed with one",
        "read the container with an Entra credential that has Storage Blob Data Reader (leave \
         `read_with` out, or name it there), or make a user delegation SAS",
    ),
    (
        "AuthorizationResourceTypeMismatch",
        "the signature is not for containers and blobs",
        "generate a SAS for the container, or an account SAS with the resource types Container and Object",
    ),
    (
        "AuthorizationServiceMismatch",
        "the signature is not for the Blob service",
        "generate a SAS for the Blob service (`ss=b`)",
    ),
    (
        "AuthorizationSourceIPMismatch",
        "the signature is for other addresses (`sip`)",
        "run bursar from an allowed address, or generate a SAS without `sip`",
    ),
    (
        "AuthorizationProtocolMismatch",
        "the signature is for HTTPS only",
        "use HTTPS for the endpoint",
    ),
    (
        "AccountIsDisabled",
        "the storage account is disabled",
        "see the subscription of the storage account: it may be disabled",
    ),
];

/// The row for Entra's code behind a trouble.
fn entra(trouble: &Trouble) -> Option<&'static aadsts::Meaning> {
    let code = trouble.code.as_deref()?.strip_prefix("AADSTS")?;
    aadsts::meaning(code.parse().ok()?)
}

/// The error of Azure Resource Manager and of Graph.
#[derive(Deserialize)]
struct Envelope {
    error: Error,
}

#[derive(Deserialize)]
struct Error {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Dialect for Azure {
    fn voice(&self) -> &'static dyn Voice {
        &AZURE
    }

    fn problem(&self, reply: &Reply) -> Option<Problem> {
        let text = reply.text().unwrap_or_default();
        // Entra's `error` is a word, Azure Resource Manager's a document.
        if let Some(refusal) = Refusal::read(text) {
            return Some(of_entra(reply.status, &refusal));
        }
        if let Some((code, message)) = blobs::error(reply) {
            return Some(of_storage(reply.status, code, message));
        }
        let error = match reply.json::<Envelope>() {
            Ok(envelope) => envelope.error,
            Err(_) => reply
                .json::<Error>()
                .ok()
                .filter(|error| !error.code.is_empty())?,
        };
        let code = (!error.code.is_empty()).then_some(error.code);
        let mut problem = Problem::of_status(reply.status, code, error.message);
        let code = problem.code.as_deref().unwrap_or_default();
        problem.kind = match (reply.status, code) {
            // Cost Management and Billing say 401 of what is missing in roles.
            (401, code) if !is_of_token(code) => Kind::Denied,
            (_, "AuthorizationFailed" | "RBACAccessDenied" | "AccessDenied") => Kind::Denied,
            (_, "TooManyRequests" | "429") => Kind::Throttled,
            (400 | 404, "SubscriptionNotFound" | "InvalidSubscriptionId") => Kind::Missing,
            (_, _) => problem.kind,
        };
        Some(problem)
    }

    fn request_ids(&self) -> &'static [&'static str] {
        &[
            "x-ms-request-id",
            "request-id",
            "x-ms-correlation-request-id",
        ]
    }

    /// Cost Management says in headers of its own how long to wait
    /// (<https://learn.microsoft.com/azure/cost-management-billing/costs/manage-automation>).
    fn wait(&self, headers: &HeaderMap) -> Option<Duration> {
        let seconds = headers.iter().filter_map(|(name, value)| {
            let name = name.as_str();
            let own = name.starts_with("x-ms-ratelimit-microsoft.costmanagement-")
                && name.ends_with("-retry-after");
            value.to_str().ok()?.parse().ok().filter(|_| own)
        });
        seconds.max().map(Duration::from_secs)
    }
}

/// Whether a 401 is about the token itself.
fn is_of_token(code: &str) -> bool {
    code.contains("Token") || code.contains("Authentication")
}

fn of_entra(status: u16, refusal: &Refusal) -> Problem {
    let mut problem = Problem::of_status(status, Some(refusal.name()), refusal.said.clone());
    problem.kind = match refusal.cause() {
        Cause::Throttled => Kind::Throttled,
        Cause::Passing => Kind::Server,
        _ if status == 429 || status >= 500 => problem.kind,
        _ => Kind::Unauthenticated,
    };
    problem
}

fn of_storage(status: u16, code: String, message: String) -> Problem {
    let kind = match code.as_str() {
        "AuthenticationFailed" | "InvalidAuthenticationInfo" => Kind::Unauthenticated,
        "ServerBusy" => Kind::Throttled,
        "OperationTimedOut" | "InternalError" => Kind::Server,
        _ => Problem::of_status(status, None, "").kind,
    };
    Problem {
        kind,
        code: Some(code),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(status: u16, body: &str) -> Problem {
        let reply = Reply {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        AZURE.problem(&reply).unwrap()
    }

    fn trouble(problem: Problem) -> Trouble {
        Trouble {
            code: problem.code,
            ..new(problem.kind, "x", problem.message)
        }
    }

    #[test]
    fn a_missing_role_is_a_denial_whatever_the_status() {
        let body = r#"{"error": {"code": "AuthorizationFailed", "message": "The client 'a' with object id 'b' does not have authorization to perform action 'Microsoft.CostManagement/exports/read' over scope '/subscriptions/s' or the scope is invalid."}}"#;
        let told = trouble(problem(403, body)).explained();
        assert_eq!(
            told,
            "it may not Microsoft.CostManagement/exports/read at /subscriptions/s"
        );
        let body = r#"{"error": {"code": "RBACAccessDenied", "message": "no"}}"#;
        assert_eq!(problem(401, body).kind, Kind::Denied);
        let body = r#"{"error": {"code": "InvalidAuthenticationTokenTenant", "message": "no"}}"#;
        assert_eq!(problem(401, body).kind, Kind::Unauthenticated);
    }

    #[test]
    fn entra_is_explained_by_its_code() {
        let body = r#"{"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys are expired. Trace ID: x", "error_codes": [7000222]}"#;
        let trouble = trouble(problem(401, body));
        assert_eq!(trouble.kind, Kind::Unauthenticated);
        assert_eq!(
            trouble.explained(),
            "the application's secret has expired (AADSTS7000222)"
        );
        assert!(!trouble.what_to_do().is_empty());
    }

    #[test]
    fn storage_is_explained_by_its_code() {
        let body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>KeyBasedAuthenticationNotPermitted</Code><Message>Key based authentication is not permitted on this storage account.</Message></Error>";
        let trouble = trouble(problem(403, body));
        assert_eq!(trouble.kind, Kind::Denied);
        assert!(trouble.explained().contains("forbids shared keys"));
    }

    #[test]
    fn cost_management_says_how_long_to_wait() {
        let mut headers = HeaderMap::new();
        let name = "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after";
        headers.insert(name, "7".parse().unwrap());
        assert_eq!(AZURE.wait(&headers), Some(Duration::from_secs(7)));
        assert_eq!(AZURE.wait(&HeaderMap::new()), None);
    }
}
