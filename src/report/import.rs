//! What an import declares, as people and machines read it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::import::{Draft, Survey};

use super::plan::listings::accounts;
use super::{Look, difference, style, text};

/// What is told of an import.
pub struct Told<'a> {
    pub organization: &'a str,
    /// What people call its cloud.
    pub cloud: &'a str,
    pub survey: &'a Survey,
    pub draft: &'a Draft,
    /// Whether the files are written.
    pub written: bool,
    /// The requests that it took, retries included, by `service:Operation`.
    pub calls: &'a BTreeMap<String, u64>,
}

/// An import: printed by `import --json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    pub format_version: u32,
    pub organization: String,
    /// Whether the files are written: `--write`.
    pub written: bool,
    /// How many accounts the provider lists.
    pub accounts: usize,
    /// How many of them nobody declared before, without the ignored ones.
    pub undeclared: usize,
    /// How many of those are left out because they are closed or suspended.
    pub inactive: usize,
    /// How many that nobody declared are ignored.
    pub ignored: usize,
    /// Declared accounts that the provider does not list, by address.
    pub left: Vec<String>,
    /// Accounts whose names cannot stand in a file, by id.
    pub nameless: Vec<String>,
    pub files: Vec<File>,
    /// The requests that it took, retries included, by `service:Operation`.
    pub calls: BTreeMap<String, u64>,
}

/// One file that accounts are declared in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct File {
    /// Path from the project's folder.
    pub path: String,
    /// Whether it is a new one.
    pub new: bool,
    /// Whether the rest of it is formatted too, as it was not before.
    pub formatted: bool,
    /// The accounts that are declared in it, by id.
    pub accounts: Vec<String>,
    /// What changes in it, as a unified diff.
    pub diff: String,
}

/// The document of an import.
#[must_use]
pub fn document(told: &Told<'_>) -> Document {
    let (survey, draft) = (told.survey, told.draft);
    let file = |file: &crate::import::FileDraft| File {
        path: file.path.clone(),
        new: file.before.is_none(),
        formatted: file.formatted,
        accounts: file.accounts.clone(),
        diff: difference::plain(&file.path, file.before.as_deref(), &file.after),
    };
    Document {
        format_version: 1,
        organization: told.organization.to_owned(),
        written: told.written,
        accounts: survey.accounts,
        undeclared: survey.undeclared.len(),
        inactive: draft.closed + draft.undated,
        ignored: survey.ignored,
        left: survey.left.iter().map(ToString::to_string).collect(),
        nameless: draft.nameless.clone(),
        files: draft.files.iter().map(file).collect(),
        calls: told.calls.clone(),
    }
}

/// An import as text.
#[must_use]
pub fn render(told: &Told<'_>, look: Look) -> String {
    let mut out = format!("{}\n", look.paint(style::BOLD, verdict(told)));
    for file in &told.draft.files {
        if told.written {
            let what = if file.before.is_none() {
                "created"
            } else {
                "changed"
            };
            let count = accounts(file.accounts.len());
            out += &format!("  {what:<8} {}  {count}\n", text::clean(&file.path));
        } else {
            let before = file.before.as_deref();
            out += &format!(
                "\n{}",
                difference::render(&file.path, before, &file.after, look)
            );
        }
    }
    let notes = notes(told);
    if !told.draft.files.is_empty() && !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        let first = format!("{} ", look.paint(style::HELP, "note:"));
        out += &text::wrap(&text::clean(&note), look.width, &first, 6, "      ");
    }
    out
}

fn verdict(told: &Told<'_>) -> String {
    let (survey, draft) = (told.survey, told.draft);
    let organization = text::clean(told.organization);
    let listed = format!("{} in {}", accounts(survey.accounts), told.cloud);
    let new = draft.accounts();
    if new > 0 {
        let files = text::count(draft.files.len(), "file", "files");
        let done = if told.written {
            "declared"
        } else {
            "to declare"
        };
        return format!("{organization}: {} {done}, in {files}", accounts(new));
    }
    if survey.undeclared.is_empty() && survey.ignored == 0 {
        return format!("{organization}: nothing to import, all {listed} are declared");
    }
    format!("{organization}: nothing to import from {listed}")
}

/// Closed and suspended accounts that are left out.
fn left_out(count: usize) -> String {
    match count {
        1 => "1 closed or suspended account is left out".to_owned(),
        many => format!(
            "{} closed or suspended accounts are left out",
            text::thousands(many)
        ),
    }
}

/// What is left out, and what else should be known.
fn notes(told: &Told<'_>) -> Vec<String> {
    let (survey, draft) = (told.survey, told.draft);
    let mut notes = Vec::new();
    if draft.undated > 0 {
        notes.push(format!(
            "{}, as {} does not say since when; to keep one with its history, declare it by hand with \
             `closed: YYYY-MM-DD`",
            left_out(draft.undated),
            told.cloud
        ));
    }
    if draft.closed > 0 {
        notes.push(format!(
            "{}; `--include-closed` declares such accounts with their day",
            left_out(draft.closed)
        ));
    }
    if survey.ignored > 0 {
        notes.push(format!(
            "ignored, as asked for: {}",
            accounts(survey.ignored)
        ));
    }
    if !draft.nameless.is_empty() {
        let ids = text::some_of(draft.nameless.iter().cloned(), 60);
        notes.push(format!(
            "declared without a name, which is empty or looks like a secret: {ids}"
        ));
    }
    if !survey.left.is_empty() {
        let left = survey.left.iter().map(ToString::to_string);
        notes.push(format!(
            "declared and not in {}: {}; correct `organization` or the id, or write `closed: \
             YYYY-MM-DD` to keep an account with its history",
            told.cloud,
            text::some_of(left, 60)
        ));
    }
    for file in draft.files.iter().filter(|file| file.formatted) {
        let verb = if told.written { "is" } else { "would be" };
        notes.push(format!(
            "all of {} {verb} formatted, as `bursar fmt` does it",
            file.path
        ));
    }
    notes
}
