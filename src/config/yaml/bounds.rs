//! The limits as problems: what is said where one is met.

use super::input::WRITTEN;
use super::problem::{Problem, code};
use super::{Limits, Span};

/// What can be refused before reading.
pub(super) fn before_reading(limits: &Limits, text: &str) -> Option<Problem> {
    if text.len() > limits.file_bytes {
        return Some(too_large(limits, text.len()));
    }
    if text.len() <= limits.nodes {
        return None;
    }
    let count = |wanted: u8| -> usize {
        // In pieces: this is the form that is vectorised.
        let chunks = text.as_bytes().chunks(4096);
        chunks
            .map(|chunk| chunk.iter().filter(|byte| **byte == wanted).count())
            .sum()
    };
    let many = count(b'\n') > limits.nodes || count(b',') > limits.nodes;
    many.then(|| too_many(limits, Span::default()))
}

/// More values than the limit.
pub(super) fn too_many(limits: &Limits, span: Span) -> Problem {
    Problem::new(
        code::TOO_MANY,
        span,
        format!(
            "the file holds more than {} values, lines or commas, the most that is read",
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

/// A value whose end does not come.
pub(super) fn too_long(limits: &Limits, span: Span) -> Problem {
    Problem::new(
        code::SCALAR_TOO_LARGE,
        span,
        format!(
            "this value goes on for more than {} bytes; at most {} are read, and {WRITTEN} times as many with escapes and indentation",
            limits.scalar_bytes * WRITTEN,
            limits.scalar_bytes
        ),
        "Look for a quote that is not closed, or keep the text in a file of its own.",
    )
}

/// A list or map between brackets that the scanner would have to hold.
pub(super) fn flow_too_large(limits: &Limits, span: Span) -> Problem {
    Problem::new(
        code::FLOW_TOO_LARGE,
        span,
        format!(
            "this holds more than {} brackets, commas, colons and quotes before it ends, the most that is read at once",
            limits.held
        ),
        "Write it over lines, with `-` and indentation instead of brackets, or put text between quotes.",
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
