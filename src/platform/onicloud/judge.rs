//! Judging: what is recorded, what the download shows, and what was agreed, for each row: is it the
//! same, is it waiting for the upload, did somebody else change it? Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::download::{Download, Key};
use super::held::{Field, Held, Structure, hash, is_held};
use super::ledger::{Entry, Ledger};
use crate::model::address::{Address, Kind};
use crate::model::record::Record;
use crate::model::settings::StructureSettings;
use crate::model::time::Month;

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The download shows what is recorded.
    Same,
    /// It shows what was agreed to be written over: the upload brings what is recorded.
    Waiting,
    /// Somebody else changed it: it stays as it is.
    Drifted,
}

/// One recorded resource that can have a row.
#[derive(Debug, Clone)]
pub struct Judged {
    pub address: Address,
    /// What is recorded.
    pub ours: Held,
    /// What the download shows; none where it has no row.
    pub seen: Option<Held>,
    /// The fields that are ours: recorded now, or written before.
    pub owned: Vec<Field>,
    pub standing: Standing,
}

impl Judged {
    /// The row as the upload brings it: ours in our fields, theirs in all others.
    pub fn merged(&self) -> Held {
        let mut merged = self.seen.clone().unwrap_or_default();
        merged.0.retain(|field, _| !self.owned.contains(field));
        merged.0.extend(self.ours.0.clone());
        merged
    }

    /// Whether it must have a row: an account that falls on no cost centre needs none.
    pub fn has_row(&self) -> bool {
        self.address.kind() != Kind::Account || !self.ours.0.is_empty()
    }
}

/// All rows, judged.
#[derive(Debug, Default)]
pub struct Judgement {
    pub rows: BTreeMap<Address, Judged>,
    /// Rows of what was deleted here, which the download has still.
    pub leaving: BTreeSet<Key>,
    /// Rows of what nobody recorded.
    pub unmanaged: BTreeSet<Key>,
    /// The accounts by their ids in lower case.
    ids: HashMap<String, Vec<Address>>,
}

impl Judgement {
    /// The recorded resource that a row is about.
    pub fn of(&self, key: &Key) -> Option<&Judged> {
        let address = match key {
            Key::Workspace(_, id) => {
                let mut all = self.ids.get(&id.to_lowercase())?.iter();
                all.find(|address| key.is(address))?.clone()
            }
            _ => key.address()?,
        };
        self.rows.get(&address)
    }
}

/// What judging needs beside the rows.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub settings: &'a StructureSettings,
    pub month: Month,
}

/// Judges all rows.
pub fn judge(
    records: &[Record],
    structure: &Structure,
    download: &Download,
    ledger: &Ledger,
    frame: Frame<'_>,
) -> Judgement {
    let mut judgement = Judgement::default();
    for record in records.iter().filter(|one| is_held(one.address.kind())) {
        let address = &record.address;
        let ours = structure
            .held(address, frame.month, frame.settings, download.layout)
            .unwrap_or_default();
        let seen = download.of(address).cloned();
        let entry = ledger.entries.get(address);
        let mut owned = ours.fields();
        owned.extend(entry.iter().flat_map(|entry| &entry.fields));
        owned.sort_unstable();
        owned.dedup();
        let mut judged = Judged {
            address: address.clone(),
            ours,
            seen,
            owned,
            standing: Standing::Same,
        };
        judged.standing = standing(&judged, entry);
        judgement.rows.insert(address.clone(), judged);
    }
    for address in judgement.rows.keys() {
        if address.kind() == Kind::Account {
            let id = address.last().to_lowercase();
            judgement.ids.entry(id).or_default().push(address.clone());
        }
    }
    let removed: Vec<(&Address, &Entry)> = ledger
        .entries
        .iter()
        .filter(|(_, entry)| entry.removed)
        .collect();
    for (key, held) in &download.rows {
        if judgement.of(key).is_some() {
            continue;
        }
        let now = hash(Some(held));
        let mut all = removed.iter();
        if all.any(|(address, entry)| key.is(address) && entry.knows(now)) {
            judgement.leaving.insert(key.clone());
        } else {
            judgement.unmanaged.insert(key.clone());
        }
    }
    judgement
}

fn standing(judged: &Judged, entry: Option<&Entry>) -> Standing {
    let ours = judged.ours.only(&judged.owned);
    let same = match &judged.seen {
        Some(seen) => seen.only(&judged.owned) == ours,
        None => !judged.has_row(),
    };
    let known = entry.is_some_and(|entry| entry.knows(hash(judged.seen.as_ref())));
    match (same, known) {
        (true, _) => Standing::Same,
        (_, true) => Standing::Waiting,
        _ => Standing::Drifted,
    }
}

/// As many contents of a row are remembered.
const REMEMBERED: usize = 8;

/// What is agreed once the upload has been written.
pub fn agreed(judgement: &Judgement, download: &Download, ledger: &Ledger) -> Ledger {
    let mut entries = BTreeMap::new();
    for (address, judged) in &judgement.rows {
        let before = ledger.entries.get(address);
        let entry = match judged.standing {
            Standing::Same => Entry {
                known: vec![hash(judged.seen.as_ref())],
                fields: judged.ours.fields(),
                removed: false,
            },
            Standing::Waiting => {
                let mut entry = before.cloned().unwrap_or_default();
                // What the download shows is remembered longest.
                let seen = hash(judged.seen.as_ref());
                entry.known.retain(|known| *known != seen);
                entry.known.insert(0, seen);
                entry.learn(hash(Some(&judged.merged())));
                let extra = entry.known.len().saturating_sub(REMEMBERED);
                entry.known.drain(1..=extra);
                entry.fields = judged.owned.clone();
                entry.removed = false;
                entry
            }
            Standing::Drifted => match before {
                Some(entry) => entry.clone(),
                None => continue,
            },
        };
        if !entry.fields.is_empty() {
            entries.insert(address.clone(), entry);
        }
    }
    for (address, entry) in &ledger.entries {
        let left = entry.removed && download.of(address).is_some();
        if left && !judgement.rows.contains_key(address) {
            entries.insert(address.clone(), entry.clone());
        }
    }
    Ledger {
        entries,
        fetched: ledger.fetched || download.fetched,
        exists: true,
    }
}
