//! `oci.organization.compartments`: can the tenancy's compartments be listed? One listing serves all
//! accounts of it.

use super::case::{Asking, Case, OnlineCheck, check};
use super::statements::allow;
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "oci.organization.compartments",
        "Can the compartments of the tenancy be listed?",
        &["identity:ListCompartments"],
        &["inspect compartments"],
        "let the user list compartments",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Organization {
            return None;
        }
        if case.all_external() {
            return Some(Answer::skipped(
                "the bill is somebody else's, and so are the tenancy's compartments",
            ));
        }
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match case.oci.compartments(&session).await {
            Ok(found) => {
                let active = found.iter().filter(|one| one.state == "ACTIVE").count();
                Answer::pass(format!(
                    "{} compartments, {active} of them ACTIVE",
                    found.len()
                ))
                .evidence("compartments", found.len().to_string())
                .evidence("active", active.to_string())
            }
            Err(trouble) if trouble.kind == Kind::Denied => trouble
                .answer("list the tenancy's compartments")
                .remedy("add this to a policy in the root compartment:")
                .paste(allow(&["inspect compartments"])),
            Err(trouble) => trouble.answer("list the tenancy's compartments"),
        })
    })
}
