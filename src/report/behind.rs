//! How much stands behind a finding: the exports and accounts that depend on a resource, and the
//! accounts' cost centres.

use std::collections::{BTreeSet, HashMap};

use crate::access::Links;
use crate::config::estate::Estate;
use crate::model::address::{Address, Kind};

use super::text::thousands;

/// What is behind a cause.
#[derive(Debug, Clone, Default)]
pub struct Behind<'e> {
    exports: usize,
    accounts: usize,
    centers: BTreeSet<&'e str>,
    owners: BTreeSet<&'e str>,
}

/// What stands behind each cause; a cause is about one or several resources.
#[must_use]
pub fn count<'e>(estate: &'e Estate, causes: &[Vec<&Address>]) -> Vec<Behind<'e>> {
    if causes.is_empty() {
        return Vec::new();
    }
    let links = Links::all(estate);
    let mut owners: HashMap<Address, Vec<usize>> = HashMap::new();
    for (at, about) in causes.iter().enumerate() {
        for address in about {
            owners.entry(owner(address)).or_default().push(at);
        }
    }
    let reached = |stands_on: &[Address]| -> BTreeSet<usize> {
        let causes = stands_on.iter().filter_map(|address| owners.get(address));
        causes.flatten().copied().collect()
    };
    let mut behind = vec![Behind::default(); causes.len()];
    for (entry, resolved) in estate.declaration.payers.iter().zip(&estate.payers) {
        let Some(provider) = resolved.provider else {
            continue;
        };
        let payer = Address::payer(provider, &resolved.id);
        if let Some(owner) = &entry.value.owner {
            for at in reached(std::slice::from_ref(&payer)) {
                behind[at].owners.insert(owner);
            }
        }
        for name in entry.value.exports.keys() {
            let export = Address::export(provider, &resolved.id, name);
            let mut stands_on = links.credentials(&export);
            stands_on.extend(links.organization(&payer).cloned());
            stands_on.push(payer.clone());
            for at in reached(&stands_on) {
                behind[at].exports += 1;
            }
        }
    }
    for entry in estate.declaration.organizations.iter() {
        if let Some(owner) = &entry.value.owner {
            for at in reached(&[Address::organization(&entry.key)]) {
                behind[at].owners.insert(owner);
            }
        }
    }
    let declared = &estate.declaration.accounts;
    for (entry, resolved) in declared.iter().zip(&estate.accounts) {
        let (Some(provider), None) = (resolved.provider, &entry.value.closed) else {
            continue;
        };
        let account = Address::account(provider, &resolved.id);
        let mut stands_on = links.credentials(&account);
        stands_on.extend(links.organization(&account).cloned());
        stands_on.extend(links.payer(&account).cloned());
        stands_on.push(account);
        for at in reached(&stands_on) {
            behind[at].accounts += 1;
            behind[at].owners.extend(entry.value.owner.as_deref());
            let timelines = entry.value.cost_center.iter();
            behind[at]
                .centers
                .extend(timelines.flat_map(|timeline| timeline.codes()));
        }
    }
    for (behind, about) in behind.iter_mut().zip(causes) {
        // A cause at an export is not also behind itself, and recommendations stand before none.
        let none =
            |address: &&Address| matches!(address.kind(), Kind::Export | Kind::Recommendations);
        if about.iter().all(none) {
            behind.exports = 0;
        }
    }
    behind
}

/// An export stands for its payer, recommendations for their organization.
fn owner(address: &Address) -> Address {
    match (address.kind(), address.provider()) {
        (Kind::Export, Some(provider)) => {
            let payer = address.parts().nth(1).unwrap_or_default();
            Address::payer(provider, &payer)
        }
        (Kind::Recommendations, _) => Address::organization(&address.last()),
        _ => address.clone(),
    }
}

impl Behind<'_> {
    /// Who owns what is behind it.
    #[must_use]
    pub fn owners(&self) -> Vec<String> {
        self.owners
            .iter()
            .map(|owner| (*owner).to_owned())
            .collect()
    }

    /// `2 exports, 412 accounts on 31 cost centres`; nothing where there are none.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let counted =
            |count: usize, kind: Kind| format!("{} {}", thousands(count), kind.noun(count));
        let mut told = Vec::new();
        if self.exports > 0 {
            told.push(counted(self.exports, Kind::Export));
        }
        if self.accounts > 0 {
            let mut accounts = counted(self.accounts, Kind::Account);
            if !self.centers.is_empty() {
                accounts += &format!(" on {}", counted(self.centers.len(), Kind::CostCenter));
            }
            told.push(accounts);
        }
        (!told.is_empty()).then(|| told.join(", "))
    }
}
