//! An inquiry: the resources that are asked about, each with what is declared around it.

use std::collections::{BTreeSet, HashMap};

use crate::config::estate::Estate;
use crate::model::address::Address;
use crate::model::spec::{Organization, Payer};
use crate::provider::{Around, Subject, What};

use super::links::{Accounts, Links};

/// One resource that is asked about.
struct Asked<'a> {
    address: Address,
    what: What<'a>,
    /// Places in the estate's lists.
    organization: Option<u32>,
    payer: Option<u32>,
}

/// The resources that are asked about.
pub struct Inquiry<'a> {
    estate: &'a Estate,
    asked: Vec<Asked<'a>>,
    /// The resources that name each credential themselves.
    named_by: HashMap<Address, Vec<Address>>,
    /// The payers of each organization, by its place.
    payers: Vec<Vec<(&'a str, &'a Payer)>>,
    /// The payers that each credential is used for.
    reached: HashMap<Address, Vec<(&'a str, &'a Payer)>>,
}

impl<'a> Inquiry<'a> {
    /// About those of these addresses that are declared.
    #[must_use]
    pub fn new(estate: &'a Estate, addresses: &BTreeSet<Address>) -> Self {
        let wanted = Accounts::of(addresses.iter());
        let links = Links::declared(estate, &wanted);
        let mut inquiry = Self {
            estate,
            asked: Vec::new(),
            named_by: named_by(&links, addresses),
            payers: vec![Vec::new(); estate.declaration.organizations.entries().len()],
            reached: HashMap::new(),
        };
        inquiry.find_payers();
        inquiry.find_all(&wanted);
        inquiry
            .asked
            .retain(|asked| addresses.contains(&asked.address));
        inquiry
    }

    fn find_payers(&mut self) {
        let declaration = &self.estate.declaration;
        for (entry, resolved) in declaration.payers.iter().zip(&self.estate.payers) {
            let payer = (&*resolved.id, &entry.value);
            let Some(at) = resolved.organization else {
                continue;
            };
            self.payers[at as usize].push(payer);
            let organization = &declaration.organizations.entries()[at as usize].value;
            let name = entry.value.credentials.as_ref();
            if let Some(name) = name.or(organization.credentials.as_ref()) {
                let credential = Address::credential(name);
                self.reached.entry(credential).or_default().push(payer);
            }
        }
    }

    fn find_all(&mut self, wanted: &Accounts) {
        let declaration = &self.estate.declaration;
        for entry in declaration.credentials.iter() {
            let what = What::Credential(&entry.value);
            self.push(Address::credential(&entry.key), what, None, None);
        }
        for (at, entry) in (0..).zip(declaration.organizations.iter()) {
            let what = What::Organization(&entry.value);
            self.push(Address::organization(&entry.key), what, Some(at), None);
            if entry.value.recommendations {
                let what = What::Recommendations(&entry.value);
                self.push(Address::recommendations(&entry.key), what, Some(at), None);
            }
        }
        let payers = declaration.payers.iter().zip(&self.estate.payers);
        for (at, (entry, resolved)) in (0..).zip(payers) {
            let Some(provider) = resolved.provider else {
                continue;
            };
            let payer = &entry.value;
            self.push(
                Address::payer(provider, &resolved.id),
                What::Payer { payer, provider },
                resolved.organization,
                Some(at),
            );
            for (name, export) in &payer.exports {
                self.push(
                    Address::export(provider, &resolved.id, name),
                    What::Export { export, provider },
                    resolved.organization,
                    Some(at),
                );
            }
        }
        for (entry, resolved) in declaration.accounts.iter().zip(&self.estate.accounts) {
            let Some(provider) = resolved.provider else {
                continue;
            };
            if entry.value.closed.is_none() && wanted.has(&resolved.id) {
                let account = &entry.value;
                self.push(
                    Address::account(provider, &resolved.id),
                    What::Account { account, provider },
                    resolved.organization,
                    resolved.payer,
                );
            }
        }
    }

    fn push(
        &mut self,
        address: Address,
        what: What<'a>,
        organization: Option<u32>,
        payer: Option<u32>,
    ) {
        self.asked.push(Asked {
            address,
            what,
            organization,
            payer,
        });
    }

    /// How many resources are asked about.
    #[must_use]
    pub fn len(&self) -> usize {
        self.asked.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// The resources, in the order of their declaration by kind.
    pub fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        self.asked.iter().map(|asked| self.subject(asked))
    }

    fn subject<'s>(&'s self, asked: &'s Asked<'a>) -> Subject<'s> {
        let declaration = &self.estate.declaration;
        let organization = asked.organization.map(|at| {
            let entry = &declaration.organizations.entries()[at as usize];
            (&*entry.key, &entry.value)
        });
        let payer = asked.payer.map(|at| {
            let entry = &declaration.payers.entries()[at as usize];
            (&*self.estate.payers[at as usize].id, &entry.value)
        });
        let payers = match asked.organization {
            Some(at) => self.payers[at as usize].as_slice(),
            None => self
                .reached
                .get(&asked.address)
                .map_or(&[][..], Vec::as_slice),
        };
        let named_by = self
            .named_by
            .get(&asked.address)
            .map_or(&[][..], Vec::as_slice);
        Subject {
            address: &asked.address,
            what: asked.what,
            used_by: named_by.len(),
            named_by,
            around: Around {
                organization,
                payer,
                payers,
            },
        }
    }

    /// The organizations that the resources belong to, as subjects of their own.
    pub fn organizations(&self) -> impl Iterator<Item = (Address, &'a Organization)> {
        let mut places: BTreeSet<u32> = BTreeSet::new();
        places.extend(self.asked.iter().filter_map(|asked| asked.organization));
        places.into_iter().map(|at| {
            let entry = &self.estate.declaration.organizations.entries()[at as usize];
            (Address::organization(&entry.key), &entry.value)
        })
    }
}

/// The resources that name each asked credential themselves.
fn named_by(links: &Links, addresses: &BTreeSet<Address>) -> HashMap<Address, Vec<Address>> {
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
