//! `aws.key.age`: how old is the access key, when was it last used, and are there others?

use jiff::Timestamp;

use super::case::{Asking, Case, OnlineCheck, Way, check};
use super::client::iam::{self, AccessKey};
use super::client::{Kind, Principal, Statement, Trouble, policy};
use crate::model::finding::{Badge, Check};
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::subject::What;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: Check {
        required: false,
        ..check(
            Badge::Api,
            "aws.key.age",
            "Is the access key younger than 90 days, and the only one of its user?",
            &["iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
            &["iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
            "create a new key, put it behind the reference, then delete the old one; better: an \
             `aws_role` that a runner assumes through OIDC has no key at all",
        )
    },
    ask,
};

/// After how many days a key should be replaced (CIS AWS Foundations Benchmark, "Ensure access keys
/// are rotated every 90 days or less").
const OLD: i64 = 90;

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(Credential::AwsAccessKey(_)) = case.subject.what else {
            return None;
        };
        let name = case.subject.address.last();
        let way = Way {
            credential: &name,
            account: None,
        };
        let session = match case.along(way).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        if session.principal != Principal::User {
            return Some(Answer::skipped("the key belongs to no IAM user"));
        }
        let user = session.arn.rsplit('/').next().unwrap_or_default();
        let keys = match iam::access_keys(&session, user).await {
            Ok(keys) => keys,
            Err(trouble) => return Some(hidden(&session.arn, &trouble)),
        };
        let mut seen = Vec::new();
        for key in keys {
            let used = match iam::last_used(&session, &key.id).await {
                Ok(used) => used,
                Err(trouble) => return Some(hidden(&session.arn, &trouble)),
            };
            seen.push((key, used));
        }
        Some(judged(&seen, case.run.now))
    })
}

fn days(since: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(since).as_hours() / 24
}

fn judged(keys: &[(AccessKey, Option<Timestamp>)], now: Timestamp) -> Answer {
    let active: Vec<_> = keys.iter().filter(|(key, _)| key.active).collect();
    let ages = active
        .iter()
        .filter_map(|(key, _)| Some(days(key.created?, now)));
    let oldest = ages.max();
    let used = active.iter().filter_map(|(_, used)| *used).max();
    let answer = match (oldest, active.as_slice()) {
        (Some(age), _) if age > OLD => Answer::warn(format!(
            "an active access key of the user is {age} days old"
        )),
        (_, [_, _, ..]) => Answer::warn("the user has two active access keys")
            .remedy("delete the one that is not used; two are for the days of a rotation"),
        (Some(0), _) => Answer::pass("the key was made today"),
        (Some(1), _) => Answer::pass("the key is a day old"),
        (Some(age), _) => Answer::pass(format!("the key is {age} days old")),
        (None, _) => Answer::unknown("AWS does not say how old the key is"),
    };
    let answer = match oldest {
        Some(age) => answer.evidence("age_days", age.to_string()),
        None => answer,
    };
    let last = used.map_or_else(|| "never".to_owned(), |used| used.to_string());
    answer
        .evidence("last_used", last)
        .evidence("active_keys", active.len().to_string())
}

fn hidden(user: &str, trouble: &Trouble) -> Answer {
    if trouble.kind != Kind::Denied {
        return trouble.answer("ask for the age of the key");
    }
    trouble.evidence(
        Answer::warn("the age of the key cannot be seen")
            .remedy("allow the user to look at its own keys:")
            .paste(policy(&[Statement::allow(
                ["iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
                [user],
            )])),
    )
}
