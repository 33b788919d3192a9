//! `gcp.key.form`: is the file a service account's key?

use super::key;
use crate::credential::inspect::gcp_key::GcpKey;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "gcp.key.form",
    "Is the file the key of a service account, complete and with a private key that parses?",
    "create a key of the service account (IAM & Admin, Service accounts, Keys, JSON) and use that \
     file as it is",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let key = match key(question)?.1 {
        Ok(key) => key,
        Err(skipped) => return Some(skipped),
    };
    Some(match key {
        GcpKey::Key(facts) => {
            let answer = if !facts.missing.is_empty() {
                Answer::fail(format!("the key lacks {}", facts.missing.join(", ")))
            } else if facts.bits.is_none() {
                Answer::fail("the `private_key` in the key cannot be parsed")
            } else {
                Answer::pass("the file is the key of a service account")
            };
            match facts.key_id {
                Some(id) => answer.evidence("private_key_id", id),
                None => answer,
            }
        }
        GcpKey::OtherType(word) => {
            let what = match word {
                "authorized_user" => "the credentials of a person",
                "impersonated_service_account" => "the setting of an impersonation",
                "gdch_service_account" => "a key for Google Distributed Cloud",
                _ => "the setting of workload identity federation",
            };
            let remedy = match word {
                "authorized_user" => "declare `gcp_default`, or use the key of a service account",
                "impersonated_service_account" => "declare `gcp_default: {impersonate: …}`",
                "gdch_service_account" => CHECK.remedy,
                _ => "declare `gcp_workload_identity`, with `audience` from this file",
            };
            Answer::fail(format!("the file is no key, it holds {what}"))
                .remedy(remedy)
                .evidence("type", word)
        }
        GcpKey::OauthClient => {
            Answer::fail("the file is no key, it holds the client id of an OAuth application")
        }
        GcpKey::UnknownType => {
            Answer::fail("the file is JSON, and not the key of a service account")
        }
        GcpKey::NotJson => Answer::fail("the file is not JSON"),
    })
}
