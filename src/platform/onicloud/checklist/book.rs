//! What the checklist is made from: organizations with their payers, exports and credentials, as
//! they are recorded, and what was found about them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::model::address::{Address, Kind};
use crate::model::finding::{Finding, Status};
use crate::model::record::Record;
use crate::model::spec::{Credential, Export, Organization, Payer};

/// An organization with all that belongs to it.
pub struct Org<'a> {
    pub address: Address,
    pub name: String,
    pub spec: Organization,
    pub payers: Vec<Bill>,
    pub recommendations: bool,
    pub book: &'a Book<'a>,
}

/// A payer with its exports by name.
pub struct Bill {
    pub address: Address,
    pub id: String,
    pub spec: Payer,
    pub exports: Vec<(Address, Export)>,
}

/// Everything recorded that the checklist speaks about.
pub struct Book<'a> {
    records: &'a [Record],
    credentials: BTreeMap<String, Credential>,
    findings: BTreeMap<&'a Address, Vec<&'a Finding>>,
}

fn spec<T: DeserializeOwned>(record: &Record) -> Option<T> {
    serde_json::from_str(record.spec.as_str()).ok()
}

impl<'a> Book<'a> {
    pub fn of(records: &'a [Record], findings: &'a [Finding]) -> Self {
        let credentials = records
            .iter()
            .filter(|one| one.address.kind() == Kind::Credential);
        let credentials = credentials
            .filter_map(|record| Some((record.address.last().into_owned(), spec(record)?)));
        let mut by_address: BTreeMap<&Address, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            by_address
                .entry(&finding.address)
                .or_default()
                .push(finding);
        }
        Self {
            records,
            credentials: credentials.collect(),
            findings: by_address,
        }
    }

    /// The organizations by name.
    pub fn organizations(&'a self) -> Vec<Org<'a>> {
        let all = self.records.iter();
        let all = all.filter(|record| record.address.kind() == Kind::Organization);
        all.filter_map(|record| self.organization(record)).collect()
    }

    fn organization(&'a self, record: &Record) -> Option<Org<'a>> {
        let name = record.address.last().into_owned();
        let has = |address: &Address| self.records.iter().any(|one| one.address == *address);
        let payers = self
            .records
            .iter()
            .filter(|one| one.address.kind() == Kind::Payer);
        let payers = payers.filter_map(|payer| {
            let bill: Payer = spec(payer)?;
            (bill.organization == name).then(|| Bill {
                address: payer.address.clone(),
                id: payer.address.last().into_owned(),
                exports: self.exports(&payer.address),
                spec: bill,
            })
        });
        Some(Org {
            payers: payers.collect(),
            recommendations: has(&Address::recommendations(&name)),
            spec: spec(record)?,
            address: record.address.clone(),
            name,
            book: self,
        })
    }

    fn exports(&self, payer: &Address) -> Vec<(Address, Export)> {
        let of = |address: &Address| {
            address.provider() == payer.provider()
                && address.parts().nth(1).as_deref() == Some(&*payer.last())
        };
        let all = self.records.iter();
        all.filter(|one| one.address.kind() == Kind::Export && of(&one.address))
            .filter_map(|one| Some((one.address.clone(), spec(one)?)))
            .collect()
    }

    pub fn credential(&self, name: &str) -> Option<&Credential> {
        self.credentials.get(name)
    }

    /// What these checks found about these resources, in a line: the worst speaks. None where no
    /// check of these is about it at all.
    pub fn found(&self, addresses: &[&Address], checks: &[&str]) -> Option<String> {
        if checks.is_empty() {
            return None;
        }
        let findings = addresses
            .iter()
            .filter_map(|address| self.findings.get(address));
        let findings: Vec<&&Finding> = findings
            .flatten()
            .filter(|finding| checks.contains(&finding.check.as_str()))
            .filter(|finding| finding.status != Status::Skipped)
            .collect();
        let worst = findings.iter().max_by_key(|finding| finding.status);
        Some(match worst {
            None => "not checked yet: `bursar check`".to_owned(),
            Some(finding) if finding.status == Status::Pass => {
                let mut passed: Vec<&str> = findings.iter().map(|one| one.check.as_str()).collect();
                passed.sort_unstable();
                passed.dedup();
                format!("checked: pass ({})", passed.join(", "))
            }
            Some(finding) => format!(
                "checked: {} ({} of {}): {}",
                finding.status.as_str(),
                finding.check,
                finding.address,
                finding.message
            ),
        })
    }
}

impl Org<'_> {
    /// Everything of the organization that findings can be about.
    pub fn addresses(&self) -> Vec<Address> {
        let mut all = vec![self.address.clone()];
        let mut names: Vec<&str> = self.spec.credentials.as_deref().into_iter().collect();
        for payer in &self.payers {
            all.push(payer.address.clone());
            names.extend(payer.spec.credentials.as_deref());
            for (address, export) in &payer.exports {
                all.push(address.clone());
                names.extend(export.read_with());
            }
        }
        names.sort_unstable();
        names.dedup();
        all.extend(names.into_iter().map(Address::credential));
        all
    }

    /// The credential of a payer, by name.
    pub fn of_payer<'s>(&'s self, payer: &'s Bill) -> Option<&'s str> {
        payer
            .spec
            .credentials
            .as_deref()
            .or(self.spec.credentials.as_deref())
    }
}
