//! What was meant: values of a shape that people expect, and that is written otherwise here. Each
//! gives one error in place of those of the schema, and says how to write it. Values are shown only
//! where they cannot be a secret.

use std::collections::BTreeMap;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value as Json;

use super::MOST_KEYS;
use super::words::{describe, list, parent_schema, properties, shown};
use crate::config::rules::mask;
use crate::config::suggest;
use crate::config::yaml::{Node, Span};

/// A better account of what is wrong with one value.
pub struct Intent {
    pub code: &'static str,
    /// The key to mark; none: the value.
    pub span: Option<Span>,
    pub message: String,
    pub label: &'static str,
    pub help: String,
}

/// What was meant by a value that the schema refuses, where that is known.
pub fn of(
    node: &Node<'_>,
    path: &[String],
    errors: &[ValidationError<'_>],
    schema: &Json,
) -> Option<Intent> {
    let steps: Vec<&str> = path.iter().map(String::as_str).collect();
    let known = |error: &ValidationError<'_>| properties(parent_schema(schema, error));
    let (mut unknown, mut wrong_type) = (None, None);
    for error in errors {
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                unknown = Some((unexpected, known(error)));
            }
            ValidationErrorKind::Type { .. } => wrong_type = Some(known(error)),
            _ => {}
        }
    }
    if let Some((unexpected, known)) = unknown {
        return match steps.as_slice() {
            ["credentials", _] => kind("credential", unexpected, &known, node),
            ["payers", _, "exports", _] => kind("export", unexpected, &known, node),
            [.., "cost_center"] | [.., "cost_center", _] if known.contains(&"split") => split(node),
            _ => None,
        };
    }
    let known = wrong_type?;
    let text = &node.as_scalar()?.text;
    let help = match steps.as_slice() {
        ["credentials", _] if known.contains(&"aws_default") => word(text, &known),
        ["payers", _, "exports", _] if known.contains(&"cur") => word(text, &known),
        ["cost_centers", _] => match plain(text) {
            Some(name) => format!("write `{{name: {name}}}`"),
            None => "write its name as `{name: …}`".to_owned(),
        },
        ["removed", _] => match &**text {
            action @ ("delete" | "forget") => format!("write `{{action: {action}}}`"),
            _ => "write `{action: forget}` or `{action: delete}`".to_owned(),
        },
        _ => return None,
    };
    Some(Intent {
        code: "schema.type",
        span: None,
        message: format!("{} is text, not a map", name(path)),
        label: "text",
        help,
    })
}

fn name(path: &[String]) -> String {
    path.last()
        .map_or_else(|| "the file".to_owned(), |key| format!("`{}`", shown(key)))
}

/// A kind that there is not, of credentials or exports.
fn kind(noun: &str, unexpected: &[String], known: &[&str], node: &Node<'_>) -> Option<Intent> {
    // Of several keys one may be right: the schema says that only one may be.
    let [key] = unexpected else { return None };
    if node.as_mapping()?.len() > 1 {
        return None;
    }
    let begins = format!("{key}_");
    let near: Vec<&str> = match known.iter().filter(|word| word.starts_with(&begins)) {
        some if some.clone().next().is_some() => some.copied().collect(),
        _ => suggest::closest(key, known.iter().copied())
            .into_iter()
            .collect(),
    };
    let help = match near.as_slice() {
        [] => format!("give one of {}", list(known)),
        [near] => format!("did you mean `{near}`?"),
        several => format!("did you mean one of {}?", list(several)),
    };
    Some(Intent {
        code: "schema.unknown-key",
        span: node.entry(key).map(|(key, _)| key.span),
        message: format!("no kind of {noun} is called `{}`", shown(key)),
        label: "unknown kind",
        help,
    })
}

/// A kind that stands alone, without the map that it needs. Any other text may be a secret.
fn word(text: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .find(|word| **word == text)
        .copied()
        .or_else(|| suggest::closest(text, known.iter().copied()));
    match near {
        Some(word) if word.ends_with("_default") || word == "partner_billing" => {
            format!("write `{{{word}: {{}}}}`")
        }
        Some(word) => format!("write `{{{word}: {{…}}}}`"),
        None => format!(
            "write `{{KIND: {{…}}}}`, where KIND is one of {}",
            list(known)
        ),
    }
}

/// Shares without the word that says so: `{CC-100: 60, CC-200: 40}`.
fn split(node: &Node<'_>) -> Option<Intent> {
    const MOST: usize = 4;
    let entries = node.as_mapping()?;
    let words = ["cost_center", "split", "from"];
    let number = |text: &str| {
        !text.is_empty() && text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    let mut parts = Vec::new();
    for (key, value) in entries {
        let percent = &value.as_scalar()?.text;
        if words.contains(&&*key.text) || !number(percent) {
            return None;
        }
        parts.push(format!("{}: {percent}", plain(&key.text)?));
    }
    if parts.len() > MOST {
        parts.truncate(MOST);
        parts.push("…".to_owned());
    }
    Some(Intent {
        code: "schema.unknown-key",
        span: None,
        message: "`cost_center` names parts without saying that they are a split".to_owned(),
        label: "a split?",
        help: format!("write `{{split: {{{}}}}}`", parts.join(", ")),
    })
}

/// Text that can be shown as it is: short, harmless, and needing no quotes.
fn plain(text: &str) -> Option<&str> {
    let ends = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let harmless = text.len() <= 40
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || " ._-&/()".contains(c))
        && ends(text.chars().next())
        && !text.ends_with(' ')
        && *mask(text) == *text;
    harmless.then_some(text)
}

/// Unknown keys that stand for missing ones: by an ending or a beginning, by likeness, or because
/// the missing one is described so. The error about the missing one then says nothing new.
pub fn meant<'e>(errors: &'e [ValidationError<'_>], schema: &Json) -> BTreeMap<&'e str, String> {
    let mut missing = Vec::new();
    let mut unknown: Vec<&str> = Vec::new();
    let mut around = None;
    for error in errors {
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                missing.extend(property.as_str());
                around = parent_schema(schema, error);
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                unknown.extend(unexpected.iter().take(MOST_KEYS).map(String::as_str));
            }
            _ => {}
        }
    }
    let mut meant = BTreeMap::new();
    for key in unknown {
        let part = |word: &&&str| {
            word.strip_suffix(key)
                .is_some_and(|rest| rest.ends_with('_'))
                || word
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with('_'))
        };
        let described = |word: &&&str| {
            let text = describe(around, word).unwrap_or_default().to_lowercase();
            text.split(|c: char| !c.is_alphanumeric())
                .any(|word| word == key)
        };
        let near = missing
            .iter()
            .find(part)
            .copied()
            .or_else(|| suggest::closest(key, missing.iter().copied()))
            .or_else(|| {
                let mut fitting = missing.iter().filter(described);
                let first = fitting.next()?;
                fitting.next().is_none().then_some(*first)
            });
        if let Some(near) = near {
            missing.retain(|word| *word != near);
            meant.insert(key, near.to_owned());
        }
    }
    meant
}
