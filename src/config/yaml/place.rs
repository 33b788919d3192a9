//! Where things stand between two events: the scanner's marks leave out indicators, and take in blanks,
//! comments, anchors and tags. Only looks at text, knows nothing of the tree.

use super::Span;
use super::span::to_u32;

/// The first byte from `at` on that is neither blank, line break nor comment.
pub(super) fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
            Some(b'#') if at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\r' | b'\n') => {
                at = line_end(bytes, at);
            }
            _ => return at,
        }
    }
}

/// The end of the line that holds `at`, before its break.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|b| matches!(b, b'\n' | b'\r'))
        .unwrap_or(rest.len())
}

/// The start of the line that holds `at`.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    before
        .iter()
        .rposition(|b| matches!(b, b'\n' | b'\r'))
        .map_or(0, |found| found + 1)
}

/// Steps over anchors and tags, and the blanks behind them.
pub(super) fn skip_properties(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b'&' | b'!') = bytes.get(at) {
        // A verbatim tag `!<…>` may hold the flow indicators that end anything else.
        let verbatim = bytes.get(at + 1) == Some(&b'<');
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => break,
                b',' | b'[' | b']' | b'{' | b'}' if !verbatim => break,
                _ => at += 1,
            }
        }
        at = skip_blank(bytes, at);
    }
    at
}

/// The end without the blanks and line breaks before it, not before `start`.
pub(super) fn trim_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let text = bytes.get(start..end).unwrap_or_default();
    let last = text
        .iter()
        .rposition(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    last.map_or(start, |last| start + last + 1)
}

/// One past the closing quote of the quoted scalar that starts at `start`; `end` where none is found.
pub(super) fn quoted_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let Some(quote @ (b'\'' | b'"')) = bytes.get(start).copied() else {
        return end;
    };
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at).copied() {
        match byte {
            b'\\' if quote == b'"' => at += 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    end
}

/// The tag among the anchor and tag that stand at `at`.
pub(super) fn tag(bytes: &[u8], mut at: usize) -> Span {
    if bytes.get(at) == Some(&b'&') {
        let rest = bytes.get(at..).unwrap_or_default();
        at += rest
            .iter()
            .position(|b| b.is_ascii_whitespace())
            .unwrap_or(rest.len());
        at = skip_blank(bytes, at);
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let verbatim = rest.get(1) == Some(&b'<');
    let ends = |b: &u8| {
        b.is_ascii_whitespace() || !verbatim && matches!(b, b',' | b'[' | b']' | b'{' | b'}')
    };
    let len = rest.iter().position(ends).unwrap_or(rest.len());
    Span::new(to_u32(at), to_u32(at + len))
}
