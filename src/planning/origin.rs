//! Origins: the file and line from which a resource, or one of its fields, came; also through
//! defaults. Found out only for what is shown: a file is parsed again when it is first asked about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::config::declaration::{Entry, Section};
use crate::config::problem::FileId;
use crate::config::project::Project;
use crate::config::yaml::{self, Limits, LineIndex, Node, Span};
use crate::engine::change::Change;
use crate::engine::desired::SourceRef;
use crate::model::address::{Address, Kind};
use crate::model::record::Provenance;
use crate::model::spec::Account;

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
struct File<'p> {
    path: &'p str,
    text: &'p str,
    index: LineIndex,
    parsed: OnceLock<Parsed<'p>>,
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
        let own = own_path(&change.address, path);
        if let Some(span) = self.own(source, |entry| find(entry, &own)) {
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

    /// Where a resource says something itself.
    fn own(&self, source: &SourceRef, pick: impl Fn(&Node<'_>) -> Option<Span>) -> Option<Span> {
        let file = self.file(source.file)?;
        // One entry of a thousand changed: the other ones need not be read again for it.
        if let Some(entry) = alone(file.text, source.offset) {
            let span = pick(&entry)?;
            let from = source.offset;
            return Some(Span::new(from + span.start, from + span.end));
        }
        pick(file.parsed().entries.get(&source.offset)?)
    }

    /// The default that fills a field of an account: its file's, then its organization's.
    fn default(&self, change: &Change, source: &SourceRef, path: &str) -> Option<Origin> {
        let pick = |node: &Node<'_>| find(node, path);
        if let Some(origin) = self.of_file(source.file, &pick) {
            return Some(origin);
        }
        let spec = change.spec.as_ref()?.value();
        let organization = spec.get("organization").and_then(serde_json::Value::as_str);
        if let Some(origin) = organization.and_then(|name| self.of_organization(name, &pick)) {
            return Some(origin);
        }
        if path == "payer" {
            let wanted = spec.get("payer")?.as_str()?;
            let payer = self.payer(change.address.provider()?, wanted)?;
            return Some(self.through(Some("the only payer"), payer.file, payer.span));
        }
        None
    }

    /// A default for accounts in a file.
    fn of_file(&self, file: FileId, pick: Pick<'_>) -> Option<Origin> {
        let known = self.file(file)?;
        let span = pick(known.parsed().defaults.as_ref()?)?;
        Some(self.through(Some("defaults"), file, span))
    }

    /// A default for an organization's accounts.
    fn of_organization(&self, name: &str, pick: Pick<'_>) -> Option<Origin> {
        let organization = self.project.estate.declaration.organizations.get(name)?;
        let file = self.file(organization.file)?;
        let node = file.parsed().entries.get(&organization.span.start)?;
        let span = pick(node.get("defaults")?)?;
        let through = Some("the organization's defaults");
        Some(self.through(through, organization.file, span))
    }

    /// File and line of a field of a declared thing; of the thing where it does not say the field. `path`
    /// is the field's, with dots.
    #[must_use]
    pub fn of_field(&self, source: &SourceRef, path: &str) -> Provenance {
        match self.own(source, |node| find(node, path)) {
            Some(span) => self.at(source.file, span.start),
            None => self.of(source),
        }
    }

    /// From where a declared account has a period of its cost centres; none where nothing says it. Without
    /// a period: where all of them are declared.
    #[must_use]
    pub fn of_period(&self, account: &Entry<Account>, period: Option<usize>) -> Option<Origin> {
        let source = SourceRef {
            section: Section::Accounts,
            file: account.file,
            offset: account.span.start,
        };
        let pick = |node: &Node<'_>| {
            let (key, value) = found(node, "cost_center")?;
            let periods = value.as_sequence();
            let own = periods.and_then(|periods| periods.get(period?));
            Some(own.map_or(key, |own| own.span))
        };
        if let Some(span) = self.own(&source, pick) {
            return Some(self.through(None, source.file, span));
        }
        let organization = account.value.organization.as_deref();
        self.of_file(account.file, &pick)
            .or_else(|| self.of_organization(organization?, &pick))
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
        self.file(file)
            .map(|known| Provenance {
                file: Some(known.path.to_owned()),
                line: u32::try_from(known.index.line_of(offset)).ok(),
                pull_request: None,
            })
            .unwrap_or_default()
    }

    fn file(&self, file: FileId) -> Option<Arc<File<'p>>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = files.get(&file) {
            return Some(Arc::clone(known));
        }
        let source = self.project.sources.get(file)?;
        // Whether the bytes are a text is found out here, once: asked for each of a million
        // declarations, that alone takes minutes.
        let text = source.text();
        let known = Arc::new(File {
            path: &source.path,
            text,
            index: LineIndex::new(text),
            parsed: OnceLock::new(),
        });
        files.insert(file, Arc::clone(&known));
        Some(known)
    }
}

impl<'p> File<'p> {
    fn parsed(&self) -> &Parsed<'p> {
        self.parsed.get_or_init(|| parse(self.text))
    }
}

/// The value of the entry whose key is at `offset`, parsed without the rest of its file. None where
/// it makes no sense alone: within braces, or with an alias.
fn alone(text: &str, offset: u32) -> Option<Node<'_>> {
    let (before, rest) = text.split_at_checked(offset as usize)?;
    let indent = before.rsplit('\n').next().unwrap_or(before);
    if indent.contains(|char| char != ' ') {
        return None;
    }
    let ends = |line: &str| {
        let inside = line.trim_start_matches(' ');
        let deeper = line.len() - inside.len() > indent.len();
        !deeper && !inside.trim_end().is_empty() && !inside.starts_with('#')
    };
    let mut lines = rest.split_inclusive('\n');
    let first = lines.next()?.len();
    let more = lines.take_while(|line| !ends(line)).map(str::len);
    let tree = yaml::parse(rest.get(..first + more.sum::<usize>())?, &Limits::default());
    let yaml::Value::Mapping(entries) = tree.ok()??.value else {
        return None;
    };
    match <[_; 1]>::try_from(entries) {
        Ok([(_, node)]) => Some(node),
        Err(_) => None,
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

/// Finds a place within an entry, or within defaults.
type Pick<'p> = &'p dyn Fn(&Node<'_>) -> Option<Span>;

/// The key of a path's end.
fn find(node: &Node<'_>, path: &str) -> Option<Span> {
    found(node, path).map(|(key, _)| key)
}

/// The key of a path's end, and the value behind it. Keys may hold dots themselves.
fn found<'n, 't>(node: &'n Node<'t>, path: &str) -> Option<(Span, &'n Node<'t>)> {
    for (key, value) in node.as_mapping()? {
        match path.strip_prefix(&*key.text) {
            Some("") => return Some((key.span, value)),
            Some(rest) => {
                if let Some(rest) = rest.strip_prefix('.')
                    && let Some(found) = found(value, rest)
                {
                    return Some(found);
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

    /// An entry alone is what it is within its file.
    #[test]
    fn an_entry_is_found_without_its_file() {
        let text = concat!(
            "defaults: {owner: a}\n",
            "accounts:\n",
            "  \"1\": {name: One, labels: {a: b}}\n",
            "  \"2\":\n    name: Two # two\n\n# a comment\n    owner: |\n      long\n\n     # still\n",
            "  \"3\":\n      name: >\n       x\n  \"4\": {name: Four,\n    owner: d}\n",
            "  \"5\": &five {name: Five}\n",
            "  \"6\": *five\n",
            "cost_centers: {CC-1: {name: x}, CC-2: {name: y}}\n",
            "budgets:\n  FY2027:\n    CC-1: 1\n    CC-2: 2\n",
        );
        let shape = |node: &Node<'_>, from: u32| {
            ["name", "owner", "labels.a"].map(|path| find(node, path).map(|at| at.start + from))
        };
        let mut without = Vec::new();
        for (offset, node) in parse(text).entries {
            match alone(text, offset) {
                Some(entry) => assert_eq!(shape(&entry, offset), shape(&node, 0), "{offset}"),
                None => without.push(text[offset as usize..].split(':').next().unwrap()),
            }
        }
        without.sort_unstable();
        assert_eq!(without, ["\"6\"", "CC-1", "CC-2"]);
    }

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
