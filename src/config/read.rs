//! One file: read, judged by the schema, decoded into typed entries. Its tree is dropped here.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Deserialize;

use crate::model::leaf;
use crate::model::settings::Settings;
use crate::model::spec::{
    Account, AccountDefaults, Budget, CostCenter, Credential, Organization, Payer, SharedCost,
};

use super::declaration::{Entry, PROJECT_FILE, Section};
use super::diagnostic::Diagnostic;
use super::judge;
use super::problem::FileId;
use super::schema::{Judge, SETTINGS};
use super::source::Source;
use super::yaml::{self, Key, LeafProblem, Limits, Node, Span};
use crate::model::settings::Removal;

/// What one file declares.
#[derive(Debug, Default)]
pub struct File {
    pub settings: Settings,
    pub defaults: Option<AccountDefaults>,
    pub credentials: Vec<Entry<Credential>>,
    pub organizations: Vec<Entry<Organization>>,
    pub payers: Vec<Entry<Payer>>,
    pub accounts: Vec<Entry<Account>>,
    pub cost_centers: Vec<Entry<CostCenter>>,
    pub budgets: Vec<Entry<Budget>>,
    pub shared_costs: Vec<Entry<SharedCost>>,
    pub removed: Vec<Entry<Removal>>,
    /// Entries that are declared, but not well: known by name only.
    pub broken: Vec<(Section, Box<str>)>,
    /// Keys at the top whose values could not be read, or none of the file could be.
    pub unread: Parts,
    pub diagnostics: Vec<Diagnostic>,
}

/// Parts of a file.
#[derive(Debug)]
pub enum Parts {
    /// Sections and settings, by key.
    Keys(BTreeSet<String>),
    All,
}

impl Default for Parts {
    fn default() -> Self {
        Self::Keys(BTreeSet::new())
    }
}

/// Reads one file. Everything that is wrong with it is in the diagnostics.
#[must_use]
pub fn read(id: FileId, source: &Source, judge: &Judge) -> File {
    let mut file = File::default();
    let limits = Limits::default();
    let text = match yaml::decode(&source.bytes, &limits) {
        Ok(text) => text,
        Err(problem) => {
            file.diagnostics.push(Diagnostic::of_reader(id, problem));
            file.unread = Parts::All;
            return file;
        }
    };
    match yaml::parse(text, &limits) {
        Err(problems) => {
            file.unread = Parts::All;
            file.diagnostics
                .extend(problems.into_iter().map(|p| Diagnostic::of_reader(id, p)));
        }
        Ok(None) => file.diagnostics.push(empty(id)),
        Ok(Some(tree)) => Reader {
            id,
            judge,
            file: &mut file,
        }
        .read(&tree),
    }
    file
}

fn empty(id: FileId) -> Diagnostic {
    let mut diagnostic = Diagnostic::of_project(
        "schema.no-section",
        "this file declares nothing",
        "add a section such as `accounts:`, or move the file out of the source folders",
    );
    diagnostic.place = Some((id, Span::default()));
    diagnostic
}

struct Reader<'a> {
    id: FileId,
    judge: &'a Judge,
    file: &'a mut File,
}

/// The entries of one section, decoded.
struct Decoded<T> {
    entries: Vec<Entry<T>>,
    broken: Vec<Box<str>>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(mut self, tree: &Node<'_>) {
        if !self.has_section(tree) {
            self.file.unread = Parts::All;
            return;
        }
        let mut faults = judge::file(self.id, tree, self.judge);
        self.trust(tree);
        self.file.diagnostics.append(&mut faults.diagnostics);
        let refused = faults.sections.iter().chain(&faults.misspelt);
        self.file.unread = Parts::Keys(refused.cloned().collect());
        for (key, node) in tree.as_mapping().unwrap_or_default() {
            if faults.sections.contains(&*key.text) {
                continue;
            }
            self.section(key, node, &faults);
        }
        if self.id == PROJECT_FILE {
            self.settings(tree, &faults);
        }
    }

    /// A YAML file without any section is somebody else's, or misspelt.
    fn has_section(&mut self, tree: &Node<'_>) -> bool {
        let known = |key: &str| {
            SETTINGS.contains(&key) || Section::ALL.iter().any(|section| section.as_str() == key)
        };
        let keys = tree.as_mapping().unwrap_or_default();
        if keys.iter().any(|(key, _)| known(&key.text)) {
            return true;
        }
        // One misspelt section is near the top; a file of a million keys is something else.
        let near = keys.iter().take(100).find_map(|(key, _)| {
            let names: Vec<&str> = Section::ALL
                .iter()
                .map(|section| section.as_str())
                .collect();
            super::suggest::closest(&key.text, names.iter().copied())
                .map(|name| (key, name.to_owned()))
        });
        let mut diagnostic = Diagnostic::of_project(
            "schema.no-section",
            "this YAML file has no section that bursar knows",
            match &near {
                Some((key, name)) => format!("did you mean `{name}:` instead of `{}:`?", key.text),
                None => "move it out of the source folders, narrow `sources:` in bursar.yaml, or declare a section such as `accounts:`".to_owned(),
            },
        );
        let span = near
            .map(|(key, _)| key.span)
            .or_else(|| keys.first().map(|(key, _)| key.span));
        diagnostic.place = Some((self.id, span.unwrap_or(tree.span)));
        self.file.diagnostics.push(diagnostic);
        false
    }

    /// Settings and trust stand in `bursar.yaml` alone.
    fn trust(&mut self, tree: &Node<'_>) {
        if self.id == PROJECT_FILE {
            return;
        }
        for (key, _) in tree.as_mapping().unwrap_or_default() {
            if SETTINGS.contains(&&*key.text) {
                let mut diagnostic = Diagnostic::of_project(
                    "trust.section",
                    format!("`{}` may stand in bursar.yaml only", key.text),
                    format!(
                        "move `{}:` to bursar.yaml: settings and credentials are trusted from there alone",
                        key.text
                    ),
                );
                diagnostic.place = Some((self.id, key.span));
                self.file.diagnostics.push(diagnostic);
            }
        }
    }

    fn section(&mut self, key: &Key<'_>, node: &Node<'_>, faults: &judge::Faults) {
        let Some(section) = Section::ALL.into_iter().find(|s| s.as_str() == key.text) else {
            return;
        };
        macro_rules! table {
            ($field:ident) => {{
                let decoded = decode_entries(self.id, section, None, node, faults);
                unite(&mut self.file.$field, decoded.entries);
                self.keep(section, decoded.broken, decoded.diagnostics);
            }};
        }
        match section {
            // They are not trusted here, which is said; who names them is not to be blamed.
            Section::Credentials if self.id != PROJECT_FILE => {
                let keys = node.as_mapping().unwrap_or_default().iter();
                let keys = keys.map(|(key, _)| key.text.as_ref().into());
                self.keep(section, keys.collect(), Vec::new());
            }
            Section::Credentials => table!(credentials),
            Section::Organizations => table!(organizations),
            Section::Payers => table!(payers),
            Section::Accounts => table!(accounts),
            Section::CostCenters => table!(cost_centers),
            Section::SharedCosts => table!(shared_costs),
            Section::Removed => table!(removed),
            Section::Budgets => {
                for (year, budgets) in node.as_mapping().unwrap_or_default() {
                    let mut decoded =
                        decode_entries(self.id, section, Some(&year.text), budgets, faults);
                    self.file.budgets.append(&mut decoded.entries);
                    self.keep(section, decoded.broken, decoded.diagnostics);
                }
            }
            Section::Defaults => {
                let mut problems = Vec::new();
                self.file.defaults = yaml::decode_node(node, &check_leaf, &mut problems);
                self.report(problems);
            }
        }
    }

    fn keep(&mut self, section: Section, broken: Vec<Box<str>>, mut diagnostics: Vec<Diagnostic>) {
        self.file
            .broken
            .extend(broken.into_iter().map(|key| (section, key)));
        self.file.diagnostics.append(&mut diagnostics);
    }

    fn settings(&mut self, tree: &Node<'_>, faults: &judge::Faults) {
        let mut problems = Vec::new();
        macro_rules! setting {
            ($($field:ident),*) => {
                $(if let Some(node) = tree.get(stringify!($field))
                    && !faults.sections.contains(stringify!($field))
                    && let Some(value) = yaml::decode_node::<Option<_>>(node, &check_leaf, &mut problems)
                {
                    if let Some(value) = value {
                        self.file.settings.$field = value;
                    }
                })*
            };
        }
        macro_rules! optional {
            ($($field:ident),*) => {
                $(if let Some(node) = tree.get(stringify!($field))
                    && !faults.sections.contains(stringify!($field))
                    && let Some(value) = yaml::decode_node(node, &check_leaf, &mut problems)
                {
                    self.file.settings.$field = value;
                })*
            };
        }
        optional!(version, project, sources, select);
        setting!(
            files, state, platform, guard, access, structure, waive, import
        );
        self.report(problems);
    }

    fn report(&mut self, problems: Vec<yaml::Problem>) {
        let id = self.id;
        self.file
            .diagnostics
            .extend(problems.into_iter().map(|p| Diagnostic::of_reader(id, p)));
    }
}

/// How many entries one thread decodes at a time.
const CHUNK: usize = 512;

/// How many entries are decoded before they are put together: what waits for that is there twice.
const WAVE: usize = 32 * CHUNK;

/// Puts entries behind those that are there; where none are, without a copy of what may be very many.
pub(super) fn unite<T>(all: &mut Vec<T>, mut more: Vec<T>) {
    if all.is_empty() && all.capacity() < more.len() {
        *all = more;
    } else {
        all.append(&mut more);
    }
}

fn decode_entries<T>(
    file: FileId,
    section: Section,
    year: Option<&str>,
    node: &Node<'_>,
    faults: &judge::Faults,
) -> Decoded<T>
where
    T: for<'de> Deserialize<'de> + Send,
{
    let decode = |chunk: &[(Key<'_>, Node<'_>)]| {
        let mut decoded = Decoded {
            entries: Vec::with_capacity(chunk.len()),
            broken: Vec::new(),
            diagnostics: Vec::new(),
        };
        for (key, node) in chunk {
            if faults.has(section, year, &key.text) {
                decoded.broken.push(key.text.as_ref().into());
                continue;
            }
            let mut problems = Vec::new();
            let value = yaml::decode_node(node, &check_leaf, &mut problems);
            match value {
                Some(value) if problems.is_empty() => decoded.entries.push(Entry {
                    key: key.text.as_ref().into(),
                    year: year.map(Into::into),
                    file,
                    span: key.span,
                    value,
                }),
                _ => decoded.broken.push(key.text.as_ref().into()),
            }
            decoded
                .diagnostics
                .extend(problems.into_iter().map(|p| Diagnostic::of_reader(file, p)));
        }
        decoded
    };
    let entries = node.as_mapping().unwrap_or_default();
    // Files are read side by side already: only a large one is worth splitting.
    if entries.len() <= 8 * CHUNK {
        return decode(entries);
    }
    let mut whole = Decoded {
        entries: Vec::with_capacity(entries.len()),
        broken: Vec::new(),
        diagnostics: Vec::new(),
    };
    for wave in entries.chunks(WAVE) {
        let chunks: Vec<Decoded<T>> = wave.par_chunks(CHUNK).map(decode).collect();
        for mut chunk in chunks {
            whole.entries.append(&mut chunk.entries);
            whole.broken.append(&mut chunk.broken);
            whole.diagnostics.append(&mut chunk.diagnostics);
        }
    }
    whole
}

/// Checks the leaves of the language for the reader.
fn check_leaf(name: &'static str, text: &str) -> Option<LeafProblem> {
    leaf::check(name, text).map(|(error, placeholder)| LeafProblem {
        code: error.code,
        message: error.message,
        help: error.help,
        placeholder: placeholder.to_owned(),
    })
}
