//! Desired: every declared resource with its canonical spec, by address.

mod precedence;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::config::declaration::{Entry, Section};
use crate::config::estate::{Estate, Resolved};
use crate::config::problem::FileId;
use crate::model::address::{Address, Kind};
use crate::model::canonical::Canonical;
use crate::model::hash::ContentHash;
use crate::model::selector::Selector;
use crate::model::settings::Removal;
use crate::model::spec::{Export, Recommendations};

/// One declared resource.
#[derive(Debug, Clone)]
pub struct Resource {
    pub address: Address,
    pub spec: Canonical,
    pub hash: ContentHash,
    pub protect: bool,
    /// Where it is declared.
    pub source: SourceRef,
}

/// Where something is declared: the section, the file and the first byte of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceRef {
    pub section: Section,
    pub file: FileId,
    pub offset: u32,
}

/// What should be.
#[derive(Debug, Default)]
pub struct Desired {
    /// Sorted by address.
    pub resources: Vec<Resource>,
    /// Present address of each former one.
    pub renames: BTreeMap<Address, Address>,
    /// What becomes of what is no longer declared.
    pub removals: BTreeMap<Address, Removal>,
}

impl Desired {
    /// All that the estate declares and the selector selects.
    #[must_use]
    pub fn of(estate: &Estate, select: Option<&Selector>) -> Self {
        let mut resources = few(estate);
        resources.extend(accounts(estate));
        if let Some(select) = select {
            resources.retain(|resource| select.selects(&resource.address));
        }
        let renames = renames(estate);
        use_present_names(&mut resources, &renames);
        resources.par_sort_unstable_by(|a, b| a.address.cmp(&b.address));
        // The rules refuse two resources of one address; the first stands for both.
        resources.dedup_by(|b, a| a.address == b.address);
        let removals = estate.declaration.removed.iter().filter_map(|entry| {
            Address::parse(&entry.key)
                .ok()
                .map(|address| (address, entry.value.clone()))
        });
        Self {
            resources,
            renames,
            removals: removals.collect(),
        }
    }

    #[must_use]
    pub fn get(&self, address: &str) -> Option<&Resource> {
        self.resources
            .binary_search_by(|resource| resource.address.as_str().cmp(address))
            .ok()
            .map(|at| &self.resources[at])
    }
}

/// A resource from its spec. A spec that JSON cannot hold does not exist among our types.
fn resource<S: Serialize, E>(
    address: Address,
    spec: &S,
    protect: bool,
    section: Section,
    entry: &Entry<E>,
) -> Option<Resource> {
    let spec = Canonical::of(spec).ok()?;
    let hash = spec.hash();
    let source = SourceRef {
        section,
        file: entry.file,
        offset: entry.span.start,
    };
    Some(Resource {
        address,
        spec,
        hash,
        protect,
        source,
    })
}

/// Everything but accounts.
fn few(estate: &Estate) -> Vec<Resource> {
    let declaration = &estate.declaration;
    let mut all = Vec::new();
    for entry in declaration.credentials.iter() {
        let address = Address::credential(&entry.key);
        all.extend(resource(
            address,
            &entry.value,
            false,
            Section::Credentials,
            entry,
        ));
    }
    for entry in declaration.organizations.iter() {
        let mut spec = entry.value.clone();
        let protect = settle(&mut spec.protect, true);
        let address = Address::organization(&entry.key);
        all.extend(resource(
            address,
            &spec,
            protect,
            Section::Organizations,
            entry,
        ));
        if spec.recommendations {
            let spec = Recommendations {
                organization: entry.key.to_string(),
            };
            let address = Address::recommendations(&entry.key);
            all.extend(resource(
                address,
                &spec,
                false,
                Section::Organizations,
                entry,
            ));
        }
    }
    for (entry, resolved) in declaration.payers.iter().zip(&estate.payers) {
        let Some(provider) = resolved.provider else {
            continue;
        };
        let mut spec = entry.value.clone();
        present_organization(estate, resolved, &mut spec.organization);
        let protect = settle(&mut spec.protect, true);
        let address = Address::payer(provider, &resolved.id);
        all.extend(resource(address, &spec, protect, Section::Payers, entry));
        for (name, export) in &entry.value.exports {
            let address = Address::export(provider, &resolved.id, name);
            all.extend(resource::<Export, _>(
                address,
                export,
                false,
                Section::Payers,
                entry,
            ));
        }
    }
    for entry in declaration.cost_centers.iter() {
        let mut spec = entry.value.clone();
        let protect = settle(&mut spec.protect, false);
        all.extend(resource(
            Address::cost_center(&entry.key),
            &spec,
            protect,
            Section::CostCenters,
            entry,
        ));
    }
    for entry in declaration.budgets.iter() {
        let address = Address::budget(&entry.key, entry.year.as_deref().unwrap_or_default());
        all.extend(resource(
            address,
            &entry.value,
            false,
            Section::Budgets,
            entry,
        ));
    }
    for (entry, after) in precedence::of(&declaration.shared_costs) {
        let address = Address::shared_cost(&entry.key);
        let spec = precedence::Placed {
            after,
            spec: &entry.value,
        };
        all.extend(resource(address, &spec, false, Section::SharedCosts, entry));
    }
    all
}

fn accounts(estate: &Estate) -> Vec<Resource> {
    let entries = estate.declaration.accounts.entries();
    let make = |(entry, resolved): (&Entry<crate::model::spec::Account>, &Resolved)| {
        let address = Address::account(resolved.provider?, &resolved.id);
        let protect = entry.value.protect.unwrap_or(false);
        if entry.value.protect == Some(false) {
            let mut spec = entry.value.clone();
            spec.protect = None;
            return resource(address, &spec, false, Section::Accounts, entry);
        }
        resource(address, &entry.value, protect, Section::Accounts, entry)
    };
    entries
        .par_iter()
        .zip(&estate.accounts)
        .with_min_len(512)
        .filter_map(make)
        .collect()
}

/// A field equal to its default equals a field left out. Returns what holds.
fn settle(protect: &mut Option<bool>, default: bool) -> bool {
    let value = protect.unwrap_or(default);
    *protect = (value != default).then_some(value);
    value
}

fn present_organization(estate: &Estate, resolved: &Resolved, name: &mut String) {
    if let Some(at) = resolved.organization {
        let key = &estate.declaration.organizations.entries()[at as usize].key;
        if **key != **name {
            name.clear();
            name.push_str(key);
        }
    }
}

fn renames(estate: &Estate) -> BTreeMap<Address, Address> {
    let declaration = &estate.declaration;
    let mut renames = BTreeMap::new();
    for entry in declaration.credentials.iter() {
        for former in entry.value.common().previously {
            renames.insert(Address::credential(former), Address::credential(&entry.key));
        }
    }
    for entry in declaration.organizations.iter() {
        for former in &entry.value.previously {
            renames.insert(
                Address::organization(former),
                Address::organization(&entry.key),
            );
            renames.insert(
                Address::recommendations(former),
                Address::recommendations(&entry.key),
            );
        }
    }
    for entry in declaration.cost_centers.iter() {
        for former in &entry.value.previously {
            renames.insert(
                Address::cost_center(former),
                Address::cost_center(&entry.key),
            );
        }
    }
    for entry in declaration.shared_costs.iter() {
        for former in &entry.value.previously {
            renames.insert(
                Address::shared_cost(former),
                Address::shared_cost(&entry.key),
            );
        }
    }
    renames
}

/// References to former names are references to the present ones: what is registered never names
/// anything by a name that it does not have any more.
fn use_present_names(resources: &mut [Resource], renames: &BTreeMap<Address, Address>) {
    let former: Vec<String> = renames
        .keys()
        .filter_map(|address| serde_json::to_string(&address.last()).ok())
        .collect();
    if former.is_empty() {
        return;
    }
    resources.par_iter_mut().for_each(|resource| {
        // A budget is named after its cost centre.
        if resource.address.kind() == Kind::Budget
            && let Some(present) = present_address(&resource.address, renames)
        {
            resource.address = present;
        }
        let text = resource.spec.as_str();
        if !former.iter().any(|name| text.contains(name.as_str())) {
            return;
        }
        let mut spec = resource.spec.value();
        if super::reference::rename(&resource.address, &mut spec, renames)
            && let Ok(spec) = Canonical::of(&spec)
        {
            resource.hash = spec.hash();
            resource.spec = spec;
        }
    });
}

/// The address that a recorded one has now: its own new name, or the new name of what it belongs to.
#[must_use]
pub fn present_address(address: &Address, renames: &BTreeMap<Address, Address>) -> Option<Address> {
    if renames.is_empty() {
        return None;
    }
    if let Some(present) = renames.get(address) {
        return Some(present.clone());
    }
    if address.kind() == Kind::Budget {
        let mut parts = address.parts();
        let (code, year) = (parts.next()?, parts.next()?);
        let present = renames.get(&Address::cost_center(&code))?;
        return Some(Address::budget(&present.last(), &year));
    }
    None
}
