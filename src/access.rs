//! Access: which resources are asked about in a plan, what their findings block, and the badges
//! they make. Decides; the asking itself is the providers' work.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::config::declaration::Declaration;
use crate::config::estate::Estate;
use crate::engine::change::{Block, Change, Plan};
use crate::engine::{order, reference};
use crate::model::address::{Address, Kind};
use crate::model::finding::{Finding, Status};
use crate::model::record::Action;
use crate::model::settings::Require;
use crate::model::spec::Credential;
use crate::provider::{self, Behind, Credentials, Mode, Question, Run, Subject, What};
use crate::state::Findings;

/// Findings by the resource that they are about.
#[derive(Debug, Clone, Default)]
pub struct Board(BTreeMap<Address, Vec<Finding>>);

impl Board {
    /// The findings that the state keeps. What cannot be read (from another version) is left out:
    /// it is asked anew.
    #[must_use]
    pub fn stored(findings: &Findings) -> Self {
        let mut board = Self::default();
        board.add(
            findings
                .values()
                .filter_map(|text| serde_json::from_str(text).ok()),
        );
        board
    }

    /// Findings as the state keeps them.
    #[must_use]
    pub fn to_stored(&self) -> Findings {
        self.all()
            .filter_map(|finding| {
                let text = serde_json::to_string(finding).ok()?;
                Some((format!("{} {}", finding.address, finding.check), text))
            })
            .collect()
    }

    /// Adds findings; of two answers to one question the newer stands.
    pub fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            let list = self.0.entry(finding.address.clone()).or_default();
            match list.iter_mut().find(|old| old.check == finding.check) {
                Some(old) => *old = finding,
                None => list.push(finding),
            }
        }
    }

    /// Forgets what was found about a resource that is asked anew.
    pub fn clear(&mut self, address: &Address) {
        self.0.remove(address);
    }

    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.0.values().flatten()
    }

    #[must_use]
    pub fn of(&self, address: &Address) -> &[Finding] {
        self.0.get(address).map(Vec::as_slice).unwrap_or_default()
    }

    /// Keeps only findings about these resources.
    pub fn retain(&mut self, keep: impl Fn(&Address) -> bool) {
        self.0.retain(|address, _| keep(address));
    }
}

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
            asked.extend(links.organization.get(&change.address).cloned());
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

/// Whether a change must prove its access: creations, and changes of how something is reached.
/// Never a change of name, labels, owner, cost centre or budget.
fn gated(change: &Change) -> bool {
    const HARMLESS: &[&str] = &[
        "name",
        "owner",
        "labels",
        "cost_center",
        "protect",
        "closed",
        "currency",
    ];
    let registration = !change.kind().is_structure();
    match change.action {
        Action::Create | Action::Adopt => registration,
        Action::Update | Action::Rename => {
            let harmless =
                |path: &str| HARMLESS.contains(&path.split('.').next().unwrap_or_default());
            registration && change.fields.iter().any(|field| !harmless(&field.path))
        }
        _ => false,
    }
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
            _ => organizations.extend(links.organization.get(address).cloned()),
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

/// Blocks the changes whose access is not proven, and what depends on them.
pub fn block(plan: &mut Plan, board: &Board, require: Require, estate: &Estate) {
    if require == Require::None || plan.changes.is_empty() {
        return;
    }
    let wanted = Accounts::of(plan.changes.iter().map(|change| &change.address));
    let links = Links::declared(estate, &wanted);
    let blocking = |address: &Address| {
        board
            .of(address)
            .iter()
            .find(|finding| blocks(finding, require))
            .map(|finding| (address.clone(), finding.check.clone()))
    };
    let mut blocks: Vec<Option<Block>> = plan
        .changes
        .iter()
        .map(|change| {
            if !gated(change) {
                return None;
            }
            let own = blocking(&change.address);
            let direct = own.is_some();
            let through = || {
                let organization = links.organization.get(&change.address).cloned();
                links
                    .credentials(&change.address)
                    .into_iter()
                    .chain(organization)
                    .find_map(|address| blocking(&address))
            };
            own.or_else(through).map(|(address, check)| Block {
                address,
                check,
                direct,
            })
        })
        .collect();
    let needs = order::dependencies(&plan.changes);
    // Changes stand in dependency order, so that one pass reaches everything.
    for at in 0..blocks.len() {
        if blocks[at].is_none() && !plan.changes[at].removes() {
            let cause = needs[at].iter().find_map(|need| blocks[*need].clone());
            blocks[at] = cause.map(|block| Block {
                direct: false,
                ..block
            });
        }
    }
    for (change, block) in plan.changes.iter_mut().zip(blocks) {
        change.blocked = block;
    }
}

/// Whether a finding blocks what depends on it.
#[must_use]
pub fn blocks(finding: &Finding, require: Require) -> bool {
    let bad = match require {
        Require::Pass => matches!(finding.status, Status::Fail | Status::Unknown),
        Require::NoFail => finding.status == Status::Fail,
        Require::None => false,
    };
    bad && finding.required && finding.waived.is_none()
}

/// Which accounts links are wanted for: an estate may have a million, and a plan touch one.
enum Accounts {
    All,
    /// Those with these ids.
    Ids(HashSet<String>),
}

impl Accounts {
    fn of<'a>(addresses: impl Iterator<Item = &'a Address>) -> Self {
        let accounts = addresses.filter(|address| address.kind() == Kind::Account);
        Self::Ids(
            accounts
                .map(|address| address.last().into_owned())
                .collect(),
        )
    }

    fn has(&self, id: &str) -> bool {
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
    own: BTreeMap<Address, Vec<String>>,
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
    fn declared(estate: &Estate, wanted: &Accounts) -> Self {
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

    /// The credentials that a resource is reached with: its own, or its payer's, or its organization's.
    #[must_use]
    pub fn credentials(&self, address: &Address) -> Vec<Address> {
        let own = |address: &Address| -> Vec<Address> {
            let names = self.own.get(address).map(Vec::as_slice).unwrap_or_default();
            names.iter().map(|name| Address::credential(name)).collect()
        };
        let mine = own(address);
        if !mine.is_empty() || address.kind() == Kind::Credential {
            return mine;
        }
        if address.kind() == Kind::Export {
            let payer = address
                .provider()
                .zip(address.parts().nth(1))
                .map(|(provider, id)| Address::payer(provider, &id));
            return payer
                .map(|payer| self.credentials(&payer))
                .unwrap_or_default();
        }
        self.organization.get(address).map(own).unwrap_or_default()
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
