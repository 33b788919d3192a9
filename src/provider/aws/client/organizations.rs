//! Organizations: the management account, the members and their states.

use jiff::Timestamp;

use super::{Kind, Session, Trouble, trouble};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: String,
    pub management_account: String,
}

/// The state of a member account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    PendingActivation,
    PendingClosure,
    Suspended,
    Closed,
    /// One that this version does not know.
    Other,
}

impl State {
    /// Reads `State`, and `Status` where an answer has no `State` yet: AWS retired that field on
    /// 2026-09-09.
    fn of(state: Option<&str>, status: Option<&str>) -> Self {
        match state.or(status) {
            Some("ACTIVE") => Self::Active,
            Some("PENDING_ACTIVATION") => Self::PendingActivation,
            Some("PENDING_CLOSURE") => Self::PendingClosure,
            Some("SUSPENDED") => Self::Suspended,
            Some("CLOSED") => Self::Closed,
            _ => Self::Other,
        }
    }

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Suspended => "SUSPENDED",
            Self::Closed => "CLOSED",
            Self::Other => "in a state that this version does not know",
        }
    }
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: String,
    pub name: String,
    pub email: String,
    pub state: State,
    pub joined: Option<Timestamp>,
    /// `o-…/r-…/ou-…/…/`, with the ids of the organizational units on the way; empty where AWS does
    /// not say.
    pub path: String,
}

/// The organization that the session's account is in. `AWSOrganizationsNotInUseException` where it
/// is in none.
pub async fn organization(session: &Session) -> Result<Organization, Trouble> {
    const ACTION: &str = "organizations:DescribeOrganization";
    let answer = session
        .organizations()
        .describe_organization()
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    let organization = answer.organization.and_then(|organization| {
        Some(Organization {
            id: organization.id?,
            management_account: organization.master_account_id?,
        })
    });
    organization.ok_or_else(|| {
        trouble::new(
            Kind::Malformed,
            ACTION,
            "the answer names no management account",
        )
    })
}

/// All member accounts, the management account included: one request for 20 of them.
pub async fn members(session: &Session) -> Result<Vec<Member>, Trouble> {
    const ACTION: &str = "organizations:ListAccounts";
    let mut pages = session
        .organizations()
        .list_accounts()
        .into_paginator()
        .page_size(20)
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| trouble::of(ACTION, &error))?;
        all.extend(
            page.accounts
                .unwrap_or_default()
                .into_iter()
                .filter_map(member),
        );
    }
    Ok(all)
}

fn member(account: aws_sdk_organizations::types::Account) -> Option<Member> {
    #[allow(deprecated, reason = "older answers and GovCloud's have nothing else")]
    let status = account
        .status
        .as_ref()
        .map(|status| status.as_str().to_owned());
    Some(Member {
        id: account.id?,
        name: account.name.unwrap_or_default(),
        email: account.email.unwrap_or_default(),
        state: State::of(
            account.state.as_ref().map(|state| state.as_str()),
            status.as_deref(),
        ),
        joined: account.joined_timestamp.as_ref().and_then(super::moment),
        path: account
            .paths
            .unwrap_or_default()
            .into_iter()
            .next()
            .unwrap_or_default(),
    })
}

/// The name of an organizational unit.
pub async fn unit_name(session: &Session, id: &str) -> Result<String, Trouble> {
    const ACTION: &str = "organizations:DescribeOrganizationalUnit";
    let answer = session
        .organizations()
        .describe_organizational_unit()
        .organizational_unit_id(id)
        .send()
        .await
        .map_err(|error| trouble::of(ACTION, &error))?;
    answer
        .organizational_unit
        .and_then(|unit| unit.name)
        .ok_or_else(|| trouble::new(Kind::Malformed, ACTION, "the answer has no name"))
}

/// The tags of an account: one request each, more where it has many.
pub async fn tags(session: &Session, account: &str) -> Result<Vec<(String, String)>, Trouble> {
    const ACTION: &str = "organizations:ListTagsForResource";
    let mut pages = session
        .organizations()
        .list_tags_for_resource()
        .resource_id(account)
        .into_paginator()
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| trouble::of(ACTION, &error))?;
        all.extend(
            page.tags
                .unwrap_or_default()
                .into_iter()
                .map(|tag| (tag.key, tag.value)),
        );
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn the_state_wins_over_the_retired_status() {
        assert_eq!(State::of(Some("CLOSED"), Some("SUSPENDED")), State::Closed);
        assert_eq!(State::of(None, Some("SUSPENDED")), State::Suspended);
        assert_eq!(State::of(Some("ACTIVE"), None), State::Active);
        assert_eq!(State::of(Some("MELTED"), Some("ACTIVE")), State::Other);
        assert_eq!(State::of(None, None), State::Other);
    }
}
