//! What several rules need: names and where they lead, ids and where they stand, and from where an
//! account has a value. Judges nothing itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::config::declaration::{Declaration, Entry, Section, Table};
use crate::config::estate::{Estate, Resolved};
use crate::config::problem::{At, FileId, Problem};
use crate::config::suggest::Suggester;
use crate::model::id;
use crate::model::parents::Parents;
use crate::model::provider::Provider;
use crate::model::spec::{Account, AccountDefaults, CostCenter};

use super::literal_secret::mask;

/// Declared text as a message may show it: its first characters, without controls, and without
/// what looks like a secret.
pub fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let masked = mask(text);
    let mut short: String = masked
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    if masked.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// A few names for a help text: `` `a`, `b` or `c` ``; none where there are none, or too many.
pub fn choices(names: &[&str]) -> Option<String> {
    const MOST: usize = 6;
    let (last, rest) = names.split_last()?;
    if names.len() > MOST {
        return None;
    }
    let last = format!("`{}`", shown(last));
    if rest.is_empty() {
        return Some(last);
    }
    let rest: Vec<String> = rest
        .iter()
        .map(|name| format!("`{}`", shown(name)))
        .collect();
    Some(format!("{} or {last}", rest.join(", ")))
}

/// The names of a section, present and former, and what to say of one that leads nowhere.
pub struct Names<'a> {
    /// What people call one of them.
    noun: &'static str,
    section: Section,
    present: HashMap<&'a str, u32>,
    former: HashMap<&'a str, u32>,
    places: Vec<(&'a str, At)>,
    suggester: Suggester<'a>,
    declaration: &'a Declaration,
}

/// Where a name leads: a position in the section's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    Present(usize),
    Former(usize),
    /// To what is declared, but not well, or may be declared where nothing could be read.
    Unread,
    Nowhere,
}

impl Found {
    pub fn position(self) -> Option<usize> {
        match self {
            Self::Present(at) | Self::Former(at) => Some(at),
            Self::Unread | Self::Nowhere => None,
        }
    }
}

impl<'a> Names<'a> {
    pub fn new<T>(
        noun: &'static str,
        declaration: &'a Declaration,
        table: &'a Table<T>,
        previously: impl Fn(&'a T) -> &'a [String],
    ) -> Self {
        let mut present = HashMap::with_capacity(table.len());
        let mut former = HashMap::new();
        let mut places = Vec::with_capacity(table.len());
        for (at, entry) in table.iter().enumerate() {
            present.entry(&*entry.key).or_insert(at as u32);
            for name in previously(&entry.value) {
                former.entry(name.as_str()).or_insert(at as u32);
            }
            places.push((&*entry.key, table.at(entry)));
        }
        Self {
            noun,
            section: table.section,
            present,
            former,
            places,
            suggester: Suggester::new(table.keys()),
            declaration,
        }
    }

    pub fn find(&self, name: &str) -> Found {
        if let Some(at) = self.present.get(name) {
            return Found::Present(*at as usize);
        }
        match self.former.get(name) {
            Some(at) => Found::Former(*at as usize),
            None if self.declaration.may_declare(self.section, name) => Found::Unread,
            None => Found::Nowhere,
        }
    }

    /// Reports a name that leads nowhere, or to something that is now called otherwise.
    pub fn report(&mut self, name: &str, at: At, problems: &mut Vec<Problem>) -> Found {
        let found = self.find(name);
        match found {
            Found::Present(_) | Found::Unread => {}
            Found::Former(now) => problems.push(self.former_name(name, now, at)),
            Found::Nowhere => problems.push(self.unknown(name, at)),
        }
        found
    }

    /// The names that are there.
    pub fn known(&self) -> &[&'a str] {
        self.suggester.known()
    }

    /// A warning about a name that something had before.
    pub fn former_name(&self, name: &str, now: usize, at: At) -> Problem {
        let (key, place) = &self.places[now];
        let key = shown(key);
        Problem::warning(
            "reference.former-name",
            at,
            format!("the {} `{}` is now called `{key}`", self.noun, shown(name)),
            format!("write `{key}` here"),
        )
        .label("a former name")
        .related(place.clone().name(), "has this name now")
    }

    /// An error about a name that leads nowhere.
    pub fn unknown(&mut self, name: &str, at: At) -> Problem {
        let (noun, section) = (self.noun, self.section.as_str());
        let help = if let Some(near) = self.suggester.nearest(name) {
            format!(
                "did you mean `{}`? If not, declare it under `{section}:`",
                shown(near)
            )
        } else if let Some(choices) = choices(self.suggester.known()) {
            format!("declare it under `{section}:`, or write {choices}")
        } else {
            format!("declare it under `{section}:`")
        };
        let message = if name.is_empty() {
            format!("the name of a {noun} is empty here")
        } else {
            format!("no {noun} is called `{}`", shown(name))
        };
        Problem::error("reference.unknown", at, message, help).label("leads nowhere")
    }
}

/// Where the cost centres stand in their table, by their codes and by those that they had before.
pub fn codes(table: &Table<CostCenter>) -> HashMap<&str, usize> {
    let entries = table.iter().enumerate();
    let mut codes: HashMap<&str, usize> = entries.map(|(at, entry)| (&*entry.key, at)).collect();
    for (at, entry) in table.iter().enumerate() {
        for former in &entry.value.previously {
            codes.entry(former).or_insert(at);
        }
    }
    codes
}

/// Where the parent of a period stands; `at` is the cost centre.
pub fn parent_place(parents: &Parents, period: usize, at: At) -> At {
    let at = at.key("parent");
    match parents.0.as_slice() {
        // The value itself, as most have it, or a list of one.
        [only] if only.from.is_none() => at,
        _ => at.index(period).key("parent"),
    }
}

/// A name that leads nowhere is one mistake however often a file makes it: the first place, how
/// many more there are, and the next few.
pub fn once(mut problems: Vec<Problem>) -> Vec<Problem> {
    const SHOWN: usize = 3;
    let often = |problem: &Problem| problem.code == "reference.unknown";
    // The sort is stable: what stays is where it was first.
    problems.sort_by_key(|problem| problem.at.file);
    let mut first: HashMap<(FileId, String), usize> = HashMap::new();
    let mut kept: Vec<Problem> = Vec::with_capacity(problems.len());
    let mut more: HashMap<usize, Vec<At>> = HashMap::new();
    for problem in problems {
        if often(&problem) {
            let key = (problem.at.file, problem.message.clone());
            if let Some(at) = first.get(&key) {
                more.entry(*at).or_default().push(problem.at);
                continue;
            }
            first.insert(key, kept.len());
        }
        kept.push(problem);
    }
    for (at, places) in more {
        let problem = &mut kept[at];
        let count = places.len();
        problem.message.push_str(&match count {
            1 => ", here and in 1 more place of this file".to_owned(),
            count => format!(", here and in {count} more places of this file"),
        });
        for place in places.into_iter().take(SHOWN) {
            problem.related.push((place, "and here".to_owned()));
        }
    }
    kept
}

/// Finds payers or accounts by their canonical ids.
pub struct Ids<'e, T> {
    table: &'e Table<T>,
    resolved: &'e [Resolved],
    /// Those whose key is not canonical: there are few.
    others: OnceLock<HashMap<&'e str, u32>>,
}

impl<'e, T> Ids<'e, T> {
    pub fn new(table: &'e Table<T>, resolved: &'e [Resolved]) -> Self {
        Self {
            table,
            resolved,
            others: OnceLock::new(),
        }
    }

    /// Position of the entry with that canonical id.
    pub fn find(&self, id: &str) -> Option<usize> {
        if let Some(at) = self.table.position(id) {
            return Some(at);
        }
        let others = self.others.get_or_init(|| {
            let pairs = self.table.iter().zip(self.resolved).enumerate();
            pairs
                .filter(|(_, (entry, resolved))| entry.key != resolved.id)
                .map(|(at, (_, resolved))| (&*resolved.id, at as u32))
                .collect()
        });
        others.get(id).map(|at| *at as usize)
    }

    /// Position of the entry that a person's text means.
    pub fn find_written(&self, provider: Option<Provider>, written: &str) -> Option<usize> {
        self.find(&id::canonical(provider, written))
            // Whose organization leads nowhere may be of any provider.
            .filter(|at| {
                let found = self.resolved[*at].provider;
                provider.is_none() || found.is_none() || found == provider
            })
    }
}

/// A field that accounts take over from defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    CostCenter,
    Credentials,
    Organization,
    Payer,
}

impl Field {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CostCenter => "cost_center",
            Self::Credentials => "credentials",
            Self::Organization => "organization",
            Self::Payer => "payer",
        }
    }
}

/// From where an account has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// The account says it itself.
    Own(u32),
    /// The `defaults` of its file.
    File(FileId),
    /// The `defaults` of its organization.
    Organization(u32),
}

/// From where the account at that position has the value of a field.
pub fn origin(estate: &Estate, account: usize, field: Field) -> Origin {
    let entry = &estate.declaration.accounts.entries()[account];
    let resolved = &estate.accounts[account];
    let same = |defaults: &AccountDefaults| same(estate, &entry.value, resolved, defaults, field);
    if estate
        .declaration
        .defaults
        .get(&entry.file)
        .is_some_and(same)
    {
        return Origin::File(entry.file);
    }
    match resolved.organization {
        Some(at)
            if same(
                &estate.declaration.organizations.entries()[at as usize]
                    .value
                    .defaults,
            ) =>
        {
            Origin::Organization(at)
        }
        _ => Origin::Own(account as u32),
    }
}

fn same(
    estate: &Estate,
    account: &Account,
    resolved: &Resolved,
    defaults: &AccountDefaults,
    field: Field,
) -> bool {
    match field {
        Field::CostCenter => {
            account.cost_center.is_some() && account.cost_center == defaults.cost_center
        }
        Field::Credentials => {
            account.credentials.is_some() && account.credentials == defaults.credentials
        }
        Field::Organization => defaults.organization.as_deref().is_some_and(|name| {
            account.organization.as_deref() == Some(name)
                || (resolved.organization.is_some()
                    && estate.organization(name) == resolved.organization)
        }),
        Field::Payer => match (&account.payer, &defaults.payer) {
            (Some(payer), Some(default)) => {
                id::canonical(resolved.provider, payer) == id::canonical(resolved.provider, default)
            }
            _ => false,
        },
    }
}

/// Where the value of a field stands that an account has from there.
pub fn place(estate: &Estate, origin: Origin, field: Field) -> At {
    let declaration = &estate.declaration;
    match origin {
        Origin::Own(at) => {
            let entry = &declaration.accounts.entries()[at as usize];
            let place = declaration.accounts.at(entry);
            match field {
                // A value that is left out has no place of its own.
                Field::Organization if entry.value.organization.is_none() => place.name(),
                Field::Payer if entry.value.payer.is_none() => place.name(),
                field => place.key(field.as_str()),
            }
        }
        Origin::File(file) => At::file(file)
            .key(Section::Defaults.as_str())
            .key(field.as_str()),
        Origin::Organization(at) => {
            let entry = &declaration.organizations.entries()[at as usize];
            let place = declaration.organizations.at(entry);
            place.key("defaults").key(field.as_str())
        }
    }
}

/// What is wrong with accounts for one cause: the first of them, and how many more.
pub struct Hit<K> {
    pub account: usize,
    pub more: usize,
    pub origin: Origin,
    pub cause: K,
}

/// Judges all accounts side by side. What comes from one default for one cause is one hit.
pub fn accounts<K: Copy + Eq + Hash + Send>(
    estate: &Estate,
    field: Field,
    judge: impl Fn(&Entry<Account>, &Resolved) -> Option<K> + Sync,
) -> Vec<Hit<K>> {
    let entries = estate.declaration.accounts.entries();
    let found: Vec<(usize, K)> = entries
        .par_iter()
        .zip(estate.accounts.par_iter())
        .enumerate()
        .filter_map(|(at, (entry, resolved))| judge(entry, resolved).map(|cause| (at, cause)))
        .collect();
    let mut hits: Vec<Hit<K>> = Vec::new();
    let mut seen: HashMap<(Origin, K), usize> = HashMap::new();
    for (account, cause) in found {
        let origin = origin(estate, account, field);
        match origin {
            Origin::Own(_) => {}
            _ => match seen.get(&(origin, cause)) {
                Some(first) => {
                    hits[*first].more += 1;
                    continue;
                }
                None => {
                    seen.insert((origin, cause), hits.len());
                }
            },
        }
        hits.push(Hit {
            account,
            more: 0,
            origin,
            cause,
        });
    }
    hits
}
