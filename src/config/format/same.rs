//! Whether two trees say the same: quotes and the order of maps don't matter, except that the first
//! shared cost that matches wins.

use crate::config::declaration::Section;
use crate::config::yaml::{Key, Kind, Node, Scalar, Value};

type Entries<'n, 't> = &'n [(Key<'t>, Node<'t>)];

/// Whether two files say the same.
pub(super) fn file(a: &Node<'_>, b: &Node<'_>) -> bool {
    let section = Section::SharedCosts.as_str();
    let keys = |node: &Node<'_>| -> Vec<String> {
        let entries = node.get(section).and_then(Node::as_mapping);
        let keys = entries.unwrap_or_default().iter();
        keys.map(|(key, _)| key.text.to_string()).collect()
    };
    keys(a) == keys(b) && same(a, b)
}

fn same(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (&a.value, &b.value) {
        (Value::Scalar(a), Value::Scalar(b)) => a.text == b.text && word(a) == word(b),
        (Value::Sequence(a), Value::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Mapping(a), Value::Mapping(b)) => a.len() == b.len() && maps(a, b),
        _ => false,
    }
}

fn maps(a: Entries<'_, '_>, b: Entries<'_, '_>) -> bool {
    let pair = |(a, b): (&(Key<'_>, Node<'_>), &(Key<'_>, Node<'_>))| {
        a.0.text == b.0.text && same(&a.1, &b.1)
    };
    if a.iter().zip(b).all(|(a, b)| a.0.text == b.0.text) {
        return a.iter().zip(b).all(pair);
    }
    sorted(a).into_iter().zip(sorted(b)).all(pair)
}

fn sorted<'n, 't>(entries: Entries<'n, 't>) -> Vec<&'n (Key<'t>, Node<'t>)> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|a, b| a.0.text.cmp(&b.0.text));
    sorted
}

/// The words that quotes would turn into text. A number that gets quotes stays what it is: only texts get them.
fn word(scalar: &Scalar<'_>) -> Option<Kind> {
    Some(scalar.kind()).filter(|kind| matches!(kind, Kind::Null | Kind::Bool(_)))
}
