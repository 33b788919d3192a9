//! The subscriptions of a tenant: those that the reader sees, and those that its payers are billed for.
//! Both lists are asked for once and shared with the checks; tags come with them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::case::Case;
use super::client::billing::Billed;
use super::client::subscriptions::Subscription;
use super::client::{Session, Unsigned};
use super::roles::READER;
use super::scope;
use crate::provider::answer::Answer;
use crate::provider::listing::{Listed, Listing, State, Unlisted};
use crate::provider::trouble::{Kind, Trouble};

/// A subscription, from both lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    pub id: String,
    pub name: String,
    /// Its state where the reader has a role on it.
    pub state: Option<String>,
    /// Its status on a bill.
    pub billed_as: Option<String>,
    /// The tenant that it trusts, or that uses it.
    pub tenant: String,
    /// The payers whose bill has it.
    pub payers: Vec<String>,
    pub tags: BTreeMap<String, String>,
}

impl Member {
    /// What Azure calls its state.
    #[must_use]
    pub fn word(&self) -> &str {
        self.state
            .as_deref()
            .or(self.billed_as.as_deref())
            .unwrap_or_default()
    }

    /// Whether it can still spend.
    #[must_use]
    pub fn judged(&self) -> State {
        match self.word() {
            // A past due or warned subscription runs on until it is disabled.
            "Enabled" | "Active" | "Warned" | "PastDue" | "AutoRenew" | "Expiring" => State::Active,
            "Disabled" | "Suspended" | "Expired" => State::Suspended,
            "Deleted" => State::Closed,
            _ => State::Other,
        }
    }
}

/// What is known of a tenant's subscriptions.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub members: BTreeMap<String, Member>,
    /// The payers whose bill could be read.
    pub bills: Vec<String>,
    /// The payers whose bill could not be read, with why.
    pub hidden: Vec<(String, String)>,
}

/// The subscriptions of the subject's tenant, put together once for all that ask.
pub(super) async fn known(case: &Case<'_>, session: &Arc<Session>) -> Result<Arc<Known>, Trouble> {
    let tenant = case.tenant().unwrap_or_default().to_owned();
    let gather = || async { gathered(case, session).await.map(Arc::new) };
    case.azure.known.get((session.key(), tenant), gather).await
}

async fn gathered(case: &Case<'_>, session: &Arc<Session>) -> Result<Known, Trouble> {
    let around = &case.subject.around;
    let payers: Vec<_> = around
        .payer
        .iter()
        .filter(|_| around.payers.is_empty())
        .chain(around.payers)
        .filter(|(_, payer)| !payer.external)
        .map(|(id, payer)| (*id, scope::of_bill(id, payer), payer.credentials.as_deref()))
        .collect();
    let bills = payers.into_iter().map(|(id, scope, own)| async move {
        let session = match own {
            Some(own) => case.azure.sessions.get(own, case.tenant()).await.ok(),
            None => Some(Arc::clone(session)),
        };
        let bill = match session {
            Some(session) => Some(case.azure.billed(&session, &scope).await),
            None => None,
        };
        (id, bill)
    });
    let (seen, bills) = futures::join!(
        case.azure.subscriptions(session),
        futures::future::join_all(bills)
    );
    let mut known = Known::default();
    known.see(&seen?, case.tenant().unwrap_or_default());
    for (payer, bill) in bills {
        match bill {
            Some(Ok(billed)) => known.bill(payer, &billed, case.tenant().unwrap_or_default()),
            // What passes by itself would make a list that is short for a moment.
            Some(Err(trouble)) if trouble.passes() => return Err(trouble),
            Some(Err(trouble)) => known.hidden.push((payer.to_owned(), trouble.explained())),
            None => known
                .hidden
                .push((payer.to_owned(), "its credential cannot sign in".to_owned())),
        }
    }
    Ok(known)
}

impl Known {
    /// Subscriptions of other tenants, which trust this one through Lighthouse, are not its own.
    fn see(&mut self, seen: &[Subscription], tenant: &str) {
        for one in seen {
            let elsewhere = !one.tenant.is_empty() && !one.tenant.eq_ignore_ascii_case(tenant);
            if elsewhere && !tenant.is_empty() {
                continue;
            }
            let id = one.id.to_ascii_lowercase();
            let member = self.members.entry(id.clone()).or_default();
            member.id = id;
            member.name.clone_from(&one.name);
            member.state = Some(one.state.clone());
            member.tenant = one.tenant.to_ascii_lowercase();
            let tags = one.tags.iter().flatten();
            member.tags = tags
                .map(|(name, value)| (name.clone(), value.clone().unwrap_or_default()))
                .collect();
        }
    }

    fn bill(&mut self, payer: &str, billed: &[Billed], tenant: &str) {
        self.bills.push(payer.to_owned());
        for one in billed {
            let id = one.id.to_ascii_lowercase();
            let elsewhere = !one.tenant.is_empty() && !one.tenant.eq_ignore_ascii_case(tenant);
            if elsewhere && !self.members.contains_key(&id) {
                continue;
            }
            let member = self.members.entry(id.clone()).or_default();
            member.id = id;
            if member.name.is_empty() {
                member.name.clone_from(&one.name);
            }
            member.billed_as = Some(one.status.clone());
            member.payers.push(payer.to_owned());
        }
    }
}

/// The accounts of the subject's organization.
pub(super) async fn members(case: &Case<'_>) -> Result<Listing, Unlisted> {
    let session = session(case).await?;
    let known = known(case, &session).await;
    let known = known.map_err(|trouble| denied(&session, &trouble))?;
    let payer = match known.bills.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    Ok(Listing {
        payer,
        accounts: known.members.values().map(listed).collect(),
    })
}

fn listed(member: &Member) -> Listed {
    Listed {
        state: member.judged(),
        id: member.id.clone(),
        name: member.name.clone(),
        // Azure does not say when.
        closed: None,
        units: None,
        account_type: None,
        within: None,
    }
}

/// The tags of subscriptions, which came with the list.
pub(super) async fn tags(
    case: &Case<'_>,
    accounts: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
    let session = session(case).await?;
    let known = known(case, &session).await;
    let known = known.map_err(|trouble| denied(&session, &trouble))?;
    Ok(accounts
        .iter()
        .filter_map(|id| {
            let member = known.members.get(&id.to_ascii_lowercase())?;
            Some((id.clone(), member.tags.clone()))
        })
        .collect())
}

/// The session that lists.
async fn session(case: &Case<'_>) -> Result<Arc<Session>, Unlisted> {
    let Some(way) = case.lister_way() else {
        let answer = Answer::skipped("no credential is declared for it")
            .remedy("name one: `credentials:` of the organization, or of its payer");
        return Err(answer.into());
    };
    let signed = case.azure.sessions.get(way, case.tenant()).await;
    signed.map_err(|unsigned| {
        let why = match unsigned {
            Unsigned::Secret(error) => error.to_string(),
            Unsigned::Unclear { why, .. } => why,
            Unsigned::Trouble(trouble) => trouble.explained(),
        };
        let answer = Answer::skipped(format!("`{way}` cannot sign in: {why}"))
            .remedy(format!("`bursar check credential/{way}` says what to do"));
        Unlisted::Unsigned {
            credential: way.to_owned(),
            answer: Box::new(answer.clean()),
        }
    })
}

/// What a list that cannot be had means.
fn denied(session: &Session, trouble: &Trouble) -> Answer {
    let answer = trouble.answer("list the tenant's subscriptions");
    if trouble.kind != Kind::Denied {
        return answer;
    }
    answer
        .remedy(format!(
            "assign {} at the tenant's root management group, or at each subscription:",
            READER.named()
        ))
        .paste(READER.assign(
            &session.claims.oid,
            &format!(
                "/providers/Microsoft.Management/managementGroups/{}",
                session.claims.tid
            ),
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b";

    fn seen(id: &str, state: &str, tenant: &str) -> Subscription {
        Subscription {
            id: id.to_owned(),
            name: format!("Name of {id}"),
            state: state.to_owned(),
            tenant: tenant.to_owned(),
            tags: Some(BTreeMap::from([("team".to_owned(), None)])),
        }
    }

    fn billed(id: &str, status: &str, tenant: &str) -> Billed {
        Billed {
            id: id.to_owned(),
            name: "on the bill".to_owned(),
            status: status.to_owned(),
            tenant: tenant.to_owned(),
        }
    }

    #[test]
    fn both_lists_are_one() {
        let mut known = Known::default();
        known.see(
            &[
                seen("A", "Enabled", TENANT),
                seen("other", "Enabled", "another-tenant"),
            ],
            TENANT,
        );
        known.bill(
            "8608480",
            &[
                billed("a", "Active", ""),
                billed("b", "Deleted", &TENANT.to_ascii_uppercase()),
                billed("c", "Active", "another-tenant"),
            ],
            TENANT,
        );
        let ids: Vec<&str> = known.members.keys().map(String::as_str).collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(known.members["a"].name, "Name of A");
        assert_eq!(known.members["a"].payers, ["8608480"]);
        assert_eq!(known.members["a"].tags["team"], "");
        assert_eq!(known.members["a"].judged(), State::Active);
        assert_eq!(known.members["b"].judged(), State::Closed);
        assert_eq!(listed(&known.members["b"]).name, "on the bill");
    }

    #[test]
    fn states_of_both_lists_are_known() {
        let state = |word: &str| {
            let member = Member {
                state: Some(word.to_owned()),
                ..Member::default()
            };
            member.judged()
        };
        for active in ["Enabled", "Warned", "PastDue"] {
            assert_eq!(state(active), State::Active);
        }
        assert!(state("Disabled").is_inactive());
        assert!(state("Deleted").is_inactive());
        assert_eq!(state("Something"), State::Other);
    }
}
