//! Patches: values of a file that are set, added and taken out by span, so that comments, quotes, order and
//! layout of all else stay.
//!
//! A patch is a tree like the file's. Its result is read again: unless it says exactly what the file said
//! before, with the patch on top, nothing is changed. Knows nothing of what the values mean.

mod expected;
mod flow;
mod list;
mod map;
mod patcher;
#[cfg(test)]
mod tests;
mod value;

use crate::config::yaml::{self, Limits};

use super::{apply, blank, format, order};

use patcher::{Entry, Patcher, column};
use value::Said;
pub use value::Value;

/// What becomes of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch {
    /// It becomes this one; where there is none yet, it is added.
    Set(Value),
    /// The same; it is added in the group under one heading that the last of these keys stands in.
    Beside { value: Value, near: Vec<String> },
    /// It goes, with the comments that are its own. A map that has nothing else goes with it.
    Remove,
    /// Entries of a map.
    Entries(Entries),
    /// Items of a list. Where no list stands there, it becomes the value `or`.
    Items { items: Vec<Item>, or: Value },
}

/// What becomes of the entries of a map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries {
    /// The field that the map's short form is: a single value grows into a map with it.
    pub short: Option<&'static str>,
    /// Where new entries come.
    pub place: Place,
    /// By key, each once.
    pub changes: Vec<(String, Patch)>,
}

/// Where new entries of a map come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// In the order of keys.
    #[default]
    Sorted,
    /// Behind those that stand before them in this list, and those that are not in it.
    Fields(&'static [&'static str]),
}

/// An item of a list as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// The present one at this place; such places rise.
    Keep(usize),
    New(Value),
}

/// Why a file cannot be patched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct CannotPatch {
    /// From 1.
    pub line: usize,
    /// What stands there, in a clause.
    pub why: String,
    /// What to do.
    pub help: String,
}

impl Entries {
    pub fn add(&mut self, key: &str, patch: Patch) {
        self.changes.push((key.to_owned(), patch));
    }

    /// What becomes of the value at a path; maps on the way to it keep what else they hold.
    pub fn put(&mut self, path: &[&str], patch: Patch) {
        let Some((key, rest)) = path.split_first() else {
            return;
        };
        if rest.is_empty() {
            return self.changes.push(((*key).to_owned(), patch));
        }
        for (have, inner) in &mut self.changes {
            if let Patch::Entries(inner) = inner
                && have == key
            {
                return inner.put(rest, patch);
            }
        }
        let mut inner = Self::default();
        inner.put(rest, patch);
        self.changes
            .push(((*key).to_owned(), Patch::Entries(inner)));
    }
}

impl Patch {
    /// The value where there is none yet; `None` where the patch adds nothing.
    fn fresh(&self) -> Option<Value> {
        match self {
            Self::Set(value) | Self::Beside { value, .. } | Self::Items { or: value, .. } => {
                Some(value.clone())
            }
            Self::Remove => None,
            Self::Entries(entries) => {
                let mut changes: Vec<(String, Value)> = entries
                    .changes
                    .iter()
                    .filter_map(|(key, patch)| Some((key.clone(), patch.fresh()?)))
                    .collect();
                match entries.place {
                    Place::Fields(fields) => changes.sort_by_key(|(key, _)| rank(fields, key)),
                    _ => changes.sort_by(|(a, _), (b, _)| order::rank(a).cmp(&order::rank(b))),
                }
                (!changes.is_empty()).then_some(Value::Map(changes))
            }
        }
    }
}

/// The place of a field in a list of fields; what is not in it comes first.
fn rank(fields: &[&str], key: &str) -> usize {
    let place = fields.iter().position(|field| *field == key);
    place.map_or(0, |place| place + 1)
}

/// The text of a file with a patch of its top level. One that `fmt` leaves alone stays so.
///
/// # Errors
/// Where something cannot be changed without changing more.
pub fn patch(text: &str, top: &Entries) -> Result<String, CannotPatch> {
    const MARK: &str = "\u{FEFF}";
    let body = text.strip_prefix(MARK).unwrap_or(text);
    let mark = &text[..text.len() - body.len()];
    let line_break = blank::line_break(body);
    let mut whole = body.to_owned();
    let open = !body.is_empty() && !body.ends_with('\n');
    if open {
        whole += line_break;
    }
    let unreadable = || CannotPatch {
        line: 1,
        why: "it is no YAML".to_owned(),
        help: "`bursar validate` says where".to_owned(),
    };
    let tree = yaml::parse(&whole, &Limits::default()).map_err(|_| unreadable())?;
    let mut after = match &tree {
        None => whole.clone() + &new_sections(top, line_break),
        Some(tree) => {
            let mut patcher = Patcher {
                text: &whole,
                tree,
                line_break,
                edits: Vec::new(),
            };
            patcher.top(top)?;
            let mut edits = patcher.edits;
            edits.sort_by_key(|edit| (edit.start, edit.end));
            apply(&whole, &edits)
        }
    };
    let before = tree.as_ref().map_or_else(Said::null, Said::of);
    let wanted = expected::entries(&before, top, true);
    let read = yaml::parse(&after, &Limits::default()).ok().flatten();
    if read.as_ref().map_or_else(Said::null, Said::of) != wanted {
        return Err(CannotPatch {
            line: 1,
            why: "it is written in a way that this cannot be carried into without changing more"
                .to_owned(),
            help: "make the change by hand".to_owned(),
        });
    }
    drop(read);
    if format(body).is_ok_and(|formatted| !formatted.changed) {
        let formatted = format(&after).map_err(|_| unreadable())?;
        after = formatted.text;
    } else if open && after.ends_with(line_break) {
        after.truncate(after.len() - line_break.len());
    }
    Ok(mark.to_owned() + &after)
}

/// The text of a new file.
#[must_use]
pub fn patched_new(top: &str, entries: &Entries) -> String {
    format!("{top}{}", new_sections(entries, "\n"))
}

fn new_sections(top: &Entries, line_break: &str) -> String {
    let Some(Value::Map(sections)) = Patch::Entries(top.clone()).fresh() else {
        return String::new();
    };
    section_lines(&sections, 0, line_break)
}

/// Sections with their entries on lines, however short they are.
fn section_lines(sections: &[(String, Value)], indent: usize, line_break: &str) -> String {
    let mut out = String::new();
    for (key, value) in sections {
        out += &format!("{:indent$}{key}:{line_break}", "");
        match value {
            Value::Map(entries) if key == "budgets" => {
                out += &section_lines(entries, indent + 2, line_break);
            }
            value => out += &value.lines(indent + 2, line_break),
        }
    }
    out
}
