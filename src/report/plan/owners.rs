//! Who a change belongs to: its organization, its cost centres, its file.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::engine::change::Change;
use crate::engine::reference;
use crate::model::address::{Address, Kind};
use crate::model::provider::Provider;
use crate::model::timeline::Timeline;

use super::{By, Shown};

/// A heading of a section: changes with the same stand together. Ordered as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    Credentials,
    Organization(Option<Provider>, String),
    Structure,
    /// By cost centre or file.
    Named(String),
    /// Whatever has no cost centre.
    Other,
}

impl Block {
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Credentials => "Credentials".to_owned(),
            Self::Organization(Some(provider), name) => format!("{name} ({provider})"),
            Self::Organization(None, name) | Self::Named(name) => name.clone(),
            Self::Structure => "Structure".to_owned(),
            Self::Other => "No cost centre".to_owned(),
        }
    }
}

/// The organizations of payers, and the providers of organizations.
#[derive(Default)]
pub struct Owners {
    payers: HashMap<Address, String>,
    providers: HashMap<String, Provider>,
}

impl Owners {
    #[must_use]
    pub fn of(shown: &Shown<'_>) -> Self {
        let mut owners = Self::default();
        // What goes is known from its record; what is declared says more.
        for change in &shown.planned.plan.changes {
            if matches!(change.kind(), Kind::Payer | Kind::Organization)
                && let Some(record) = &change.before
            {
                owners.add(&record.address, &record.spec.value());
            }
        }
        let estate = &shown.planned.project.estate;
        for entry in estate.declaration.organizations.iter() {
            owners
                .providers
                .insert(entry.key.to_string(), entry.value.provider);
        }
        for (entry, resolved) in estate.declaration.payers.iter().zip(&estate.payers) {
            let organization = resolved.organization.and_then(|at| {
                let organizations = estate.declaration.organizations.entries();
                organizations
                    .get(at as usize)
                    .map(|entry| entry.key.to_string())
            });
            if let Some(provider) = resolved.provider {
                let name = organization.unwrap_or_else(|| entry.value.organization.clone());
                owners
                    .payers
                    .insert(Address::payer(provider, &resolved.id), name);
            }
        }
        owners
    }

    fn add(&mut self, address: &Address, spec: &Value) {
        if address.kind() == Kind::Payer {
            if let Some(name) = spec["organization"].as_str() {
                self.payers.insert(address.clone(), name.to_owned());
            }
        } else if let Some(provider) = spec["provider"].as_str().and_then(Provider::from_name) {
            self.providers.insert(address.last().into_owned(), provider);
        }
    }

    /// The heading that a change stands under.
    #[must_use]
    pub fn block(&self, change: &Change, shown: &Shown<'_>) -> Block {
        match shown.by {
            By::Organization => self.organization(change),
            By::File => {
                let file = shown.lines.of_change(change).file;
                file.map_or(Block::Other, Block::Named)
            }
            By::CostCenter => cost_centers(change),
        }
    }

    fn organization(&self, change: &Change) -> Block {
        let address = &change.address;
        let name = match change.kind() {
            Kind::Credential => return Block::Credentials,
            Kind::CostCenter | Kind::Budget | Kind::SharedCost => return Block::Structure,
            Kind::Organization | Kind::Recommendations => Some(address.last().into_owned()),
            Kind::Account | Kind::Payer => organization_of(change),
            Kind::Export => {
                let payer = address.parts().nth(1).zip(address.provider());
                let payer = payer.map(|(id, provider)| Address::payer(provider, &id));
                payer.and_then(|payer| self.payers.get(&payer).cloned())
            }
        };
        let name = name.unwrap_or_default();
        let provider = address
            .provider()
            .or_else(|| self.providers.get(&name).copied());
        Block::Organization(provider, name)
    }
}

fn organization_of(change: &Change) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Owner {
        organization: Option<String>,
    }
    let record = || change.before.as_ref().map(|record| &record.spec);
    let spec = change.spec.as_ref().or_else(record)?;
    serde_json::from_str::<Owner>(spec.as_str())
        .ok()?
        .organization
}

fn cost_centers(change: &Change) -> Block {
    let codes = codes(change);
    match change.kind() {
        Kind::CostCenter => Block::Named(change.address.last().into_owned()),
        Kind::Budget => match change.address.parts().next() {
            Some(code) => Block::Named(code.into_owned()),
            None => Block::Other,
        },
        _ if codes.is_empty() => Block::Other,
        _ => Block::Named(codes.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

/// The cost centres that a change names, in any month.
#[must_use]
pub fn codes(change: &Change) -> BTreeSet<String> {
    /// The part of an account that matters here: accounts are many.
    #[derive(serde::Deserialize)]
    struct Falls {
        cost_center: Option<Timeline>,
    }
    let record = || change.before.as_ref().map(|record| &record.spec);
    let Some(spec) = change.spec.as_ref().or_else(record) else {
        return BTreeSet::new();
    };
    if matches!(change.kind(), Kind::Account | Kind::Payer) {
        let falls = serde_json::from_str::<Falls>(spec.as_str()).ok();
        let timeline = falls.and_then(|falls| falls.cost_center);
        let codes = timeline.iter().flat_map(|timeline| timeline.codes());
        return codes.map(str::to_owned).collect();
    }
    reference::cost_centers(&change.address, &spec.value())
        .into_iter()
        .collect()
}
