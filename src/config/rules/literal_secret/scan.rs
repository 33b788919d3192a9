//! One pass over a text that finds what looks like a secret: tokens by their shape, values by the
//! name in front of them.

use super::shape::{self, Name};
use crate::config::yaml::Span;

/// What it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    AwsKey,
    Pem,
    Sas,
    StorageKey,
    AzureSecret,
    Token,
    /// Text without order behind a name that means a secret.
    Named,
}

/// Something that looks like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    pub span: Span,
    pub kind: Kind,
    /// Whether it is refused; else it is masked only.
    pub sure: bool,
}

/// No secret is longer; the reader refuses such values anyway, and looking at them takes seconds.
const LONGEST: usize = 1 << 20;

/// Finds all of them, in order, none inside another.
pub fn scan(text: &str) -> Vec<Secret> {
    let bytes = text.as_bytes();
    let mut found: Vec<Secret> = Vec::new();
    let mut line = Line::default();
    let mut at = 0;
    while at < bytes.len() {
        if !is_token(bytes[at]) {
            line.pass(bytes, at);
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_token(bytes[at]) {
            at += 1;
        }
        let token = text.get(start..at).unwrap_or_default();
        if token.len() < 3 || token.len() > LONGEST {
            continue;
        }
        let secret = by_shape(text, start, token).or_else(|| by_name(text, line, start, at));
        if let Some(secret) = secret {
            let end = at.max(secret.span.end as usize);
            (at..end).for_each(|at| line.pass(bytes, at));
            at = end;
            found.push(secret);
        }
    }
    found
}

/// The line that is being read: what stands before a token decides what its name means.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    start: usize,
    comment: bool,
    flow: bool,
}

impl Line {
    #[inline]
    fn pass(&mut self, bytes: &[u8], at: usize) {
        match bytes.get(at) {
            Some(b'\n') => {
                *self = Self {
                    start: at + 1,
                    ..Self::default()
                }
            }
            Some(b'{') => self.flow = true,
            Some(b'#') => {
                let blank = at == self.start || matches!(bytes[at - 1], b' ' | b'\t');
                self.comment |= blank;
            }
            _ => {}
        }
    }
}

const fn token_table() -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        table[at] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'~' | b'.' | b'%' | b'-');
        at += 1;
    }
    table
}

static TOKEN: [bool; 256] = token_table();

fn is_token(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}

fn by_shape(text: &str, start: usize, token: &str) -> Option<Secret> {
    let end = start + token.len();
    let sure = |kind, from: usize, to: usize| {
        Some(Secret {
            span: span(from, to),
            kind,
            sure: true,
        })
    };
    if token.starts_with("-----BEGIN") {
        return pem(text, start);
    }
    if token.len() < 20 {
        return None;
    }
    // `name=value`, as in environment files, connection strings and URLs.
    let value = match token.split_once('=') {
        Some(("sig", value)) if value.len() >= 16 => {
            return sure(Kind::Sas, end - value.len(), end);
        }
        Some(("AccountKey" | "SharedAccessKey", value)) if value.len() >= 20 => {
            return sure(Kind::StorageKey, end - value.len(), end);
        }
        Some((_, value)) if value.len() >= 20 => value,
        _ => token,
    };
    let bare = value.trim_start_matches('.');
    let from = end - bare.len();
    let value = bare.trim_end_matches('.');
    let kind = if shape::is_aws_key_id(value) || shape::is_aws_secret(value) {
        Kind::AwsKey
    } else if shape::has_azure_secret(value) {
        Kind::AzureSecret
    } else if shape::is_jwt(value)
        || shape::has_known_prefix(value)
        || shape::has_long_random_run(value)
    {
        Kind::Token
    } else {
        return None;
    };
    sure(kind, from, end)
}

/// A private key in PEM: to its end line, or as far as it reads like base 64.
fn pem(text: &str, start: usize) -> Option<Secret> {
    const LONGEST: usize = 64 << 10;
    let rest = text.get(start..)?;
    let head = rest
        .get(10..)
        .and_then(|after| after.find("-----"))
        .filter(|at| *at < 40)?;
    if !rest.get(10..10 + head)?.contains("PRIVATE KEY") {
        return None;
    }
    let body = 10 + head + 5;
    let after = rest.get(body..)?;
    // The next run of hyphens ends the key, or begins another: no text is read twice.
    let end = match after.find("-----") {
        Some(at) if at <= LONGEST && after.get(at..)?.starts_with("-----END") => {
            let tail = after.get(at + 8..).unwrap_or_default();
            let length = tail.bytes().take(40).collect::<Vec<_>>();
            let close = length.windows(5).position(|five| five == b"-----");
            body + at + 8 + close.map_or(0, |close| close + 5)
        }
        _ => {
            let stop = after.bytes().position(|byte| {
                !(is_token(byte) || matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b'#'))
            });
            // A key of the map below is no part of it; a line too many masked is no harm.
            body + stop.unwrap_or(after.len()).min(LONGEST)
        }
    };
    let end = (start + end..=text.len()).find(|at| text.is_char_boundary(*at))?;
    Some(Secret {
        span: span(start, end),
        kind: Kind::Pem,
        sure: true,
    })
}

/// The value behind `name:`, where the name means a secret.
fn by_name(text: &str, line: Line, start: usize, end: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let mut colon = end;
    if matches!(bytes.get(colon), Some(b'"' | b'\'')) {
        colon += 1;
    }
    if bytes.get(colon) != Some(&b':') {
        return None;
    }
    let name = shape::name(text.get(start..end)?)?;
    let value = value(text, line, colon + 1)?;
    let shown = text.get(value.0..value.1)?;
    let opaque = shape::is_opaque(shown.trim_matches(['"', '\'']));
    // Prose in a comment, and short words behind a name that need not mean a secret, stay.
    if (line.comment && !opaque) || (name == Name::Perhaps && shown.len() < 12) {
        return None;
    }
    // Text in the place of a reference is the schema's to refuse; masked it is in any case.
    Some(Secret {
        span: span(value.0, value.1),
        kind: Kind::Named,
        sure: opaque,
    })
}

/// Where the scalar behind a colon stands, if one does.
fn value(text: &str, line: Line, colon: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = colon;
    // YAML wants a blank behind the colon, JSON does not.
    let blank = |byte: u8| matches!(byte, b' ' | b'\t');
    while bytes.get(at).copied().is_some_and(blank) {
        at += 1;
    }
    match bytes.get(at)? {
        b'{' | b'[' | b'&' | b'*' | b'!' | b',' | b'}' => None,
        quote @ (b'"' | b'\'') => {
            let rest = bytes.get(at + 1..)?;
            let length = rest
                .iter()
                .enumerate()
                .position(|(n, byte)| byte == quote && (n == 0 || rest[n - 1] != b'\\'))
                // Never closed: what follows on other lines is something else.
                .or_else(|| rest.iter().position(|byte| *byte == b'\n'))
                .unwrap_or(rest.len());
            (length > 0).then_some((at + 1, at + 1 + length))
        }
        b'|' | b'>' | b'#' | b'\r' | b'\n' if line.comment => None,
        b'|' | b'>' => block(text, line.start, at),
        b'#' | b'\r' | b'\n' => next_line(text, line.start, at),
        _ if at == colon => None,
        _ => plain(text, at, line),
    }
}

/// A scalar without quotes: up to the end of its line, in a flow map up to the next part, in a
/// comment one word.
fn plain(text: &str, start: usize, line: Line) -> Option<(usize, usize)> {
    let rest = text.get(start..)?;
    let ends = |c: char| {
        matches!(c, '\n' | '\r')
            || (line.flow && matches!(c, ',' | '}' | ']'))
            || (line.comment && matches!(c, ' ' | '\t'))
    };
    let value = rest.split(ends).next()?;
    let value = value.split(" #").next()?;
    let value = value.trim_end();
    let empty = value.is_empty() || matches!(value, "~" | "null" | "Null" | "NULL");
    (!empty).then(|| (start, start + value.len()))
}

/// Where the next line starts. Behind `|` or `#` it is not far; a file of one line of megabytes must not
/// be read through from every name in it.
fn next(text: &str, at: usize) -> Option<usize> {
    const FAR: usize = 512;
    let rest = text.as_bytes().get(at..)?;
    let end = rest.iter().take(FAR).position(|byte| *byte == b'\n')?;
    Some(at + end + 1)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// The lines of a block scalar: those that are indented deeper than its key.
fn block(text: &str, line: usize, at: usize) -> Option<(usize, usize)> {
    let own = indent(text.get(line..at)?);
    let start = next(text, at)?;
    let mut end = start;
    for inner in text.get(start..)?.split_inclusive('\n') {
        let deeper = inner.len() - inner.trim_start_matches(' ').len() > own;
        if !inner.trim().is_empty() && !deeper {
            break;
        }
        end += inner.len();
    }
    (end > start).then_some((start, end))
}

/// A scalar on the line below its key.
fn next_line(text: &str, line: usize, at: usize) -> Option<(usize, usize)> {
    let own = indent(text.get(line..at)?);
    let mut start = next(text, at)?;
    for inner in text.get(start..)?.split_inclusive('\n').take(8) {
        let trimmed = inner.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            start += inner.len();
            continue;
        }
        let lead = inner.len() - inner.trim_start().len();
        let is_other = trimmed.contains(": ")
            || trimmed.ends_with(':')
            || trimmed.starts_with(['{', '[', '&', '*', '!', '-']);
        return (lead > own && !is_other).then(|| {
            let text = trimmed.trim_matches(['"', '\'']);
            let offset = inner.find(text).unwrap_or(lead);
            (start + offset, start + offset + text.len())
        });
    }
    None
}
