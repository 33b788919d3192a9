//! `azure.certificate.expiry`: is the certificate valid, and for long enough?

use super::certificate;
use crate::credential::inspect::certificate::Certificate;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;
use crate::provider::{expiry, local};

pub(super) const CHECK: Check = local::api(
    "azure.certificate.expiry",
    "Is the certificate valid now and for long enough?",
    "make a new certificate, add it to the application in Entra (Certificates & secrets), then \
     replace the file",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    certificate(question, |certificate| {
        let Certificate::Pem(facts) = certificate else {
            return Answer::skipped(match certificate {
                Certificate::Pkcs12 => {
                    "a PKCS #12 file cannot be read offline; `expires_on` says when it expires"
                }
                _ => "not looked at: see azure.certificate.form",
            });
        };
        match (facts.not_before, facts.not_after) {
            (Some(start), _) if start > question.run.now => {
                Answer::fail(format!("the certificate is valid only from {start}"))
            }
            (_, Some(end)) => expiry::of_moment("the certificate", end, question.run),
            _ => Answer::warn("the certificate's dates cannot be read"),
        }
    })
}
