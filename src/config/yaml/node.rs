//! The tree: scalars with their text as written, lists, and maps in the order of the file.

use std::borrow::Cow;

use super::Span;

/// A value and where it was written.
///
/// The span covers the value without anchor, tag, trailing blanks and comments; a value that was left
/// out (`key:`) has an empty span behind the colon. A value that comes from an alias has the span of the
/// alias (`*name`), what is inside it the spans of the anchored text: see [`Node::is_alias`].
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'t> {
    /// Where.
    pub span: Span,
    /// What.
    pub value: Value<'t>,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    /// A single value.
    Scalar(Scalar<'t>),
    /// A list.
    Sequence(Vec<Node<'t>>),
    /// A map, in the order of the file, without duplicates.
    Mapping(Vec<(Key<'t>, Node<'t>)>),
}

/// A single value: its text, never reinterpreted, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar<'t> {
    /// The text after quotes, escapes and folding; borrowed from the file wherever it stands there as it is.
    pub text: Cow<'t, str>,
    /// How it was written.
    pub style: Style,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: the only style that can be null, a boolean or a number.
    Plain,
    /// Without quotes, but tagged `!!str` (or `!`): always text.
    Tagged,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// A block after `|`.
    Literal,
    /// A block after `>`.
    Folded,
}

/// A key of a map: always text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key<'t> {
    /// The text after quotes.
    pub text: Cow<'t, str>,
    /// Where it was written, with its quotes.
    pub span: Span,
}

impl<'t> Node<'t> {
    /// The scalar, if it is one.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&Scalar<'t>> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The entries, if it is a map.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&[(Key<'t>, Node<'t>)]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Node<'t>]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entry under a key, if it is a map that has it.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&(Key<'t>, Node<'t>)> {
        self.as_mapping()?.iter().find(|(have, _)| have.text == key)
    }

    /// The value under a key, if it is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.entry(key).map(|(_, node)| node)
    }

    /// Whether this value stands in `text` as an alias. An edit by span must not reach into it.
    #[must_use]
    pub fn is_alias(&self, text: &str) -> bool {
        self.span.of(text).starts_with('*')
    }

    /// Lists and maps from here down: 0 for a scalar, 1 for a flat list or map.
    pub(super) fn depth(&self) -> usize {
        match &self.value {
            Value::Scalar(_) => 0,
            Value::Sequence(items) => 1 + items.iter().map(Node::depth).max().unwrap_or(0),
            Value::Mapping(entries) => {
                1 + entries
                    .iter()
                    .map(|(_, node)| node.depth())
                    .max()
                    .unwrap_or(0)
            }
        }
    }

    /// Values from here down, and the bytes of their texts and keys.
    pub(super) fn weight(&self) -> (usize, usize) {
        let add = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
        match &self.value {
            Value::Scalar(scalar) => (1, scalar.text.len() + 1),
            Value::Sequence(items) => items.iter().map(Node::weight).fold((1, 2), add),
            Value::Mapping(entries) => entries
                .iter()
                .map(|(key, node)| add((0, key.text.len() + 1), node.weight()))
                .fold((1, 2), add),
        }
    }
}

impl Scalar<'_> {
    /// Whether it was written without quotes and without `!!str`.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.style == Style::Plain
    }
}
