//! Refusals, in the form of each service and in Google's words (AIP-193; "Use the JSON API" of
//! BigQuery; RFC 6749 of the token service).

use serde_json::{Value, json};

use crate::stand::web::{Said, said};

#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub status: u16,
    /// `PERMISSION_DENIED` and the like.
    pub word: &'static str,
    /// Of `ErrorInfo`; for BigQuery and tokens, their own code.
    pub reason: Option<String>,
    pub message: String,
    pub metadata: Value,
}

impl Refusal {
    pub fn new(status: u16, word: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            word,
            reason: None,
            message: message.into(),
            metadata: json!({}),
        }
    }

    pub fn reason(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_ARGUMENT", message)
    }

    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(403, "PERMISSION_DENIED", message)
    }

    pub fn missing(message: impl Into<String>) -> Self {
        Self::new(404, "NOT_FOUND", message)
    }

    /// Of a permission on a resource.
    pub fn lacks(permission: &str, resource: &str) -> Self {
        Self::denied(format!(
            "Permission '{permission}' denied on resource '//{resource}' (or it may not exist)."
        ))
        .reason("IAM_PERMISSION_DENIED")
    }

    pub fn no_token() -> Self {
        Self::new(
            401,
            "UNAUTHENTICATED",
            "Request is missing required authentication credential. Expected OAuth 2 access token, \
             login cookie or other valid authentication credential.",
        )
        .reason("CREDENTIALS_MISSING")
    }

    pub fn bad_token() -> Self {
        Self::new(
            401,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login \
             cookie or other valid authentication credential.",
        )
        .reason("ACCESS_TOKEN_TYPE_UNSUPPORTED")
    }

    pub fn scope() -> Self {
        Self::denied("Request had insufficient authentication scopes.")
            .reason("ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    }

    pub fn disabled(api: &str, project: &str) -> Self {
        let mut refusal = Self::denied(format!(
            "The API has not been used in project {project} before or it is disabled. Enable it by \
             visiting https://console.developers.google.com/apis/api/{api}/overview?project={project} \
             then retry. If you enabled this API recently, wait a few minutes for the action to \
             propagate to our systems and retry."
        ))
        .reason("SERVICE_DISABLED");
        refusal.metadata = json!({"service": api, "consumer": format!("projects/{project}")});
        refusal
    }

    pub fn said(&self, service: &str) -> Said {
        let body = match service {
            "sts" => json!({
                "error": self.reason.as_deref().unwrap_or("invalid_request"),
                "error_description": self.message,
            }),
            "bigquery" if self.reason.as_deref() != Some("SERVICE_DISABLED") => {
                let usual = match self.status {
                    404 => "notFound",
                    403 => "accessDenied",
                    401 => "authError",
                    _ => "invalid",
                };
                let reason = self.reason.as_deref().unwrap_or(usual);
                json!({"error": {
                    "code": self.status,
                    "message": self.message,
                    "errors": [{"message": self.message, "domain": "global", "reason": reason}],
                    "status": self.word,
                }})
            }
            _ => {
                let details = self.reason.as_ref().map(|reason| {
                    json!([{
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": reason,
                        "domain": "googleapis.com",
                        "metadata": self.metadata,
                    }])
                });
                json!({"error": {
                    "code": self.status,
                    "message": self.message,
                    "status": self.word,
                    "details": details.unwrap_or_else(|| json!([])),
                }})
            }
        };
        said(
            self.status,
            "application/json; charset=UTF-8",
            body.to_string(),
        )
    }
}
