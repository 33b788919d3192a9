//! `oci.key.fingerprint`: does the declared fingerprint belong to the key?

use super::{api_key, look};
use crate::credential::inspect::oci_key::OciKey;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "oci.key.fingerprint",
    "Does the declared fingerprint belong to the private key?",
    "declare the fingerprint of this key as `fingerprint`, if User settings, API keys lists it; \
     else point `private_key` to the key that belongs to the declared one",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let declared = api_key(question)?;
    let wanted = declared.fingerprint.as_str();
    if !has_form(wanted) {
        return Some(
            Answer::fail("`fingerprint` is not sixteen pairs of hexadecimal digits with colons")
                .remedy("copy it from User settings, API keys: `aa:bb:…`"),
        );
    }
    let key = match look(declared, question) {
        Ok(key) => key,
        Err(skipped) => return Some(skipped),
    };
    Some(match key {
        OciKey::Key(facts) if facts.fingerprint.eq_ignore_ascii_case(wanted) => {
            Answer::pass("the fingerprint belongs to the key").evidence("declared", wanted)
        }
        OciKey::Key(facts) => Answer::fail(format!(
            "the fingerprint is of another key: this one's is {}",
            facts.fingerprint
        ))
        .evidence("declared", wanted)
        .evidence("key", facts.fingerprint),
        _ => Answer::skipped("not looked at: see oci.key.form"),
    })
}

fn has_form(text: &str) -> bool {
    text.len() == 47
        && text.bytes().enumerate().all(|(at, b)| {
            if at % 3 == 2 {
                b == b':'
            } else {
                b.is_ascii_hexdigit()
            }
        })
}
