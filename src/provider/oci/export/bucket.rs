//! `oci.export.bucket`: can the reports be listed? Where they cannot, the causes that OCI tells with
//! the same words are told apart by what else can be seen.

use super::super::case::{Asking, OnlineCheck, check};
use super::super::client::storage::NAMESPACE;
use super::blocked;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Cost,
        "oci.export.bucket",
        "Can Oracle's reports be listed, in namespace `bling`, in the tenancy's home region?",
        &[
            "objectstorage:ListObjects",
            "identity:ListPolicies",
            "identity:ListUserGroupMemberships",
            "identity:ListGroups",
            "organizations:ListOrganizations",
        ],
        &["read objects in tenancy usage-report"],
        "let the user's group read the reports, with a policy in the root compartment",
    ),
    ask,
};

fn ask<'a>(case: &'a super::Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let (session, newest) = match case.opened().await? {
            Ok(opened) => opened,
            Err(skipped) => return Some(skipped),
        };
        let region = session.home_or_declared().name;
        let answer = match newest {
            Ok(_) => Answer::pass(format!("the reports can be listed, in {region}")),
            Err(trouble) if blocked::is_blocked(&trouble) => trouble.evidence(
                case.oci
                    .blocked(&session, blocked::why(case, &session))
                    .await,
            ),
            Err(trouble) => trouble.answer("list the reports"),
        };
        Some(
            answer
                .evidence("region", region)
                .evidence("namespace", NAMESPACE)
                .evidence("bucket", &session.tenancy),
        )
    })
}
