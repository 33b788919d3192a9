//! Values that are written into a file: on one line where they fit, else over lines.

use crate::config::format::scalar::scalar;
use crate::config::yaml::{Kind, Node, Scalar, Value as Tree};

/// A value as it is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, in quotes where it needs them.
    Text(String),
    /// A number, always bare.
    Number(String),
    List(Vec<Value>),
    /// In this order.
    Map(Vec<(String, Value)>),
}

/// Lines don't become longer than this for a map that could stand over lines.
const WIDTH: usize = 100;

impl Value {
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    #[must_use]
    pub fn number(number: impl ToString) -> Self {
        Self::Number(number.to_string())
    }

    /// On one line, also between braces.
    pub(super) fn inline(&self) -> String {
        match self {
            Self::Text(text) => scalar(text),
            Self::Number(number) => number.clone(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::inline).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", scalar(key), value.inline()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// Whether it reads better over lines, where it would begin at `column`.
    pub(super) fn is_long(&self, column: usize) -> bool {
        let wide = || column + self.inline().chars().count() > WIDTH;
        match self {
            Self::Text(_) | Self::Number(_) => false,
            Self::List(items) => !items.is_empty() && (self.has_periods() || wide()),
            Self::Map(entries) => {
                let periods = |(_, value): &(String, Self)| value.has_periods();
                !entries.is_empty() && (entries.iter().any(periods) || wide())
            }
        }
    }

    /// Whether it is a list of several things that are not all texts.
    fn has_periods(&self) -> bool {
        let map = |item: &Self| matches!(item, Self::Map(_));
        matches!(self, Self::List(items) if items.len() > 1 && items.iter().any(map))
    }

    /// Over lines, each with its line break.
    pub(super) fn lines(&self, indent: usize, line_break: &str) -> String {
        match self {
            Self::List(items) => items
                .iter()
                .map(|item| format!("{:indent$}- {}{line_break}", "", item.inline()))
                .collect(),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| value.entry(&scalar(key), indent, line_break))
                .collect(),
            _ => format!("{:indent$}{}{line_break}", "", self.inline()),
        }
    }

    /// An entry of a map on lines of its own; the key is as it is to be written.
    pub(super) fn entry(&self, key: &str, indent: usize, line_break: &str) -> String {
        let column = indent + key.chars().count() + 2;
        if self.is_long(column) {
            let lines = self.lines(indent + 2, line_break);
            format!("{:indent$}{key}:{line_break}{lines}", "")
        } else {
            format!("{:indent$}{key}: {}{line_break}", "", self.inline())
        }
    }
}

/// What a value says, without how it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Scalar(String, Word),
    List(Vec<Said>),
    /// Sorted by key.
    Map(Vec<(String, Said)>),
}

/// The words that quotes would turn into text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Other,
    Null,
    Bool,
}

impl Said {
    pub(super) const fn null() -> Self {
        Self::Scalar(String::new(), Word::Null)
    }

    pub(super) fn of(node: &Node<'_>) -> Self {
        match &node.value {
            Tree::Scalar(scalar) => match word(scalar) {
                Word::Null => Self::null(),
                word => Self::Scalar(scalar.text.to_string(), word),
            },
            Tree::Sequence(items) => Self::List(items.iter().map(Self::of).collect()),
            Tree::Mapping(entries) => Self::map(
                entries
                    .iter()
                    .map(|(key, node)| (key.text.to_string(), Self::of(node)))
                    .collect(),
            ),
        }
    }

    pub(super) fn value(value: &Value) -> Self {
        match value {
            Value::Text(text) | Value::Number(text) => Self::Scalar(text.clone(), Word::Other),
            Value::List(items) => Self::List(items.iter().map(Self::value).collect()),
            Value::Map(entries) => Self::map(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::value(value)))
                    .collect(),
            ),
        }
    }

    pub(super) fn map(mut entries: Vec<(String, Self)>) -> Self {
        entries.sort();
        Self::Map(entries)
    }
}

fn word(scalar: &Scalar<'_>) -> Word {
    match scalar.kind() {
        Kind::Null => Word::Null,
        Kind::Bool(_) => Word::Bool,
        _ => Word::Other,
    }
}
