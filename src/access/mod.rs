//! Access: which resources are asked about in a plan, what their findings block, and the badges
//! they make. Decides; the asking itself is the providers' work.

mod block;
mod board;
mod inquiry;
mod links;

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt};

use crate::config::declaration::Declaration;
use crate::config::estate::Estate;
use crate::engine::change::{Change, Plan};
use crate::model::address::{Address, Kind};
use crate::model::finding::Finding;
use crate::model::spec::Credential;
use crate::provider::{self, Credentials, Probe, Question, Run};

pub use block::{block, blocks};
pub use board::Board;
pub use inquiry::Inquiry;
pub use links::{Links, Wall};

use block::gated;
use links::Accounts;

impl Credentials for Declaration {
    fn credential(&self, name: &str) -> Option<&Credential> {
        self.credentials.get(name).map(|entry| &entry.value)
    }
}

/// The resources that a plan asks about: what is created or changed in a way that access matters
/// for, and the credentials that it is reached with.
#[must_use]
pub fn asked(plan: &Plan, estate: &Estate) -> BTreeSet<Address> {
    let mut asked = BTreeSet::new();
    let gated: Vec<&Change> = plan.changes.iter().filter(|change| gated(change)).collect();
    if gated.is_empty() {
        return asked;
    }
    let links = Links::declared(
        estate,
        &Accounts::of(gated.iter().map(|change| &change.address)),
    );
    for change in gated {
        asked.extend(links.credentials(&change.address));
        if change.address.kind() == Kind::Account {
            asked.extend(links.organization(&change.address).cloned());
            asked.extend(links.reached_through(&change.address).cloned());
        }
        asked.insert(change.address.clone());
    }
    asked
}

/// Everything that can be asked about.
#[must_use]
pub fn askable(estate: &Estate) -> BTreeSet<Address> {
    let links = Links::all(estate);
    let mut all: BTreeSet<Address> = links.own.keys().cloned().collect();
    all.extend(
        estate
            .declaration
            .credentials
            .keys()
            .map(Address::credential),
    );
    all.extend(
        estate
            .declaration
            .organizations
            .keys()
            .map(Address::organization),
    );
    all
}

/// Chosen resources with the credentials that they are reached with, so that a cause is found where it
/// is; and with a role by name, which is only there where it is used, whatever it is used for.
#[must_use]
pub fn with_credentials(estate: &Estate, chosen: BTreeSet<Address>) -> BTreeSet<Address> {
    let links = Links::all(estate);
    let by_name: BTreeSet<&Address> = chosen
        .iter()
        .filter(|address| address.kind() == Kind::Credential)
        .filter(|address| {
            let declared = estate.declaration.credential(&address.last());
            matches!(declared, Some(Credential::AwsRole(role)) if role.role_arn.is_none())
        })
        .collect();
    let used = links.own.keys().filter(|address| {
        let reached = matches!(address.kind(), Kind::Payer | Kind::Account)
            && links.reached_through(address).is_none();
        reached && !by_name.is_empty() && {
            let credentials = links.credentials(address);
            credentials
                .first()
                .is_some_and(|first| by_name.contains(first))
        }
    });
    let mut all: BTreeSet<Address> = used.cloned().collect();
    for address in &chosen {
        all.extend(links.credentials(address));
    }
    all.extend(chosen);
    all
}

/// Those of these resources that are reached with one of some credentials, or are one of them.
#[must_use]
pub fn reached_with(
    estate: &Estate,
    credentials: &BTreeSet<Address>,
    asked: &BTreeSet<Address>,
) -> BTreeSet<Address> {
    if credentials.is_empty() {
        return BTreeSet::new();
    }
    let links = Links::declared(estate, &Accounts::of(asked.iter()));
    let reached = |address: &&Address| {
        let through = links.credentials(address);
        credentials.contains(*address) || through.iter().any(|one| credentials.contains(one))
    };
    asked.iter().filter(reached).cloned().collect()
}

/// How many resources are asked about at a time. Each may have several calls under way; the
/// providers' clients limit those for each host.
const AT_ONCE: usize = 32;

/// Asks about resources what needs no network.
#[must_use]
pub fn ask_local(inquiry: &Inquiry<'_>, run: &Run<'_>) -> Vec<Finding> {
    let ask = |subject| provider::ask(&Question { subject, run });
    inquiry.subjects().flat_map(ask).collect()
}

/// Asks providers about resources, side by side. `done` hears of each one that is answered. The
/// findings come in the order of the inquiry.
pub async fn ask_online(
    inquiry: &Inquiry<'_>,
    run: &Run<'_>,
    probes: &[Box<dyn Probe + '_>],
    done: &(dyn Fn(usize) + Sync),
) -> Vec<Finding> {
    let probe = |provider| probes.iter().find(|probe| probe.provider() == provider);
    let asked = inquiry.subjects().enumerate().filter_map(|(at, subject)| {
        let probe = probe(subject.provider())?;
        Some(async move { (at, probe.ask(&Question { subject, run }).await) })
    });
    let mut answers: Vec<(usize, Vec<Finding>)> = Vec::new();
    let mut coming = stream::iter(asked).buffer_unordered(AT_ONCE);
    while let Some(answer) = coming.next().await {
        answers.push(answer);
        done(answers.len());
    }
    answers.sort_by_key(|(at, _)| *at);
    answers
        .into_iter()
        .flat_map(|(_, findings)| findings)
        .collect()
}
