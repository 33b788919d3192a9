//! Links: which resources belong together, for badges and blocks.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use crate::config::estate::Estate;
use crate::engine::reference;
use crate::model::address::{Address, Kind};
use crate::model::finding::Finding;
use crate::model::provider::Provider;
use crate::model::spec::Credential;
use crate::provider::Behind;

use super::Board;

/// Which accounts links are wanted for: an estate may have a million, and a plan touch one.
pub(super) enum Accounts {
    All,
    /// Those with these ids.
    Ids(HashSet<String>),
}

impl Accounts {
    pub(super) fn of<'a>(addresses: impl Iterator<Item = &'a Address>) -> Self {
        let accounts = addresses.filter(|address| address.kind() == Kind::Account);
        Self::Ids(
            accounts
                .map(|address| address.last().into_owned())
                .collect(),
        )
    }

    pub(super) fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.contains(id),
        }
    }
}

/// Which resources belong together, for badges and blocks.
#[derive(Debug, Default)]
pub struct Links {
    /// Credentials that a resource names itself.
    pub(super) own: BTreeMap<Address, Vec<String>>,
    organization: BTreeMap<Address, Address>,
    payer: BTreeMap<Address, Address>,
    exports: BTreeMap<Address, Vec<Address>>,
    recommendations: BTreeSet<Address>,
}

impl Links {
    /// As declared, with all accounts.
    #[must_use]
    pub fn all(estate: &Estate) -> Self {
        Self::declared(estate, &Accounts::All)
    }

    /// As declared. Of the accounts those that are wanted, and those that name a credential.
    pub(super) fn declared(estate: &Estate, wanted: &Accounts) -> Self {
        let declaration = &estate.declaration;
        let mut links = Self::default();
        let organization = |at: Option<u32>| {
            at.map(|at| {
                Address::organization(&declaration.organizations.entries()[at as usize].key)
            })
        };
        for entry in declaration.credentials.iter() {
            if let Credential::AwsRole(role) = &entry.value {
                links.names(Address::credential(&entry.key), [&role.source]);
            }
        }
        for entry in declaration.organizations.iter() {
            let spec = &entry.value;
            let address = Address::organization(&entry.key);
            links.names(
                address,
                [&spec.credentials, &spec.partner_api, &spec.partner_center],
            );
            if spec.recommendations {
                let address = Address::recommendations(&entry.key);
                links
                    .organization
                    .insert(address.clone(), Address::organization(&entry.key));
                links.recommendations.insert(address.clone());
                links.own.insert(address, Vec::new());
            }
        }
        for (entry, resolved) in declaration.payers.iter().zip(&estate.payers) {
            let Some(provider) = resolved.provider else {
                continue;
            };
            let payer = Address::payer(provider, &resolved.id);
            links.names(payer.clone(), [&entry.value.credentials]);
            let of = organization(resolved.organization);
            for (name, export) in &entry.value.exports {
                let address = Address::export(provider, &resolved.id, name);
                links.names(address.clone(), [&export.read_with().map(str::to_owned)]);
                links
                    .organization
                    .extend(of.clone().map(|of| (address.clone(), of)));
                links
                    .exports
                    .entry(payer.clone())
                    .or_default()
                    .push(address);
            }
            links.organization.extend(of.map(|of| (payer, of)));
        }
        for (entry, resolved) in declaration.accounts.iter().zip(&estate.accounts) {
            let Some(provider) = resolved.provider else {
                continue;
            };
            if entry.value.credentials.is_none() && !wanted.has(&resolved.id) {
                continue;
            }
            let account = Address::account(provider, &resolved.id);
            links.names(account.clone(), [&entry.value.credentials]);
            if let Some(at) = resolved.payer {
                let payer = Address::payer(provider, &estate.payers[at as usize].id);
                links.payer.insert(account.clone(), payer);
            }
            links
                .organization
                .extend(organization(resolved.organization).map(|of| (account, of)));
        }
        links
    }

    /// As recorded: address and spec of each record.
    pub fn recorded<'r>(records: impl Iterator<Item = (&'r Address, &'r Value)>) -> Self {
        let mut links = Self::default();
        for (address, spec) in records {
            let mut own = Vec::new();
            for need in reference::needs(address, spec) {
                match need.kind() {
                    Kind::Credential => own.push(need.last().into_owned()),
                    Kind::Organization => {
                        links.organization.insert(address.clone(), need);
                    }
                    Kind::Payer if address.kind() == Kind::Export => {
                        links.exports.entry(need).or_default().push(address.clone());
                    }
                    Kind::Payer => {
                        links.payer.insert(address.clone(), need);
                    }
                    _ => {}
                }
            }
            if address.kind() == Kind::Recommendations {
                links.recommendations.insert(address.clone());
            }
            if !address.kind().is_structure() {
                links.own.insert(address.clone(), own);
            }
        }
        let of_payers: Vec<(Address, Address)> = links
            .exports
            .iter()
            .filter_map(|(payer, exports)| links.organization.get(payer).map(|of| (exports, of)))
            .flat_map(|(exports, of)| {
                exports
                    .iter()
                    .map(move |export| (export.clone(), of.clone()))
            })
            .collect();
        links.organization.extend(of_payers);
        links
    }

    fn names<const N: usize>(&mut self, address: Address, names: [&Option<String>; N]) {
        self.own
            .insert(address, names.into_iter().flatten().cloned().collect());
    }

    /// The organization that a resource belongs to.
    #[must_use]
    pub fn organization(&self, address: &Address) -> Option<&Address> {
        self.organization.get(address)
    }

    /// The payer that bills an account.
    #[must_use]
    pub fn payer(&self, account: &Address) -> Option<&Address> {
        self.payer.get(account)
    }

    /// The credentials that a resource is reached with: its own, or its payer's, or its
    /// organization's; and those that they build on.
    #[must_use]
    pub fn credentials(&self, address: &Address) -> Vec<Address> {
        let mut found = self.named(address);
        if found.is_empty() && address.kind() != Kind::Credential {
            found = self.lent(address);
        }
        let mut at = 0;
        while at < found.len() {
            for source in self.named(&found[at]) {
                if !found.contains(&source) {
                    found.push(source);
                }
            }
            at += 1;
        }
        found
    }

    /// The credentials that a resource names itself.
    fn named(&self, address: &Address) -> Vec<Address> {
        let names = self.own.get(address).map(Vec::as_slice).unwrap_or_default();
        names.iter().map(|name| Address::credential(name)).collect()
    }

    /// The credentials of what a resource without its own is reached through.
    fn lent(&self, address: &Address) -> Vec<Address> {
        let payer = match address.kind() {
            Kind::Export => address
                .provider()
                .zip(address.parts().nth(1))
                .map(|(provider, id)| Address::payer(provider, &id)),
            _ => self.reached_through(address).cloned(),
        };
        let of_payer = payer.as_ref().map(|payer| self.named(payer));
        if let Some(found) = of_payer.filter(|found| !found.is_empty()) {
            return found;
        }
        let organization = self
            .organization
            .get(address)
            .or_else(|| self.organization.get(payer.as_ref()?));
        organization.map(|of| self.named(of)).unwrap_or_default()
    }

    /// The payer that an account is reached through, where it names no credential itself: everywhere
    /// but at a CSP partner, whose customers are reached through the organization.
    #[must_use]
    pub fn reached_through(&self, account: &Address) -> Option<&Address> {
        let payer = self.payer.get(account)?;
        let own = self.own.get(account).is_some_and(|own| !own.is_empty());
        let lent = account.provider() != Some(Provider::AzureCsp);
        (lent && !own).then_some(payer)
    }
}

/// Findings with the links between what they are about: what badges are made from.
pub struct Wall<'a> {
    pub board: &'a Board,
    pub links: &'a Links,
}

impl Behind for Wall<'_> {
    fn findings(&self, address: &Address) -> &[Finding] {
        self.board.of(address)
    }

    fn credentials(&self, address: &Address) -> Vec<Address> {
        self.links.credentials(address)
    }

    fn exports(&self, payer: &Address) -> Vec<Address> {
        self.links.exports.get(payer).cloned().unwrap_or_default()
    }

    fn organization(&self, address: &Address) -> Option<Address> {
        self.links.organization(address).cloned()
    }

    fn payer(&self, account: &Address) -> Option<Address> {
        self.links.payer.get(account).cloned()
    }

    fn reached_through(&self, account: &Address) -> Option<Address> {
        self.links.reached_through(account).cloned()
    }

    fn recommendations(&self, address: &Address) -> Option<Address> {
        let organization = match address.kind() {
            Kind::Organization => address,
            _ => self.links.organization.get(address)?,
        };
        let recommendations = Address::recommendations(&organization.last());
        self.links
            .recommendations
            .contains(&recommendations)
            .then_some(recommendations)
    }
}
