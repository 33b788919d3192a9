//! The accounts of an organization, and what its units and tags are called. The accounts come from
//! the one listing that the checks share too.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt, TryStreamExt};

use super::case::Case;
use super::client::organizations::{self, Member, State};
use super::client::{Kind, Session, Statement, Trouble, Unsigned, policy};
use crate::provider::answer::Answer;
use crate::provider::listing::{self, Listed, Listing, Unlisted};

/// Calls under way at a time: Organizations answers a few a second and throttles beyond that.
const AT_ONCE: usize = 8;

/// The accounts of the subject's organization.
pub(super) async fn members(case: &Case<'_>) -> Result<Listing, Unlisted> {
    let payers = case.subject.around.payers;
    if !payers.is_empty() && payers.iter().all(|(_, payer)| payer.external) {
        return Err(Unlisted::Nothing(
            "the bill is somebody else's, and so are the organization's accounts".to_owned(),
        ));
    }
    let session = session(case).await?;
    let members = case.aws.members(&session).await;
    let members = members.map_err(|trouble| {
        if trouble.is("AWSOrganizationsNotInUseException") {
            Unlisted::Nothing("the payer stands alone: it is in no organization".to_owned())
        } else {
            denied(
                &trouble,
                "list the organization's accounts",
                "organizations:ListAccounts",
            )
        }
    })?;
    let asked = case.lister_way().and_then(|way| way.account);
    let here = payers.iter().map(|(id, _)| *id);
    let payer = here
        .filter(|id| *id == session.account)
        .chain(asked)
        .next()
        .map(str::to_owned);
    Ok(Listing {
        payer,
        accounts: members.iter().map(listed).collect(),
    })
}

fn listed(member: &Member) -> Listed {
    let units = || {
        let parts = member
            .path
            .split('/')
            .filter(|part| part.starts_with("ou-"));
        parts.map(str::to_owned).collect()
    };
    Listed {
        id: member.id.clone(),
        name: member.name.clone(),
        state: match member.state {
            State::Active => listing::State::Active,
            State::PendingActivation => listing::State::Pending,
            State::Suspended => listing::State::Suspended,
            State::PendingClosure | State::Closed => listing::State::Closed,
            State::Other => listing::State::Other,
        },
        // AWS says when an account joined, never when it was closed.
        closed: None,
        units: (!member.path.is_empty()).then(units),
        account_type: None,
        within: None,
    }
}

/// The names of organizational units, by their ids: one call for each.
pub(super) async fn unit_names(
    case: &Case<'_>,
    units: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Unlisted> {
    let session = session(case).await?;
    let ask = async |unit: &String| {
        let name = case.aws.unit_name(&session, unit).await?;
        Ok((unit.clone(), name))
    };
    let names = stream::iter(units).map(ask).buffer_unordered(AT_ONCE);
    names.try_collect().await.map_err(|trouble| {
        denied(
            &trouble,
            "read the names of organizational units",
            "organizations:DescribeOrganizationalUnit",
        )
    })
}

/// The tags of accounts, by their ids: one call for each.
pub(super) async fn tags(
    case: &Case<'_>,
    accounts: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
    let session = session(case).await?;
    let ask = async |account: &String| {
        let tags = organizations::tags(&session, account).await?;
        Ok((account.clone(), tags.into_iter().collect()))
    };
    let tags = stream::iter(accounts).map(ask).buffer_unordered(AT_ONCE);
    tags.try_collect().await.map_err(|trouble| {
        denied(
            &trouble,
            "read the tags of accounts",
            "organizations:ListTagsForResource",
        )
    })
}

/// The session that lists.
async fn session(case: &Case<'_>) -> Result<std::sync::Arc<Session>, Unlisted> {
    let Some(way) = case.lister_way() else {
        let answer = Answer::skipped("no credential is declared for it")
            .remedy("name one: `credentials:` of the organization, or of its payer");
        return Err(answer.into());
    };
    let own = way.credential;
    case.sign_in(way).await.map_err(|unsigned| {
        let (at, why) = match unsigned {
            Unsigned::Secret(error) => (own.to_owned(), error.to_string()),
            Unsigned::Unclear(why) => (own.to_owned(), why),
            // The credential that it builds on may be the one that fails.
            Unsigned::Trouble {
                credential,
                trouble,
            } => match credential.as_str() {
                "" => (own.to_owned(), trouble.explained()),
                at => (at.to_owned(), trouble.explained()),
            },
        };
        let answer = Answer::skipped(format!("`{at}` cannot sign in: {why}"))
            .remedy(format!("`bursar check credential/{at}` says what to do"));
        Unlisted::Unsigned {
            credential: at,
            answer: Box::new(answer.clean()),
        }
    })
}

/// What a call that failed means, with the permission that it needs where it is denied.
fn denied(trouble: &Trouble, doing: &str, action: &str) -> Unlisted {
    let answer = trouble.answer(doing);
    if trouble.kind != Kind::Denied {
        return answer.into();
    }
    answer
        .remedy(
            "allow it to the principal, in the management account or in one that is a delegated \
             administrator (a member may never list):",
        )
        .paste(policy(&[Statement::allow([action], ["*"])]))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(state: State, path: &str) -> Member {
        Member {
            id: "210987654321".to_owned(),
            name: "Shop".to_owned(),
            email: String::new(),
            state,
            joined: None,
            path: path.to_owned(),
        }
    }

    #[test]
    fn units_are_those_on_the_way_and_closing_is_closed() {
        let path = "o-abcdefghij/r-ab12/ou-ab12-11111111/ou-ab12-22222222/210987654321/";
        let deep = listed(&member(State::PendingClosure, path));
        assert_eq!(
            deep.units.unwrap(),
            ["ou-ab12-11111111", "ou-ab12-22222222"]
        );
        assert!(deep.state.is_inactive());
        let root = listed(&member(State::PendingActivation, "o-abcdefghij/r-ab12/"));
        assert_eq!(root.units, Some(Vec::new()));
        assert_eq!(root.state, listing::State::Pending);
        assert_eq!(listed(&member(State::Active, "")).units, None);
    }
}
