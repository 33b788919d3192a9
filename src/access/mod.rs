//! Access: which resources are asked about in a plan, what their findings block, and the badges
//! they make. Decides; the asking itself is the providers' work.

mod block;
mod board;
mod links;

use std::collections::{BTreeSet, HashMap};

use crate::config::declaration::Declaration;
use crate::config::estate::Estate;
use crate::engine::change::{Change, Plan};
use crate::model::address::{Address, Kind};
use crate::model::finding::Finding;
use crate::model::spec::Credential;
use crate::provider::{self, Credentials, Mode, Question, Run, Subject, What};

pub use block::{block, blocks};
pub use board::Board;
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

/// Asks about resources. Online, this version can't ask a provider yet and says so, once for each
/// organization.
#[must_use]
pub fn ask(estate: &Estate, addresses: &BTreeSet<Address>, run: &Run<'_>) -> Vec<Finding> {
    let declaration = &estate.declaration;
    let mut findings = Vec::new();
    if addresses.is_empty() {
        return findings;
    }
    let wanted = Accounts::of(addresses.iter());
    let links = Links::declared(estate, &wanted);
    let used = used_by(&links, addresses);
    let mut ask = |address: &Address, what: What<'_>| {
        if addresses.contains(address) {
            let empty = Vec::new();
            let named_by = used.get(address).unwrap_or(&empty);
            let subject = Subject {
                address,
                what,
                used_by: named_by.len(),
                named_by,
            };
            findings.extend(provider::ask(&Question { subject, run }));
        }
    };
    for entry in declaration.credentials.iter() {
        ask(
            &Address::credential(&entry.key),
            What::Credential(&entry.value),
        );
    }
    for entry in declaration.organizations.iter() {
        ask(
            &Address::organization(&entry.key),
            What::Organization(&entry.value),
        );
        if entry.value.recommendations {
            ask(
                &Address::recommendations(&entry.key),
                What::Recommendations(&entry.value),
            );
        }
    }
    for (entry, resolved) in declaration.payers.iter().zip(&estate.payers) {
        let Some(provider) = resolved.provider else {
            continue;
        };
        ask(
            &Address::payer(provider, &resolved.id),
            What::Payer {
                payer: &entry.value,
                provider,
            },
        );
        for (name, export) in &entry.value.exports {
            ask(
                &Address::export(provider, &resolved.id, name),
                What::Export { export, provider },
            );
        }
    }
    for (entry, resolved) in declaration.accounts.iter().zip(&estate.accounts) {
        let Some(provider) = resolved.provider else {
            continue;
        };
        if entry.value.closed.is_none() && wanted.has(&resolved.id) {
            ask(
                &Address::account(provider, &resolved.id),
                What::Account {
                    account: &entry.value,
                    provider,
                },
            );
        }
    }
    if run.mode == Mode::Online {
        findings.extend(not_built(estate, &links, addresses, run));
    }
    findings
}

fn not_built(
    estate: &Estate,
    links: &Links,
    addresses: &BTreeSet<Address>,
    run: &Run<'_>,
) -> Vec<Finding> {
    let mut organizations: BTreeSet<Address> = BTreeSet::new();
    for address in addresses {
        match address.kind() {
            Kind::Organization => organizations.extend([address.clone()]),
            _ => organizations.extend(links.organization(address).cloned()),
        }
    }
    let provider = |address: &Address| {
        estate
            .declaration
            .organizations
            .get(&address.last())
            .map(|entry| entry.value.provider)
    };
    organizations
        .iter()
        .filter_map(|address| {
            provider(address).map(|provider| provider::not_built(provider, address, run.now))
        })
        .collect()
}

/// The resources that name each asked credential themselves.
fn used_by(links: &Links, addresses: &BTreeSet<Address>) -> HashMap<Address, Vec<Address>> {
    let mut used: HashMap<Address, Vec<Address>> = HashMap::new();
    for (address, names) in &links.own {
        for name in names {
            let credential = Address::credential(name);
            if addresses.contains(&credential) {
                used.entry(credential).or_default().push(address.clone());
            }
        }
    }
    for users in used.values_mut() {
        users.sort();
    }
    used
}
