//! The limits as problems: what is said where one is met.

use super::problem::{Problem, code};
use super::span::to_u32;
use super::{Limits, Span, place};

/// What can be refused before reading: the scanner would hold all of a long `[…]` before its first event,
/// and all words of a directive.
pub(super) fn before_reading(limits: &Limits, text: &str) -> Option<Problem> {
    if text.len() > limits.file_bytes {
        return Some(too_large(limits, text.len()));
    }
    if text.len() <= limits.nodes {
        return None;
    }
    let count = |wanted: fn(&u8) -> bool| -> usize {
        let chunks = text.as_bytes().chunks(4096);
        chunks
            .map(|chunk| chunk.iter().filter(|byte| wanted(byte)).count())
            .sum()
    };
    let lines = count(|byte| *byte == b'\n');
    // Between brackets every part is held twice: as tokens, then in the tree.
    let flow = 2 * count(|byte| matches!(byte, b',' | b'[' | b'{'));
    let pairs = if flow > lines {
        count(|byte| *byte == b':')
    } else {
        0
    };
    if lines + flow + pairs > limits.nodes {
        return Some(too_many(limits, Span::default()));
    }
    long_directive(text)
}

fn long_directive(text: &str) -> Option<Problem> {
    const MOST: usize = 1024;
    let mut directives = text
        .match_indices('%')
        .filter(|(at, _)| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'));
    directives
        .find(|(at, _)| place::line_end(text.as_bytes(), *at) > at + MOST)
        .map(|(at, _)| {
            Problem::new(
                code::SYNTAX,
                Span::new(to_u32(at), to_u32(at + 1)),
                format!("this directive is longer than {MOST} bytes"),
                "Delete the line, or put the text between quotes.",
            )
        })
}

/// More values than the limit.
pub(super) fn too_many(limits: &Limits, span: Span) -> Problem {
    Problem::new(
        code::TOO_MANY,
        span,
        format!(
            "the file holds more than {} values or lines, the most that is read",
            limits.nodes
        ),
        "Split it into several files: maps of the same name are joined.",
    )
}

/// Nesting beyond the limit.
pub(super) fn too_deep(limits: &Limits, span: Span) -> Problem {
    Problem::new(
        code::TOO_DEEP,
        span,
        format!(
            "lists and maps nest deeper than {} levels, the most that is read",
            limits.depth
        ),
        "Nothing in bursar's language nests that deep: look for brackets that are not closed.",
    )
}

/// A value or key beyond the limit.
pub(super) fn scalar_too_large(limits: &Limits, len: usize, span: Span) -> Problem {
    Problem::new(
        code::SCALAR_TOO_LARGE,
        span,
        format!(
            "this value has {len} bytes; at most {} are read",
            limits.scalar_bytes
        ),
        "Look for a quote that is not closed, or keep the text in a file of its own.",
    )
}

/// Anchors and aliases that make too much of too little.
pub(super) fn alias_bomb(limits: &Limits, span: Span) -> Problem {
    Problem::new(
        code::ALIAS_BOMB,
        span,
        format!(
            "anchors and aliases make more than {} times the file's own size out of it",
            limits.alias_factor
        ),
        "Write the values out, or use `defaults:`.",
    )
}

/// A file beyond the limit, before or after decoding.
pub(super) fn too_large(limits: &Limits, len: usize) -> Problem {
    Problem::new(
        code::TOO_LARGE,
        Span::default(),
        format!(
            "the file has {len} bytes; at most {} ({} MiB) are read",
            limits.file_bytes,
            limits.file_bytes >> 20
        ),
        "Split it into several files: maps of the same name are joined.",
    )
}
