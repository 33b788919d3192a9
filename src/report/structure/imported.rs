//! What an edited workbook changes.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::text::{self, clean, count};
use crate::report::{Look, style};
use crate::structure::workbook::compare::{Compared, Edit, What};
use crate::structure::workbook::read::{BadCell, Read};

/// A workbook that was read and compared.
pub struct Imported<'a> {
    pub file: String,
    pub read: &'a Read,
    /// The commit that it was compared with.
    pub base: Option<String>,
    pub compared: &'a Compared,
}

impl Imported<'_> {
    /// Whether all of it could be carried over.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.bad().next().is_none() && self.compared.conflicts.is_empty()
    }

    fn bad(&self) -> impl Iterator<Item = &BadCell> {
        self.read.bad.iter().chain(&self.compared.strangers)
    }
}

fn address(what: &What) -> String {
    match what {
        What::CostCenter(code) => format!("cost_center/{code}"),
        What::Budget { code, year } => format!("budget/{code}/{year}"),
        What::Workspace { provider, id } => format!("account/{provider}/{id}"),
    }
}

fn shown(value: &str) -> String {
    match value {
        "" => "nothing".to_owned(),
        value => format!("`{}`", clean(value)),
    }
}

/// What a workbook changes, as text.
#[must_use]
pub fn render(imported: &Imported<'_>, look: Look) -> String {
    let compared = imported.compared;
    let mut out = format!("{}\n", look.paint(style::BOLD, verdict(imported)));
    for bad in imported.bad() {
        let at = bad.cell.to_string();
        let first = format!("\n{} ", look.paint(style::ERROR, format!("{at}:")));
        out += &text::wrap(&clean(&bad.message), look.width, &first, at.len() + 2, "  ");
        out += &text::wrap(&bad.help, look.width, "  help: ", 8, "        ");
    }
    if !compared.conflicts.is_empty() {
        out += "\nChanged here and there\n";
        for edit in &compared.conflicts {
            let _ = writeln!(
                out,
                "  {}  {}, {}",
                clean(&address(&edit.what)),
                edit.field,
                edit.cell
            );
            let _ = writeln!(out, "      it was {}", shown(&edit.before));
            let _ = writeln!(out, "      the workbook says {}", shown(&edit.after));
            let ours = edit.ours.as_deref().unwrap_or_default();
            let _ = writeln!(out, "      declared now is {}", shown(ours));
        }
    }
    if !compared.edits.is_empty() {
        out += "\nChanged in the workbook\n";
        for edit in &compared.edits {
            let _ = writeln!(
                out,
                "  {}  {}, {}",
                clean(&address(&edit.what)),
                edit.field,
                edit.cell
            );
            let _ = writeln!(
                out,
                "      {} → {}",
                shown(&edit.before),
                shown(&edit.after)
            );
        }
    }
    if !compared.missing.is_empty() {
        out += "\nWithout a row any more: left as declared, a missing row is no deletion\n";
        for what in &compared.missing {
            let _ = writeln!(out, "  {}", clean(&address(what)));
        }
    }
    out
}

fn verdict(imported: &Imported<'_>) -> String {
    let compared = imported.compared;
    let parts = [
        (imported.bad().count(), "wrong cell", "wrong cells"),
        (compared.conflicts.len(), "conflict", "conflicts"),
        (compared.edits.len(), "change", "changes"),
        (compared.missing.len(), "row missing", "rows missing"),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| count(number, one, many))
        .collect();
    let of = match &imported.base {
        Some(base) => format!(" since {}", base.get(..12).unwrap_or(base)),
        None => String::new(),
    };
    match told.as_slice() {
        [] => format!("{}: nothing changed{of}", imported.file),
        told => format!("{}: {}{of}", imported.file, told.join(", ")),
    }
}

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
    /// Addresses of what has no row any more.
    missing: Vec<String>,
}

/// A cell that cannot be read.
#[derive(Debug, Serialize, JsonSchema)]
struct Bad {
    /// For example `Budgets!F7`.
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
}

/// What a workbook changes, as a document.
#[must_use]
pub fn document(imported: &Imported<'_>) -> Document {
    let changed = |edit: &Edit| Changed {
        address: address(&edit.what),
        field: edit.field.to_owned(),
        cell: edit.cell.to_string(),
        before: edit.before.clone(),
        after: edit.after.clone(),
        ours: edit.ours.clone(),
    };
    let bad = |bad: &BadCell| Bad {
        cell: bad.cell.to_string(),
        message: bad.message.clone(),
        help: bad.help.clone(),
    };
    let compared = imported.compared;
    Document {
        format_version: 1,
        base: imported.base.clone(),
        bad: imported.bad().map(bad).collect(),
        changes: compared.edits.iter().map(changed).collect(),
        conflicts: compared.conflicts.iter().map(changed).collect(),
        missing: compared.missing.iter().map(address).collect(),
    }
}
