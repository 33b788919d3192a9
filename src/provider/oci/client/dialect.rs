//! How OCI says no: a code and a sentence in JSON (developer guide, "API errors").

use jiff::fmt::strtime;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::env;
use crate::provider::http::{Dialect, Problem, Reply};
use crate::provider::trouble::{Kind, Trouble, Voice};

/// How far a clock may be off (developer guide, "Request signatures": five minutes).
pub const SKEW: SignedDuration = SignedDuration::from_mins(5);

pub static DIALECT: Oci = Oci;

pub struct Oci;

#[derive(Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
}

impl Dialect for Oci {
    fn voice(&self) -> &'static dyn Voice {
        &Self
    }

    fn problem(&self, reply: &Reply) -> Option<Problem> {
        let Ok(Refusal { code, message }) = reply.json() else {
            // OCI always says why: a bare 403 is some proxy's, and says nothing about access.
            return matches!(reply.status, 401 | 403).then(|| Problem {
                kind: Kind::Malformed,
                code: None,
                message: format!("HTTP {} without an explanation", reply.status),
            });
        };
        let off = || {
            let theirs = reply.date()?;
            Some(env::wall_clock().duration_since(theirs).abs() > SKEW)
        };
        let kind = match (reply.status, code.as_str()) {
            (401, _) if message.contains("clock skew") || off() == Some(true) => Kind::Clock,
            // Said of what may not be seen and of what is not there alike.
            (404, "NotAuthorizedOrNotFound" | "BucketNotFound" | "NamespaceNotFound") => {
                Kind::Denied
            }
            (_, "TooManyRequests") => Kind::Throttled,
            (status, _) => {
                return Some(Problem::of_status(status, Some(code), message));
            }
        };
        Some(Problem {
            kind,
            code: Some(code),
            message,
        })
    }

    fn request_ids(&self) -> &'static [&'static str] {
        &["opc-request-id"]
    }
}

impl Voice for Oci {
    fn name(&self) -> &'static str {
        "OCI"
    }

    fn explain(&self, trouble: &Trouble) -> Option<String> {
        Some(match (trouble.kind, trouble.code.as_deref()) {
            (Kind::Unauthenticated, _) => {
                "OCI does not accept the signature: it knows no such key \
                 of this user in this tenancy"
                    .to_owned()
            }
            (Kind::Denied, Some("NotAuthorizedOrNotFound")) => {
                format!(
                    "OCI shows nothing: {} is not allowed, or it is not there",
                    trouble.action
                )
            }
            (Kind::Denied, Some("BucketNotFound")) => {
                "OCI shows no bucket: there is none, or this user may not read it".to_owned()
            }
            (Kind::Clock, _) => match off(&trouble.message) {
                Some(told) => told,
                None => "this machine's clock is more than five minutes off".to_owned(),
            },
            _ => return None,
        })
    }

    fn advise(&self, trouble: &Trouble) -> Option<String> {
        (trouble.kind == Kind::Unauthenticated).then(|| {
            "see User settings, API keys: the declared fingerprint must be listed there, for the \
             declared user, in the declared tenancy, and the tenancy must be subscribed to the \
             declared region; a key that was just added takes up to a minute"
                .to_owned()
        })
    }

    fn endpoint(&self) -> &'static str {
        "BURSAR_ENDPOINT_OCI"
    }

    fn status_page(&self) -> &'static str {
        "https://ocistatus.oraclecloud.com"
    }
}

/// How far the clock is off, from OCI's own sentence: `Date '…' is not within allowed clock skew.
/// Current '…', …`.
fn off(message: &str) -> Option<String> {
    let moment = |before: &str| -> Option<Timestamp> {
        let text = message.split_once(before)?.1.split_once('\'')?.0;
        let text = text.trim_end_matches(" UTC").trim_end_matches(" GMT");
        let read = strtime::parse("%a, %d %b %Y %H:%M:%S", text).ok()?;
        let civil = read.to_datetime().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    let ours = moment("Date '")?;
    let theirs = moment("Current '")?;
    let off = ours.duration_since(theirs);
    let side = if off.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    Some(format!(
        "this machine's clock is {} minutes {side} OCI's",
        off.abs().as_mins()
    ))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    fn problem(status: u16, body: &str, date: Option<&str>) -> Option<Problem> {
        let mut headers = HeaderMap::new();
        if let Some(date) = date {
            headers.insert("date", date.parse().unwrap());
        }
        let body = body.as_bytes().to_vec();
        DIALECT.problem(&Reply {
            status,
            headers,
            body,
        })
    }

    fn kind(status: u16, code: &str, message: &str) -> Kind {
        let body = format!(r#"{{"code": "{code}", "message": "{message}"}}"#);
        problem(status, &body, None).unwrap().kind
    }

    #[test]
    fn codes_have_their_meaning() {
        assert_eq!(kind(401, "NotAuthenticated", "x"), Kind::Unauthenticated);
        assert_eq!(kind(404, "NotAuthorizedOrNotFound", "x"), Kind::Denied);
        assert_eq!(kind(404, "BucketNotFound", "x"), Kind::Denied);
        assert_eq!(kind(404, "ObjectNotFound", "x"), Kind::Missing);
        assert_eq!(kind(403, "NotAllowed", "x"), Kind::Denied);
        assert_eq!(kind(429, "TooManyRequests", "x"), Kind::Throttled);
        assert_eq!(kind(400, "InvalidParameter", "x"), Kind::Refused);
        assert_eq!(kind(500, "InternalServerError", "x"), Kind::Server);
        let bare = problem(403, "<html>", None).unwrap();
        assert_eq!(bare.kind, Kind::Malformed);
        assert_eq!(problem(502, "<html>", None), None);
        assert_eq!(problem(404, "{}", None), None);
    }

    #[test]
    fn a_clock_is_off_where_oci_says_so_or_its_own_clock_does() {
        let said = "Date 'Sun, 11 Mar 2018 16:32:46 UTC' is not within allowed clock skew. Current \
                    'Sun, 11 Mar 2018 16:39:04 UTC', valid datetime range: ['a', 'b']";
        assert_eq!(kind(401, "NotAuthenticated", said), Kind::Clock);
        assert_eq!(
            off(said).unwrap(),
            "this machine's clock is 6 minutes behind OCI's"
        );
        assert_eq!(off("clock skew"), None);
        let body = r#"{"code": "NotAuthenticated", "message": "x"}"#;
        let long_ago = problem(401, body, Some("Sun, 11 Mar 2018 16:32:46 GMT"));
        assert_eq!(long_ago.unwrap().kind, Kind::Clock);
        let now = env::wall_clock().strftime("%a, %d %b %Y %H:%M:%S GMT");
        let now = problem(401, body, Some(&now.to_string()));
        assert_eq!(now.unwrap().kind, Kind::Unauthenticated);
    }
}
