//! Quotes: ids always get them, other texts where some YAML tool would read something else.
//!
//! What is a text is read off the schema; amounts and percentages are texts too, but stay as they are.

use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::config::declaration::Section;
use crate::config::schema;
use crate::config::yaml::{Key, Kind, Node, Scalar, Span, Style, Value};

use super::{Draft, Edit};

static SCHEMA: LazyLock<Json> =
    LazyLock::new(|| serde_json::from_str(schema::TEXT).unwrap_or_default());

/// Types that are written as numbers.
const NUMBERS: &[&str] = &["Amount", "Percent", "Budget"];

/// Puts quotes where they belong.
pub(super) fn quote(draft: &mut Draft) {
    let edits = match draft.tree() {
        None => return,
        Some(tree) => {
            let mut quoter = Quoter {
                text: &draft.text,
                shared: Vec::new(),
                edits: Vec::new(),
            };
            quoter.find_shared(&tree);
            quoter.shared = merged(quoter.shared);
            quoter.node(&tree, &Place::of(&SCHEMA), true);
            quoter.edits
        }
    };
    draft.edit(edits);
}

/// What the schema says of a place.
struct Place<'s> {
    schema: &'s Json,
    /// Whether a scalar here is a text.
    text: bool,
}

impl<'s> Place<'s> {
    fn of(schema: &'s Json) -> Self {
        let name = schema.get("$ref").and_then(Json::as_str);
        let name = name.and_then(|reference| reference.strip_prefix("#/$defs/"));
        let schema = match name {
            Some(name) => SCHEMA.get("$defs").and_then(|defs| defs.get(name)),
            None => Some(schema),
        }
        .unwrap_or(&Json::Null);
        let kinds = schema.get("type").and_then(Json::as_array);
        let has = |kind: &str| kinds.is_some_and(|kinds| kinds.iter().any(|k| k == kind));
        Self {
            schema,
            text: has("string") && has("number") && !name.is_some_and(|n| NUMBERS.contains(&n)),
        }
    }

    fn items(&self) -> Option<Self> {
        self.schema.get("items").map(Self::of)
    }

    fn property(&self, key: &str) -> Option<Self> {
        self.schema.get("properties")?.get(key).map(Self::of)
    }

    fn other(&self) -> Option<Self> {
        let other = self.schema.get("additionalProperties")?;
        other.is_object().then(|| Self::of(other))
    }
}

struct Quoter<'t> {
    text: &'t str,
    /// What aliases stand for: a text in one place may be a number in another. Sorted, apart.
    shared: Vec<Span>,
    edits: Vec<Edit>,
}

impl Quoter<'_> {
    fn find_shared(&mut self, node: &Node<'_>) {
        let alias = node.is_alias(self.text);
        match &node.value {
            Value::Scalar(_) => {}
            Value::Sequence(items) if alias => {
                self.shared.extend(items.iter().map(|item| item.span));
            }
            Value::Mapping(entries) if alias => {
                self.shared
                    .extend(entries.iter().map(|(_, node)| node.span));
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.find_shared(item)),
            Value::Mapping(entries) => entries.iter().for_each(|(_, node)| self.find_shared(node)),
        }
    }

    fn node(&mut self, node: &Node<'_>, place: &Place<'_>, root: bool) {
        if node.is_alias(self.text) {
            return;
        }
        match &node.value {
            Value::Scalar(scalar) => {
                if place.text && self.is_text(scalar, node.span) {
                    self.put(node.span, &scalar.text);
                }
            }
            Value::Sequence(items) => {
                if let Some(place) = place.items() {
                    items.iter().for_each(|item| self.node(item, &place, false));
                }
            }
            Value::Mapping(entries) => {
                for (key, node) in entries {
                    if let Some(place) = place.property(&key.text) {
                        if root && is_ids(key) && !node.is_alias(self.text) {
                            self.ids(node);
                        }
                        self.node(node, &place, false);
                    } else if let Some(place) = place.other() {
                        if misread(&key.text) {
                            self.put(key.span, &key.text);
                        }
                        self.node(node, &place, false);
                    }
                }
            }
        }
    }

    /// The keys of payers and accounts, as far as they are not numbers: those get theirs anyway.
    fn ids(&mut self, node: &Node<'_>) {
        for (key, _) in node.as_mapping().unwrap_or_default() {
            if !misread(&key.text) {
                self.put(key.span, &key.text);
            }
        }
    }

    /// Whether this is a text that should get quotes. What the schema refuses here stays as it is.
    fn is_text(&self, scalar: &Scalar<'_>, span: Span) -> bool {
        let before = self
            .shared
            .partition_point(|outer| outer.start <= span.start);
        let shared = before > 0 && span.end <= self.shared[before - 1].end;
        scalar.style == Style::Plain
            && matches!(scalar.kind(), Kind::Text | Kind::Number)
            && misread(&scalar.text)
            && !has_properties(self.text, span)
            && !shared
    }

    fn put(&mut self, span: Span, value: &str) {
        // What stands there as it is has no quotes yet. (A block or an alias does not.)
        if span.of(self.text) != value || value.is_empty() {
            return;
        }
        let text = if value.contains(['"', '\\']) {
            format!("'{}'", value.replace('\'', "''"))
        } else {
            format!("\"{value}\"")
        };
        self.edits.push(Edit {
            start: span.start as usize,
            end: span.end as usize,
            text,
        });
    }
}

/// The same ranges sorted, those that overlap as one.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

fn is_ids(key: &Key<'_>) -> bool {
    [Section::Payers, Section::Accounts]
        .iter()
        .any(|section| section.as_str() == key.text)
}

/// Whether an anchor or a tag stands before the value.
pub(super) fn has_properties(text: &str, span: Span) -> bool {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let token = before.split_ascii_whitespace().next_back();
    before.ends_with([' ', '\t', '\n', '\r']) && token.is_some_and(|t| t.starts_with(['&', '!']))
}

/// Whether some version of YAML takes the text, without quotes, for something else: nothing, a boolean,
/// a number (also with `_`, to base 2 or 60), a date; or a month, which looks like a subtraction.
pub(super) fn misread(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf",
    ];
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    WORDS.iter().any(|word| unsigned.eq_ignore_ascii_case(word))
        || is_number(unsigned)
        || is_date(text)
}

fn is_number(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let digits = text.replace('_', "");
    let binary =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0' | b'1'));
    let sixty = digits.contains(':')
        && digits
            .split(':')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let scalar = Scalar {
        text: digits.as_str().into(),
        style: Style::Plain,
    };
    scalar.kind() == Kind::Number || sixty || digits.strip_prefix("0b").is_some_and(binary)
}

/// `2027-01`, `2027-01-31`, also with a time behind.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, most: usize| {
        part.is_some_and(|p| (1..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let year = parts.next();
    let day_and_time = |rest: &str| {
        let (day, time) = match rest.find(['T', 't', ' ']) {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, "0"),
        };
        digits(Some(day), 2) && time.trim_start().starts_with(|c: char| c.is_ascii_digit())
    };
    year.is_some_and(|year| year.len() == 4)
        && digits(year, 4)
        && digits(parts.next(), 2)
        && parts.next().is_none_or(day_and_time)
}
