//! A draft: the files as they would be, with accounts that nobody declared.

use std::collections::BTreeMap;

use crate::config::diagnostic::Diagnostic;
use crate::config::format::{self, NewAccount};
use crate::config::pattern::FilePattern;
use crate::config::problem::FileId;
use crate::config::project::{self, Project, Surroundings};
use crate::config::rules;
use crate::config::scaffold::SCHEMA_FILE_NAME;
use crate::config::source::Source;
use crate::model::id;
use crate::model::spec::AccountType;

use super::place::{CannotPlace, Places};
use super::{Survey, Undeclared};

/// What an import is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which file each account goes into; none: that with most of the organization's accounts.
    pub file: Option<FilePattern>,
    /// Whether closed and suspended accounts are declared too, where it is known since when.
    pub closed: bool,
}

/// The files as they would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// By path.
    pub files: Vec<FileDraft>,
    /// How many closed and suspended accounts are left out because the provider does not say since
    /// when.
    pub undated: usize,
    /// How many others of them because nobody asked for them.
    pub closed: usize,
    /// Accounts whose names cannot stand in a file: they look like a secret, or are no text.
    pub nameless: Vec<String>,
}

/// One file as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDraft {
    /// From the project's folder, with `/`.
    pub path: String,
    /// The text as it is; none where there is no such file.
    pub before: Option<String>,
    pub after: String,
    /// The accounts that it declares beyond those of before, by id.
    pub accounts: Vec<String>,
    /// Whether the text as it is was not as `fmt` writes it: all of it is, afterwards.
    pub formatted: bool,
}

impl Draft {
    /// Puts undeclared accounts of an organization, by its place in the declaration, into files.
    ///
    /// # Errors
    /// Where one has no place that it can be declared in.
    pub fn of(
        project: &Project,
        organization: u32,
        survey: &Survey,
        options: &Options,
    ) -> Result<Self, CannotPlace> {
        let mut draft = Self::default();
        let places = Places::new(project, organization, options.file.as_ref());
        let mut files: BTreeMap<String, Vec<&Undeclared>> = BTreeMap::new();
        for one in &survey.undeclared {
            if one.account.state.is_inactive() {
                if one.account.closed.is_none() {
                    draft.undated += 1;
                    continue;
                }
                if !options.closed {
                    draft.closed += 1;
                    continue;
                }
            }
            files.entry(places.of(one)?).or_default().push(one);
        }
        let author = Author {
            project,
            organization,
            payer: survey.payer.as_deref(),
        };
        for (path, accounts) in files {
            places.check(&path)?;
            let file = author.write(path, &accounts, &mut draft.nameless)?;
            draft.files.push(file);
        }
        Ok(draft)
    }

    /// How many accounts are declared by it.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.files.iter().map(|file| file.accounts.len()).sum()
    }

    /// The project as it would be: what is wrong with it is in its diagnostics.
    #[must_use]
    pub fn judged(&self, project: &Project, surroundings: &Surroundings) -> Project {
        let mut texts: Vec<Source> = Vec::with_capacity(project.sources.files.len());
        for source in &project.sources.files {
            let changed = self.files.iter().find(|file| file.path == source.path);
            let bytes = changed.map_or_else(
                || source.bytes.clone(),
                |file| file.after.clone().into_bytes(),
            );
            texts.push(Source {
                path: source.path.clone(),
                bytes,
            });
        }
        let new = self.files.iter().filter(|file| file.before.is_none());
        texts.extend(new.map(|file| Source {
            path: file.path.clone(),
            bytes: file.after.clone().into_bytes(),
        }));
        if let Some(others) = texts.get_mut(1..) {
            others.sort_by(|a, b| a.path.cmp(&b.path));
        }
        project::load_texts(&project.sources.root, texts, surroundings)
    }

    /// Errors of a project as it would be.
    pub fn errors(judged: &Project) -> impl Iterator<Item = &Diagnostic> {
        judged.diagnostics.iter().filter(|found| found.is_error())
    }
}

/// Writes the entries of one organization.
struct Author<'p> {
    project: &'p Project,
    organization: u32,
    /// The payer that listed the accounts.
    payer: Option<&'p str>,
}

impl Author<'_> {
    fn write(
        &self,
        path: String,
        accounts: &[&Undeclared],
        nameless: &mut Vec<String>,
    ) -> Result<FileDraft, CannotPlace> {
        let mut sources = self.project.sources.iter();
        let source = sources.find(|(_, source)| source.path == path);
        let organization = self.name();
        let payer = self.payer_beside(source.map(|(file, _)| file));
        let (several, given) = self.payers_of(source.map(|(file, _)| file));
        let own = source
            .is_some_and(|(file, _)| !self.gives(file))
            .then_some(organization);
        let mut entries = Vec::with_capacity(accounts.len());
        for one in accounts {
            let name = one.account.name.as_str();
            let fit = !name.is_empty() && !name.contains('\0') && rules::mask(name) == name;
            if !fit {
                nameless.push(one.account.id.clone());
            }
            entries.push(NewAccount {
                id: &one.account.id,
                name: fit.then_some(name),
                organization: own,
                payer: match one.payer.as_deref().filter(|_| several) {
                    Some(own) => Some(own).filter(|own| given.as_deref() != Some(*own)),
                    None => payer.filter(|_| source.is_some()),
                },
                closed: one.account.closed,
                account_type: one.account.account_type.map(AccountType::as_str),
                within: one.account.within.as_deref(),
            });
        }
        let ids = entries.iter().map(|entry| entry.id.to_owned()).collect();
        let Some((_, source)) = source else {
            let mut defaults = vec![("organization", organization)];
            // Where each says who pays for it, there is nothing to say for all.
            let all = payer.filter(|_| entries.iter().all(|entry| entry.payer.is_none()));
            defaults.extend(all.map(|payer| ("payer", payer)));
            let after = format::new_file(self.schema(&path).as_deref(), &defaults, &entries);
            return Ok(FileDraft {
                path,
                before: None,
                after,
                accounts: ids,
                formatted: false,
            });
        };
        let before = std::str::from_utf8(&source.bytes).unwrap_or_default();
        let after = format::add_accounts(before, &entries)
            .map_err(|error| CannotPlace::unfit(&path, &error.to_string()))?;
        Ok(FileDraft {
            formatted: format::format(before).is_ok_and(|formatted| formatted.changed),
            before: Some(before.to_owned()),
            path,
            after,
            accounts: ids,
        })
    }

    fn name(&self) -> &str {
        let organizations = self.project.estate.declaration.organizations.entries();
        &organizations[self.organization as usize].key
    }

    /// Whether the defaults of a file give the organization.
    fn gives(&self, file: FileId) -> bool {
        let estate = &self.project.estate;
        let defaults = estate.declaration.defaults.get(&file);
        defaults
            .and_then(|defaults| estate.organization(defaults.organization.as_deref()?))
            .is_some_and(|given| given == self.organization)
    }

    /// The payer that must be named, in a file or in a new one: where several bill the organization,
    /// or the file's defaults name one that does not.
    fn payer_beside(&self, file: Option<FileId>) -> Option<&str> {
        let estate = &self.project.estate;
        let declaration = &estate.declaration;
        let own = || {
            let payers = estate.payers.iter();
            payers.filter(|payer| payer.organization == Some(self.organization))
        };
        let asked = self.payer.or_else(|| own().next().map(|payer| &*payer.id));
        let defaults = file.and_then(|file| declaration.defaults.get(&file));
        if let Some(given) = defaults.and_then(|defaults| defaults.payer.as_deref()) {
            let is = |payer: &crate::config::estate::Resolved| {
                *payer.id == *id::canonical(payer.provider, given)
            };
            return if own().any(is) { None } else { asked };
        }
        let organization = &declaration.organizations.entries()[self.organization as usize];
        let given = organization.value.defaults.payer.is_some();
        asked.filter(|_| !given && own().count() > 1)
    }

    /// Whether several payers bill the organization, and the payer that a file's defaults give, by its
    /// canonical id.
    fn payers_of(&self, file: Option<FileId>) -> (bool, Option<String>) {
        let estate = &self.project.estate;
        let own = estate.payers.iter();
        let own = own.filter(|payer| payer.organization == Some(self.organization));
        let provider = own.clone().find_map(|payer| payer.provider);
        let defaults = file.and_then(|file| estate.declaration.defaults.get(&file));
        let given = defaults.and_then(|defaults| defaults.payer.as_deref());
        let given = given.map(|given| id::canonical(provider, given).into_owned());
        (own.count() > 1, given)
    }

    /// The line that leads editors to the schema, where it lies beside bursar.yaml.
    fn schema(&self, path: &str) -> Option<String> {
        let root = &self.project.sources.root;
        root.join(SCHEMA_FILE_NAME).is_file().then(|| {
            let up = "../".repeat(path.matches('/').count());
            format!("yaml-language-server: $schema={up}{SCHEMA_FILE_NAME}")
        })
    }
}
