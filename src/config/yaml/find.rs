//! From a path in the tree back to the text: diagnostics are placed only once there is one to place.

use super::{Node, Span, Value};

/// One step down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'p> {
    /// Into a map.
    Key(&'p str),
    /// Into a list, from 0.
    Index(usize),
}

/// Where a path leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found<'n, 't> {
    /// The key, where the last step was one into a map.
    pub key: Option<Span>,
    /// The value.
    pub node: &'n Node<'t>,
}

impl Found<'_, '_> {
    /// The key's span where there is one, else the value's: what to mark when the whole entry is meant.
    #[must_use]
    pub fn entry_span(&self) -> Span {
        self.key.unwrap_or(self.node.span)
    }
}

/// Follows `path` from `root`.
#[must_use]
pub fn find<'n, 't>(root: &'n Node<'t>, path: &[Segment<'_>]) -> Option<Found<'n, 't>> {
    let mut found = Found {
        key: None,
        node: root,
    };
    for segment in path {
        found = match (segment, &found.node.value) {
            (Segment::Key(name), Value::Mapping(_)) => {
                let (key, node) = found.node.entry(name)?;
                Found {
                    key: Some(key.span),
                    node,
                }
            }
            (Segment::Index(index), Value::Sequence(items)) => Found {
                key: None,
                node: items.get(*index)?,
            },
            _ => return None,
        };
    }
    Some(found)
}

/// Follows a JSON pointer (RFC 6901), as JSON Schema's instance paths are written.
///
/// In a list a segment is an index, in a map a key: `/budgets/0` needs no guess.
#[must_use]
pub fn find_pointer<'n, 't>(root: &'n Node<'t>, pointer: &str) -> Option<Found<'n, 't>> {
    let mut found = Found {
        key: None,
        node: root,
    };
    if pointer.is_empty() {
        return Some(found);
    }
    for segment in pointer.strip_prefix('/')?.split('/') {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let step = match &found.node.value {
            Value::Mapping(_) => Segment::Key(&name),
            Value::Sequence(_) => Segment::Index(name.parse().ok()?),
            Value::Scalar(_) => return None,
        };
        found = find(found.node, &[step])?;
    }
    Some(found)
}
