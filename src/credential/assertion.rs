//! Assertions: signed tokens (JWT) that an application shows instead of a client secret, made with the
//! private key of its certificate. Form:
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey, EncryptedPrivateKeyInfo};
use rsa::pss::SigningKey;
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use secrecy::zeroize::Zeroizing;
use serde_json::json;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Secret;
use super::inspect::pem;

/// How long an assertion may be used: Entra recommends minutes.
const LIFE: i64 = 600;

/// Why a file cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// Neither certificate nor key can be read: `azure.certificate.form` says why.
    Unreadable,
    /// PKCS #12, which bursar does not read.
    Pkcs12,
    /// The key is encrypted, and there is no password.
    NeedsPassword,
    /// The key is encrypted, and not with this password.
    WrongPassword,
    /// The key belongs to none of the certificates.
    Differs,
}

impl Unusable {
    /// What is wrong with the file: a clause.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Unreadable => "the file holds no certificate with its private key in PEM",
            Self::Pkcs12 => "bursar does not sign with PKCS #12 files",
            Self::NeedsPassword => "the private key is encrypted, and no `password` is declared",
            Self::WrongPassword => "the password does not open the private key",
            Self::Differs => "the private key belongs to another certificate",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn what_to_do(self) -> &'static str {
        match self {
            Self::Pkcs12 => {
                "turn it into PEM: `openssl pkcs12 -in application.pfx -out application.pem -nodes`"
            }
            Self::NeedsPassword | Self::WrongPassword => {
                "correct `password`, or store the key without encryption"
            }
            Self::Unreadable | Self::Differs => {
                "put the application's certificate and its private key into one PEM file"
            }
        }
    }
}

/// A certificate with the key that belongs to it.
pub struct Signer {
    key: RsaPrivateKey,
    /// SHA-256 of the certificate.
    thumbprint: Vec<u8>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(***)")
    }
}

impl Signer {
    /// Reads a PEM file.
    ///
    /// # Errors
    /// Why it cannot sign.
    pub fn read(file: &Secret, password: Option<&Secret>) -> Result<Self, Unusable> {
        let Some(text) = file.expose_text() else {
            return Err(Unusable::Pkcs12);
        };
        let blocks = pem::blocks(text);
        let key = blocks
            .iter()
            .find(|block| block.label.ends_with("PRIVATE KEY"));
        let der = match key.and_then(|block| block.der.as_ref()) {
            Some(der) => der,
            None if blocks.is_empty() => return Err(Unusable::Pkcs12),
            None => return Err(Unusable::Unreadable),
        };
        let encrypted = key.is_some_and(|block| block.label == "ENCRYPTED PRIVATE KEY");
        let key = if encrypted {
            decrypted(der, password)?
        } else {
            RsaPrivateKey::from_pkcs8_der(der)
                .ok()
                .or_else(|| RsaPrivateKey::from_pkcs1_der(der).ok())
                .ok_or(Unusable::Unreadable)?
        };
        let public = key.to_public_key().to_public_key_der();
        let public = public.map_err(|_| Unusable::Unreadable)?;
        let mut certificates = blocks
            .iter()
            .filter(|block| block.label == "CERTIFICATE")
            .filter_map(|block| block.der.as_ref())
            .peekable();
        if certificates.peek().is_none() {
            return Err(Unusable::Unreadable);
        }
        let own = certificates.find(|der| {
            X509Certificate::from_der(der)
                .is_ok_and(|(_, one)| one.public_key().raw == public.as_bytes())
        });
        Ok(Self {
            key,
            thumbprint: Sha256::digest(own.ok_or(Unusable::Differs)?).to_vec(),
        })
    }

    /// The thumbprint as the header of an assertion names it (`x5t#S256`).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.thumbprint)
    }

    /// An assertion of an application for an audience; `id` must be another one each time.
    ///
    /// # Errors
    /// Where the key is too short to sign.
    pub fn sign(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
        id: &str,
    ) -> Result<Secret, Unusable> {
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint()});
        let at = now.as_second();
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": id,
            "nbf": at,
            "iat": at,
            "exp": at + LIFE,
        });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let key = SigningKey::<Sha256>::new(self.key.clone());
        let signature = key
            .try_sign_with_rng(&mut rsa::rand_core::OsRng, signed.as_bytes())
            .map_err(|_| Unusable::Unreadable)?;
        let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
        Ok(Secret::issued(format!("{signed}.{signature}")))
    }
}

fn decrypted(der: &[u8], password: Option<&Secret>) -> Result<RsaPrivateKey, Unusable> {
    let info = EncryptedPrivateKeyInfo::try_from(der).map_err(|_| Unusable::Unreadable)?;
    let password = password.ok_or(Unusable::NeedsPassword)?;
    let der = info.decrypt(password.expose());
    let der = der.map_err(|_| Unusable::WrongPassword)?;
    let der = Zeroizing::new(der.as_bytes().to_vec());
    RsaPrivateKey::from_pkcs8_der(&der).map_err(|_| Unusable::WrongPassword)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::inspect::fixtures;
    use rsa::pss::{Signature, VerifyingKey};
    use rsa::signature::Verifier;

    fn secret(text: impl Into<String>) -> Secret {
        Secret::issued(text.into())
    }

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_assertion_is_signed_by_the_certificates_key() {
        let file = secret(fixtures::certificate() + &fixtures::pkcs8());
        let signer = Signer::read(&file, None).unwrap();
        let token = signer.sign("app", "https://login", now(), "1").unwrap();
        let token = token.expose_text().unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let signature = Signature::try_from(signature.as_slice()).unwrap();
        let key = VerifyingKey::<Sha256>::new(signer.key.to_public_key());
        key.verify(signed.as_bytes(), &signature).unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let json = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(json(header)["alg"], "PS256");
        // As `openssl x509 -fingerprint -sha256` prints it, in base64url.
        assert_eq!(json(header)["x5t#S256"], signer.thumbprint());
        let claims = json(claims);
        assert_eq!(claims["sub"], "app");
        assert_eq!(claims["exp"].as_i64().unwrap() - now().as_second(), LIFE);
    }

    #[test]
    fn encrypted_keys_need_their_password() {
        let file = secret(fixtures::certificate() + &fixtures::encrypted());
        let read = |password: Option<&str>| {
            let password = password.map(secret);
            Signer::read(&file, password.as_ref()).err()
        };
        assert_eq!(read(None), Some(Unusable::NeedsPassword));
        assert_eq!(read(Some("wrong")), Some(Unusable::WrongPassword));
        assert_eq!(read(Some(fixtures::PASSPHRASE)), None);
    }

    #[test]
    fn what_cannot_sign_says_why() {
        let read = |text: String| Signer::read(&secret(text), None).err();
        assert_eq!(read(fixtures::certificate()), Some(Unusable::Unreadable));
        assert_eq!(read(fixtures::pkcs8()), Some(Unusable::Unreadable));
        let other = fixtures::certificate() + &fixtures::short();
        assert_eq!(read(other), Some(Unusable::Differs));
        assert_eq!(read("MIIKx".to_owned()), Some(Unusable::Pkcs12));
    }
}
