//! Text for a terminal: harmless, wrapped, counted.

use std::borrow::Cow;

/// Takes out what could move the cursor, hide or reorder text: control characters and marks of
/// direction become `?`-like signs of the same length in bytes, so that spans stay true. Line breaks
/// and tabs stay.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let replace = |c: char| match (is_harmful(c), c.len_utf8()) {
        (false, _) => c,
        (true, 1) => '?',
        (true, 2) => '\u{B7}',
        (true, _) => '\u{FFFD}',
    };
    Cow::Owned(text.chars().map(replace).collect())
}

fn is_harmful(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// One line of harmless text.
#[must_use]
pub fn clean(text: &str) -> String {
    harmless(text).replace(['\n', '\t'], " ")
}

/// Breaks a line between words so that it fits, with a line break at its end.
///
/// `first` stands before the first line and takes `first_width` columns (it may hold colour), `rest`
/// before all others. A word that is too long stays whole: it may have to be copied.
#[must_use]
pub fn wrap(text: &str, width: usize, first: &str, first_width: usize, rest: &str) -> String {
    let mut wrapped = String::with_capacity(text.len() + 32);
    wrapped += first;
    let mut column = first_width;
    let mut fresh = true;
    for word in text.split(' ') {
        let length = word.chars().count();
        if !fresh && column + 1 + length > width {
            wrapped.push('\n');
            wrapped += rest;
            column = rest.len();
            fresh = true;
        }
        if !fresh {
            wrapped.push(' ');
            column += 1;
        }
        wrapped += word;
        column += length;
        fresh = false;
    }
    wrapped.push('\n');
    wrapped
}

/// A number and its noun: `1 error`, `2 errors`.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_marks_of_direction_cannot_pass() {
        let evil = "a\u{1b}[31mb\u{202E}c\u{9b}d\re\n\tf";
        let tame = harmless(evil);
        assert_eq!(tame, "a?[31mb\u{FFFD}c\u{B7}d?e\n\tf");
        assert_eq!(tame.len(), evil.len());
    }

    #[test]
    fn long_lines_break_between_words() {
        assert_eq!(
            wrap("one two three abcdefghijklmnop x", 12, "> ", 2, "  "),
            "> one two\n  three\n  abcdefghijklmnop\n  x\n"
        );
        assert_eq!(wrap("", 12, "> ", 2, "  "), "> \n");
    }
}
