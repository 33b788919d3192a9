//! The estate: a declaration whose references are followed. Accounts carry their defaults here,
//! ids are canonical, and each payer and account knows its organization.
//!
//! Never reports: a reference that leads nowhere stays empty, and the rules say so.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::model::id;
use crate::model::provider::Provider;
use crate::model::spec::{Account, AccountDefaults};

use super::declaration::Declaration;

/// An organization, a payer or an account with what its references lead to.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// Position of its organization in the declaration's table.
    pub organization: Option<u32>,
    pub provider: Option<Provider>,
    /// Its canonical id.
    pub id: Box<str>,
    /// For accounts: position of its payer in the declaration's table.
    pub payer: Option<u32>,
    /// Whether its organization is named by a name that it had before.
    pub former: bool,
}

/// A declaration whose references are followed. The vectors stand in the order of its tables.
#[derive(Debug)]
pub struct Estate {
    pub declaration: Declaration,
    pub payers: Vec<Resolved>,
    pub accounts: Vec<Resolved>,
    /// Names that organizations had before, and their positions.
    pub former_organizations: HashMap<Box<str>, u32>,
}

impl Estate {
    /// Follows the references of a declaration and fills in the accounts' defaults.
    #[must_use]
    pub fn resolve(mut declaration: Declaration) -> Self {
        let former_organizations = former(&declaration);
        let payers = resolve_payers(&declaration, &former_organizations);
        let accounts = resolve_accounts(&mut declaration, &former_organizations, &payers);
        Self {
            declaration,
            payers,
            accounts,
            former_organizations,
        }
    }

    /// The position of an organization by its present or a former name.
    #[must_use]
    pub fn organization(&self, name: &str) -> Option<u32> {
        find_organization(&self.declaration, &self.former_organizations, name)
    }
}

fn former(declaration: &Declaration) -> HashMap<Box<str>, u32> {
    let mut former = HashMap::new();
    for (at, entry) in declaration.organizations.iter().enumerate() {
        for name in &entry.value.previously {
            former.insert(name.as_str().into(), at as u32);
        }
    }
    former
}

fn find_organization(
    declaration: &Declaration,
    former: &HashMap<Box<str>, u32>,
    name: &str,
) -> Option<u32> {
    declaration
        .organizations
        .position(name)
        .map(|at| at as u32)
        .or_else(|| former.get(name).copied())
}

fn resolve_payers(declaration: &Declaration, former: &HashMap<Box<str>, u32>) -> Vec<Resolved> {
    let resolve = |key: &str, organization: &str| {
        let present = declaration.organizations.position(organization).is_some();
        let organization = find_organization(declaration, former, organization);
        let provider = organization.map(|at| {
            declaration.organizations.entries()[at as usize]
                .value
                .provider
        });
        Resolved {
            organization,
            provider,
            id: id::canonical(provider, key).into(),
            payer: None,
            former: organization.is_some() && !present,
        }
    };
    declaration
        .payers
        .iter()
        .map(|entry| resolve(&entry.key, &entry.value.organization))
        .collect()
}

/// Finds payers by organization and id.
struct Payers {
    by_id: HashMap<(Provider, Box<str>), u32>,
    /// The only payer of an organization, where it has just one.
    only: HashMap<u32, Option<u32>>,
}

impl Payers {
    fn new(payers: &[Resolved]) -> Self {
        let mut by_id = HashMap::new();
        let mut only: HashMap<u32, Option<u32>> = HashMap::new();
        for (at, payer) in payers.iter().enumerate() {
            let at = at as u32;
            if let Some(provider) = payer.provider {
                by_id.insert((provider, payer.id.clone()), at);
            }
            if let Some(organization) = payer.organization {
                only.entry(organization)
                    .and_modify(|payer| *payer = None)
                    .or_insert(Some(at));
            }
        }
        Self { by_id, only }
    }
}

fn resolve_accounts(
    declaration: &mut Declaration,
    former: &HashMap<Box<str>, u32>,
    payers: &[Resolved],
) -> Vec<Resolved> {
    let index = Payers::new(payers);
    let Declaration {
        accounts,
        organizations,
        defaults,
        ..
    } = declaration;
    let organizations = &*organizations;
    let resolve = |entry: &mut super::declaration::Entry<Account>| {
        let account = &mut entry.value;
        let file = defaults.get(&entry.file);
        if let Some(file) = file {
            fill(account, file);
        }
        let organization = account.organization.as_deref().and_then(|name| {
            organizations
                .position(name)
                .map(|at| at as u32)
                .or_else(|| former.get(name).copied())
        });
        let entry_of = organization.map(|at| &organizations.entries()[at as usize]);
        let mut by_former_name = false;
        if let Some(organization) = entry_of {
            fill(account, &organization.value.defaults);
            if account.organization.as_deref() != Some(&*organization.key) {
                account.organization = Some(organization.key.to_string());
                by_former_name = true;
            }
        }
        let provider = entry_of.map(|entry| entry.value.provider);
        let id: Box<str> = id::canonical(provider, &entry.key).into();
        let payer = match (&account.payer, provider) {
            (Some(payer), Some(provider)) => {
                let wanted: Box<str> = id::canonical(Some(provider), payer).into();
                index.by_id.get(&(provider, wanted)).copied()
            }
            (Some(_), None) => None,
            (None, _) => organization.and_then(|at| index.only.get(&at).copied().flatten()),
        };
        if let Some(payer) = payer {
            let canonical = &payers[payer as usize].id;
            if account.payer.as_deref() != Some(canonical) {
                account.payer = Some(canonical.to_string());
            }
        }
        if let (Some(within), Some(provider)) = (&mut account.within, provider) {
            *within = id::canonical(Some(provider), within).into_owned();
        }
        Resolved {
            organization,
            provider,
            id,
            payer,
            former: by_former_name,
        }
    };
    accounts.entries_mut().par_iter_mut().map(resolve).collect()
}

/// Fills in what the account does not say itself.
fn fill(account: &mut Account, defaults: &AccountDefaults) {
    fn or<T: Clone>(value: &mut Option<T>, default: &Option<T>) {
        if value.is_none() {
            value.clone_from(default);
        }
    }
    or(&mut account.organization, &defaults.organization);
    or(&mut account.cost_center, &defaults.cost_center);
    or(&mut account.credentials, &defaults.credentials);
    or(&mut account.owner, &defaults.owner);
    or(&mut account.payer, &defaults.payer);
    for (label, value) in &defaults.labels {
        if !account.labels.contains_key(label) {
            account.labels.insert(label.clone(), value.clone());
        }
    }
}
