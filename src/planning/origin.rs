//! Origins: the file and line from which a resource, or one of its fields, came; also through
//! defaults. Found out only for what is shown: a file is parsed again when it is first asked about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::declaration::Entry;
use crate::config::problem::FileId;
use crate::config::project::Project;
use crate::config::yaml::{self, Limits, LineIndex, Node, Span};
use crate::engine::change::Change;
use crate::engine::desired::SourceRef;
use crate::model::address::{Address, Kind};
use crate::model::record::Provenance;

/// From where a field's value came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub at: Provenance,
    /// What it came through, where the resource does not say it itself: `defaults`,
    /// `the organization's defaults`, `the only payer`.
    pub through: Option<&'static str>,
}

/// Leads from declarations to files and lines.
pub struct Lines<'p> {
    project: &'p Project,
    files: Mutex<HashMap<FileId, Arc<File<'p>>>>,
}

/// A file, as far as it was looked into.
#[derive(Default)]
struct File<'p> {
    index: Option<LineIndex>,
    parsed: std::sync::OnceLock<Parsed<'p>>,
}

/// The values of a file's entries by the first byte of their keys, and its defaults.
#[derive(Default)]
struct Parsed<'p> {
    entries: HashMap<u32, Node<'p>>,
    defaults: Option<Node<'p>>,
}

impl<'p> Lines<'p> {
    #[must_use]
    pub fn new(project: &'p Project) -> Self {
        Self {
            project,
            files: Mutex::default(),
        }
    }

    /// File and line of a declaration.
    #[must_use]
    pub fn of(&self, source: &SourceRef) -> Provenance {
        self.at(source.file, source.offset)
    }

    /// File and line of a change: where it is declared, or was.
    #[must_use]
    pub fn of_change(&self, change: &Change) -> Provenance {
        match (&change.source, &change.before) {
            (Some(source), _) => self.of(source),
            (None, Some(record)) => record.provenance.clone(),
            (None, None) => Provenance::default(),
        }
    }

    /// From where the present value of a changed field came. `path` is the field's, with dots. A
    /// field that is no longer declared comes from the place where it would stand.
    #[must_use]
    pub fn origin(&self, change: &Change, path: &str) -> Origin {
        let Some(source) = &change.source else {
            return Origin::default();
        };
        let own = self.parsed(source.file);
        let whole = own_path(&change.address, path);
        if let Some(node) = own.entries.get(&source.offset)
            && let Some(span) = find(node, &whole)
        {
            return self.through(None, source.file, span);
        }
        if change.kind() == Kind::Account
            && let Some(origin) = self.default(change, source, path)
        {
            return origin;
        }
        Origin {
            at: self.of(source),
            through: None,
        }
    }

    /// The default that fills a field of an account: its file's, then its organization's.
    fn default(&self, change: &Change, source: &SourceRef, path: &str) -> Option<Origin> {
        let declaration = &self.project.estate.declaration;
        if let Some(defaults) = &self.parsed(source.file).defaults
            && let Some(span) = find(defaults, path)
        {
            return Some(self.through(Some("defaults"), source.file, span));
        }
        let spec = change.spec.as_ref()?.value();
        let organization = spec
            .get("organization")
            .and_then(serde_json::Value::as_str)
            .and_then(|name| declaration.organizations.get(name))?;
        let parsed = self.parsed(organization.file);
        if let Some(node) = parsed.entries.get(&organization.span.start)
            && let Some(defaults) = node.get("defaults")
            && let Some(span) = find(defaults, path)
        {
            let through = Some("the organization's defaults");
            return Some(self.through(through, organization.file, span));
        }
        if path == "payer" {
            let wanted = spec.get("payer")?.as_str()?;
            let payer = self.payer(change.address.provider()?, wanted)?;
            return Some(self.through(Some("the only payer"), payer.file, payer.span));
        }
        None
    }

    fn payer(
        &self,
        provider: crate::model::provider::Provider,
        id: &str,
    ) -> Option<&Entry<crate::model::spec::Payer>> {
        let estate = &self.project.estate;
        let mut all = estate.declaration.payers.iter().zip(&estate.payers);
        all.find(|(_, resolved)| resolved.provider == Some(provider) && *resolved.id == *id)
            .map(|(entry, _)| entry)
    }

    fn through(&self, through: Option<&'static str>, file: FileId, span: Span) -> Origin {
        Origin {
            at: self.at(file, span.start),
            through,
        }
    }

    fn at(&self, file: FileId, offset: u32) -> Provenance {
        let Some(source) = self.project.sources.get(file) else {
            return Provenance::default();
        };
        let known = self.file(file);
        let line = known
            .index
            .as_ref()
            .map(|index| index.position(source.text(), offset).0);
        Provenance {
            file: Some(source.path.clone()),
            line: line.and_then(|line| u32::try_from(line).ok()),
        }
    }

    fn file(&self, file: FileId) -> Arc<File<'p>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let project = self.project;
        let load = || {
            Arc::new(File {
                index: project.sources.get(file).map(|s| LineIndex::new(s.text())),
                parsed: std::sync::OnceLock::new(),
            })
        };
        files.entry(file).or_insert_with(load).clone()
    }

    fn parsed(&self, file: FileId) -> Opened<'p> {
        Opened {
            file: self.file(file),
            text: self.project.sources.text(file),
        }
    }
}

/// A file that is parsed by the time it is looked into.
struct Opened<'p> {
    file: Arc<File<'p>>,
    text: &'p str,
}

impl<'p> std::ops::Deref for Opened<'p> {
    type Target = Parsed<'p>;

    fn deref(&self) -> &Parsed<'p> {
        self.file.parsed.get_or_init(|| parse(self.text))
    }
}

fn parse(text: &str) -> Parsed<'_> {
    let mut parsed = Parsed::default();
    let Ok(Some(tree)) = yaml::parse(text, &Limits::default()) else {
        return parsed;
    };
    let yaml::Value::Mapping(sections) = tree.value else {
        return parsed;
    };
    for (section, node) in sections {
        if section.text == "defaults" {
            parsed.defaults = Some(node);
            continue;
        }
        let yaml::Value::Mapping(entries) = node.value else {
            continue;
        };
        for (key, node) in entries {
            match node.value {
                // Budgets stand below their fiscal year.
                yaml::Value::Mapping(inner) if section.text == "budgets" => {
                    parsed
                        .entries
                        .extend(inner.into_iter().map(|(key, node)| (key.span.start, node)));
                }
                _ => {
                    parsed.entries.insert(key.span.start, node);
                }
            }
        }
    }
    parsed
}

/// The path of a resource's field in the entry that declares it.
fn own_path(address: &Address, path: &str) -> String {
    match address.kind() {
        Kind::Export => format!("exports.{}.{path}", address.last()),
        Kind::Recommendations => "recommendations".to_owned(),
        _ => path.to_owned(),
    }
}

/// The key of a path's end. Keys may hold dots themselves.
fn find(node: &Node<'_>, path: &str) -> Option<Span> {
    for (key, value) in node.as_mapping()? {
        match path.strip_prefix(&*key.text) {
            Some("") => return Some(key.span),
            Some(rest) => {
                if let Some(rest) = rest.strip_prefix('.')
                    && let Some(span) = find(value, rest)
                {
                    return Some(span);
                }
            }
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_dots_are_found() {
        let text = "labels: {a.b: 1, a: {b.c: 2}}\n";
        let tree = yaml::parse(text, &Limits::default()).unwrap().unwrap();
        let found = |path| find(&tree, path).map(|span| span.of(text));
        assert_eq!(found("labels.a.b"), Some("a.b"));
        assert_eq!(found("labels.a.b.c"), Some("b.c"));
        assert_eq!(found("labels.c"), None);
    }
}
