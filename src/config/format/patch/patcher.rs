//! The edits of one file: other values behind their keys, in the layout that stands there.

use crate::config::format::quote::has_properties;
use crate::config::format::{Edit, order};
use crate::config::yaml::{self, Key, LineIndex, Node, Span, Value as Tree};

use super::value::Said;
use super::{CannotPatch, Entries, Patch, Value};

/// Makes the edits of one file.
pub(super) struct Patcher<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t Node<'t>,
    pub(super) line_break: &'t str,
    pub(super) edits: Vec<Edit>,
}

/// An entry that is patched.
#[derive(Clone, Copy)]
pub(super) struct Entry<'n, 't> {
    pub(super) key: &'n Key<'t>,
    pub(super) node: &'n Node<'t>,
}

impl Entry<'_, '_> {
    pub(super) fn end(&self) -> usize {
        self.key.span.end.max(self.node.span.end) as usize
    }
}

impl Patcher<'_> {
    pub(super) fn cannot<T>(&self, span: Span, why: &str, help: &str) -> Result<T, CannotPatch> {
        Err(CannotPatch {
            line: LineIndex::new(self.text).line_of(span.start),
            why: why.to_owned(),
            help: help.to_owned(),
        })
    }

    pub(super) fn edit(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.edits.push(Edit {
            start,
            end,
            text: text.into(),
        });
    }

    /// Whether a value is an alias, or what aliases stand for: others would change with it.
    pub(super) fn alone(&self, node: &Node<'_>) -> Result<(), CannotPatch> {
        const HELP: &str =
            "write the value itself in the places where it is meant, without `&` and `*`";
        if node.is_alias(self.text) {
            let name = node.span.of(self.text);
            let why = format!(
                "the value is that of the anchor `&{}`",
                name.trim_start_matches('*')
            );
            return self.cannot(node.span, &why, HELP);
        }
        if !has_properties(self.text, node.span) {
            return Ok(());
        }
        let before = self
            .text
            .get(..node.span.start as usize)
            .unwrap_or_default();
        let mut words = before.split_ascii_whitespace().rev().take(2);
        let Some(anchor) = words.find_map(|word| word.strip_prefix('&')) else {
            return Ok(());
        };
        if uses(self.tree, self.text, anchor) {
            let why = format!("the value is used in other places as `*{anchor}`");
            return self.cannot(node.span, &why, HELP);
        }
        Ok(())
    }

    pub(super) fn patch(
        &mut self,
        entry: Entry<'_, '_>,
        patch: &Patch,
        flow: bool,
    ) -> Result<(), CannotPatch> {
        match patch {
            Patch::Set(value) | Patch::Beside { value, .. } => self.set(entry, value, flow),
            Patch::Entries(entries) => self.entries(entry, entries, flow),
            Patch::Items { items, or } => {
                self.alone(entry.node)?;
                match &entry.node.value {
                    Tree::Sequence(list) if !list.is_empty() => {
                        self.items(entry, list, items, flow)
                    }
                    _ => self.set(entry, or, flow),
                }
            }
            // The map around it takes entries out.
            Patch::Remove => Ok(()),
        }
    }

    pub(super) fn entries(
        &mut self,
        entry: Entry<'_, '_>,
        entries: &Entries,
        flow: bool,
    ) -> Result<(), CannotPatch> {
        let Entry { key, node } = entry;
        self.alone(node)?;
        match &node.value {
            Tree::Mapping(_) if self.is_flow(node) => self.flow_map(node, entries),
            Tree::Mapping(all) => {
                let from = order::line_end(self.text, key.span.end as usize);
                self.block_map(node, from, all, entries, column(self.text, key))
            }
            Tree::Scalar(_) => {
                let Some(fresh) = Patch::Entries(entries.clone()).fresh() else {
                    return Ok(());
                };
                match self.grown(node, entries.short, fresh) {
                    Some(value) => self.set(entry, &value, flow),
                    None => self.cannot(node.span, "this is no map", "write it as a map"),
                }
            }
            Tree::Sequence(_) => self.cannot(node.span, "this is a list", "write it as a map"),
        }
    }

    /// A single value as the map that it is short for.
    pub(super) fn grown(
        &self,
        node: &Node<'_>,
        short: Option<&str>,
        fresh: Value,
    ) -> Option<Value> {
        let scalar = node.as_scalar()?;
        if Said::of(node) == Said::null() {
            return Some(fresh);
        }
        let Value::Map(mut entries) = fresh else {
            return None;
        };
        let short = short?;
        let own = entries.iter().position(|(key, _)| key == short);
        let value = match own.map(|at| entries.remove(at)) {
            Some((_, value)) => value,
            // A number that stands bare stays so.
            None if scalar.is_plain() && scalar.number().is_some() && short == "amount" => {
                Value::Number(scalar.text.to_string())
            }
            None => Value::Text(scalar.text.to_string()),
        };
        if entries.is_empty() {
            return Some(value);
        }
        entries.insert(0, (short.to_owned(), value));
        Some(Value::Map(entries))
    }

    pub(super) fn is_flow(&self, node: &Node<'_>) -> bool {
        node.span.of(self.text).starts_with(['{', '['])
    }

    /// Another value behind a key.
    pub(super) fn set(
        &mut self,
        entry: Entry<'_, '_>,
        value: &Value,
        flow: bool,
    ) -> Result<(), CannotPatch> {
        let Entry { key, node } = entry;
        if Said::of(node) == Said::value(value) {
            return Ok(());
        }
        self.alone(node)?;
        let text = self.text;
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        let indent = column(text, key);
        let key_end = key.span.end as usize;
        let colon = text.get(key_end..).and_then(|rest| {
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            rest[blanks..]
                .starts_with(':')
                .then_some(key_end + blanks + 1)
        });
        let Some(colon) = colon else {
            return self.cannot(
                key.span,
                "no colon stands behind the key",
                "write it as `key: value`",
            );
        };
        let below = order::line_end(text, colon);
        // A list or map on lines of its own, below its key.
        let block = node.as_scalar().is_none() && !self.is_flow(node);
        if block && start < below {
            return self.cannot(
                key.span,
                "its value begins on the line of its key",
                "write the value below the key",
            );
        }
        let behind = order::line_end(text, end);
        let column = indent
            + text
                .get(key.span.start as usize..colon)
                .map_or(0, |key| key.chars().count())
            + 1;
        if !flow && value.is_long(column) {
            let lines = value.lines(indent + 2, self.line_break);
            if block {
                self.edit(below, behind, lines);
                return Ok(());
            }
            if !node.span.is_empty() {
                let before = text.get(..start).unwrap_or_default();
                self.edit(before.trim_end_matches([' ', '\t']).len(), end, "");
            }
            self.edit(behind, behind, lines);
            return Ok(());
        }
        let written = match node.as_scalar() {
            Some(old) => as_before(old, value),
            None => value.inline(),
        };
        if block {
            self.edit(colon, colon, format!(" {written}"));
            self.edit(below, behind, "");
        } else if node.span.is_empty() {
            self.edit(colon, colon, format!(" {written}"));
        } else {
            self.edit(start, end, written);
        }
        Ok(())
    }
}

/// A text in the quotes that the old one had.
fn as_before(old: &yaml::Scalar<'_>, value: &Value) -> String {
    let plain = |text: &str| {
        !text
            .chars()
            .any(|c| c.is_control() || matches!(c, '"' | '\'' | '\\'))
    };
    match (value, old.style) {
        (Value::Text(text), yaml::Style::Double) if plain(text) && value.inline() == *text => {
            format!("\"{text}\"")
        }
        (Value::Text(text), yaml::Style::Single)
            if plain(text) && !value.inline().contains('\\') =>
        {
            format!("'{text}'")
        }
        _ => value.inline(),
    }
}

/// How far a key is indented.
pub(super) fn column(text: &str, key: &Key<'_>) -> usize {
    let start = key.span.start as usize;
    start - order::line_start(text, start)
}

/// Whether an alias of an anchor stands anywhere below a node.
fn uses(node: &Node<'_>, text: &str, anchor: &str) -> bool {
    if let Some(name) = node.span.of(text).strip_prefix('*') {
        return name == anchor;
    }
    match &node.value {
        Tree::Scalar(_) => false,
        Tree::Sequence(items) => items.iter().any(|item| uses(item, text, anchor)),
        Tree::Mapping(entries) => entries.iter().any(|(_, node)| uses(node, text, anchor)),
    }
}
