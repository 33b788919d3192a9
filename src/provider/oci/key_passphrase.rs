//! `oci.key.passphrase`: does the passphrase open the key?

use super::{api_key, look};
use crate::credential::inspect::oci_key::OciKey;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "oci.key.passphrase",
    "Does the passphrase open the private key?",
    "let `passphrase` point to the passphrase that the key was made with",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let declared = api_key(question)?;
    let key = match look(declared, question) {
        Ok(key) => key,
        Err(skipped) => return Some(skipped),
    };
    Some(match (key, &declared.passphrase) {
        (OciKey::Key(facts), Some(_)) if facts.encrypted => {
            Answer::pass("the passphrase opens the key")
        }
        (OciKey::Key(_), Some(_)) => {
            Answer::warn("a passphrase is declared, and the key needs none")
                .remedy("remove `passphrase`, or check that this is the key that you mean")
        }
        (OciKey::Key(_), None) => Answer::pass("the key needs no passphrase"),
        (OciKey::NeedsPassphrase, _) => {
            Answer::fail("the key is encrypted, and no passphrase is declared")
                .remedy("add `passphrase: {env: …}` to the credential")
        }
        (OciKey::WrongPassphrase, _) => Answer::fail("the passphrase does not open the key"),
        _ => Answer::skipped("not looked at: see oci.key.form"),
    })
}
