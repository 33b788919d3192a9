//! An OCI API signing key: RSA, PEM, with or without a passphrase.

use md5::{Digest, Md5};
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::pkcs5::Error;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey, EncryptedPrivateKeyInfo};
use rsa::traits::PublicKeyParts;
use secrecy::zeroize::Zeroizing;

use super::pem;
use crate::credential::Secret;

/// What a file that should hold an API signing key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OciKey {
    /// A key.
    Key(Facts),
    /// Not PEM at all.
    NotPem,
    /// PEM whose line breaks were written as `\n`.
    EscapedBreaks,
    /// The public half.
    PublicKey,
    /// A certificate.
    Certificate,
    /// An OpenSSH key.
    OpenSsh,
    /// A key of another kind than RSA.
    NotRsa,
    /// Encrypted the old way (`Proc-Type: 4,ENCRYPTED`), which bursar does not read.
    LegacyEncrypted,
    /// Encrypted with a cipher that bursar does not read.
    UnknownCipher,
    /// Encrypted, and there is no passphrase.
    NeedsPassphrase,
    /// Encrypted, and not with this passphrase.
    WrongPassphrase,
    /// PEM, and what is in it is no key.
    Broken,
}

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// MD5 of the public key (DER, SubjectPublicKeyInfo) in pairs of lower-case hexadecimal
    /// digits with colons, as OCI names keys.
    pub fingerprint: String,
    /// Length of the modulus.
    pub bits: usize,
    /// Whether a passphrase protects it.
    pub encrypted: bool,
}

/// Looks at a key.
#[must_use]
pub fn inspect(key: &Secret, passphrase: Option<&Secret>) -> OciKey {
    let Some(text) = key.expose_text() else {
        return OciKey::NotPem;
    };
    if pem::has_escaped_breaks(text) {
        return OciKey::EscapedBreaks;
    }
    let blocks = pem::blocks(text);
    let of = |label: &str| blocks.iter().find(|block| block.label.ends_with(label));
    let Some(block) = of("PRIVATE KEY") else {
        return match (
            of("PUBLIC KEY"),
            of("CERTIFICATE"),
            text.contains("-----BEGIN "),
        ) {
            (Some(_), ..) => OciKey::PublicKey,
            (_, Some(_), _) => OciKey::Certificate,
            (.., true) => OciKey::Broken,
            _ => OciKey::NotPem,
        };
    };
    match block.label {
        _ if block.legacy_encrypted => return OciKey::LegacyEncrypted,
        "OPENSSH PRIVATE KEY" => return OciKey::OpenSsh,
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return OciKey::NotRsa,
        _ => {}
    }
    let Some(der) = &block.der else {
        return OciKey::Broken;
    };
    match block.label {
        "RSA PRIVATE KEY" => {
            RsaPrivateKey::from_pkcs1_der(der).map_or(OciKey::Broken, |key| facts(&key, false))
        }
        "PRIVATE KEY" => from_pkcs8(der, false),
        "ENCRYPTED PRIVATE KEY" => decrypt(der, passphrase),
        _ => OciKey::Broken,
    }
}

fn decrypt(der: &[u8], passphrase: Option<&Secret>) -> OciKey {
    let Ok(info) = EncryptedPrivateKeyInfo::try_from(der) else {
        // A sequence (0x30) that is not understood names a cipher that is not known.
        let sequence = der.first() == Some(&0x30);
        return if sequence {
            OciKey::UnknownCipher
        } else {
            OciKey::Broken
        };
    };
    let Some(passphrase) = passphrase else {
        return OciKey::NeedsPassphrase;
    };
    match info.decrypt(passphrase.expose()) {
        // A wrong passphrase may by chance decrypt to something that is no key.
        Ok(der) => match from_pkcs8(der.as_bytes(), true) {
            OciKey::Broken => OciKey::WrongPassphrase,
            key => key,
        },
        Err(rsa::pkcs8::Error::EncryptedPrivateKey(error)) => match error {
            // Of wrong padding, pkcs5 0.7 says that *en*cryption failed.
            Error::DecryptFailed | Error::EncryptFailed => OciKey::WrongPassphrase,
            _ => OciKey::UnknownCipher,
        },
        Err(_) => OciKey::Broken,
    }
}

fn from_pkcs8(der: &[u8], encrypted: bool) -> OciKey {
    match RsaPrivateKey::from_pkcs8_der(der) {
        Ok(key) => facts(&key, encrypted),
        Err(rsa::pkcs8::Error::PublicKey(rsa::pkcs8::spki::Error::OidUnknown { .. })) => {
            OciKey::NotRsa
        }
        Err(_) => OciKey::Broken,
    }
}

fn facts(key: &RsaPrivateKey, encrypted: bool) -> OciKey {
    let Ok(public) = key.to_public_key().to_public_key_der() else {
        return OciKey::Broken;
    };
    OciKey::Key(Facts {
        fingerprint: fingerprint(public.as_bytes()),
        bits: key.size() * 8,
        encrypted,
    })
}

fn fingerprint(public: &[u8]) -> String {
    let pairs: Vec<String> = Md5::digest(public)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    pairs.join(":")
}

/// A private RSA key in PKCS#8 or PKCS#1, for the other inspectors: its public half (DER,
/// SubjectPublicKeyInfo) and its length.
pub(super) fn plain_rsa(text: &str) -> Option<(Zeroizing<Vec<u8>>, usize)> {
    let blocks = pem::blocks(text);
    let block = blocks
        .iter()
        .find(|block| block.label.ends_with("PRIVATE KEY"))?;
    let der = block.der.as_ref()?;
    let key = RsaPrivateKey::from_pkcs8_der(der)
        .ok()
        .or_else(|| RsaPrivateKey::from_pkcs1_der(der).ok())?;
    let public = key.to_public_key().to_public_key_der().ok()?;
    Some((Zeroizing::new(public.as_bytes().to_vec()), key.size() * 8))
}
