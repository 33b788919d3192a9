//! `oci.account.member`: is the compartment or tenancy there, active, and where it is declared to be?
//! Looked up in one listing, never asked one by one.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Session;
use super::client::identity::Compartment;
use super::client::organizations::Member;
use super::statements::allow;
use crate::model::address;
use crate::model::finding::Badge;
use crate::model::spec::Account;
use crate::provider::answer::Answer;
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "oci.account.member",
        "Is the compartment or tenancy there, active, and where it is declared to be?",
        &[
            "identity:ListCompartments",
            "organizations:ListOrganizationTenancies",
        ],
        &["inspect compartments", "read organizations-family"],
        "correct the account's id, its organization, or say since when it is `closed`",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Account { account, .. } = case.subject.what else {
            return None;
        };
        if case.kind() != address::Kind::Account {
            return None;
        }
        if case.external() {
            return Some(Answer::skipped(
                "the bill is somebody else's: nobody here may list what is in that tenancy",
            ));
        }
        let session = match case.lister() {
            Some(credential) => match case.along(credential).await {
                Ok(session) => session,
                Err(skipped) => return Some(skipped),
            },
            None => return Some(Answer::skipped("no credential is declared for this")),
        };
        let id = case.subject.address.last();
        Some(if id.starts_with("ocid1.tenancy.") {
            tenancy(case, &session, &id).await
        } else {
            compartment(case, &session, &id, account).await
        })
    })
}

async fn compartment(case: &Case<'_>, session: &Session, id: &str, account: &Account) -> Answer {
    let Ok(found) = case.oci.compartments(session).await else {
        return Answer::skipped(
            "not asked: `oci.organization.compartments` says why they cannot be listed",
        );
    };
    let same = |one: &&Compartment| one.id.eq_ignore_ascii_case(id);
    match found.iter().find(same) {
        Some(one) => there(one, account),
        None => absent(case, "no compartment of the tenancy"),
    }
}

fn there(found: &Compartment, account: &Account) -> Answer {
    let answer = state(&found.state, "the compartment");
    let moved = account
        .within
        .as_deref()
        .filter(|within| !within.eq_ignore_ascii_case(&found.parent));
    let answer = match moved {
        Some(within) if found.state == "ACTIVE" => Answer::warn(format!(
            "it is in {}, and declared to be within {within}",
            found.parent
        ))
        .remedy(format!("write `within: {}`", found.parent)),
        _ => answer,
    };
    answer
        .evidence("state", &found.state)
        .evidence("name", &found.name)
        .evidence("within", &found.parent)
}

async fn tenancy(case: &Case<'_>, session: &Session, id: &str) -> Answer {
    if id.eq_ignore_ascii_case(&session.tenancy) {
        return Answer::pass("it is the tenancy of the key itself");
    }
    let found = match case.oci.organization(session).await {
        Ok(Some(organization)) => case.oci.tenancies(session, &organization).await,
        Ok(None) => return absent(case, "the paying tenancy has no children: no member"),
        Err(trouble) => Err(trouble),
    };
    let members = match found {
        Ok(members) => members,
        Err(trouble) if trouble.kind == Kind::Denied => {
            return trouble
                .answer("list the tenancies of the organization")
                .remedy("add this to a policy in the root compartment of the parent:")
                .paste(allow(&["read organizations-family"]));
        }
        Err(trouble) => return trouble.answer("list the tenancies of the organization"),
    };
    let same = |one: &&Member| one.id.eq_ignore_ascii_case(id);
    match members.iter().find(same) {
        Some(member) => {
            let answer = state(&member.state, "the tenancy");
            let answer = answer
                .evidence("state", &member.state)
                .evidence("role", &member.role);
            match &member.name {
                Some(name) => answer.evidence("name", name),
                None => answer,
            }
        }
        None => absent(case, "no tenancy"),
    }
}

fn state(state: &str, what: &str) -> Answer {
    match state {
        "ACTIVE" => Answer::pass(format!("{what} is active")),
        "CREATING" => {
            Answer::warn(format!("{what} is not active yet")).remedy("wait until it is made")
        }
        "INACTIVE" => Answer::warn(format!("{what} is INACTIVE"))
            .remedy("see in the console why; where it is to stay so, write `closed: YYYY-MM-DD`"),
        "DELETING" | "DELETED" => Answer::fail(format!("{what} is {state}")).remedy(
            "write `closed: YYYY-MM-DD`: the account is kept with its history, and no longer asked",
        ),
        other => Answer::warn(format!("{what} is {other}")),
    }
}

fn absent(case: &Case<'_>, what: &str) -> Answer {
    let organization = case.subject.around.organization;
    let of = organization.map_or("the organization", |(_, one)| one.id.as_str());
    Answer::fail(format!("{what} of {of}")).remedy(
        "it was deleted long ago, or belongs to another tenancy: correct `organization` or the id, \
         or write `closed: YYYY-MM-DD` to keep it with its history",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn a_compartment_that_moved_is_a_warning() {
        let found = |state: &str| Compartment {
            id: "ocid1.compartment.oc1..a".to_owned(),
            parent: "ocid1.compartment.oc1..p".to_owned(),
            name: "shop".to_owned(),
            state: state.to_owned(),
            free: Default::default(),
            defined: Default::default(),
        };
        let within = |within: Option<&str>| Account {
            within: within.map(str::to_owned),
            ..Account::default()
        };
        let active = found("ACTIVE");
        assert_eq!(there(&active, &within(None)).status, Status::Pass);
        let right = within(Some("ocid1.compartment.oc1..P"));
        assert_eq!(there(&active, &right).status, Status::Pass);
        let wrong = within(Some("ocid1.tenancy.oc1..t"));
        assert_eq!(there(&active, &wrong).status, Status::Warn);
        assert_eq!(there(&found("DELETED"), &wrong).status, Status::Fail);
        assert_eq!(
            there(&found("CREATING"), &within(None)).status,
            Status::Warn
        );
    }
}
