//! `oci.payer.parent`: is the payer the parent of its organization of tenancies, or alone? Only the
//! parent's bill, and only its reports, have the costs of all.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::organizations::Organization;
use super::statements::allow;
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "oci.payer.parent",
        "Is the payer the parent of its organization of tenancies, or alone?",
        &["organizations:ListOrganizations"],
        &["read organizations-family"],
        "declare the parent tenancy as the payer",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Payer {
            return None;
        }
        let (payer, _) = case.payer()?;
        if case.external() {
            return Some(Answer::skipped(
                "the bill is somebody else's (`external: true`): known, but not readable",
            ));
        }
        let session = match case.of_payer().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match case.oci.organization(&session).await {
            Ok(found) => judged(payer, found.as_ref()),
            Err(trouble) if trouble.kind == Kind::Denied => trouble.evidence(
                Answer::warn("whether the tenancy has a parent cannot be seen")
                    .remedy("add this to a policy in the root compartment:")
                    .paste(allow(&["read organizations-family"])),
            ),
            Err(trouble) => trouble.answer("ask for the organization of the tenancy"),
        })
    })
}

fn judged(payer: &str, found: Option<&Organization>) -> Answer {
    let Some(found) = found else {
        return Answer::pass("the tenancy stands alone: it is in no organization");
    };
    let answer = if found.parent.eq_ignore_ascii_case(payer) {
        Answer::pass("the tenancy is the parent of its organization")
    } else {
        child_of(found)
    };
    answer
        .evidence("organization", &found.id)
        .evidence("parent", &found.parent)
}

/// What a child is, and what to declare instead.
pub fn child_of(found: &Organization) -> Answer {
    let parent = &found.parent;
    let named = found.parent_name.as_deref().unwrap_or("another tenancy");
    Answer::fail(format!("the tenancy is a child of {named} ({parent})")).remedy(format!(
        "its bill and its reports are the parent's: declare {parent} as the payer with a key of a \
         user there, and this tenancy under `accounts` with `type: tenancy`; where you cannot reach \
         the parent, write `external: true` beside it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn a_child_does_not_pay() {
        let organization = Organization {
            id: "ocid1.organizationsentity.oc1..o".to_owned(),
            parent: "ocid1.tenancy.oc1..p".to_owned(),
            parent_name: Some("acme".to_owned()),
            state: "ACTIVE".to_owned(),
        };
        assert_eq!(
            judged("ocid1.tenancy.oc1..p", Some(&organization)).status,
            Status::Pass
        );
        assert_eq!(judged("ocid1.tenancy.oc1..p", None).status, Status::Pass);
        let child = judged("ocid1.tenancy.oc1..c", Some(&organization));
        assert_eq!(child.status, Status::Fail);
        assert_eq!(
            child.message,
            "the tenancy is a child of acme (ocid1.tenancy.oc1..p)"
        );
    }
}
