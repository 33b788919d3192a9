//! `gcp.key.age`: how old is the key, does it end, was it disabled, and are there others?

use jiff::Timestamp;

use super::case::{Case, OnlineCheck};
use super::client::Session;
use super::client::iam::{self, Key};
use super::grant::{self, To};
use crate::model::finding::{Badge, Check, Status};
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::expiry;
use crate::provider::online::{Asking, check};
use crate::provider::probe::Run;
use crate::provider::subject::What;
use crate::provider::trouble::{Kind, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: Check {
        required: false,
        ..check(
            Badge::Api,
            "gcp.key.age",
            "Is the key younger than 90 days, without an end soon, and the only one of its account?",
            &["iam.serviceAccounts.keys.list"],
            &["iam.serviceAccountKeys.list"],
            "create a new key, put it behind the reference, then delete the old one; better: \
             `gcp_workload_identity` has no key at all",
        )
    },
    ask,
};

/// After how many days a key should be replaced (CIS Google Cloud Foundation Benchmark, "Ensure
/// user-managed/external keys for service accounts are rotated every 90 days or fewer").
const OLD: i64 = 90;

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(Credential::GcpServiceAccount(_)) = case.subject.what else {
            return None;
        };
        let name = case.subject.address.last();
        let session = match case.along(Some(&name)).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let (Some(email), Some(id)) = (session.email.as_deref(), session.key_id.as_deref()) else {
            return Some(Answer::skipped("not asked: see `gcp.key.form`"));
        };
        Some(match iam::keys(&session, email).await {
            Ok(keys) => judged(&keys, id, case.run),
            Err(trouble) => hidden(case, &session, email, &trouble).await,
        })
    })
}

/// Keys without an end have one in the last year that a date can name.
fn ends(key: &Key) -> Option<Timestamp> {
    let far: Timestamp = "9000-01-01T00:00:00Z".parse().ok()?;
    key.valid_before_time.filter(|at| *at < far)
}

fn judged(keys: &[Key], id: &str, run: &Run<'_>) -> Answer {
    let Some(own) = keys.iter().find(|key| key.id() == id) else {
        return Answer::fail("the service account no longer has this key").remedy(
            "create a new key of it and put that behind the reference: this one was deleted",
        );
    };
    if own.disabled {
        return disabled(own);
    }
    let age = own
        .valid_after_time
        .map(|at| run.now.duration_since(at).as_hours() / 24);
    let others = keys
        .iter()
        .filter(|key| !key.disabled && key.id() != id)
        .count();
    let end = ends(own).map(|at| expiry::of_moment("the key", at, run));
    let answer = match (end, age) {
        (Some(end), _) if end.status != Status::Pass => end,
        (_, Some(age)) if age > OLD => Answer::warn(format!("the key is {age} days old")),
        _ if others > 0 => Answer::warn(match others {
            1 => "the service account has another key".to_owned(),
            others => format!("the service account has {others} other keys"),
        })
        .remedy("delete those that nobody uses; two are for the days of a rotation"),
        (_, Some(0)) => Answer::pass("the key was made today"),
        (_, Some(1)) => Answer::pass("the key is a day old"),
        (_, Some(age)) => Answer::pass(format!("the key is {age} days old")),
        (_, None) => Answer::unknown("Google does not say how old the key is"),
    };
    let answer = match age {
        Some(age) => answer.evidence("age_days", age.to_string()),
        None => answer,
    };
    answer.evidence("other_keys", others.to_string())
}

fn disabled(key: &Key) -> Answer {
    let reason = key.disable_reason.as_str();
    let (why, remedy) = match reason.strip_prefix("SERVICE_ACCOUNT_KEY_DISABLE_REASON_") {
        Some("USER_INITIATED") => (
            "somebody disabled the key",
            "ask who did it why; enable it again, or create a new one",
        ),
        Some("EXPOSED") => (
            "Google disabled the key: it was found in public, such as in a repository",
            "delete it, never enable it again; create a new key, and see what the old one was used for",
        ),
        Some("COMPROMISE_DETECTED") => (
            "Google disabled the key: somebody seems to have misused it",
            "delete it, never enable it again; create a new key, and see what the old one was used for",
        ),
        _ => (
            "the key is disabled",
            "enable it in IAM & Admin, Service accounts, Keys, or create a new one",
        ),
    };
    let answer = Answer::fail(why).remedy(remedy);
    if reason.is_empty() {
        answer
    } else {
        answer.evidence("disable_reason", reason)
    }
}

async fn hidden(case: &Case<'_>, session: &Session, email: &str, trouble: &Trouble) -> Answer {
    let denied = trouble.kind == Kind::Denied && !trouble.is(super::client::DISABLED);
    if !denied {
        return case
            .told(session, trouble, "ask for the age of the key")
            .await;
    }
    let role = grant::role("iam.serviceAccountKeys.list");
    trouble.evidence(
        Answer::warn("the age of the key cannot be seen")
            .remedy(format!(
                "allow the service account to see its own keys ({role}):"
            ))
            .paste(grant::command(session, role, To::ServiceAccount(email))),
    )
}
