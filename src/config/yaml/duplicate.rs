//! Keys that a map holds twice: compared as text, after quotes.

use std::collections::HashMap;

use super::node::{Key, Node};
use super::problem::{Problem, code, shown};

/// Most maps are small; up to here comparing each with each beats hashing.
const FEW: usize = 12;

/// A problem for every key that stands before in the same map.
pub(super) fn duplicates(entries: &[(Key<'_>, Node<'_>)]) -> Vec<Problem> {
    let mut found = Vec::new();
    if entries.len() <= FEW {
        for (at, (key, _)) in entries.iter().enumerate() {
            let first = entries
                .iter()
                .take(at)
                .find(|(before, _)| before.text == key.text);
            found.extend(first.map(|(first, _)| problem(first, key)));
        }
        return found;
    }
    let mut seen: HashMap<&str, &Key<'_>> = HashMap::with_capacity(entries.len());
    for (key, _) in entries {
        match seen.get(key.text.as_ref()) {
            Some(first) => found.push(problem(first, key)),
            None => {
                seen.insert(key.text.as_ref(), key);
            }
        }
    }
    found
}

fn problem(first: &Key<'_>, again: &Key<'_>) -> Problem {
    Problem::new(
        code::DUPLICATE_KEY,
        again.span,
        format!("the key `{}` stands twice in this map", shown(&again.text)),
        "Delete one of the two, or give one another key.",
    )
    .label("again here")
    .related(first.span, "first here")
}
