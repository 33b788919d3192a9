//! One error of the schema in words: what is wrong, and how to write it instead. Where is known already.

use std::collections::BTreeMap;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value as Json;

use super::find::Finder;
use super::kind::type_error;
use super::words::{describe, list, parent_schema, properties, shown};
use super::{MOST_KEYS, intent};
use crate::config::declaration::PROJECT_FILE;
use crate::config::diagnostic::Diagnostic;
use crate::config::problem::{FileId, Severity};
use crate::config::source::PROJECT_FILE_NAME;
use crate::config::suggest;
use crate::config::yaml::{self, Node};
use crate::model::number::thousands;

/// All that is wrong with one value.
pub(super) fn all(
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

/// There is more than is told.
pub(super) fn more(id: FileId, span: yaml::Span, what: &str) -> Diagnostic {
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
    if let (Some("platform"), "octo") = (parent, key) {
        return format!(
            "this version registers into the local register (`platform: {{}}`) or onto Onicloud (`platform: {{onicloud: …}}`); `{key}` is not built yet"
        );
    }
    match suggest::closest(key, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "remove it: nothing may stand here".to_owned(),
        None => {
            let verb = if known.len() == 1 { "is" } else { "are" };
            format!("remove it; known here {verb} {}", list(known))
        }
    }
}
