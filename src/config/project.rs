//! A project: all its files, read and put together, with everything that is wrong with it.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::LazyLock;

use rayon::prelude::*;

use crate::model::settings::Settings;

use super::declaration::{Declaration, Entry, PROJECT_FILE, Section, Table, Unread};
use super::diagnostic::{self, Diagnostic};
use super::estate::Estate;
use super::problem::{FileId, Severity};
use super::reach;
use super::read::{self, File, Parts};
use super::rules;
use super::schema::Judge;
use super::source::{self, PROJECT_FILE_NAME, Source, Sources, Unreadable};
use super::yaml::{Limits, Span};

/// A project as declared.
#[derive(Debug)]
pub struct Project {
    pub sources: Sources,
    pub estate: Estate,
    /// Errors and warnings, in file order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Project {
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.estate.declaration.settings
    }
}

/// What the rules may ask about the surroundings of the files: found out when first asked.
pub struct Surroundings {
    tracked: LazyLock<HashSet<String>, Box<dyn FnOnce() -> HashSet<String> + Send>>,
    /// The ids of all checks. Empty: not known, so that no waiver is judged by them.
    pub checks: Vec<&'static str>,
}

impl Surroundings {
    /// `tracked` finds the paths that git tracks, relative to the project's folder.
    pub fn new(
        tracked: impl FnOnce() -> HashSet<String> + Send + 'static,
        checks: Vec<&'static str>,
    ) -> Self {
        Self {
            tracked: LazyLock::new(Box::new(tracked)),
            checks,
        }
    }

    /// Whether git tracks a file of the project.
    #[must_use]
    pub fn is_tracked(&self, path: &str) -> bool {
        self.tracked.contains(path)
    }
}

impl Default for Surroundings {
    fn default() -> Self {
        Self::new(HashSet::new, Vec::new())
    }
}

/// Reads a project from its folder on the disk.
///
/// Nothing is fatal: what cannot be read is a diagnostic, and the rest is read all the same.
#[must_use]
pub fn load(root: &Path, surroundings: &Surroundings) -> Project {
    let limit = Limits::default().file_bytes;
    let project_file = source::read(root, PROJECT_FILE_NAME, limit);
    let mut unreadable = Vec::new();
    let project_file = project_file.unwrap_or_else(|error| {
        unreadable.push(error);
        Source {
            path: PROJECT_FILE_NAME.to_owned(),
            bytes: Vec::new(),
        }
    });
    let judge = match Judge::get() {
        Ok(judge) => judge,
        Err(cause) => return broken_build(root, &cause),
    };
    let mut first = read::read(PROJECT_FILE, &project_file, judge);
    if !unreadable.is_empty() {
        first.unread = Parts::All;
    }
    let folders = first
        .settings
        .sources
        .clone()
        .unwrap_or_else(|| vec![".".to_owned()]);
    let paths = source::find(root, &folders).unwrap_or_else(|errors| {
        unreadable.extend(errors);
        Vec::new()
    });
    let read_one = |(at, path): (usize, &String)| match source::read(root, path, limit) {
        Ok(source) => {
            let file = read::read(FileId(at as u32 + 1), &source, judge);
            (source, file, None)
        }
        Err(error) => (
            Source {
                path: path.clone(),
                bytes: Vec::new(),
            },
            File {
                unread: Parts::All,
                ..File::default()
            },
            Some(error),
        ),
    };
    let read: Vec<_> = paths.par_iter().enumerate().map(read_one).collect();
    let mut sources = Sources {
        root: root.to_path_buf(),
        files: vec![project_file],
    };
    let mut files = vec![first];
    for (source, file, error) in read {
        sources.files.push(source);
        files.push(file);
        unreadable.extend(error);
    }
    assemble(sources, files, unreadable, surroundings)
}

/// The settings alone, for what must be known before the rest is read. Says nothing of what is
/// wrong with them: [`load`] does. None where nobody can tell from them where the state is: what
/// stands in for a section that is wrong would be another state.
#[must_use]
pub fn settings(root: &Path) -> Option<Settings> {
    let source = source::read(root, PROJECT_FILE_NAME, Limits::default().file_bytes);
    settings_of(&source.ok()?)
}

/// As [`settings`], from the text of a `bursar.yaml`.
#[must_use]
pub fn settings_of(source: &Source) -> Option<Settings> {
    let file = read::read(PROJECT_FILE, source, Judge::get().ok()?);
    match file.unread {
        read::Parts::All => None,
        read::Parts::Keys(keys) => (!keys.contains("state")).then_some(file.settings),
    }
}

/// Reads a project from texts: path and bytes, `bursar.yaml` first. For `diff`, which compares with
/// what git holds, and for tests.
#[must_use]
pub fn load_texts(root: &Path, texts: Vec<Source>, surroundings: &Surroundings) -> Project {
    of_texts(root, texts, surroundings, None).0
}

/// Reads what a pull request proposes: texts that nobody has merged yet. What is a matter of trust
/// among the settings is `trusted`, whatever the texts say; the settings as proposed come beside it.
#[must_use]
pub fn load_proposed(
    root: &Path,
    texts: Vec<Source>,
    surroundings: &Surroundings,
    trusted: &Settings,
) -> (Project, Settings) {
    of_texts(root, texts, surroundings, Some(trusted))
}

fn of_texts(
    root: &Path,
    mut texts: Vec<Source>,
    surroundings: &Surroundings,
    trusted: Option<&Settings>,
) -> (Project, Settings) {
    let judge = match Judge::get() {
        Ok(judge) => judge,
        Err(cause) => return (broken_build(root, &cause), Settings::default()),
    };
    let folders = texts
        .first()
        .and_then(|first| read::read(PROJECT_FILE, first, judge).settings.sources);
    if let Some(folders) = folders {
        let chosen = |path: &str| folders.iter().any(|folder| reach::is_below(path, folder));
        texts.retain(|text| text.path == PROJECT_FILE_NAME || chosen(&text.path));
    }
    let mut files: Vec<File> = texts
        .par_iter()
        .enumerate()
        .map(|(at, source)| read::read(FileId(at as u32), source, judge))
        .collect();
    let mut proposed = Settings::default();
    if let Some(first) = files.first_mut() {
        proposed.clone_from(&first.settings);
        if let Some(trusted) = trusted {
            first.settings.hold_to(trusted);
        }
    }
    let sources = Sources {
        root: root.to_path_buf(),
        files: texts,
    };
    let project = assemble(sources, files, Vec::new(), surroundings);
    (project, proposed)
}

/// Code of a project in a version of the language that is not known.
const NEWER: &str = "project.newer";

/// The sections that any file may have.
fn anywhere() -> impl Iterator<Item = Section> {
    let all = Section::ALL.into_iter();
    all.filter(|section| *section != Section::Credentials)
}

fn unread(parts: Parts, file: FileId, unread: &mut Unread) {
    match parts {
        Parts::All if file == PROJECT_FILE => {
            unread.project = true;
            unread.sections.extend(Section::ALL);
        }
        Parts::All => unread.sections.extend(anywhere()),
        Parts::Keys(keys) => {
            for key in keys {
                let section = Section::ALL.into_iter().find(|s| s.as_str() == key);
                unread.sections.extend(section);
                if file == PROJECT_FILE {
                    unread.settings.insert(key);
                }
            }
        }
    }
}

fn assemble(
    sources: Sources,
    files: Vec<File>,
    unreadable: Vec<Unreadable>,
    surroundings: &Surroundings,
) -> Project {
    let mut diagnostics: Vec<Diagnostic> = unreadable.iter().map(cannot_read).collect();
    let mut declaration = join(files, &mut diagnostics);
    if !unreadable.is_empty() {
        // A folder that could not be read may declare anything that is not a matter of trust.
        declaration.unread.sections.extend(anywhere());
    }
    let estate = Estate::resolve(declaration);
    let problems = rules::check(rules::Context {
        estate: &estate,
        sources: &sources,
        surroundings,
    });
    diagnostics.extend(diagnostic::locate(problems, &sources));
    // Of a newer language nothing else can be judged, but that secrets are none of its words.
    if diagnostics.iter().any(|found| found.code == NEWER) {
        diagnostics.retain(|found| found.code == NEWER || found.code.starts_with("secret."));
    }
    diagnostic::sort(&mut diagnostics);
    Project {
        sources,
        estate,
        diagnostics,
    }
}

fn broken_build(root: &Path, cause: &str) -> Project {
    let sources = Sources {
        root: root.to_path_buf(),
        files: Vec::new(),
    };
    let estate = Estate::resolve(join(Vec::new(), &mut Vec::new()));
    let diagnostic = Diagnostic::of_project(
        "internal",
        format!("the schema of this build cannot be used: {cause}"),
        "this is a fault of bursar: please report it",
    );
    Project {
        sources,
        estate,
        diagnostics: vec![diagnostic],
    }
}

/// An unreadable file or folder as a diagnostic.
#[must_use]
pub fn cannot_read(error: &Unreadable) -> Diagnostic {
    let help = match error.cause.kind() {
        std::io::ErrorKind::NotFound if error.path == PROJECT_FILE_NAME => {
            "run `bursar init` to make a project here, or name its folder with `-C`"
        }
        std::io::ErrorKind::NotFound => "correct `sources:` in bursar.yaml, or create the folder",
        std::io::ErrorKind::PermissionDenied => {
            "give the user that runs bursar the right to read it"
        }
        _ => "see to it that this is a readable file",
    };
    Diagnostic::of_project(
        "source.unreadable",
        format!("cannot read {}: {}", error.path, error.cause),
        help,
    )
}

/// Puts the files together: entries of a section are united by key.
fn join(files: Vec<File>, diagnostics: &mut Vec<Diagnostic>) -> Declaration {
    let mut settings = Settings::default();
    let mut defaults = BTreeMap::new();
    let mut broken = std::collections::BTreeSet::new();
    let mut not_read = Unread::default();
    let mut whole = File::default();
    // Accounts are many: room for all of them at once, rather than moving them again and again; and
    // where one file has them all, they stay where they are.
    let each = || files.iter().map(|file| file.accounts.len());
    let all: usize = each().sum();
    if each().all(|some| some < all) {
        whole.accounts.reserve(all);
    }
    for (at, mut file) in files.into_iter().enumerate() {
        if at == 0 {
            settings = file.settings;
        }
        if let Some(value) = file.defaults {
            defaults.insert(FileId(at as u32), value);
        }
        broken.extend(file.broken);
        unread(file.unread, FileId(at as u32), &mut not_read);
        diagnostics.append(&mut file.diagnostics);
        read::unite(&mut whole.credentials, file.credentials);
        read::unite(&mut whole.organizations, file.organizations);
        read::unite(&mut whole.payers, file.payers);
        read::unite(&mut whole.accounts, file.accounts);
        read::unite(&mut whole.cost_centers, file.cost_centers);
        read::unite(&mut whole.budgets, file.budgets);
        read::unite(&mut whole.shared_costs, file.shared_costs);
        read::unite(&mut whole.removed, file.removed);
    }
    Declaration {
        settings,
        defaults,
        broken,
        unread: not_read,
        credentials: table(Section::Credentials, whole.credentials, diagnostics),
        organizations: table(Section::Organizations, whole.organizations, diagnostics),
        payers: table(Section::Payers, whole.payers, diagnostics),
        accounts: table(Section::Accounts, whole.accounts, diagnostics),
        cost_centers: table(Section::CostCenters, whole.cost_centers, diagnostics),
        budgets: table(Section::Budgets, whole.budgets, diagnostics),
        shared_costs: table(Section::SharedCosts, whole.shared_costs, diagnostics),
        removed: table(Section::Removed, whole.removed, diagnostics),
    }
}

fn table<T>(section: Section, entries: Vec<Entry<T>>, diagnostics: &mut Vec<Diagnostic>) -> Table<T>
where
    T: Send,
{
    let table = Table::new(section, entries);
    for pair in table.entries().windows(2) {
        let [first, second] = pair else { continue };
        if first.key == second.key && first.year == second.year {
            let mut diagnostic = twice(section, &second.key, (second.file, second.span));
            diagnostic
                .related
                .push(((first.file, first.span), "declared here first".to_owned()));
            diagnostics.push(diagnostic);
        }
    }
    table
}

fn twice(section: Section, key: &str, place: (FileId, Span)) -> Diagnostic {
    Diagnostic {
        code: "declared.twice",
        severity: Severity::Error,
        place: Some(place),
        message: format!("`{key}` is declared twice below `{}`", section.as_str()),
        label: Some("declared again".to_owned()),
        help: "keep one of the two".to_owned(),
        related: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
