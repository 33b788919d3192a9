//! What an edited workbook changes, for machines.

use schemars::JsonSchema;
use serde::Serialize;

use super::imported::{Imported, Ours, address};
use crate::model::touched::Touched;
use crate::report::difference;
use crate::workbook::compare::{Edit, Missing};
use crate::workbook::read::BadCell;

/// What `structure import --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    format_version: u32,
    /// The commit that the workbook was compared with; none: with what is declared now.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    bad: Vec<Bad>,
    changes: Vec<Changed>,
    conflicts: Vec<Changed>,
    /// Addresses of what has no row any more, and is left as it is declared.
    missing: Vec<String>,
    /// Addresses of what is deleted, as it has no row any more: `--delete-missing`.
    deleted: Vec<String>,
    /// What would be deleted, and was changed since the workbook was written.
    lost: Vec<Lost>,
    /// Whether the files are written: `--write`.
    written: bool,
    files: Vec<File>,
    /// Where new cost centres and budgets are declared.
    placed: Vec<New>,
}

/// Something that would be deleted, and was changed since.
#[derive(Debug, Serialize, JsonSchema)]
struct Lost {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    declared: Option<Declared>,
}

/// Where a value is declared, and who wrote it.
#[derive(Debug, Serialize, JsonSchema)]
struct Declared {
    /// Path from the project's folder.
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// Whether the line is as in the last commit; none outside of git.
    #[serde(skip_serializing_if = "Option::is_none")]
    committed: Option<bool>,
    /// The commit that the line comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// The name of its author.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// Its day in UTC, YYYY-MM-DD.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
}

/// A file that was written.
#[derive(Debug, Serialize, JsonSchema)]
struct File {
    /// Path from the project's folder.
    path: String,
    /// Whether it is a new one.
    new: bool,
    /// What changed in it, as a unified diff.
    diff: String,
}

/// Something new, and where it is declared.
#[derive(Debug, Serialize, JsonSchema)]
struct New {
    address: String,
    file: String,
    /// Why there.
    why: String,
}

/// A cell that cannot be read.
#[derive(Debug, Serialize, JsonSchema)]
struct Bad {
    /// For example `Budgets!F7`; of a CSV file `budgets.csv:7, Jun`.
    cell: String,
    message: String,
    help: String,
}

/// A value that the workbook changes.
#[derive(Debug, Serialize, JsonSchema)]
struct Changed {
    address: String,
    /// The column.
    field: String,
    cell: String,
    before: String,
    after: String,
    /// What is declared now, of a conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    ours: Option<String>,
    /// Where that is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared: Option<Declared>,
}

fn declared(ours: &Ours) -> Option<Declared> {
    let mut declared = Declared {
        file: ours.at.file.clone()?,
        line: ours.at.line,
        committed: ours
            .touched
            .as_ref()
            .map(|touched| *touched != Touched::Uncommitted),
        commit: None,
        author: None,
        day: None,
    };
    if let Some(Touched::Committed {
        commit,
        author,
        day,
    }) = &ours.touched
    {
        declared.commit = Some(commit.clone());
        declared.author = Some(author.clone());
        declared.day = day.map(|day| day.to_string());
    }
    Some(declared)
}

/// What a workbook changes, as a document.
#[must_use]
pub fn document(imported: &Imported<'_>) -> Document {
    let changed = |edit: &Edit, ours: Option<&Ours>| Changed {
        address: address(&edit.what),
        field: edit.field.to_owned(),
        cell: edit.cell.to_string(),
        before: edit.before.clone(),
        after: edit.after.clone(),
        ours: edit.ours.clone(),
        declared: ours.and_then(declared),
    };
    let bad = |bad: &BadCell| Bad {
        cell: bad.cell.to_string(),
        message: bad.message.clone(),
        help: bad.help.clone(),
    };
    let compared = imported.compared;
    let mut ours = imported.ours.iter();
    let conflicts = compared.conflicts.iter();
    let conflicts = conflicts.map(|edit| changed(edit, ours.next())).collect();
    let lost = |missing: &Missing| Lost {
        address: address(&missing.what),
        declared: ours.next().and_then(declared),
    };
    let lost = imported.lost().map(lost).collect();
    let files = imported.draft.map_or(&[][..], |draft| &draft.files);
    let placed = imported.draft.map_or(&[][..], |draft| &draft.placed);
    let gone = imported.deleted().filter(|missing| !missing.changed);
    Document {
        format_version: 1,
        base: imported.base.clone(),
        bad: imported.bad().map(bad).collect(),
        changes: compared
            .edits
            .iter()
            .map(|edit| changed(edit, None))
            .collect(),
        conflicts,
        missing: imported
            .left()
            .map(|missing| address(&missing.what))
            .collect(),
        deleted: gone.map(|missing| address(&missing.what)).collect(),
        lost,
        written: imported.draft.is_some(),
        files: files
            .iter()
            .map(|file| File {
                path: file.path.clone(),
                new: file.before.is_none(),
                diff: difference::plain(&file.path, file.before.as_deref(), &file.after),
            })
            .collect(),
        placed: placed
            .iter()
            .map(|placed| New {
                address: address(&placed.what),
                file: placed.path.clone(),
                why: placed.why.clone(),
            })
            .collect(),
    }
}
