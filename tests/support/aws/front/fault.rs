//! What can go wrong between a client and AWS, in the words and the form of the service.

use std::time::Duration;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Call;
use super::request::decoded;
use crate::aws::billing::in_cbor;
use crate::aws::cbor;
use crate::aws::model::Model;
use crate::aws::web::{Said, said};

/// What happens instead of the answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The service's own refusal of too many requests, with `Retry-After` where given.
    Throttled(Option<Duration>),
    /// HTTP 500 in the service's form.
    Internal,
    /// HTTP 503 in the service's form.
    Unavailable,
    /// The connection is reset.
    Reset,
    /// The right answer, late.
    Slow(Duration),
    /// The first half of the right answer.
    Truncated,
    /// A page of something in between, with this status.
    Html(u16),
    /// HTTP 200 and nothing.
    Empty,
    /// The refusal of a request whose clock is this far from that of AWS.
    ClockSkew(SignedDuration),
    /// The refusal of a session that has ended.
    ExpiredToken,
    /// An error of this status, code and message.
    Refused(u16, String, String),
    /// Exactly this: status, content type, body.
    Exactly(u16, String, String),
}

/// When a fault happens.
#[derive(Debug, Clone)]
pub struct Rule {
    fault: Fault,
    service: Option<String>,
    operation: Option<String>,
    containing: Option<String>,
    after: usize,
    times: usize,
}

impl Rule {
    /// On every request, from now on.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            service: None,
            operation: None,
            containing: None,
            after: 0,
            times: usize::MAX,
        }
    }

    /// Only of this service.
    pub fn service(mut self, name: &str) -> Self {
        self.service = Some(name.to_owned());
        self
    }

    /// Only of this operation.
    pub fn operation(mut self, name: &str) -> Self {
        self.operation = Some(name.to_owned());
        self
    }

    /// Only with this text in path, body (a form: decoded) or the id of the key.
    pub fn containing(mut self, text: &str) -> Self {
        self.containing = Some(text.to_owned());
        self
    }

    /// The first `n` that fit go well.
    pub fn after(mut self, n: usize) -> Self {
        self.after = n;
        self
    }

    /// Then `n` do not, and the rest again.
    pub fn times(mut self, n: usize) -> Self {
        self.times = n;
        self
    }

    pub(super) fn applies(&mut self, call: &Call) -> Option<Fault> {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|one| one == found);
        let text = self.containing.as_deref();
        let within = text.is_none_or(|text| {
            [&call.path, &call.key_id]
                .iter()
                .any(|one| one.contains(text))
                || call.body.contains(text)
                || decoded(&call.body).contains(text)
        });
        if !is(&self.service, &call.service) || !is(&self.operation, &call.operation) || !within {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        self.times = self.times.checked_sub(1)?;
        Some(self.fault.clone())
    }
}

/// How a service writes its errors.
pub struct Envelope {
    service: String,
    form: Form,
    is_head: bool,
}

enum Form {
    S3,
    Query,
    /// With the content type of the request.
    Json(String),
}

impl Envelope {
    pub fn of(call: &Call, headers: &HeaderMap) -> Self {
        let form = match &*call.service {
            "s3" => Form::S3,
            "sts" | "iam" => Form::Query,
            _ => {
                let kind = headers
                    .get("content-type")
                    .and_then(|kind| kind.to_str().ok());
                Form::Json(kind.unwrap_or("application/x-amz-json-1.1").to_owned())
            }
        };
        Self {
            service: call.service.clone(),
            form,
            is_head: call.operation.starts_with("Head"),
        }
    }

    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::Json(_))
    }

    pub fn error(&self, status: u16, code: &str, message: &str) -> Said {
        let id = "7a62c49f-347e-4fc4-9331-6e8e00000000";
        match &self.form {
            Form::S3 => {
                let body = format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
                     <Message>{message}</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>"
                );
                said(
                    status,
                    "application/xml",
                    if self.is_head { String::new() } else { body },
                )
            }
            Form::Query => {
                let namespace = match &*self.service {
                    "sts" => "https://sts.amazonaws.com/doc/2011-06-15/",
                    _ => "https://iam.amazonaws.com/doc/2010-05-08/",
                };
                let kind = if status < 500 { "Sender" } else { "Receiver" };
                let body = format!(
                    "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
                     <Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"
                );
                said(status, "text/xml", body)
            }
            Form::Json(content_type) => {
                let member = self
                    .model()
                    .map_or("message", |model| model.message_member(code));
                let body = json!({"__type": code, member: message});
                let answer = said(status, content_type, body.to_string());
                if content_type == cbor::CONTENT_TYPE {
                    in_cbor(&answer)
                } else {
                    answer
                }
            }
        }
    }

    /// The answer with which a fault shows.
    pub fn answer(&self, fault: &Fault) -> Said {
        match fault {
            Fault::Throttled(retry_after) => {
                let mut answer = self.throttled();
                if let Some(time) = retry_after {
                    let seconds = time.as_secs().to_string();
                    answer
                        .headers_mut()
                        .insert("retry-after", seconds.parse().unwrap());
                }
                answer
            }
            Fault::Internal => {
                let code = match (&self.form, &*self.service) {
                    (Form::S3, _) => "InternalError",
                    (Form::Query, _) => "InternalFailure",
                    (_, "organizations") => "ServiceException",
                    (_, "cur") => "InternalErrorException",
                    (_, "support") => "InternalServerError",
                    _ => "InternalServerException",
                };
                self.error(
                    500,
                    code,
                    "We encountered an internal error. Please try again.",
                )
            }
            Fault::Unavailable => {
                let code = match self.form {
                    Form::Json(_) => "ServiceUnavailableException",
                    _ => "ServiceUnavailable",
                };
                self.error(503, code, "Service is unable to handle request.")
            }
            Fault::ClockSkew(by) => self.skewed(*by),
            Fault::ExpiredToken => match self.form {
                Form::S3 => self.error(400, "ExpiredToken", "The provided token has expired."),
                Form::Query => self.error(403, "ExpiredToken", EXPIRED),
                Form::Json(_) => self.error(400, "ExpiredTokenException", EXPIRED),
            },
            Fault::Refused(status, code, message) => self.error(*status, code, message),
            Fault::Exactly(status, kind, body) => said(*status, kind, body.clone()),
            Fault::Html(status) => said(*status, "text/html", HTML),
            Fault::Empty => said(200, "text/plain", ""),
            Fault::Reset | Fault::Slow(_) | Fault::Truncated => unreachable!("not an answer"),
        }
    }

    fn throttled(&self) -> Said {
        match (&self.form, &*self.service) {
            (Form::S3, _) => self.error(503, "SlowDown", "Please reduce your request rate."),
            (Form::Query, _) => self.error(400, "Throttling", "Rate exceeded"),
            (_, service) => {
                let code = match service {
                    "organizations" => "TooManyRequestsException",
                    _ => "ThrottlingException",
                };
                let status = self.model().map_or(400, |model| model.status_of(code));
                self.error(status, code, "Rate exceeded")
            }
        }
    }

    /// The refusal, with the clock of AWS in the Date header.
    fn skewed(&self, by: SignedDuration) -> Said {
        let now = Timestamp::now();
        let there = now + by;
        let written = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let edge = there - SignedDuration::from_mins(15);
        let message = format!(
            "Signature expired: {} is now earlier than {} ({} - 15 min.)",
            written(now),
            written(edge),
            written(there)
        );
        let mut answer = match self.form {
            Form::S3 => {
                let message =
                    "The difference between the request time and the current time is too large.";
                self.error(403, "RequestTimeTooSkewed", message)
            }
            Form::Query => self.error(403, "SignatureDoesNotMatch", &message),
            Form::Json(_) => self.error(400, "InvalidSignatureException", &message),
        };
        let date = there.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        answer.headers_mut().insert("date", date.parse().unwrap());
        answer
    }

    fn model(&self) -> Option<&'static Model> {
        Model::all()
            .iter()
            .find(|model| model.service == self.service)
    }
}

const EXPIRED: &str = "The security token included in the request is expired";

const HTML: &str = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>The proxy \
                    says no</h1></body></html>";
