//! Tokens: what a key signed itself (RS256, verified with its public half), and what the stand-in gave
//! out. Who a caller is, and for what.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A token that was given out.
#[derive(Debug, Clone)]
pub struct Given {
    pub text: String,
    pub member: String,
    pub scopes: Vec<String>,
    pub ends: Timestamp,
}

/// The parts of a signed token.
pub struct Signed {
    pub header: Value,
    pub claims: Value,
    text: String,
    signature: Vec<u8>,
}

impl Signed {
    pub fn read(token: &str) -> Option<Self> {
        let (text, signature) = token.rsplit_once('.')?;
        let (header, claims) = text.split_once('.')?;
        let part = |part: &str| -> Option<Value> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        Some(Self {
            header: part(header)?,
            claims: part(claims)?,
            text: text.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    pub fn is_by(&self, key: &RsaPublicKey) -> bool {
        let digest = Sha256::digest(self.text.as_bytes());
        key.verify(rs256(), &digest, &self.signature).is_ok()
    }

    /// Whether it is of now, and lives no longer than Google lets such a token live.
    pub fn is_current(&self, now: Timestamp) -> bool {
        let second = |claim: &str| self.claims[claim].as_i64().unwrap_or_default();
        let now = now.as_second();
        second("iat") <= now + 10 && now < second("exp") && second("exp") - second("iat") <= 3700
    }
}

/// A token that a key signs.
pub fn sign(key: &RsaPrivateKey, kid: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": kid});
    let text = format!("{}.{}", part(&header), part(claims));
    let digest = Sha256::digest(text.as_bytes());
    let signature = key.sign(rs256(), &digest).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// RSASSA-PKCS1-v1_5 over SHA-256, with the prefix of RFC 8017, 9.2, note 1.
fn rs256() -> Pkcs1v15Sign {
    let prefix = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: prefix.into(),
    }
}
