//! `aws.key.user`: does the key's user live in the account that it is used for?

use super::access_key;
use crate::model::address::{Address, Kind};
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "aws.key.user",
    "Does the user of the access key live in the account that the key is used for?",
    "correct `user_arn`, or give this account a credential of its own: an `aws_role` reaches \
     several accounts",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let arn = access_key(question)?.user_arn.as_deref()?;
    let Some((account, user)) = user_of(arn) else {
        return Some(
            Answer::fail("`user_arn` is not the ARN of an IAM user")
                .remedy("write it as IAM shows it: `arn:aws:iam::111122223333:user/name`")
                .evidence("user_arn", arn),
        );
    };
    let elsewhere: Vec<&Address> = question
        .subject
        .named_by
        .iter()
        .filter(|address| matches!(address.kind(), Kind::Account | Kind::Payer))
        .filter(|address| address.last() != account)
        .collect();
    let answer = match (user, elsewhere.as_slice()) {
        (User::Root, _) => Answer::warn("this is the key of an account's root user")
            .remedy("create an IAM user with read access, or use `aws_role`, and delete the root user's key"),
        (_, []) => Answer::pass(format!("the user lives in account {account}")),
        (_, [one]) => Answer::warn(format!("the user lives in account {account}, and its key is used for {one}")),
        (_, [first, rest @ ..]) => Answer::warn(format!(
            "the user lives in account {account}, and its key is used for {first} and {} more",
            rest.len()
        )),
    };
    Some(answer.evidence("user_arn", arn))
}

#[derive(Clone, Copy)]
enum User {
    Iam,
    Root,
}

/// The account of `arn:PARTITION:iam::ACCOUNT:user/NAME`, in any partition.
fn user_of(arn: &str) -> Option<(&str, User)> {
    let mut parts = arn.splitn(6, ':');
    let ("arn", partition, "iam", "", account, who) = (
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    ) else {
        return None;
    };
    let account_form = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if !(partition == "aws" || partition.starts_with("aws-")) || !account_form {
        return None;
    }
    match who {
        "root" => Some((account, User::Root)),
        _ => (who
            .strip_prefix("user/")
            .is_some_and(|name| !name.is_empty()))
        .then_some((account, User::Iam)),
    }
}
