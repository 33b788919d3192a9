//! Accounts that are added to a file: by span, so that all else stays as it is written, and in the form
//! that `fmt` gives it.
//!
//! Not made with the patch editor (`super::patch`), which keeps the layout that stands there: many accounts come
//! into files at once here, so each stands on one line however long it is, before the first that comes after
//! it, ids stay quoted as ids are, and the whole file is formatted.

use crate::config::declaration::Section;
use crate::config::yaml::{self, Key, Limits, Node, Value};
use crate::model::time::Date;

use super::scalar::{quoted, scalar};
use super::{Edit, apply, blank, format, order, same};

/// An account that is to be declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NewAccount<'a> {
    pub id: &'a str,
    pub name: Option<&'a str>,
    pub organization: Option<&'a str>,
    pub payer: Option<&'a str>,
    pub closed: Option<Date>,
    /// The word of its kind, where the provider has several.
    pub account_type: Option<&'a str>,
    /// The account that it is part of.
    pub within: Option<&'a str>,
}

/// Why accounts cannot be added to a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CannotAdd(&'static str);

impl NewAccount<'_> {
    /// The entry on one line, without indentation.
    fn line(&self) -> String {
        let closed = self.closed.map(|day| day.to_string());
        let fields = [
            ("name", self.name),
            ("organization", self.organization),
            ("payer", self.payer),
            ("type", self.account_type),
            ("within", self.within),
            ("closed", closed.as_deref()),
        ];
        let given: Vec<String> = fields
            .iter()
            .filter_map(|(field, value)| Some(format!("{field}: {}", scalar((*value)?))))
            .collect();
        let value = match (given.as_slice(), self.name) {
            ([_], Some(name)) => scalar(name),
            _ => format!("{{{}}}", given.join(", ")),
        };
        format!("{}: {value}", quoted(self.id))
    }
}

/// A new file that declares accounts: `top` is a comment above it, `defaults` are fields and values
/// for all of them.
#[must_use]
pub fn new_file(
    top: Option<&str>,
    defaults: &[(&str, &str)],
    accounts: &[NewAccount<'_>],
) -> String {
    let mut text = String::new();
    if let Some(top) = top {
        text += &format!("# {top}\n\n");
    }
    if !defaults.is_empty() {
        let fields = defaults
            .iter()
            .map(|(field, value)| format!("{field}: {}", scalar(value)));
        let fields: Vec<String> = fields.collect();
        text += &format!("defaults: {{{}}}\n", fields.join(", "));
    }
    text += "accounts:\n";
    text += &lines_of(&sorted(accounts), 2, "\n");
    text
}

/// The text of a file with accounts added, as `fmt` writes it.
///
/// # Errors
/// Where they cannot be added without touching what stands there.
pub fn add_accounts(text: &str, accounts: &[NewAccount<'_>]) -> Result<String, CannotAdd> {
    const MARK: &str = "\u{FEFF}";
    if accounts.is_empty() {
        return Ok(text.to_owned());
    }
    let body = text.strip_prefix(MARK).unwrap_or(text);
    let mark = &text[..text.len() - body.len()];
    let line_break = blank::line_break(body);
    let mut body = body.to_owned();
    if !body.is_empty() && !body.ends_with('\n') {
        body += line_break;
    }
    let unreadable = |_| CannotAdd("it is no YAML");
    let tree = yaml::parse(&body, &Limits::default()).map_err(unreadable)?;
    let accounts = sorted(accounts);
    let added = match &tree {
        None => body.clone() + &section(&accounts, 0, line_break),
        Some(tree) => add(&body, tree, &accounts, line_break)?,
    };
    let after = yaml::parse(&added, &Limits::default())
        .ok()
        .flatten()
        .filter(|after| holds(tree.as_ref(), after, &accounts));
    if after.is_none() {
        return Err(CannotAdd(
            "its `accounts:` are written in a way that nothing can be added to",
        ));
    }
    let formatted = format(&added).map_err(|_| CannotAdd("it is no YAML"))?;
    Ok(mark.to_owned() + &formatted.text)
}

fn sorted<'a>(accounts: &[NewAccount<'a>]) -> Vec<NewAccount<'a>> {
    let mut sorted = accounts.to_vec();
    sorted.sort_by(|a, b| order::rank(a.id).cmp(&order::rank(b.id)));
    sorted
}

fn lines_of(accounts: &[NewAccount<'_>], indent: usize, line_break: &str) -> String {
    let line = |account: &NewAccount<'_>| format!("{:indent$}{}{line_break}", "", account.line());
    accounts.iter().map(line).collect()
}

fn section(accounts: &[NewAccount<'_>], indent: usize, line_break: &str) -> String {
    let lines = lines_of(accounts, indent + 2, line_break);
    format!("{:indent$}accounts:{line_break}{lines}", "")
}

fn add(
    text: &str,
    tree: &Node<'_>,
    accounts: &[NewAccount<'_>],
    line_break: &str,
) -> Result<String, CannotAdd> {
    const BRACES: CannotAdd = CannotAdd("all of it stands between braces");
    let Value::Mapping(sections) = &tree.value else {
        return Err(CannotAdd("it is no map of sections"));
    };
    let braces = tree.span.of(text).starts_with('{');
    let Some((key, node)) = tree.entry(Section::Accounts.as_str()) else {
        if braces {
            return Err(BRACES);
        }
        let indent = sections.first().map_or(0, |(key, _)| column(text, key));
        let part = if text.ends_with(&format!("{line_break}{line_break}")) {
            ""
        } else {
            line_break
        };
        return Ok(format!(
            "{text}{part}{}",
            section(accounts, indent, line_break)
        ));
    };
    if node.is_alias(text) {
        return Err(CannotAdd("its `accounts:` are an alias of something else"));
    }
    let edits = match &node.value {
        Value::Mapping(entries) if node.span.of(text).starts_with('{') => {
            match between_braces(text, node, entries, accounts) {
                Some(edit) => vec![edit],
                None if braces => return Err(BRACES),
                None => emptied(text, key, node, accounts, line_break),
            }
        }
        Value::Mapping(entries) => order::blocks(key, entries, text)
            .map(|blocks| in_lines(text, entries, &blocks, accounts, line_break))
            .ok_or(CannotAdd("its accounts stand on no lines of their own"))?,
        Value::Scalar(_) if braces => return Err(BRACES),
        _ => emptied(text, key, node, accounts, line_break),
    };
    Ok(apply(text, &edits))
}

/// How far a key is indented.
fn column(text: &str, key: &Key<'_>) -> usize {
    let start = key.span.start as usize;
    start - order::line_start(text, start)
}

/// Each new entry on a line before the first that comes after it.
fn in_lines(
    text: &str,
    entries: &[(Key<'_>, Node<'_>)],
    blocks: &[order::Block],
    accounts: &[NewAccount<'_>],
    line_break: &str,
) -> Vec<Edit> {
    let indent = entries.first().map_or(2, |(key, _)| column(text, key));
    let mut edits: Vec<Edit> = Vec::new();
    for account in accounts {
        let before =
            |(key, _): &(Key<'_>, Node<'_>)| order::rank(&key.text) < order::rank(account.id);
        let next = blocks.get(entries.partition_point(before));
        let end = || blocks.last().map_or(text.len(), |last| last.lines.end);
        let at = next.map_or_else(end, |block| block.lines.start);
        let line = lines_of(std::slice::from_ref(account), indent, line_break);
        match edits.last_mut() {
            Some(edit) if edit.start == at => edit.text += &line,
            _ => edits.push(Edit {
                start: at,
                end: at,
                text: line,
            }),
        }
    }
    // Where the entries are in no order, neither are the places between them.
    edits.sort_by_key(|edit| edit.start);
    edits
}

/// Behind the last entry between braces; none where there is nothing between them.
fn between_braces(
    text: &str,
    node: &Node<'_>,
    entries: &[(Key<'_>, Node<'_>)],
    accounts: &[NewAccount<'_>],
) -> Option<Edit> {
    let lines: Vec<String> = accounts.iter().map(NewAccount::line).collect();
    let lines = lines.join(", ");
    let (at, text) = match entries.last() {
        Some((key, value)) => (
            key.span.end.max(value.span.end) as usize,
            format!(", {lines}"),
        ),
        None => {
            let inside = node.span.of(text).trim_matches(['{', '}']);
            if inside.trim().is_empty() {
                return None;
            }
            (node.span.start as usize + 1, lines)
        }
    };
    Some(Edit {
        start: at,
        end: at,
        text,
    })
}

/// Below the key of a section that holds nothing.
fn emptied(
    text: &str,
    key: &Key<'_>,
    node: &Node<'_>,
    accounts: &[NewAccount<'_>],
    line_break: &str,
) -> Vec<Edit> {
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    let before = text.get(..start).unwrap_or_default();
    let nothing = Edit {
        start: before.trim_end_matches([' ', '\t']).len(),
        end,
        text: String::new(),
    };
    let below = order::line_end(text, end);
    let lines = Edit {
        start: below,
        end: below,
        text: lines_of(accounts, column(text, key) + 2, line_break),
    };
    if node.span.is_empty() {
        vec![lines]
    } else {
        vec![nothing, lines]
    }
}

/// Whether a file says what it said before, and declares the new accounts besides.
fn holds(before: Option<&Node<'_>>, after: &Node<'_>, accounts: &[NewAccount<'_>]) -> bool {
    let section = Section::Accounts.as_str();
    let mut rest = after.clone();
    let Value::Mapping(sections) = &mut rest.value else {
        return false;
    };
    let Some((_, node)) = sections.iter_mut().find(|(key, _)| key.text == section) else {
        return false;
    };
    let Value::Mapping(entries) = &mut node.value else {
        return false;
    };
    let new: std::collections::HashMap<&str, &NewAccount<'_>> = accounts
        .iter()
        .map(|account| (account.id, account))
        .collect();
    let all = entries.len();
    let mut good = true;
    entries.retain(|(key, value)| match new.get(&*key.text) {
        Some(account) => {
            good &= says(value, account);
            false
        }
        None => true,
    });
    good &= all - entries.len() == new.len();
    let empty = entries.is_empty();
    let nothing = |node: &Node<'_>| match &node.value {
        Value::Scalar(scalar) => scalar.kind() == yaml::Kind::Null,
        Value::Mapping(entries) => entries.is_empty(),
        Value::Sequence(_) => false,
    };
    let mut before = before.cloned();
    if empty {
        sections.retain(|(key, _)| key.text != section);
        if let Some(Value::Mapping(sections)) = before.as_mut().map(|tree| &mut tree.value) {
            sections.retain(|(key, node)| key.text != section || !nothing(node));
        }
    }
    good && match before {
        Some(before) => same::file(&before, &rest),
        None => rest.as_mapping().is_some_and(<[_]>::is_empty),
    }
}

/// Whether a value says of an account what it should.
fn says(value: &Node<'_>, account: &NewAccount<'_>) -> bool {
    let text = |node: &Node<'_>| node.as_scalar().map(|scalar| scalar.text.to_string());
    let is =
        |field: &str, wanted: Option<&str>| value.get(field).and_then(text).as_deref() == wanted;
    if value.as_scalar().is_some() {
        return text(value).as_deref() == account.name
            && account.organization.is_none()
            && account.payer.is_none()
            && account.account_type.is_none()
            && account.within.is_none()
            && account.closed.is_none();
    }
    let closed = account.closed.map(|day| day.to_string());
    is("name", account.name)
        && is("organization", account.organization)
        && is("payer", account.payer)
        && is("type", account.account_type)
        && is("within", account.within)
        && is("closed", closed.as_deref())
}

#[cfg(test)]
mod tests;
