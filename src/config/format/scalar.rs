//! Texts as YAML: bare where no tool can misread them, else in quotes, with escapes for what nobody
//! would see.

use super::quote::misread;

/// A text as a value or a key, in a block or between braces.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    quoted(text)
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    if text.chars().any(is_unseen) {
        return escaped(text);
    }
    if text.contains(['"', '\\']) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    format!("\"{text}\"")
}

/// Whether a text stands for itself everywhere: letters and digits with a few signs between.
fn is_plain(text: &str) -> bool {
    let sign = |c: char| {
        matches!(
            c,
            ' ' | '-' | '_' | '.' | '/' | '+' | '(' | ')' | '&' | '@' | '\''
        )
    };
    text.starts_with(char::is_alphanumeric)
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_alphanumeric() || sign(c))
        && !misread(text)
}

/// Whether a character is no sign that can be seen, or one that moves others: YAML forbids some of
/// these, people are fooled by the rest.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{A0}' | '\u{AD}' | '\u{61C}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E007F}')
}

fn escaped(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::from("\"");
    for c in text.chars() {
        let code = u32::from(c);
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            c if !is_unseen(c) => write!(out, "{c}"),
            _ if code <= 0xFF => write!(out, "\\x{code:02X}"),
            _ if code <= 0xFFFF => write!(out, "\\u{code:04X}"),
            _ => write!(out, "\\U{code:08X}"),
        };
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn texts_get_quotes_where_they_need_them() {
        for plain in [
            "Shop production",
            "it's",
            "R&D (EU)",
            "v1.2/x",
            "Überschuß",
            "日本",
        ] {
            assert_eq!(scalar(plain), plain);
        }
        for (text, written) in [
            ("", "\"\""),
            ("NO", "\"NO\""),
            ("012", "\"012\""),
            ("2027-01", "\"2027-01\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("- a", "\"- a\""),
            (" a", "\" a\""),
            ("a ", "\"a \""),
            ("a,b", "\"a,b\""),
            ("{a}", "\"{a}\""),
            ("🚀", "\"🚀\""),
            ("say \"yes\"", "'say \"yes\"'"),
            ("\\o/ it's", "'\\o/ it''s'"),
            ("two\nlines\t\"x\"", "\"two\\nlines\\t\\\"x\\\"\""),
            (
                "a\u{85}b\u{202E}c\u{E0041}",
                "\"a\\x85b\\u202Ec\\U000E0041\"",
            ),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}
