//! `fmt`: edits the text of a file by span, so that comments, blank lines, anchors and meaning stay.
//!
//! Three passes: blanks at line ends, quotes around what other YAML tools would misread, entries in the
//! order of their keys. Each pass reads its own result again and is dropped where the meaning changed:
//! what cannot be moved safely stays where it is. Imports add accounts to a file, and
//! change values of it, in the same way.
//! Nothing here opens a file or prints.

mod add;
mod blank;
mod diff;
mod order;
mod patch;
mod quote;
mod same;
mod scalar;

use super::yaml::{self, Limits, Node, Problem};

pub use add::{CannotAdd, NewAccount, add_accounts, new_file};
pub use diff::{diff, diff_of_new};
pub use patch::{CannotPatch, Entries, Item, Patch, Place, Value, patch, patched_new};

/// A file's text as `fmt` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    pub text: String,
    /// Whether it differs from what was read.
    pub changed: bool,
}

/// Formats the bytes of one file. A byte order mark stays.
///
/// # Errors
/// What keeps the bytes from being read as YAML.
pub fn format_bytes(bytes: &[u8]) -> Result<Formatted, Vec<Problem>> {
    let text = yaml::decode(bytes, &Limits::default()).map_err(|problem| vec![problem])?;
    // Decoding takes the mark off.
    format(std::str::from_utf8(bytes).unwrap_or(text))
}

/// Formats the text of one file. A byte order mark stays.
///
/// # Errors
/// What keeps the text from being read as YAML. Errors of the language are none of `fmt`'s.
pub fn format(text: &str) -> Result<Formatted, Vec<Problem>> {
    const MARK: &str = "\u{FEFF}";
    let body = text.strip_prefix(MARK).unwrap_or(text);
    let mark = &text[..text.len() - body.len()];
    let mut draft = Draft::new(body)?;
    blank::clean(&mut draft);
    quote::quote(&mut draft);
    if order::order(&mut draft) {
        blank::clean(&mut draft);
    }
    let text_after = format!("{mark}{}", draft.text);
    Ok(Formatted {
        changed: text_after != text,
        text: text_after,
    })
}

/// A text that is being edited, and always means what it meant.
struct Draft {
    text: String,
}

impl Draft {
    fn new(text: &str) -> Result<Self, Vec<Problem>> {
        yaml::parse(text, &Limits::default())?;
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// The tree of the text as it stands. `None` for a text of blanks and comments.
    fn tree(&self) -> Option<Node<'_>> {
        yaml::parse(&self.text, &Limits::default()).ok().flatten()
    }

    /// Takes over another text if it means the same. Says whether it did.
    fn replace(&mut self, text: String) -> bool {
        if text == self.text {
            return true;
        }
        let Ok(after) = yaml::parse(&text, &Limits::default()) else {
            return false;
        };
        let same = match (self.tree(), &after) {
            (None, None) => true,
            (Some(before), Some(after)) => same::file(&before, after),
            _ => false,
        };
        drop(after);
        if same {
            self.text = text;
        }
        same
    }

    /// Replaces ranges of the text, all at once if that keeps the meaning, else those that do.
    ///
    /// The ranges must not overlap.
    fn edit(&mut self, mut edits: Vec<Edit>) {
        edits.sort_by_key(|edit| edit.start);
        let mut attempts = 50;
        self.edit_some(&edits, &mut attempts);
    }

    /// Halves what cannot be done at once. The later half first: the offsets before it stay right.
    fn edit_some(&mut self, edits: &[Edit], attempts: &mut u32) {
        if edits.is_empty() || *attempts == 0 {
            return;
        }
        *attempts -= 1;
        if !self.replace(apply(&self.text, edits)) && edits.len() > 1 {
            let (first, second) = edits.split_at(edits.len() / 2);
            self.edit_some(second, attempts);
            self.edit_some(first, attempts);
        }
    }
}

/// A range of bytes, and what is to stand there.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut result = String::with_capacity(text.len() + added);
    let mut at = 0;
    for edit in edits {
        result.push_str(text.get(at..edit.start).unwrap_or_default());
        result.push_str(&edit.text);
        at = edit.end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
