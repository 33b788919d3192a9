//! `azure.certificate.form`: does the file hold a certificate and the key that belongs to it?

use super::certificate;
use crate::credential::inspect::certificate::{Certificate, Key};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "azure.certificate.form",
    "Does the file hold a certificate and the private key that belongs to it?",
    "put the certificate and its private key into one PEM file, or give a PKCS #12 file",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    certificate(question, |certificate| match certificate {
        Certificate::Pem(facts) => match facts.key {
            Key::Matches => Answer::pass("the private key belongs to the certificate"),
            Key::Differs => Answer::fail("the private key belongs to another certificate"),
            Key::Missing => Answer::fail("the file holds a certificate and no private key"),
            Key::NotCompared => Answer::skipped(
                "the private key is encrypted or not RSA: it was not compared with the certificate",
            ),
        },
        Certificate::Pkcs12 => Answer::skipped("a PKCS #12 file cannot be read offline"),
        Certificate::KeyOnly => Answer::fail("the file holds a private key and no certificate"),
        Certificate::EscapedBreaks => {
            Answer::fail("the line breaks of the certificate are written as \\n")
                .remedy("store it with real line breaks, or use a file")
        }
        Certificate::Broken => Answer::fail("the certificate cannot be parsed"),
        Certificate::Unknown => Answer::fail("this is neither PEM nor PKCS #12"),
    })
}
