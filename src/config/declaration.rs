//! The declaration: what all files of a project say together, typed, each entry with its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::id;
use crate::model::provider::Provider;
use crate::model::settings::{Removal, Settings};
use crate::model::spec::{
    Account, AccountDefaults, Budget, CostCenter, Credential, Organization, Payer, SharedCost,
};

use super::problem::{At, FileId};
use super::yaml::Span;

/// A section of a file that holds entries by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Credentials,
    Organizations,
    Payers,
    Accounts,
    CostCenters,
    Budgets,
    SharedCosts,
    Removed,
    Defaults,
}

impl Section {
    pub const ALL: [Self; 9] = [
        Self::Credentials,
        Self::Organizations,
        Self::Payers,
        Self::Accounts,
        Self::CostCenters,
        Self::Budgets,
        Self::SharedCosts,
        Self::Removed,
        Self::Defaults,
    ];

    /// Its key in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Organizations => "organizations",
            Self::Payers => "payers",
            Self::Accounts => "accounts",
            Self::CostCenters => "cost_centers",
            Self::Budgets => "budgets",
            Self::SharedCosts => "shared_costs",
            Self::Removed => "removed",
            Self::Defaults => "defaults",
        }
    }
}

/// One declared thing.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// The key as written.
    pub key: Box<str>,
    /// For budgets: the fiscal year that the key stands below.
    pub year: Option<Box<str>>,
    pub file: FileId,
    /// Span of the key, in bytes of the file's text.
    pub span: Span,
    pub value: T,
}

/// The entries of one section over all files, sorted by key (budgets: by key, then year).
#[derive(Debug, Clone)]
pub struct Table<T> {
    pub section: Section,
    entries: Vec<Entry<T>>,
}

impl<T> Table<T> {
    #[must_use]
    pub fn new(section: Section, mut entries: Vec<Entry<T>>) -> Self {
        let order = |a: &Entry<T>, b: &Entry<T>| (&a.key, &a.year).cmp(&(&b.key, &b.year));
        // Stable: of two entries with one key, the one that comes first in file order stays first.
        if !entries.is_sorted_by(|a, b| order(a, b).is_le()) {
            entries.sort_by(order);
        }
        Self { section, entries }
    }

    #[must_use]
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    pub fn entries_mut(&mut self) -> &mut [Entry<T>] {
        &mut self.entries
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Entry<T>> {
        self.entries.iter()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Position of the entry with that key.
    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        self.entries
            .binary_search_by(|entry| (*entry.key).cmp(key))
            .ok()
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry<T>> {
        self.position(key).map(|at| &self.entries[at])
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.key)
    }

    /// Where the value of an entry stands.
    #[must_use]
    pub fn at(&self, entry: &Entry<T>) -> At {
        let at = At::file(entry.file).key(self.section.as_str());
        match &entry.year {
            Some(year) => at.key(year).key(&entry.key),
            None => at.key(&entry.key),
        }
    }
}

/// What all files of a project say together.
#[derive(Debug, Clone)]
pub struct Declaration {
    pub settings: Settings,
    pub credentials: Table<Credential>,
    pub organizations: Table<Organization>,
    pub payers: Table<Payer>,
    pub accounts: Table<Account>,
    pub cost_centers: Table<CostCenter>,
    pub budgets: Table<Budget>,
    pub shared_costs: Table<SharedCost>,
    pub removed: Table<Removal>,
    /// The `defaults` of each file that has them.
    pub defaults: BTreeMap<FileId, AccountDefaults>,
    /// Entries that are declared, but not well: known by name only, and not in the tables. What
    /// refers to them is not to be blamed.
    pub broken: BTreeSet<(Section, Box<str>)>,
    pub unread: Unread,
}

/// What could not be read. Nothing is said of what may be declared there.
#[derive(Debug, Clone, Default)]
pub struct Unread {
    /// Sections of which a part could not be read.
    pub sections: BTreeSet<Section>,
    /// Settings of the project file that were refused, by key; all of them where `project` is set.
    pub settings: BTreeSet<String>,
    /// The project file as a whole.
    pub project: bool,
}

impl Declaration {
    /// Whether a name that is in no table may be declared all the same: not well, or in a part
    /// that could not be read.
    #[must_use]
    pub fn may_declare(&self, section: Section, name: &str) -> bool {
        self.unread.sections.contains(&section)
            || (!self.broken.is_empty() && self.broken.contains(&(section, name.into())))
    }

    /// As [`may_declare`](Self::may_declare), for ids, which can be written in several ways.
    #[must_use]
    pub fn may_declare_id(&self, section: Section, provider: Option<Provider>, id: &str) -> bool {
        let same = |(of, key): &(Section, Box<str>)| {
            *of == section && id::canonical(provider, key) == id::canonical(provider, id)
        };
        self.unread.sections.contains(&section) || self.broken.iter().any(same)
    }
}

/// The file of settings and trust: always the first source.
pub const PROJECT_FILE: FileId = FileId(0);
