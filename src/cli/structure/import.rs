//! `bursar structure import`: what somebody changed in a workbook.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::config::project::{self, Project};
use crate::git::GitRepo;
use crate::model::leaf::Leaf as _;
use crate::model::time::Date;
use crate::report::structure::{self, Imported};
use crate::workbook::compare::compare;
use crate::workbook::read::{MOST, read};
use crate::workbook::{Sheets, Stamp};

use super::super::{Context, Exit, Failure};

/// Show what an edited workbook changes, cell by cell
///
/// Compares it with the commit that it was written from, and with what is declared now: what was
/// changed on both sides is a conflict. Writes nothing; exits with 1 where a cell is wrong or there is
/// a conflict.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A workbook that `structure export` wrote, edited since
    file: PathBuf,
    /// Compare with this commit, where the workbook names none or another
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Print it as JSON; described by schemas/workbook.schema.json
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let project = context.sound_project()?;
    let bytes = bytes(&context.directory.join(&args.file), &args.file)?;
    let settings = &project.settings().structure;
    let found = read(&bytes, settings).map_err(|unreadable| {
        Failure::new(format!("{}: {}", args.file.display(), unreadable.message))
            .code("structure.workbook")
            .help(unreadable.help)
    })?;
    other_project(&found.stamp, &project)?;
    // As it was written: which accounts were open, and whose manager was inherited, is of that month.
    let written = Date::parse(&found.stamp.day).ok();
    let today = Date::new(context.now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let month = written.unwrap_or(today).month();
    let now = Sheets::of(&project.estate, month);
    let base = args.base.as_ref().or(found.stamp.commit.as_ref());
    let then = match base {
        Some(commit) => {
            let root = &project.sources.root;
            let files = GitRepo::discover(root)?.files_at(commit)?;
            let before = project::load_texts(root, files, &project::Surroundings::default());
            Sheets::of(&before.estate, month)
        }
        None => {
            context.printer.note(
                "note: the workbook names no commit, so that it is compared with what is declared now: what changed since it was written shows as changed back\n",
            );
            now.clone()
        }
    };
    let compared = compare(&found, &then, &now);
    let imported = Imported {
        file: args.file.display().to_string(),
        read: &found,
        base: base.cloned(),
        compared: &compared,
    };
    if args.json {
        context
            .printer
            .json(&structure::imported_document(&imported))?;
    } else {
        let text = structure::imported(&imported, context.printer.look());
        context.printer.print(&text)?;
    }
    Ok(if imported.sound() {
        Exit::Ok
    } else {
        Exit::Error
    })
}

/// The file's bytes, no more than a workbook may have.
fn bytes(path: &Path, shown: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |cause| Failure::new(format!("cannot read {}: {cause}", shown.display()));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST).unwrap_or(u64::MAX);
    let mut bounded = file.take(most.saturating_add(1));
    bounded.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// A workbook of another project would change everything.
fn other_project(stamp: &Stamp, project: &Project) -> Result<(), Failure> {
    match (&stamp.project, &project.settings().project) {
        (Some(theirs), Some(ours)) if theirs != ours => Err(Failure::new(format!(
            "the workbook is of the project {theirs}, and this is {ours}"
        ))
        .code("structure.workbook")
        .help("run it in the folder of the project that the workbook was written from")),
        _ => Ok(()),
    }
}
