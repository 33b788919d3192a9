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
    match open(key, passphrase) {
        Ok(opened) => facts(&opened.key, opened.encrypted),
        Err(other) => other,
    }
}

/// A key that was opened.
pub(in crate::credential) struct Opened {
    pub key: RsaPrivateKey,
    encrypted: bool,
}

/// Opens a key.
///
/// # Errors
/// What the file holds instead; never [`OciKey::Key`].
pub(in crate::credential) fn open(
    key: &Secret,
    passphrase: Option<&Secret>,
) -> Result<Opened, OciKey> {
    let text = key.expose_text().ok_or(OciKey::NotPem)?;
    if pem::has_escaped_breaks(text) {
        return Err(OciKey::EscapedBreaks);
    }
    let blocks = pem::blocks(text);
    let of = |label: &str| blocks.iter().find(|block| block.label.ends_with(label));
    let Some(block) = of("PRIVATE KEY") else {
        return Err(
            match (
                of("PUBLIC KEY"),
                of("CERTIFICATE"),
                text.contains("-----BEGIN "),
            ) {
                (Some(_), ..) => OciKey::PublicKey,
                (_, Some(_), _) => OciKey::Certificate,
                (.., true) => OciKey::Broken,
                _ => OciKey::NotPem,
            },
        );
    };
    match block.label {
        _ if block.legacy_encrypted => return Err(OciKey::LegacyEncrypted),
        "OPENSSH PRIVATE KEY" => return Err(OciKey::OpenSsh),
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return Err(OciKey::NotRsa),
        _ => {}
    }
    let der = block.der.as_ref().ok_or(OciKey::Broken)?;
    let plain = |key| Opened {
        key,
        encrypted: false,
    };
    match block.label {
        "RSA PRIVATE KEY" => RsaPrivateKey::from_pkcs1_der(der)
            .map(plain)
            .map_err(|_| OciKey::Broken),
        "PRIVATE KEY" => from_pkcs8(der).map(plain),
        "ENCRYPTED PRIVATE KEY" => decrypt(der, passphrase).map(|key| Opened {
            key,
            encrypted: true,
        }),
        _ => Err(OciKey::Broken),
    }
}

fn decrypt(der: &[u8], passphrase: Option<&Secret>) -> Result<RsaPrivateKey, OciKey> {
    let Ok(info) = EncryptedPrivateKeyInfo::try_from(der) else {
        // A sequence (0x30) that is not understood names a cipher that is not known.
        let sequence = der.first() == Some(&0x30);
        return Err(if sequence {
            OciKey::UnknownCipher
        } else {
            OciKey::Broken
        });
    };
    let passphrase = passphrase.ok_or(OciKey::NeedsPassphrase)?;
    match info.decrypt(passphrase.expose()) {
        // A wrong passphrase may by chance decrypt to something that is no key.
        Ok(der) => from_pkcs8(der.as_bytes()).map_err(|what| match what {
            OciKey::Broken => OciKey::WrongPassphrase,
            other => other,
        }),
        Err(rsa::pkcs8::Error::EncryptedPrivateKey(error)) => Err(match error {
            // Of wrong padding, pkcs5 0.7 says that *en*cryption failed.
            Error::DecryptFailed | Error::EncryptFailed => OciKey::WrongPassphrase,
            _ => OciKey::UnknownCipher,
        }),
        Err(_) => Err(OciKey::Broken),
    }
}

fn from_pkcs8(der: &[u8]) -> Result<RsaPrivateKey, OciKey> {
    RsaPrivateKey::from_pkcs8_der(der).map_err(|error| match error {
        rsa::pkcs8::Error::PublicKey(rsa::pkcs8::spki::Error::OidUnknown { .. }) => OciKey::NotRsa,
        _ => OciKey::Broken,
    })
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
