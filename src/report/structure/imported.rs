//! What an edited workbook changes.

use std::fmt::Write as _;

use crate::model::record::Provenance;
use crate::model::touched::Touched;
use crate::report::text::{self, clean, count};
use crate::report::{Look, style};
use crate::workbook::compare::{Compared, Missing, What};
use crate::workbook::draft::Draft;
use crate::workbook::read::{BadCell, Read};

/// A workbook that was read and compared.
pub struct Imported<'a> {
    pub file: String,
    pub read: &'a Read,
    /// The commit that it was compared with.
    pub base: Option<String>,
    pub compared: &'a Compared,
    /// Where our side of each conflict stands, then that of each thing that would be lost; in their order.
    pub ours: Vec<Ours>,
    /// Whether a row that is missing is a deletion.
    pub deletes: bool,
    /// What was written.
    pub draft: Option<&'a Draft>,
}

/// Where a declared value stands, and who wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    pub at: Provenance,
    /// None outside of git.
    pub touched: Option<Touched>,
}

impl Imported<'_> {
    /// Whether all of it could be carried over.
    #[must_use]
    pub fn sound(&self) -> bool {
        let mut lost = self.lost();
        self.bad().next().is_none() && self.compared.conflicts.is_empty() && lost.next().is_none()
    }

    /// Whether there is anything to carry over.
    #[must_use]
    pub fn changes(&self) -> bool {
        !self.compared.edits.is_empty() || self.deleted().next().is_some()
    }

    pub(super) fn bad(&self) -> impl Iterator<Item = &BadCell> {
        self.read.bad.iter().chain(&self.compared.bad)
    }

    /// Deleted in the workbook, and changed here since.
    pub(super) fn lost(&self) -> impl Iterator<Item = &Missing> {
        self.deleted().filter(|missing| missing.changed)
    }

    /// What goes. Accounts are taken out where they are declared.
    pub(super) fn deleted(&self) -> impl Iterator<Item = &Missing> {
        let missing = self.compared.missing.iter().filter(|_| self.deletes);
        missing.filter(|missing| !is_account(missing))
    }

    /// What has no row any more, and is left as it is declared.
    pub(super) fn left(&self) -> impl Iterator<Item = &Missing> {
        let missing = self.compared.missing.iter();
        missing.filter(|missing| !self.deletes || is_account(missing))
    }
}

const fn is_account(missing: &Missing) -> bool {
    matches!(missing.what, What::Workspace { .. })
}

/// The address of what an edit is about.
#[must_use]
pub fn address(what: &What) -> String {
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
    let mut ours = imported.ours.iter();
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
            let declared = edit.ours.as_deref().unwrap_or_default();
            let who = ours.next().map(who).unwrap_or_default();
            let _ = writeln!(out, "      declared now is {}{who}", shown(declared));
        }
    }
    let help = |line: &str| text::wrap(line, look.width, "  help: ", 8, "        ");
    if !compared.conflicts.is_empty() {
        out += &help("settle each: write the same value here and there, and import again");
    }
    let lost: Vec<&Missing> = imported.lost().collect();
    if !lost.is_empty() {
        out += "\nWithout a row any more, and changed here since\n";
        for missing in lost {
            let who = ours.next().map(who).unwrap_or_default();
            let _ = writeln!(out, "  {}{who}", clean(&address(&missing.what)));
        }
        out += &help("take them out by hand, or export a new workbook and delete their rows there");
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
    let gone: Vec<&Missing> = imported
        .deleted()
        .filter(|missing| !missing.changed)
        .collect();
    if !gone.is_empty() {
        out += match imported.draft {
            Some(_) => "\nDeleted, as there is no row any more\n",
            None => "\nTo be deleted, as there is no row any more\n",
        };
        for missing in gone {
            let _ = writeln!(out, "  {}", clean(&address(&missing.what)));
        }
    }
    left(imported, &mut out, look);
    written(imported, &mut out);
    out
}

/// One team's part of a sheet lacks all the others.
const MOST: usize = 20;

/// What is left as declared, though it has no row any more.
fn left(imported: &Imported<'_>, out: &mut String, look: Look) {
    let left: Vec<&Missing> = imported.left().collect();
    if left.is_empty() {
        return;
    }
    *out += "\nWithout a row any more: left as declared, a missing row is no deletion\n";
    for missing in left.iter().take(MOST) {
        let _ = writeln!(out, "  {}", clean(&address(&missing.what)));
    }
    if left.len() > MOST {
        let _ = writeln!(out, "  and {} more", left.len() - MOST);
    }
    let mut help = |line: &str| *out += &text::wrap(line, look.width, "  help: ", 8, "        ");
    if left.iter().any(|missing| !is_account(missing)) {
        help("`--delete-missing` takes cost centres and budgets out that have no row");
    }
    if imported.deletes {
        help(
            "an account is never taken out by a workbook: close it where it is declared (`closed: YYYY-MM-DD`), or take it out there with a word under `removed:`; where nobody pays for it, keep its row with an empty code",
        );
    }
}

/// The files that were written, and where what is new came.
fn written(imported: &Imported<'_>, out: &mut String) {
    let Some(draft) = imported.draft else {
        return;
    };
    *out += "\nWritten\n";
    for file in &draft.files {
        let new = if file.before.is_none() {
            ", a new file"
        } else {
            ""
        };
        let _ = writeln!(out, "  {}{new}", clean(&file.path));
        for placed in draft
            .placed
            .iter()
            .filter(|placed| placed.path == file.path)
        {
            let what = clean(&address(&placed.what));
            let _ = writeln!(out, "      {what}, {}", clean(&placed.why));
        }
    }
}

/// Where our side of a conflict stands, and who wrote it.
fn who(ours: &Ours) -> String {
    let Some(file) = &ours.at.file else {
        return String::new();
    };
    let line = ours
        .at
        .line
        .map_or_else(String::new, |line| format!(":{line}"));
    let who = match &ours.touched {
        None => String::new(),
        Some(Touched::Uncommitted) => ", not committed yet".to_owned(),
        Some(Touched::Committed {
            commit,
            author,
            day,
        }) => {
            let day = day.map_or_else(String::new, |day| format!(" on {day}"));
            let commit = commit.get(..12).unwrap_or(commit);
            format!(", {}{day} in {commit}", clean(author))
        }
    };
    format!("  ({}{line}{who})", clean(file))
}

fn verdict(imported: &Imported<'_>) -> String {
    let compared = imported.compared;
    let parts = [
        (imported.bad().count(), "wrong cell", "wrong cells"),
        (compared.conflicts.len(), "conflict", "conflicts"),
        (compared.edits.len(), "change", "changes"),
        (imported.lost().count(), "lost row", "lost rows"),
        (
            imported
                .deleted()
                .filter(|missing| !missing.changed)
                .count(),
            "deletion",
            "deletions",
        ),
        (imported.left().count(), "row missing", "rows missing"),
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
