//! Trouble as AWS makes it: errors of the SDK sorted, and AWS's own words explained.

use std::error::Error;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::http::causes;
use crate::provider::trouble::{Kind, Trouble, Voice};

/// How AWS's trouble is told.
struct Aws;

static AWS: Aws = Aws;

/// A trouble that no answer of AWS stands behind.
#[must_use]
pub fn new(kind: Kind, action: &'static str, message: impl Into<String>) -> Trouble {
    Trouble::new(&AWS, kind, action, message)
}

/// Sorts an error of the SDK.
#[must_use]
pub fn of<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Trouble
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let code = error.code().map(str::to_owned);
    let status = error.raw_response().map(|raw| raw.status().as_u16());
    let message = match error.message() {
        Some(message) => message.to_owned(),
        None => status.map_or_else(
            || causes(error, LAYERS),
            |status| format!("HTTP {status} without an explanation"),
        ),
    };
    let kind = match error {
        SdkError::ConstructionFailure(_) => Kind::NoCredentials,
        SdkError::TimeoutError(_) => Kind::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_io() => Kind::Network,
        SdkError::DispatchFailure(_) => dispatch(&message),
        SdkError::ResponseError(_) => Kind::Malformed,
        _ => answered(code.as_deref(), status, &message),
    };
    Trouble {
        code,
        status,
        request_id: error.request_id().map(str::to_owned),
        ..new(kind, action, message)
    }
}

impl Voice for Aws {
    fn name(&self) -> &'static str {
        "AWS"
    }

    fn explain(&self, trouble: &Trouble) -> Option<String> {
        match trouble.kind {
            Kind::Unauthenticated => {
                let code = trouble.code.as_deref().unwrap_or_default();
                Some(unauthenticated(code).to_owned())
            }
            Kind::Denied => Denial::of(trouble).map(|denial| denial.told()),
            _ => None,
        }
    }

    fn advise(&self, trouble: &Trouble) -> Option<String> {
        let advice = match trouble.kind {
            Kind::NoCredentials => {
                "sign in where bursar runs: on a laptop with `aws sso login` or a profile, on a \
                 GitHub runner with `aws-actions/configure-aws-credentials`; or declare an \
                 `aws_access_key`"
            }
            Kind::Unauthenticated => match trouble.code.as_deref().unwrap_or_default() {
                "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
                    "sign in anew; a session does not outlive its hours"
                }
                "SignatureDoesNotMatch" => {
                    "take key id and secret key from the same key, without blanks around them"
                }
                _ => "create a new key, or sign in anew; a key of another partition is unknown too",
            },
            _ => return None,
        };
        Some(advice.to_owned())
    }

    fn endpoint(&self) -> &'static str {
        "AWS_ENDPOINT_URL"
    }

    fn status_page(&self) -> &'static str {
        "https://health.aws.amazon.com"
    }
}

/// What an answer of AWS with an error means.
fn answered(code: Option<&str>, status: Option<u16>, message: &str) -> Kind {
    match code.unwrap_or_default() {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "SlowDown"
        | "BandwidthLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "LimitExceededException" => Kind::Throttled,
        "RequestTimeTooSkewed" | "RequestInTheFuture" => Kind::Clock,
        // Sent with a clock that is off, too: then the message says so.
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "AuthFailure"
            if message.contains("Signature expired")
                || message.contains("Signature not yet current") =>
        {
            Kind::Clock
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "AuthFailure"
        | "InvalidToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignature" => Kind::Unauthenticated,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError"
        | "UnauthorizedAccess"
        | "Forbidden" => Kind::Denied,
        "NoSuchBucket"
        | "NoSuchKey"
        | "NoSuchBucketPolicy"
        | "NoSuchEntity"
        | "ResourceNotFoundException"
        | "NotFound" => Kind::Missing,
        "InternalFailure"
        | "InternalError"
        | "InternalServerError"
        | "InternalServerException"
        | "ServiceUnavailable"
        | "ServiceException"
        | "ServiceUnavailableException"
        | "RequestTimeout"
        | "RequestTimeoutException" => Kind::Server,
        other => match status {
            Some(500..) => Kind::Server,
            Some(429) => Kind::Throttled,
            // Every error of AWS has a code: this came from something in between.
            Some(401 | 403) if other.is_empty() => Kind::Denied,
            _ if other.is_empty() => Kind::Malformed,
            _ => Kind::Refused,
        },
    }
}

/// What a request that was never sent means.
fn dispatch(message: &str) -> Kind {
    // The SDK looks for credentials when it signs, and has no kind of its own for not finding any.
    let nothing = ["credential", "token file", "profile", "identity"];
    if nothing.iter().any(|word| message.contains(word)) {
        Kind::NoCredentials
    } else {
        Kind::Network
    }
}

fn unauthenticated(code: &str) -> &'static str {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => "the session has expired",
        "SignatureDoesNotMatch" | "InvalidSignatureException" => {
            "the secret key does not belong to the access key id"
        }
        "InvalidClientTokenId" | "InvalidAccessKeyId" | "UnrecognizedClientException" => {
            "AWS does not know the access key: it was deleted, is inactive, or belongs to another \
             partition"
        }
        _ => "AWS does not accept these credentials",
    }
}

/// Layers of the SDK that say nothing by themselves.
const LAYERS: &[&str] = &[
    "dispatch failure",
    "io error",
    "other",
    "client error (Connect)",
    "client error (SendRequest)",
    "request has timed out",
];

/// Which policy denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No policy of the principal allows it.
    NotAllowed,
    /// The resource's own policy, in another account, does not allow it.
    ResourcePolicy,
    /// A policy of the principal denies it.
    Denied,
    /// A service control policy of the organization denies or does not allow it.
    ServiceControlPolicy,
    /// The permissions boundary does not allow it.
    Boundary,
    /// The policy of the session does not allow it.
    Session,
    /// AWS does not say.
    Unsaid,
}

/// AWS's sentence on a denied call, taken apart. Forms: IAM user guide, "Troubleshoot access denied
/// error messages".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    pub who: String,
    pub action: String,
    pub resource: Option<String>,
    pub why: Why,
}

impl Denial {
    /// Reads the sentence; none where AWS sent another.
    #[must_use]
    pub fn of(trouble: &Trouble) -> Option<Self> {
        let text = trouble.message.as_str();
        let (who, rest) = text.split_once(" is not authorized to perform: ")?;
        let who = who.rsplit("User: ").next()?.trim().to_owned();
        let (action, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let resource = rest.strip_prefix("on resource: ").map(|rest| {
            let end = rest.find(" because ").or_else(|| rest.find(" with an "));
            rest[..end.unwrap_or(rest.len())]
                .trim_matches(['"', '.', ' '])
                .to_owned()
        });
        let says = |words: &str| rest.contains(words);
        let why = match () {
            () if says("service control policy") => Why::ServiceControlPolicy,
            () if says("permissions boundary") => Why::Boundary,
            () if says("session policy") => Why::Session,
            () if says("resource-based policy") => Why::ResourcePolicy,
            () if says("explicit deny") => Why::Denied,
            () if says("identity-based policy") => Why::NotAllowed,
            () => Why::Unsaid,
        };
        Some(Self {
            who,
            action: action.trim_end_matches('.').to_owned(),
            resource,
            why,
        })
    }

    /// The denial in one clause.
    #[must_use]
    pub fn told(&self) -> String {
        let because = match self.why {
            Why::NotAllowed => ": no policy of it allows that",
            Why::ResourcePolicy => ": the resource's own policy does not allow it",
            Why::Denied => ": a policy denies it explicitly",
            Why::ServiceControlPolicy => {
                ": a service control policy of the organization forbids it"
            }
            Why::Boundary => ": its permissions boundary does not allow it",
            Why::Session => ": the policy of its session does not allow it",
            Why::Unsaid => "",
        };
        format!("{} may not {}{because}", self.who, self.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(message: &str) -> Denial {
        Denial::of(&new(Kind::Denied, "x:Y", message)).unwrap()
    }

    #[test]
    fn a_denial_says_who_what_where_and_which_policy() {
        let denial = denied(
            "User: arn:aws:iam::111122223333:user/ci is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::210987654321:role/BursarReader because no identity-based policy \
             allows the sts:AssumeRole action",
        );
        assert_eq!(denial.who, "arn:aws:iam::111122223333:user/ci");
        assert_eq!(denial.action, "sts:AssumeRole");
        assert_eq!(
            denial.resource.as_deref(),
            Some("arn:aws:iam::210987654321:role/BursarReader")
        );
        assert_eq!(denial.why, Why::NotAllowed);
        let scp = denied(
            "User: arn:aws:sts::1:assumed-role/R/s is not authorized to perform: \
             organizations:ListAccounts on resource: * with an explicit deny in a service control policy",
        );
        assert_eq!(
            (scp.resource.as_deref(), scp.why),
            (Some("*"), Why::ServiceControlPolicy)
        );
        let bare = denied("User: a is not authorized to perform: s3:GetObject");
        assert_eq!((bare.resource, bare.why), (None, Why::Unsaid));
    }

    #[test]
    fn codes_mean_the_same_in_every_protocol() {
        let kind = |code, message| answered(Some(code), Some(400), message);
        assert_eq!(kind("Throttling", ""), Kind::Throttled);
        assert_eq!(kind("SlowDown", ""), Kind::Throttled);
        assert_eq!(kind("TooManyRequestsException", ""), Kind::Throttled);
        assert_eq!(
            kind("SignatureDoesNotMatch", "Signature expired: 20"),
            Kind::Clock
        );
        assert_eq!(
            kind("SignatureDoesNotMatch", "The request"),
            Kind::Unauthenticated
        );
        assert_eq!(kind("ValidationException", ""), Kind::Refused);
        assert_eq!(answered(None, Some(503), ""), Kind::Server);
        assert_eq!(answered(None, Some(404), ""), Kind::Malformed);
    }
}
