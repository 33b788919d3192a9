//! A certificate with its private key: PEM, or PKCS #12, which is not read without its password's
//! machinery and therefore only recognised.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{oci_key, pem};
use crate::credential::Secret;

/// What a file that should hold a certificate and its key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    /// PEM with a certificate.
    Pem(Facts),
    /// DER that may be PKCS #12: it cannot be read offline.
    Pkcs12,
    /// PEM with a key, and without a certificate.
    KeyOnly,
    /// PEM whose line breaks were written as `\n`.
    EscapedBreaks,
    /// A certificate that cannot be parsed.
    Broken,
    /// Neither PEM nor DER.
    Unknown,
}

/// What is known about a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
    pub key: Key,
}

/// The private key beside a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// It belongs to the certificate.
    Matches,
    /// It belongs to another one.
    Differs,
    /// There is none.
    Missing,
    /// It is encrypted, or not RSA: not compared.
    NotCompared,
}

/// DER begins with a sequence whose length has two bytes.
const DER: [u8; 2] = [0x30, 0x82];

/// As runners keep binary files in variables.
fn is_der_in_base64(text: &str) -> bool {
    let base64 = Zeroizing::new(text.split_whitespace().collect::<String>());
    STANDARD
        .decode(base64.as_bytes())
        .is_ok_and(|der| Zeroizing::new(der).starts_with(&DER))
}

/// Looks at a certificate.
#[must_use]
pub fn inspect(file: &Secret) -> Certificate {
    let Some(text) = file.expose_text() else {
        return if file.expose().starts_with(&DER) {
            Certificate::Pkcs12
        } else {
            Certificate::Unknown
        };
    };
    if pem::has_escaped_breaks(text) {
        return Certificate::EscapedBreaks;
    }
    let blocks = pem::blocks(text);
    let key = blocks
        .iter()
        .find(|block| block.label.ends_with("PRIVATE KEY"));
    let mut certificates = blocks
        .iter()
        .filter(|block| block.label == "CERTIFICATE")
        .filter_map(|block| block.der.as_ref())
        .filter_map(|der| X509Certificate::from_der(der).ok())
        .map(|(_, certificate)| certificate)
        .peekable();
    if certificates.peek().is_none() {
        return match (key, blocks.is_empty()) {
            (Some(_), _) => Certificate::KeyOnly,
            (None, true) if is_der_in_base64(text) => Certificate::Pkcs12,
            (None, true) => Certificate::Unknown,
            (None, false) => Certificate::Broken,
        };
    }
    let public = oci_key::plain_rsa(text).map(|(public, _)| public);
    let certificates: Vec<_> = certificates.collect();
    let own = public.as_ref().and_then(|key| {
        certificates
            .iter()
            .find(|c| c.public_key().raw == key.as_slice())
    });
    // The certificates of the chain may stand before or behind the application's own.
    let shown = own.or(certificates.first());
    Certificate::Pem(Facts {
        not_before: shown
            .and_then(|c| Timestamp::from_second(c.validity().not_before.timestamp()).ok()),
        not_after: shown
            .and_then(|c| Timestamp::from_second(c.validity().not_after.timestamp()).ok()),
        key: match (key, &public, own) {
            (None, ..) => Key::Missing,
            (Some(_), None, _) => Key::NotCompared,
            (.., Some(_)) => Key::Matches,
            _ => Key::Differs,
        },
    })
}
