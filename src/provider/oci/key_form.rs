//! `oci.key.form`: is the file a private key that OCI accepts?

use super::{api_key, look};
use crate::credential::inspect::oci_key::OciKey;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "oci.key.form",
    "Is the file a private RSA key in PEM?",
    "point `private_key` to the PEM file that was made with the API key (User settings, API keys); \
     where it is lost, add a new API key",
);

/// OCI's own minimum (Oracle: "Required Keys and OCIDs").
const SHORTEST: usize = 2048;

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let key = match look(api_key(question)?, question) {
        Ok(key) => key,
        Err(skipped) => return Some(skipped),
    };
    Some(match key {
        OciKey::Key(facts) => if facts.bits < SHORTEST {
            Answer::fail(format!("the key has {} bits, and OCI wants {SHORTEST}", facts.bits))
                .remedy("make a new key of 2048 bits, and add it as an API key")
        } else {
            Answer::pass(format!("the file is a private RSA key of {} bits", facts.bits))
        }
        .evidence("bits", facts.bits.to_string()),
        OciKey::NeedsPassphrase | OciKey::WrongPassphrase => {
            Answer::skipped("the key is encrypted: see oci.key.passphrase")
        }
        OciKey::NotPem => Answer::fail("the file is not PEM"),
        OciKey::EscapedBreaks => Answer::fail("the line breaks of the key are written as \\n")
            .remedy("store the key with real line breaks, or use a file"),
        OciKey::PublicKey => Answer::fail("the file is the public key; the private key is wanted"),
        OciKey::Certificate => Answer::fail("the file is a certificate; a private key is wanted"),
        OciKey::OpenSsh => Answer::fail("the file is an OpenSSH key; OCI wants PEM")
            .remedy("convert it with `ssh-keygen -p -m PEM -f FILE` on a copy, or add a new API key"),
        OciKey::NotRsa => Answer::fail("the key is not an RSA key, which OCI wants"),
        OciKey::LegacyEncrypted => {
            Answer::fail("the key is encrypted the old way (`Proc-Type: 4,ENCRYPTED`)")
                .remedy("convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem -out NEW.pem`; the fingerprint stays")
        }
        OciKey::UnknownCipher => {
            Answer::fail("the key is encrypted with a cipher that bursar does not read")
                .remedy("convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem -out NEW.pem`; the fingerprint stays")
        }
        OciKey::Broken => Answer::fail("the PEM file holds no key that can be parsed"),
    })
}
