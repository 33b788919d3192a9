//! `azure.export.provider`: is the resource provider of exports registered in the subscription of the
//! storage account? Without it Cost Management delivers nothing there.

use super::super::case::{Asking, OnlineCheck, check};
use super::super::roles::READER;
use super::super::scope::Storage;
use super::Case;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::{self, Trouble};

pub const NAMESPACE: &str = "Microsoft.CostManagementExports";

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "azure.export.provider",
        "Is the resource provider of exports registered in the subscription of the storage account?",
        &["Resources:Providers_Get"],
        &["Microsoft.Resources/subscriptions/providers/read"],
        "register Microsoft.CostManagementExports in the subscription of the storage account",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let target = case.target()?;
        if case.external() {
            return None;
        }
        let subscription = Storage::of(target.storage)?.subscription;
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let answer = match case.azure.registration(&session, subscription).await {
            Ok(state) => judged(&state, subscription),
            Err(trouble)
                if matches!(trouble.kind, trouble::Kind::Denied | trouble::Kind::Missing) =>
            {
                let known = case.known_definition(&target).await.ok().flatten();
                let ran = known
                    .is_some_and(|found| found.runs.iter().any(|run| run.status == "Completed"));
                hidden(&trouble, ran, || {
                    let scope = format!("/subscriptions/{subscription}");
                    READER.assign(&session.claims.oid, &scope)
                })
            }
            Err(trouble) => trouble.answer("ask for the registration of the resource provider"),
        };
        Some(answer.evidence("subscription", subscription))
    })
}

fn judged(state: &str, subscription: &str) -> Answer {
    let register =
        || format!("az provider register --namespace {NAMESPACE} --subscription {subscription}");
    match state {
        "Registered" => Answer::pass(format!("{NAMESPACE} is registered")),
        "Registering" => {
            Answer::pending(format!("{NAMESPACE} is being registered")).remedy("wait some minutes")
        }
        other => Answer::fail(format!(
            "{NAMESPACE} is {other} in subscription {subscription}"
        ))
        .remedy("register it, as somebody who may (Contributor):")
        .paste(register()),
    }
    .evidence("state", state)
}

/// What may not be asked is known all the same where a run completed.
fn hidden(trouble: &Trouble, ran: bool, assign: impl FnOnce() -> String) -> Answer {
    if ran {
        return Answer::pass("runs completed, so it is registered")
            .evidence("call", trouble.action);
    }
    trouble
        .answer("ask for the registration of the resource provider")
        .remedy(format!(
            "have somebody look (Subscriptions, Resource providers), or assign {} on the storage account's \
             subscription:",
            READER.named()
        ))
        .paste(assign())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn what_is_not_registered_is_told_with_the_command() {
        assert_eq!(judged("Registered", "s").status, Status::Pass);
        assert_eq!(judged("Registering", "s").status, Status::Pending);
        let not = judged("NotRegistered", "s");
        assert_eq!(not.status, Status::Fail);
        assert_eq!(
            not.paste,
            "az provider register --namespace Microsoft.CostManagementExports --subscription s"
        );
    }
}
