//! A private RSA key that signs: it can be used, and nothing of it can be read.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1v15;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer};

use super::Secret;
use super::inspect::oci_key;

/// A private RSA key, opened. It has no `Display` and no `Serialize`, and is wiped when dropped.
pub struct SigningKey(pkcs1v15::SigningKey<Sha256>);

impl SigningKey {
    /// Opens an API signing key of OCI; none where it cannot be opened: checks that need no network
    /// say why.
    #[must_use]
    pub fn open(key: &Secret, passphrase: Option<&Secret>) -> Option<Self> {
        let opened = oci_key::open(key, passphrase).ok()?;
        Some(Self(pkcs1v15::SigningKey::new(opened.key)))
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017, 8.2); the signature in Base64. None where
    /// the key is too short for it.
    #[must_use]
    pub fn rs256(&self, text: &str) -> Option<String> {
        let signature = self.0.try_sign(text.as_bytes()).ok()?;
        Some(STANDARD.encode(signature.to_bytes()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}
