//! What a syntax error means: the scanner's own words turned into what is wrong and what to do.

use super::place;
use super::problem::{Problem, code};
use super::span::to_u32;
use super::{Limits, Span, bounds};

/// Words for an error of the scanner at the byte `at`; `open` is the innermost bracket that is still open.
pub(super) fn syntax(
    text: &str,
    info: &str,
    at: u32,
    open: Option<u32>,
    limits: &Limits,
) -> Problem {
    let at = boundary(text, at as usize);
    let here = character(text, at);
    if info == "recursion limit exceeded" {
        return bounds::too_deep(limits, here);
    }
    // Between brackets tabs are good, so there they are blamed only where the scanner does.
    if (open.is_none() || info.contains("tab"))
        && let Some(tab) = tab(text, at, info)
    {
        return Problem::new(
            code::TAB,
            tab,
            "a tab stands where only spaces can indent",
            "replace the tabs at the start of lines by spaces (an editor calls it \"convert indentation to spaces\")",
        );
    }
    if info.contains("unknown anchor") {
        let end = place::trim_end(text.as_bytes(), at, word_end(text, at));
        return Problem::new(
            code::ALIAS,
            Span::new(to_u32(at), to_u32(end)),
            "this alias names no anchor before it",
            "anchors (`&name`) reach only within their file and stand before their aliases; put text that starts with `*` between quotes",
        );
    }
    if info.contains("handle wasn't declared") || info.contains("tag") {
        return Problem::new(
            code::TAG,
            here,
            "this tag cannot be read",
            "delete the tag; put text that starts with `!` between quotes",
        );
    }
    let flow = open.is_some() && (info.contains("flow") || info.contains("illegal placement"));
    let (message, help) = if flow && !at_end(text, at) {
        FLOW
    } else {
        words(text, info, at)
    };
    let span = if info.starts_with("simple key exp") {
        line_before(text, at)
    } else {
        here
    };
    let problem = Problem::new(code::SYNTAX, span, message, help);
    match open {
        Some(open) if flow || at_end(text, at) => {
            problem.related(Span::new(open, open + 1), "opened here")
        }
        _ => problem,
    }
}

/// Whether nothing but blanks follows.
fn at_end(text: &str, at: usize) -> bool {
    text.get(at..).is_none_or(|rest| rest.trim().is_empty())
}

const FLOW: (&str, &str) = (
    "a `,` or the closing bracket is missing before this",
    "separate entries by `,` and close every `[` with `]`, every `{` with `}`",
);

fn words(text: &str, info: &str, at: usize) -> (&'static str, &'static str) {
    const CLOSE_QUOTE: (&str, &str) = (
        "the quoted text that starts here does not end",
        "close it with the same quote, and keep its lines indented",
    );
    const INDENT: (&str, &str) = (
        "this line is not indented like the lines that it belongs to",
        "give it the same indentation as its neighbours",
    );
    if at_end(text, at)
        && (info.contains("flow")
            || info.contains("node content")
            || info.contains("unexpected end of plain"))
    {
        return (
            "the file ends inside brackets",
            "close every `[` with `]`, every `{` with `}`",
        );
    }
    match text.as_bytes().get(at) {
        Some(b'%') if info.contains("unexpected character") => {
            return ("text cannot start with `%`", "put it between quotes");
        }
        Some(b'@' | b'`') if info.contains("unexpected character") => {
            return (
                "text cannot start with `@` or a backtick",
                "put it between quotes",
            );
        }
        _ => {}
    }
    match info {
        _ if info.contains("unexpected end of stream") => CLOSE_QUOTE,
        _ if info.contains("document indicator") => CLOSE_QUOTE,
        "invalid indentation in quoted scalar" => CLOSE_QUOTE,
        "invalid trailing content after double-quoted scalar" => (
            "something stands behind the closing quote",
            "put the whole text between one pair of quotes; write a quote inside '…' twice, inside \"…\" as \\\"",
        ),
        "while parsing a quoted scalar, found unknown escape character" => (
            "a backslash in this text starts no escape that YAML knows",
            "write the text between single quotes, where a backslash is a backslash, or write it twice",
        ),
        _ if info.contains("hexadecimal") || info.contains("escape code") => (
            "an escape in this text is not a character's number",
            "write \\x with 2, \\u with 4 or \\U with 8 hexadecimal digits",
        ),
        "mapping values are not allowed in this context" => (
            "a `:` stands where no key can",
            "put text that holds `: ` between quotes; look whether the line before lacks its `:`",
        ),
        "illegal placement of ':' indicator" => (
            "a `:` stands where no key can",
            "write key and `:` on one line",
        ),
        "simple key expected" | "simple key expect ':'" => (
            "a key is not followed by `:`",
            "write `key: value`; a text of several lines needs quotes, `|` or `>`",
        ),
        "while parsing a block mapping, did not find expected key" => INDENT,
        "while parsing a block collection, did not find expected '-' indicator" => INDENT,
        "invalid indentation"
        | "invalid indentation for anchor"
        | "invalid indentation in flow construct" => INDENT,
        "mapping keys are not allowed in this context" => ("a key cannot stand here", INDENT.1),
        "block sequence entries are not allowed in this context" => (
            "a list cannot start here",
            "start the list on a line of its own; put text that starts with `- ` between quotes",
        ),
        _ if info.contains("only valid inside a block") => (
            "a `-` starts no entry between brackets",
            "separate the entries by `,`, without `-`",
        ),
        "misplaced bracket" => (
            "a bracket is closed that was not opened",
            "delete it, or put the text between quotes",
        ),
        _ if info.contains("plain scalar cannot start with '-'") => (
            "text between brackets cannot start with `-` here",
            "put it between quotes",
        ),
        _ if info.contains("flow mapping") || info.contains("flow sequence") => FLOW,
        "comment intercepting the multiline text" => (
            "a comment stands inside a text of several lines",
            "put the text between quotes, or move the comment",
        ),
        _ if info.contains("comments must be separated") => {
            ("a `#` starts no comment here", "put a space before the `#`")
        }
        "wrongly indented line in block scalar" => (
            "this line of a text block is indented less than its first",
            "indent all lines of the block alike",
        ),
        _ if info.contains("block scalar") => (
            "something stands behind `|` or `>`",
            "start the text on the next line; put text that starts with `|` or `>` between quotes",
        ),
        _ if info.contains("byte order mark") => {
            ("a byte order mark stands inside the file", "delete it")
        }
        _ if info.contains("anchor or alias") => (
            "`&` and `*` start the name of an anchor",
            "put text that starts with `&` or `*` between quotes",
        ),
        _ if info.contains("directive") || info.contains("document") => (
            "a line that starts with `%`, `---` or `...` is not understood here",
            "delete it, or put the text between quotes",
        ),
        _ if info.contains("node content") => (
            "a value is missing here",
            "write the value, or put the text between quotes if this is a part of it",
        ),
        _ => (
            "this is not YAML",
            "compare it with the lines around it; text with `: `, ` #` or brackets needs quotes",
        ),
    }
}

/// A tab in the indentation of the line at `at`, or of a line near it, where the error may come from.
fn tab(text: &str, at: usize, info: &str) -> Option<Span> {
    let bytes = text.as_bytes();
    let in_line = |start: usize| {
        let line = bytes
            .get(start..place::line_end(bytes, start))
            .unwrap_or_default();
        let blanks = line
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'-'))
            .count();
        let tab = line.iter().take(blanks).position(|b| *b == b'\t')?;
        (blanks < line.len()).then(|| Span::new(to_u32(start + tab), to_u32(start + tab + 1)))
    };
    let here = place::line_start(bytes, at);
    let next =
        |line: usize| Some(place::line_end(bytes, line) + 1).filter(|next| *next < bytes.len());
    if let Some(tab) = in_line(here) {
        return Some(tab);
    }
    if info.contains("tab") {
        // The mark may be at the start of a text that goes on to the line with the tab.
        let after = std::iter::successors(next(here), |line| next(*line)).take(20);
        return Some(
            after
                .filter_map(in_line)
                .next()
                .unwrap_or_else(|| character(text, at)),
        );
    }
    let before = here.checked_sub(1).map(|end| place::line_start(bytes, end));
    before
        .and_then(in_line)
        .or_else(|| next(here).and_then(in_line))
}

/// The last line with content up to `at`, from its first character to its last.
fn line_before(text: &str, at: usize) -> Span {
    let bytes = text.as_bytes();
    let end = place::trim_end(bytes, 0, at);
    let line = place::line_start(bytes, end);
    let start = line
        + bytes
            .get(line..end)
            .map_or(0, |line| line.iter().take_while(|b| **b == b' ').count());
    Span::new(to_u32(start), to_u32(end))
}

fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The span of the character at `at`; empty at the end of the text.
pub(super) fn character(text: &str, at: usize) -> Span {
    let len = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    Span::new(to_u32(at), to_u32(at + len))
}

fn word_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}'));
    at + end.unwrap_or(rest.len())
}
