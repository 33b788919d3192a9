//! The ledger: what was agreed about the rows of the download. `written.jsonl` has a line for each
//! address that bursar wrote: which contents of its row nobody else changed, and which fields are
//! ours. Without it everything that differs counts as changed by somebody else, and is kept.
//!
//! A write appends a line, so that it stands before the state has its receipt; the end of an apply
//! replaces the file. A later line is about the same address counts, a torn last one does not.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::held::Field;
use crate::model::address::Address;
use crate::model::hash::ContentHash;

/// What was agreed about the row of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Contents of the row that may be written over: what was there when it was decided, and what
    /// was written.
    pub known: Vec<ContentHash>,
    /// The fields that were written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// It was deleted here: a row with a known content is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl Entry {
    pub fn knows(&self, hash: ContentHash) -> bool {
        self.known.contains(&hash)
    }

    pub fn learn(&mut self, hash: ContentHash) {
        if !self.knows(hash) {
            self.known.push(hash);
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Line {
    address: Address,
    #[serde(flatten)]
    entry: Entry,
}

/// All entries, and whether a download was ever seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    pub entries: BTreeMap<Address, Entry>,
    /// Whether a download was there at the end of an apply.
    pub fetched: bool,
    /// Whether there is a ledger at all.
    pub exists: bool,
}

#[derive(Serialize, Deserialize)]
struct Head {
    format_version: u32,
    fetched: bool,
}

impl Ledger {
    /// # Errors
    /// Where a file that is there cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut ledger = Self {
            exists: true,
            ..Self::default()
        };
        for line in text.lines() {
            if let Ok(Line { address, entry }) = serde_json::from_str(line) {
                ledger.entries.insert(address, entry);
            } else if let Ok(head) = serde_json::from_str::<Head>(line) {
                ledger.fetched = head.fetched;
            }
        }
        Ok(ledger)
    }

    /// The whole file.
    pub fn text(&self) -> String {
        let head = Head {
            format_version: 1,
            fetched: self.fetched,
        };
        let head = serde_json::to_string(&head).unwrap_or_default();
        let lines = self.entries.iter().map(|(address, entry)| {
            let line = Line {
                address: address.clone(),
                entry: entry.clone(),
            };
            serde_json::to_string(&line).unwrap_or_default()
        });
        let lines: Vec<String> = std::iter::once(head).chain(lines).collect();
        lines.join("\n") + "\n"
    }

    /// Adds an entry to the file, which is made where there is none.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn append(path: &PathBuf, address: &Address, entry: &Entry) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let line = Line {
            address: address.clone(),
            entry: entry.clone(),
        };
        // A line that was torn before must not swallow this one.
        let text = format!("\n{}\n", serde_json::to_string(&line)?);
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_follow_count_and_torn_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/written.jsonl");
        let (a, b) = (Address::cost_center("A"), Address::cost_center("B"));
        let entry = |byte: u8, removed| Entry {
            known: vec![ContentHash([byte; 16])],
            fields: vec![Field::Name],
            removed,
        };
        assert!(!Ledger::read(&path).unwrap().exists);
        Ledger::append(&path, &a, &entry(1, false)).unwrap();
        Ledger::append(&path, &a, &entry(2, true)).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"address\":\"cost_cen").unwrap();
        Ledger::append(&path, &b, &entry(3, false)).unwrap();
        let mut read = Ledger::read(&path).unwrap();
        assert_eq!(read.entries[&a], entry(2, true));
        assert_eq!(read.entries[&b], entry(3, false));
        assert!(read.exists && !read.fetched);
        read.fetched = true;
        std::fs::write(&path, read.text()).unwrap();
        assert_eq!(Ledger::read(&path).unwrap(), read);
    }
}
