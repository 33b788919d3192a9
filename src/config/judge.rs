//! What the schema says of a file, in people's words: each error with its place and a way out.

mod intent;

use std::collections::{BTreeMap, HashMap, HashSet};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use rayon::prelude::*;
use serde_json::Value as Json;

use super::declaration::{PROJECT_FILE, Section};
use super::diagnostic::Diagnostic;
use super::problem::{FileId, Severity};
use super::schema::Judge;
use super::source::PROJECT_FILE_NAME;
use super::suggest;
use super::yaml::{self, Key, Node};
use crate::model::number::thousands;

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

/// There is more than is told.
fn more(id: FileId, span: yaml::Span, what: &str) -> Diagnostic {
    Diagnostic {
        code: "schema.many-errors",
        severity: Severity::Error,
        place: Some((id, yaml::Span::new(span.start, span.start))),
        message: format!("this file has {what} that are not told"),
        label: None,
        help: "mend those that are told first: most of the others will be alike".to_owned(),
        related: Vec::new(),
    }
}

/// The steps of a JSON pointer.
fn steps(pointer: &str) -> Vec<String> {
    pointer
        .split('/')
        .skip(1)
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// All that is wrong with one value.
fn all(
    id: FileId,
    found: Option<yaml::Found<'_, '_>>,
    path: &[String],
    errors: &[ValidationError<'_>],
    schema: &Json,
) -> Vec<Diagnostic> {
    let Some(found) = found else {
        return Vec::new();
    };
    if let Some(intent) = intent::of(found.node, path, errors, schema) {
        return vec![Diagnostic {
            code: intent.code,
            severity: Severity::Error,
            place: Some((id, intent.span.unwrap_or(found.node.span))),
            message: intent.message,
            label: Some(intent.label.to_owned()),
            help: intent.help,
            related: Vec::new(),
        }];
    }
    let meant = intent::meant(errors, schema);
    let said = |error: &&ValidationError<'_>| match error.kind() {
        ValidationErrorKind::Required { property } => !meant
            .values()
            .any(|key| property.as_str() == Some(key.as_str())),
        _ => true,
    };
    errors
        .iter()
        .filter(said)
        .flat_map(|error| explain(id, found, path, error, &meant, schema))
        .collect()
}

fn explain(
    id: FileId,
    found: yaml::Found<'_, '_>,
    path: &[String],
    error: &ValidationError<'_>,
    meant: &BTreeMap<&str, String>,
    schema: &Json,
) -> Vec<Diagnostic> {
    let name = path
        .last()
        .map_or_else(|| "the file".to_owned(), |key| format!("`{key}`"));
    let here = found
        .key
        .filter(|_| found.node.as_scalar().is_none())
        .unwrap_or(found.node.span);
    let make = |code, span, message: String, label: &str, help: String| Diagnostic {
        code,
        severity: Severity::Error,
        place: Some((id, span)),
        message,
        label: (!label.is_empty()).then(|| label.to_owned()),
        help,
        related: Vec::new(),
    };
    let keyword = parent_schema(schema, error);
    match error.kind() {
        // Of a map in which nothing may stand the validator says just that something does.
        ValidationErrorKind::AdditionalProperties { .. } | ValidationErrorKind::FalseSchema => {
            let known = properties(keyword);
            let unexpected: Vec<&str> = match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected } => {
                    unexpected.iter().map(String::as_str).collect()
                }
                _ => {
                    let keys = found.node.as_mapping().unwrap_or_default();
                    keys.iter().map(|(key, _)| &*key.text).collect()
                }
            };
            let rest = unexpected.len().saturating_sub(MOST_KEYS);
            let rest = (rest > 0)
                .then(|| more(id, here, &format!("{} more unknown keys", thousands(rest))));
            let mut finder = Finder::default();
            let entries = found.node.as_mapping().unwrap_or_default();
            unexpected
                .into_iter()
                .take(MOST_KEYS)
                .map(|key| {
                    let entry = finder.entry(entries, key);
                    let span = entry.map_or(here, |(key, _)| key.span);
                    let help = match meant.get(key) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => unknown_key_help(key, &known, path),
                    };
                    make(
                        "schema.unknown-key",
                        span,
                        format!("{name} has no key `{}`", shown(key)),
                        "unknown key",
                        help,
                    )
                })
                .chain(rest)
                .collect()
        }
        ValidationErrorKind::Required { property } => {
            let missing = property.as_str().unwrap_or_default();
            let help = match describe(keyword, missing) {
                Some(text) => format!("add `{missing}:` ({})", text.trim_end_matches('.')),
                None => format!("add `{missing}:`"),
            };
            vec![make(
                "schema.required",
                here,
                format!("{name} lacks `{missing}`"),
                "needs more",
                help,
            )]
        }
        ValidationErrorKind::Type { kind } => {
            vec![type_error(make, &name, found.node, here, kind, keyword)]
        }
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MaxProperties { .. } => {
            let known = properties(keyword);
            let many = found
                .node
                .as_mapping()
                .is_some_and(|entries| entries.len() > 1);
            let message = if many {
                format!("{name} has several keys where one belongs")
            } else {
                format!("{name} is empty")
            };
            let help = format!(
                "give {} {}",
                if many { "just one of" } else { "one of" },
                list(&known)
            );
            vec![make("schema.one-key", here, message, "", help)]
        }
        ValidationErrorKind::Enum { options } => {
            let words: Vec<&str> = options
                .as_array()
                .map(|all| all.iter().filter_map(Json::as_str).collect())
                .unwrap_or_default();
            vec![make(
                "schema.value",
                here,
                format!("{name} has a value that is not allowed"),
                "not allowed",
                word_help(found.node, &words),
            )]
        }
        ValidationErrorKind::Pattern { .. } => {
            let words: Vec<&str> = keyword
                .and_then(|schema| schema.get("examples"))
                .and_then(Json::as_array)
                .map(|all| all.iter().filter_map(Json::as_str).collect())
                .unwrap_or_default();
            // A word, or a map with one key.
            let maps = properties(keyword);
            let help = if maps.is_empty() {
                word_help(found.node, &words)
            } else {
                let maps: Vec<String> =
                    maps.iter().map(|key| format!("{{{key}: {{…}}}}")).collect();
                let near = found.node.as_scalar().and_then(|scalar| {
                    let text = &*scalar.text;
                    let map = maps
                        .iter()
                        .find(|map| text.len() > 2 && map[1..].starts_with(text));
                    map.map(String::as_str)
                        .or_else(|| suggest::closest(text, words.iter().copied()))
                });
                let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                let allowed: Vec<&str> = words
                    .iter()
                    .copied()
                    .chain(maps.iter().map(String::as_str))
                    .collect();
                let first = if near.is_empty() {
                    "allowed"
                } else {
                    "Allowed"
                };
                format!("{near}{first} are {}", list(&allowed))
            };
            vec![make(
                "schema.value",
                here,
                format!("{name} has a value that is not allowed"),
                "not allowed",
                help,
            )]
        }
        ValidationErrorKind::Minimum { limit } => {
            vec![make(
                "schema.value",
                here,
                format!("{name} is too small"),
                "",
                format!("give a number from {limit}"),
            )]
        }
        ValidationErrorKind::Maximum { limit }
            if id == PROJECT_FILE && matches!(path, [key] if key == "version") =>
        {
            let version = found.node.as_scalar().map_or("", |scalar| &*scalar.text);
            vec![make(
                "project.newer",
                here,
                format!(
                    "{PROJECT_FILE_NAME} is written in version {} of the language, and this bursar knows {limit}",
                    shown(version)
                ),
                "newer",
                format!(
                    "use a newer bursar: this one is {}",
                    env!("CARGO_PKG_VERSION")
                ),
            )]
        }
        ValidationErrorKind::Maximum { limit } => {
            vec![make(
                "schema.value",
                here,
                format!("{name} is too large"),
                "",
                format!("give a number up to {limit}"),
            )]
        }
        ValidationErrorKind::MinItems { .. } => {
            vec![make(
                "schema.value",
                here,
                format!("{name} is empty"),
                "",
                "add an item, or leave the key out".to_owned(),
            )]
        }
        other => {
            let keyword = format!("{other:?}");
            let keyword = keyword.split([' ', '{', '(']).next().unwrap_or_default();
            vec![make(
                "schema.value",
                here,
                format!("{name} is not as the schema wants it"),
                "",
                format!("see `{keyword}` in `bursar schema`"),
            )]
        }
    }
}

/// A value of the wrong type. Where a reference to a secret belongs, says so, and shows no value.
fn type_error(
    make: impl Fn(&'static str, yaml::Span, String, &str, String) -> Diagnostic,
    name: &str,
    node: &Node<'_>,
    here: yaml::Span,
    kind: &TypeKind,
    keyword: Option<&Json>,
) -> Diagnostic {
    let reference = keyword
        .and_then(|schema| schema.get("properties"))
        .is_some_and(|p| p.get("env").is_some() && p.get("exec").is_some());
    if reference && node.as_scalar().is_some() {
        return make(
            "secret.literal",
            here,
            format!("{name} holds a value where a reference to a secret belongs"),
            "a value",
            "remove the value (and replace it at the provider, if it was committed), then refer to it: `{env: NAME}`, `{file: path}` or `{exec: [command]}`".to_owned(),
        );
    }
    let wanted: Vec<String> = match kind {
        TypeKind::Single(kind) => vec![type_name(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(type_name).collect(),
    };
    let mut wanted: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|kind| *kind != "nothing")
        .collect();
    wanted.dedup();
    let found = match node.as_scalar() {
        Some(scalar) => match scalar.kind() {
            yaml::Kind::Text => "text",
            yaml::Kind::Null => "nothing",
            yaml::Kind::Bool(_) => "true or false",
            _ => "a number",
        },
        None if node.as_mapping().is_some() => "a map",
        None => "a list",
    };
    let help = if found == "true or false" && wanted.contains(&"text") {
        "put the value in quotes to make it text".to_owned()
    } else {
        format!("write {} here", wanted.join(" or "))
    };
    make(
        "schema.type",
        here,
        format!("{name} is {found}, not {}", wanted.join(" or ")),
        found,
        help,
    )
}

fn type_name(kind: JsonType) -> String {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        // A number is wanted as such only where text is not: then "text" stands beside it.
        JsonType::Number => "text",
        JsonType::Object => "a map",
        JsonType::String => "text",
    }
    .to_owned()
}

fn word_help(node: &Node<'_>, words: &[&str]) -> String {
    // The formats of OCI's reports.
    let ended = words == ["focus", "cost"];
    if ended
        && node
            .as_scalar()
            .is_some_and(|scalar| scalar.text == "usage")
    {
        return "Oracle ended usage reports in 2025: write `focus` or `cost`, which hold what they \
                held, and costs"
            .to_owned();
    }
    let near = node
        .as_scalar()
        .and_then(|scalar| suggest::closest(&scalar.text, words.iter().copied()));
    match near {
        Some(word) => format!("did you mean `{word}`? Allowed are {}", list(words)),
        None => format!("allowed are {}", list(words)),
    }
}

/// Words that people expect and that are not built, or mean something else here.
fn unknown_key_help(key: &str, known: &[&str], path: &[String]) -> String {
    let parent = path.last().map(String::as_str);
    match (parent, key) {
        (Some("platform"), "octo" | "onicloud") => {
            return format!(
                "this version registers into the local register only (`platform: {{}}`); `{key}` is not built yet"
            );
        }
        (Some("state"), "s3" | "gcs" | "azure_blob") => {
            return format!(
                "this version keeps its state in `.bursar/` only (`state: {{}}`); `{key}` is not built yet"
            );
        }
        _ => {}
    }
    match suggest::closest(key, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "remove it: nothing may stand here".to_owned(),
        None => format!("remove it; known here are {}", list(known)),
    }
}

fn list(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn shown(key: &str) -> String {
    key.chars().take(40).collect()
}

/// The schema around the keyword that failed.
fn parent_schema<'s>(schema: &'s Json, error: &ValidationError<'_>) -> Option<&'s Json> {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    // Both validators' schemas hold the definitions below `$defs`.
    let local = parent.find("/$defs/").map_or(parent, |at| &parent[at..]);
    let target = schema.pointer(local)?;
    match target.get("$ref").and_then(Json::as_str) {
        Some(reference) => schema.pointer(reference.trim_start_matches('#')),
        None => Some(target),
    }
}

fn properties(schema: Option<&Json>) -> Vec<&str> {
    schema
        .and_then(|schema| schema.get("properties"))
        .and_then(Json::as_object)
        .map(|properties| properties.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

fn describe<'s>(schema: Option<&'s Json>, property: &str) -> Option<&'s str> {
    schema?
        .get("properties")?
        .get(property)?
        .get("description")?
        .as_str()
}

/// Follows paths, and remembers where the entries of large maps are: as many paths may lead through one.
#[derive(Default)]
struct Finder<'n> {
    /// By the address of the map's first entry.
    maps: HashMap<usize, HashMap<&'n str, usize>>,
}

impl<'n> Finder<'n> {
    fn find<'t>(&mut self, tree: &'n Node<'t>, path: &[String]) -> Option<yaml::Found<'n, 't>> {
        let mut found = yaml::find(tree, &[])?;
        for step in path {
            if let Some(entries) = found.node.as_mapping() {
                let (key, node) = self.entry(entries, step)?;
                found = yaml::Found {
                    key: Some(key.span),
                    node,
                };
            } else {
                let index = yaml::Segment::Index(step.parse().ok()?);
                found = yaml::find(found.node, &[index])?;
            }
        }
        Some(found)
    }

    fn entry<'t>(
        &mut self,
        entries: &'n [(Key<'t>, Node<'t>)],
        name: &str,
    ) -> Option<&'n (Key<'t>, Node<'t>)> {
        const FEW: usize = 64;
        if entries.len() <= FEW {
            return entries.iter().find(|(key, _)| key.text == name);
        }
        let places = self.maps.entry(entries.as_ptr().addr()).or_insert_with(|| {
            let keys = entries.iter().enumerate();
            keys.map(|(at, (key, _))| (&*key.text, at)).collect()
        });
        entries.get(*places.get(name)?)
    }
}
