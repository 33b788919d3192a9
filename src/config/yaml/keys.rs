//! Keys: what can be one, and which stand twice in a map (compared as text, after quotes).

use std::borrow::Cow;
use std::collections::HashMap;

use super::node::{Key, Node, Value};
use super::problem::{Problem, code, shown};

/// Most maps are small; up to here comparing each with each beats hashing.
const FEW: usize = 12;

/// A problem for every key that stands before in the same map, up to `most`.
pub(super) fn duplicates(entries: &[(Key<'_>, Node<'_>)], most: usize) -> Vec<Problem> {
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
            Some(_) if found.len() >= most => break,
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

/// Makes a key of a value, and says what is wrong with it as one.
pub(super) fn key<'t>(node: Node<'t>, text: &str, problems: &mut Vec<Problem>) -> Key<'t> {
    let span = node.span;
    let (scalar, problem) = match node.value {
        Value::Scalar(scalar) if scalar.is_plain() && scalar.text == "<<" => {
            let problem = Problem::new(
                code::MERGE_KEY,
                span,
                "the merge key `<<` is not taken: it hides where a value comes from",
                "Write the keys out, or use `defaults:` for what the accounts of a file share.",
            );
            (Some(scalar), Some(problem))
        }
        Value::Scalar(scalar) if scalar.is_plain() && scalar.text.is_empty() => {
            let problem = Problem::new(
                code::KEY,
                span,
                "a key is missing before this `:`",
                "Write the key, or delete the line.",
            );
            (None, Some(problem))
        }
        Value::Scalar(scalar) => (Some(scalar), None),
        Value::Sequence(_) | Value::Mapping(_) => {
            let what = if matches!(node.value, Value::Sequence(_)) {
                "a list"
            } else {
                "a map"
            };
            let help = if span.of(text).starts_with("{{") || span.of(text).starts_with('{') {
                "A key is plain text. If this is a template, expand it first; if it is text, put it between quotes."
            } else {
                "A key is plain text; put it between quotes if it starts with `[`, `{` or `?`."
            };
            (
                None,
                Some(Problem::new(
                    code::KEY,
                    span,
                    format!("{what} cannot be a key"),
                    help,
                )),
            )
        }
    };
    problems.extend(problem);
    // The tree of a file with problems is never seen; the text only has to differ from the other keys.
    let text = scalar.map_or_else(
        || Cow::Owned(format!("\0{}", span.start)),
        |scalar| scalar.text,
    );
    Key { text, span }
}
