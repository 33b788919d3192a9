//! `oci.key.age`: is the key listed for the user, active, and young?

use jiff::Timestamp;

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Session;
use super::client::identity::{self, ApiKey};
use super::statements::allow;
use crate::model::finding::{Badge, Check};
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: Check {
        required: false,
        ..check(
            Badge::Api,
            "oci.key.age",
            "Is the API key active for its user, and younger than 90 days?",
            &["identity:ListApiKeys"],
            &["inspect users"],
            "add a new API key to the user, put it behind the reference, change `fingerprint`, then \
             delete the old one",
        )
    },
    ask,
};

/// After how many days a key should be replaced (CIS Oracle Cloud Infrastructure Foundations
/// Benchmark, "Ensure user API keys rotate within 90 days").
const OLD: i64 = 90;

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(Credential::OciApiKey(_)) = case.subject.what else {
            return None;
        };
        let session = match case.along(&case.subject.address.last()).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match identity::api_keys(&session).await {
            Ok(keys) => judged(&session, &keys, case.run.now),
            Err(trouble) if trouble.kind == Kind::Denied => trouble.evidence(
                Answer::warn("the age of the key cannot be seen")
                    .remedy("a user sees its own keys; where a policy keeps that from it, allow:")
                    .paste(allow(&["inspect users"])),
            ),
            Err(trouble) => trouble.answer("ask for the age of the key"),
        })
    })
}

fn judged(session: &Session, keys: &[ApiKey], now: Timestamp) -> Answer {
    own_key(keys, &session.fingerprint, now)
        .evidence("fingerprint", &session.fingerprint)
        .evidence("keys", keys.len().to_string())
}

fn own_key(keys: &[ApiKey], fingerprint: &str, now: Timestamp) -> Answer {
    let own = |key: &&ApiKey| key.fingerprint.eq_ignore_ascii_case(fingerprint);
    let Some(key) = keys.iter().find(own) else {
        return Answer::warn("OCI accepts the key, and does not list it for the user").remedy(
            "see User settings, API keys: it was just deleted, and will be refused in a minute, or \
             `user` is not whose it is",
        );
    };
    let days = now.duration_since(key.created).as_hours() / 24;
    let answer = match (key.state.as_str(), days) {
        ("ACTIVE", age) if age > OLD => Answer::warn(format!("the key is {age} days old")),
        ("ACTIVE", ..=0) => Answer::pass("the key was made today"),
        ("ACTIVE", 1) => Answer::pass("the key is a day old"),
        ("ACTIVE", age) => Answer::pass(format!("the key is {age} days old")),
        (state, _) => Answer::warn(format!("the key is {state}")),
    };
    answer
        .evidence("age_days", days.to_string())
        .evidence("state", &key.state)
        .evidence("created", key.created.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    fn aged(created: &str, state: &str, fingerprint: &str) -> Answer {
        let keys = [ApiKey {
            fingerprint: "AA:bb".to_owned(),
            created: created.parse().unwrap(),
            state: state.to_owned(),
        }];
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        own_key(&keys, fingerprint, now)
    }

    #[test]
    fn a_key_is_old_after_ninety_days() {
        let answer = aged("2026-08-23T12:00:00Z", "ACTIVE", "aa:bb");
        assert_eq!(
            (answer.status, answer.message.as_str()),
            (Status::Pass, "the key is 90 days old")
        );
        let answer = aged("2026-08-22T12:00:00Z", "ACTIVE", "aa:bb");
        assert_eq!(
            (answer.status, answer.message.as_str()),
            (Status::Warn, "the key is 91 days old")
        );
        let answer = aged("2026-11-21T13:00:00Z", "ACTIVE", "aa:bb");
        assert_eq!(answer.message, "the key was made today");
        let answer = aged("2026-11-20T11:00:00Z", "DELETING", "aa:bb");
        assert_eq!(
            (answer.status, answer.message.as_str()),
            (Status::Warn, "the key is DELETING")
        );
        assert_eq!(
            aged("2026-11-20T11:00:00Z", "ACTIVE", "cc").status,
            Status::Warn
        );
    }
}
