//! Bytes to text: encoding, byte order mark, NUL and other controls. The only place that sees raw bytes.

use super::problem::{Problem, code};
use super::span::to_u32;
use super::{Limits, Span, bounds};

/// The text of a file, without its byte order mark.
///
/// # Errors
/// [`code::TOO_LARGE`], [`code::ENCODING`], [`code::NUL`] or [`code::CONTROL`]; the span counts raw bytes.
pub fn decode<'b>(bytes: &'b [u8], limits: &Limits) -> Result<&'b str, Problem> {
    if bytes.len() > limits.file_bytes {
        return Err(bounds::too_large(limits, bytes.len()));
    }
    if let Some(name) = utf16(bytes) {
        return Err(Problem::new(
            code::ENCODING,
            Span::new(0, to_u32(bytes.len().min(2))),
            format!("the file is {name}, not UTF-8"),
            "Save it as UTF-8.",
        ));
    }
    // `contains` is the fast way to ask; there is a place to look for only if it says so.
    if bytes.contains(&0)
        && let Some(at) = bytes.iter().position(|byte| *byte == 0)
    {
        return Err(Problem::new(
            code::NUL,
            at_byte(at, 1),
            format!(
                "byte {at} {}is NUL: this is not a text file",
                on_line(bytes, at)
            ),
            "Only text files may end in .yaml or .yml under the sources: move it away, or restore its text.",
        ));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            return Err(Problem::new(
                code::ENCODING,
                at_byte(at, error.error_len().unwrap_or(bytes.len() - at)),
                format!("byte {at} {}is not UTF-8", on_line(bytes, at)),
                "Save the file as UTF-8.",
            ));
        }
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if let Some((at, c)) = control(text) {
        return Err(Problem::new(
            code::CONTROL,
            at_byte(at, c.len_utf8()),
            format!(
                "the control character U+{:04X} {}cannot stand in YAML",
                u32::from(c),
                on_line(text.as_bytes(), at)
            ),
            "Delete it, or write it as an escape between double quotes.",
        ));
    }
    Ok(text)
}

fn at_byte(at: usize, len: usize) -> Span {
    Span::new(to_u32(at), to_u32(at + len))
}

fn on_line(bytes: &[u8], at: usize) -> String {
    let before = bytes.get(..at).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    format!("(line {line}) ")
}

/// Names UTF-16 by its byte order mark, or by a NUL in every other of the first bytes.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return Some("UTF-16 (little endian)");
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return Some("UTF-16 (big endian)");
    }
    let head = bytes.get(..bytes.len().min(8) & !1)?;
    let nul = |odd: usize| head.iter().skip(odd).step_by(2).all(|byte| *byte == 0);
    let text = |odd: usize| head.iter().skip(odd).step_by(2).all(|byte| *byte != 0);
    match head.len() {
        0 => None,
        _ if text(0) && nul(1) => Some("UTF-16 (little endian)"),
        _ if nul(0) && text(1) => Some("UTF-16 (big endian)"),
        _ => None,
    }
}

/// The first control character that YAML does not take: C0 but tab and line breaks, DEL, C1 but NEL.
fn control(text: &str) -> Option<(usize, char)> {
    // Whole chunks first, without an exit inside: this is the part that is vectorised.
    let suspicious = |byte: u8| {
        (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')
            | (byte == 0x7F)
            | (byte == 0xC2)
    };
    let mut chunks = text.as_bytes().chunks(4096);
    if !chunks.any(|chunk| {
        chunk
            .iter()
            .fold(false, |any, byte| any | suspicious(*byte))
    }) {
        return None;
    }
    text.char_indices()
        .find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
}
