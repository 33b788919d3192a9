//! Tests of the reader as a whole, by theme.

mod decode;
mod held;
mod json;
mod refusals;
mod spans;
mod text;
mod typed;

use super::{Limits, Node, Problem, Value, decode, parse};

/// The tree of a text that must be good and not empty.
fn tree(text: &str) -> Node<'_> {
    match parse(text, &Limits::default()) {
        Ok(Some(node)) => node,
        Ok(None) => panic!("nothing in {text:?}"),
        Err(problems) => panic!("{problems:#?} in {text:?}"),
    }
}

/// The problems of a text that must have some.
fn problems(text: &str) -> Vec<Problem> {
    match parse(text, &Limits::default()) {
        Ok(tree) => panic!("no problem in {text:?}: {tree:?}"),
        Err(problems) => problems,
    }
}

/// The only problem of bytes that must have one: its code and the text that it marks.
fn problem_of(bytes: &[u8]) -> (Problem, String) {
    let limits = Limits::default();
    let text = match decode(bytes, &limits) {
        Ok(text) => text,
        Err(problem) => return (problem, String::new()),
    };
    let mut problems = problems(text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let problem = problems.remove(0);
    let marked = problem.span.of(text).to_owned();
    (problem, marked)
}

/// Every scalar and key of a tree with its span.
fn texts<'n>(node: &'n Node<'_>, into: &mut Vec<(&'n str, super::Span)>) {
    match &node.value {
        Value::Scalar(scalar) => into.push((&scalar.text, node.span)),
        Value::Sequence(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Mapping(entries) => {
            for (key, node) in entries {
                into.push((&key.text, key.span));
                texts(node, into);
            }
        }
    }
}
