//! Trouble: why a call gave no answer, by what that means for the question behind it. AWS's own
//! words are kept, and explained.

use std::error::Error;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::finding::SAID;
use crate::provider::answer::Answer;

/// What kept a call from being answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// There was nothing to sign with.
    NoCredentials,
    /// AWS does not accept the key or session itself.
    Unauthenticated,
    /// The principal may not do this.
    Denied,
    /// What was asked for is not there.
    Missing,
    /// AWS answered no, for another reason.
    Refused,
    /// Too many requests; also after the retries.
    Throttled,
    /// This machine's clock is off.
    Clock,
    /// No connection, or it broke.
    Network,
    /// No answer in time.
    Timeout,
    /// AWS answered 5xx; also after the retries.
    Server,
    /// An answer that makes no sense.
    Malformed,
}

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub kind: Kind,
    /// The action as policies name it, for example `sts:AssumeRole`.
    pub action: &'static str,
    /// AWS's code, where it answered with one.
    pub code: Option<String>,
    /// AWS's own words, or those of the layer that failed.
    pub message: String,
    pub request_id: Option<String>,
}

impl Trouble {
    /// A trouble that no answer of AWS stands behind.
    #[must_use]
    pub fn new(kind: Kind, action: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            action,
            code: None,
            message: message.into(),
            request_id: None,
        }
    }

    /// Sorts an error of the SDK.
    #[must_use]
    pub fn of<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let code = error.code().map(str::to_owned);
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        let message = match error.message() {
            Some(message) => message.to_owned(),
            None => status.map_or_else(
                || chain(error),
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
        Self {
            kind,
            action,
            code,
            message,
            request_id: error.request_id().map(str::to_owned),
        }
    }

    /// Whether asking again later may well be answered: says nothing about access.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(
            self.kind,
            Kind::Throttled
                | Kind::Clock
                | Kind::Network
                | Kind::Timeout
                | Kind::Server
                | Kind::Malformed
        )
    }

    /// Whether AWS answered with this code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// The answer to a question that this kept from being answered; `doing` says what was tried,
    /// for example "list the organization's accounts".
    #[must_use]
    pub fn answer(&self, doing: &str) -> Answer {
        let message = format!("cannot {doing}: {}", self.explained());
        let answer = if self.passes() {
            Answer::unknown(message).remedy(self.what_to_do())
        } else {
            Answer::fail(message).remedy(self.what_to_do())
        };
        self.evidence(answer)
    }

    /// AWS's own words, as evidence.
    #[must_use]
    pub fn evidence(&self, answer: Answer) -> Answer {
        let mut answer = answer.evidence("call", self.action);
        let said: Vec<&str> = [self.code.as_deref(), Some(self.message.as_str())]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        if !said.is_empty() {
            answer = answer.evidence(SAID, said.join(": "));
        }
        if let Some(id) = &self.request_id {
            answer = answer.evidence("request_id", id);
        }
        answer
    }

    /// What happened, in plain words.
    #[must_use]
    pub fn explained(&self) -> String {
        let code = self.code.as_deref().unwrap_or_default();
        let words = match self.kind {
            Kind::NoCredentials => "there are no credentials to sign with",
            Kind::Unauthenticated => return unauthenticated(code).to_owned(),
            Kind::Denied => {
                return match Denial::of(self) {
                    Some(denial) => denial.told(),
                    None => format!("AWS denies {}", self.action),
                };
            }
            Kind::Throttled => "AWS is throttling these calls, after several tries",
            Kind::Clock => "AWS takes the time of this machine for wrong",
            Kind::Network => "the network failed",
            Kind::Timeout => "there was no answer in time",
            Kind::Server => "AWS failed, after several tries",
            Kind::Malformed => "the answer is not one of AWS's",
            Kind::Missing | Kind::Refused => {
                return if code.is_empty() {
                    format!("AWS refused: {}", self.message)
                } else {
                    format!("AWS refused ({code}): {}", self.message)
                };
            }
        };
        match (self.kind, self.code.as_deref()) {
            (Kind::Network | Kind::Timeout, _) => {
                format!("{words} ({})", self.message)
            }
            (_, Some(code)) => format!("{words} ({code})"),
            (_, None) => words.to_owned(),
        }
    }

    fn what_to_do(&self) -> &'static str {
        match self.kind {
            Kind::NoCredentials => {
                "sign in where bursar runs: on a laptop with `aws sso login` or a profile, on a \
                 GitHub runner with `aws-actions/configure-aws-credentials`; or declare an \
                 `aws_access_key`"
            }
            Kind::Unauthenticated => match self.code.as_deref().unwrap_or_default() {
                "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
                    "sign in anew; a session does not outlive its hours"
                }
                "SignatureDoesNotMatch" => {
                    "take key id and secret key from the same key, without blanks around them"
                }
                _ => "create a new key, or sign in anew; a key of another partition is unknown too",
            },
            Kind::Throttled => "ask again in a few minutes; fewer runs at once help too",
            Kind::Clock => "set this machine's clock (NTP): AWS allows five minutes",
            Kind::Network => {
                "see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`), private endpoints \
                 (`AWS_ENDPOINT_URL`); or use `--offline`"
            }
            Kind::Timeout => "ask again; see that nothing between this machine and AWS swallows it",
            Kind::Server => "ask again in a few minutes; https://health.aws.amazon.com tells more",
            Kind::Malformed => {
                "see what answers in AWS's place: a proxy, or an endpoint that is set in \
                 `AWS_ENDPOINT_URL`"
            }
            Kind::Denied | Kind::Missing | Kind::Refused => "",
        }
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

/// All causes of an error, outermost first, without what repeats or says nothing.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string().lines().collect::<Vec<_>>().join("; ");
        if !LAYERS.contains(&&*text) && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

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
        Denial::of(&Trouble::new(Kind::Denied, "x:Y", message)).unwrap()
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
