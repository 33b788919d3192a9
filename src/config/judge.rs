//! What the schema says of a file, in people's words: each error with its place and a way out. Which parts of
//! the file it refuses is found here, the words below.

mod explain;
mod find;
mod intent;
mod kind;
mod words;

use std::collections::{BTreeMap, HashSet};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use rayon::prelude::*;

use super::declaration::Section;
use super::diagnostic::Diagnostic;
use super::problem::FileId;
use super::schema::Judge;
use super::suggest;
use super::yaml::{self, Key, Node};
use crate::model::number::thousands;
use explain::{all, more};
use find::Finder;

/// Which parts of a file the schema refused: they are not decoded.
#[derive(Debug, Default)]
pub struct Faults {
    pub diagnostics: Vec<Diagnostic>,
    /// Sections that are no sections, by key.
    pub sections: HashSet<String>,
    /// Sections that seem to be meant by keys that are not known.
    pub misspelt: HashSet<String>,
    /// Entries by section, year (of budgets) and key.
    entries: HashSet<(String, String, String)>,
}

impl Faults {
    /// Whether an entry was refused.
    #[must_use]
    pub fn has(&self, section: Section, year: Option<&str>, key: &str) -> bool {
        !self.entries.is_empty()
            && self.entries.contains(&(
                section.as_str().to_owned(),
                year.unwrap_or_default().to_owned(),
                key.to_owned(),
            ))
    }

    /// Notes what a fault at this path spoils: an entry, or else the section as a whole.
    fn note(&mut self, path: &[String]) {
        match path {
            [section, year, key, ..] if section == Section::Budgets.as_str() => {
                self.entries
                    .insert((section.clone(), year.clone(), key.clone()));
            }
            [section, key, ..] if has_entries(section) => {
                self.entries
                    .insert((section.clone(), String::new(), key.clone()));
            }
            [section, ..] => {
                self.sections.insert(section.clone());
            }
            [] => {}
        }
    }
}

fn has_entries(section: &str) -> bool {
    Section::ALL
        .iter()
        .any(|s| *s != Section::Defaults && s.as_str() == section)
}

/// So many errors of a file are explained, those of its accounts apart: nobody reads more, and each takes its
/// time and memory.
const MOST: usize = 10_000;
/// So many unknown keys of one map.
const MOST_KEYS: usize = 100;

/// Judges a file.
#[must_use]
pub fn file(id: FileId, tree: &Node<'_>, judge: &Judge) -> Faults {
    let mut faults = Faults::default();
    if !judge.file.is_valid(tree) {
        let mut errors: BTreeMap<Vec<String>, Vec<ValidationError<'_>>> = BTreeMap::new();
        for (count, error) in judge.file.iter_errors(tree).enumerate() {
            let path = steps(error.instance_path().as_str());
            if count == MOST {
                faults.diagnostics.push(more(id, tree.span, "errors"));
            }
            if count >= MOST {
                faults.note(&path);
                continue;
            }
            // A key at the top that is not known spoils nothing but itself.
            match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected } if path.is_empty() => {
                    let names = Section::ALL.map(Section::as_str);
                    let meant = |key: &String| suggest::closest(key, names.into_iter());
                    let some = unexpected.iter().take(MOST_KEYS);
                    let meant = some.filter_map(meant).map(str::to_owned);
                    faults.misspelt.extend(meant);
                }
                _ => faults.note(&path),
            }
            errors.entry(path).or_default().push(error);
        }
        let mut finder = Finder::default();
        for (path, errors) in errors {
            let found = finder.find(tree, &path);
            faults
                .diagnostics
                .extend(all(id, found, &path, &errors, &judge.schema));
        }
    }
    let accounts = tree
        .get(Section::Accounts.as_str())
        .and_then(Node::as_mapping)
        .unwrap_or_default();
    let bad: Vec<&(Key<'_>, Node<'_>)> = accounts
        .par_iter()
        .with_min_len(256)
        .filter(|(_, node)| !judge.account.is_valid(node))
        .collect();
    if let Some((key, _)) = bad.get(MOST) {
        let rest = format!("{} more accounts with errors", thousands(bad.len() - MOST));
        faults.diagnostics.push(more(id, key.span, &rest));
    }
    for (count, (key, node)) in bad.into_iter().enumerate() {
        let top = [Section::Accounts.as_str().to_owned(), key.text.to_string()];
        faults.note(&top);
        if count >= MOST {
            continue;
        }
        let mut errors: BTreeMap<Vec<String>, Vec<ValidationError<'_>>> = BTreeMap::new();
        for error in judge.account.iter_errors(node) {
            let mut path = top.to_vec();
            path.extend(steps(error.instance_path().as_str()));
            errors.entry(path).or_default().push(error);
        }
        for (path, errors) in errors {
            // From the entry, not from the top: there may be very many of them.
            let found = Finder::default()
                .find(node, &path[top.len()..])
                .map(|found| match path.len() - top.len() {
                    0 => yaml::Found {
                        key: Some(key.span),
                        ..found
                    },
                    _ => found,
                });
            faults
                .diagnostics
                .extend(all(id, found, &path, &errors, &judge.schema));
        }
    }
    faults
}

/// The steps of a JSON pointer.
fn steps(pointer: &str) -> Vec<String> {
    pointer
        .split('/')
        .skip(1)
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}
