//! Text for a terminal: harmless, wrapped, counted.

use std::borrow::Cow;

pub use crate::model::number::{grouped, thousands};

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

/// A number and its noun: `1 error`, `2,000 errors`.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", thousands(number))
}

/// A text of at most this many columns, shortened in its middle: an id is told from others by its
/// ends.
#[must_use]
pub fn middle(text: &str, width: usize) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= width {
        return Cow::Borrowed(text);
    }
    let kept = width.saturating_sub(1);
    let front = kept.div_ceil(2);
    let head = text.chars().take(front);
    let tail = text.chars().skip(length - (kept - front));
    Cow::Owned(head.chain(['…']).chain(tail).collect())
}

/// A text of at most this many columns, cut at its end.
#[must_use]
pub fn end(text: &str, width: usize) -> Cow<'_, str> {
    if text.chars().count() <= width {
        return Cow::Borrowed(text);
    }
    let head = text.chars().take(width.saturating_sub(1));
    Cow::Owned(head.chain(['…']).collect())
}

/// The first few of a list, and how many more there are: `a, b and 3 more`. Takes as many as fit.
#[must_use]
pub fn some_of(names: impl ExactSizeIterator<Item = String>, width: usize) -> String {
    let all = names.len();
    let mut text = String::new();
    // Lazily: of a hundred thousand names a handful is looked at.
    for (at, name) in names.enumerate() {
        let left = all - at;
        let room = if left > 1 {
            14 + left.ilog10() as usize
        } else {
            0
        };
        let longer = text.chars().count() + 2 + name.chars().count();
        if at > 0 && longer + room > width {
            return format!("{text} and {} more", thousands(left));
        }
        if at > 0 {
            text += ", ";
        }
        text += &name;
    }
    text
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
    fn long_ids_keep_both_ends() {
        assert_eq!(middle("abcdefghij", 10), "abcdefghij");
        assert_eq!(middle("abcdefghij", 7), "abc…hij");
        assert_eq!(middle("abcdefghij", 6), "abc…ij");
        assert_eq!(end("abcdefghij", 4), "abc…");
    }

    #[test]
    fn lists_say_how_many_they_leave_out() {
        let names = |count| {
            let all = ["one", "two", "three", "four"];
            all.map(String::from).into_iter().take(count)
        };
        assert_eq!(some_of(names(4), 80), "one, two, three, four");
        assert_eq!(some_of(names(4), 22), "one, two and 2 more");
        assert_eq!(some_of(names(1), 1), "one");
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
