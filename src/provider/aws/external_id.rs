//! `aws.role.external_id`: does the role's trust policy demand the external id? A call without it
//! must fail: else anybody whom the trusted account serves could be made to reach in (the confused
//! deputy).

use super::case::{Asking, Case, OnlineCheck, Way, check};
use super::client::Kind;
use super::identity;
use crate::model::finding::Badge;
use crate::model::spec::AwsRole;
use crate::provider::answer::Answer;
use crate::provider::subject::What;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "aws.role.external_id",
        "Does the role refuse to be assumed without its external id?",
        &["sts:AssumeRole"],
        &["sts:AssumeRole"],
        "add the condition to the role's trust policy",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let name = case.subject.address.last();
        let way = match case.subject.what {
            What::Credential(_) => Way {
                credential: &name,
                account: None,
            },
            _ if case.signs_in() && !case.external() => case.way()?,
            _ => return None,
        };
        let role = case.role(way.credential)?;
        // A role by name is asked about where it is used, one by ARN at the credential.
        let here = role.role_arn.is_some() == matches!(case.subject.what, What::Credential(_));
        let id = role.external_id.as_deref().filter(|_| here)?;
        Some(asked(case, way, role, id).await)
    })
}

async fn asked(case: &Case<'_>, way: Way<'_>, role: &AwsRole, id: &str) -> Answer {
    if let Err(skipped) = case.along(way).await {
        return skipped;
    }
    let sessions = &case.aws.sessions;
    let place = case.place(way);
    let (Ok(source), Ok(arn)) = (
        sessions.source(role, place).await,
        sessions.role_arn(role, place).await,
    ) else {
        return Answer::skipped("not asked: who assumes the role cannot sign in");
    };
    match sessions.assume_without(&source, &arn).await {
        Err(trouble) if trouble.kind == Kind::Denied => {
            Answer::pass("AWS refuses the role without the external id").evidence("role_arn", arn)
        }
        Err(trouble) => trouble
            .answer("try the role without its external id")
            .evidence("role_arn", arn),
        Ok(()) => Answer::warn("the role can be assumed without its external id")
            .remedy(
                "add the condition to the statement of the role's trust policy that allows \
                 `sts:AssumeRole`, and see that no other statement allows it without:",
            )
            .paste(identity::trust_policy(Some(&source.arn), Some(id)))
            .evidence("role_arn", arn),
    }
}
