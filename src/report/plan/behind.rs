//! How much stands behind a finding: the accounts that depend on a resource, and their cost centres.

use std::collections::BTreeSet;

use crate::access::Links;
use crate::config::estate::Estate;
use crate::model::address::{Address, Kind};
use crate::report::text::thousands;

/// The accounts and cost centres behind a cause.
#[derive(Debug, Clone, Default)]
pub struct Behind<'e> {
    accounts: usize,
    centers: BTreeSet<&'e str>,
}

/// What stands behind each cause; a cause is about one or several resources.
#[must_use]
pub fn count<'e>(estate: &'e Estate, causes: &[Vec<&Address>]) -> Vec<Behind<'e>> {
    if causes.is_empty() {
        return Vec::new();
    }
    let links = Links::all(estate);
    let owners: Vec<Vec<Address>> = causes
        .iter()
        .map(|about| about.iter().map(|address| owner(address)).collect())
        .collect();
    let mut behind = vec![Behind::default(); causes.len()];
    let declared = &estate.declaration.accounts;
    for (entry, resolved) in declared.iter().zip(&estate.accounts) {
        let (Some(provider), None) = (resolved.provider, &entry.value.closed) else {
            continue;
        };
        let account = Address::account(provider, &resolved.id);
        let payer = entry.value.payer.as_deref();
        let payer = payer.map(|id| Address::payer(provider, id));
        let mut stands_on = links.credentials(&account);
        stands_on.extend(links.organization(&account).cloned());
        stands_on.extend(payer);
        stands_on.push(account);
        for (owners, behind) in owners.iter().zip(&mut behind) {
            if owners.iter().any(|owner| stands_on.contains(owner)) {
                behind.accounts += 1;
                let timelines = entry.value.cost_center.iter();
                behind
                    .centers
                    .extend(timelines.flat_map(|timeline| timeline.codes()));
            }
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
    /// `412 accounts on 31 cost centres`; nothing where there are none.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let (accounts, centers) = (self.accounts, self.centers.len());
        let mut told = format!("{} {}", thousands(accounts), Kind::Account.noun(accounts));
        if centers > 0 {
            let noun = Kind::CostCenter.noun(centers);
            told += &format!(" on {} {noun}", thousands(centers));
        }
        (accounts > 0).then_some(told)
    }
}
