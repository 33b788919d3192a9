//! `bursar structure import`: what somebody changed in a workbook, and the files that say it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::config::project::{self, Project};
use crate::config::reach;
use crate::git::GitRepo;
use crate::model::leaf::Leaf as _;
use crate::model::settings::Settings;
use crate::model::time::{Date, Month};
use crate::report::diagnostics::human;
use crate::report::structure::{self, Imported};
use crate::workbook::compare::{Compared, compare};
use crate::workbook::draft::Draft;
use crate::workbook::merge::merge;
use crate::workbook::plan::CannotWrite;
use crate::workbook::read::{MOST, Read, read, read_csv};
use crate::workbook::{Sheets, Stamp};

use super::super::files::{self, Rewrite};
use super::super::import::word;
use super::super::{Context, Exit, Failure, session};
use super::ours;

/// Show what an edited workbook changes, cell by cell, and write it into the files
///
/// Compares it with the commit that it was written from, and with what is declared now: what was
/// changed on both sides is a conflict. Without `--write` it writes nothing. Where a cell is wrong or
/// there is a conflict, nothing is written, and it exits with 1.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A workbook that `structure export` wrote, edited since; or one of its sheets, saved as CSV
    file: PathBuf,
    /// Compare with this commit, where the workbook names none or another
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Write the changes into the YAML files; comments and layout stay
    #[arg(long)]
    write: bool,
    /// Take a row that is missing for a deletion: of a cost centre or a budget, never of an account
    #[arg(long)]
    delete_missing: bool,
    /// Print it as JSON; described by schemas/workbook.schema.json
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let root = context.root()?;
    let Some(settings) = project::settings(&root) else {
        // Whatever is wrong is told by the project as a whole.
        context.sound_project()?;
        return Err(Failure::new("bursar.yaml cannot be read"));
    };
    let found = understood(args, &settings, context)?;
    other_project(&found.stamp, &settings)?;
    // As it was written: which accounts were open, and whose manager was inherited, is of that month.
    let written = Date::parse(&found.stamp.day).ok();
    let today = Date::new(context.now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let month = written.unwrap_or(today).month();
    let base = args.base.as_ref().or(found.stamp.commit.as_ref());
    if args.delete_missing && base.is_none() {
        return Err(Failure::new(format!(
            "{} names no commit, so that nobody knows what was there when it was written",
            args.file.display()
        ))
        .code("structure.workbook")
        .help("`--delete-missing` needs it: name the commit with `--base REF`"));
    }
    // Before the project is read: two large ones need not be in memory at once.
    let then = base
        .map(|commit| before(&root, commit, month))
        .transpose()?;
    let project = context.sound_project()?;
    let now = Sheets::of(&project.estate, month);
    let then = match then {
        Some(then) => then,
        None => {
            context.printer.note(&format!(
                "note: {} names no commit, so that it is compared with what is declared now: what changed since it was written shows as changed back (`--base REF` names the commit)\n",
                args.file.display()
            ));
            now.clone()
        }
    };
    let compared = compare(&found, &then, &now);
    let mut imported = Imported {
        file: args.file.display().to_string(),
        read: &found,
        base: base.cloned(),
        ours: ours::of(&project, &compared, args.delete_missing, month),
        compared: &compared,
        deletes: args.delete_missing,
        draft: None,
    };
    let draft = match args.write && imported.sound() && imported.changes() {
        true => Some(write(
            args, &project, &found, &compared, &now, month, context,
        )?),
        false => None,
    };
    imported.draft = draft.as_ref();
    if args.json {
        context
            .printer
            .json(&structure::imported_document(&imported))?;
    } else {
        let text = structure::imported(&imported, context.printer.look());
        context.printer.print(&text)?;
        if imported.sound() && imported.changes() {
            let next = next(args);
            context.printer.print(&format!("\nNext: {next}\n"))?;
        }
    }
    if args.write && !imported.sound() {
        context.printer.note("note: nothing was written\n");
    }
    Ok(if imported.sound() {
        Exit::Ok
    } else {
        Exit::Error
    })
}

/// The rows as they were at a commit.
fn before(root: &Path, commit: &str, month: Month) -> Result<Sheets, Failure> {
    let files = GitRepo::discover(root)?.files_at(commit)?;
    let before = project::load_texts(root, files, &project::Surroundings::default());
    Ok(Sheets::of(&before.estate, month))
}

/// What the file says, as a workbook or as one sheet of it.
fn understood(args: &Args, settings: &Settings, context: &Context) -> Result<Read, Failure> {
    let bytes = bytes(&context.directory.join(&args.file), &args.file)?;
    let settings = &settings.structure;
    let end = args.file.extension().and_then(|end| end.to_str());
    let is_text = end.is_some_and(|end| {
        let mut ends = ["csv", "tsv", "txt"].into_iter();
        ends.any(|text| text.eq_ignore_ascii_case(end))
    });
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let read = match is_text {
        true => read_csv(&bytes, &name, settings),
        false => read(&bytes, settings),
    };
    read.map_err(|unreadable| {
        Failure::new(format!("{}: {}", args.file.display(), unreadable.message))
            .code("structure.workbook")
            .help(unreadable.help)
    })
}

/// Works all files out, judges them, and only then writes the first.
fn write(
    args: &Args,
    project: &Project,
    found: &Read,
    compared: &Compared,
    now: &Sheets,
    month: Month,
    context: &mut Context,
) -> Result<Draft, Failure> {
    let wanted = merge(found, now, compared, args.delete_missing);
    let cannot = |error: CannotWrite| {
        Failure::new(error.message)
            .code("structure.unwritable")
            .help(error.help)
            .help("nothing was written")
    };
    let draft = Draft::of(project, now, &wanted).map_err(cannot)?;
    let root = &project.sources.root;
    let here = || vec![".".to_owned()];
    let folders = project.settings().sources.clone().unwrap_or_else(here);
    for file in draft.files.iter().filter(|file| file.before.is_none()) {
        reach::on_disk(root, &folders, &file.path).map_err(|cause| {
            cannot(CannotWrite {
                message: format!("nothing can be declared in `{}`: {cause}", file.path),
                help: "declare one cost centre or budget by hand where they should stand"
                    .to_owned(),
            })
        })?;
    }
    let judged = draft.judged(project, &session::surroundings(root));
    if judged.has_errors() {
        let errors = judged.diagnostics.iter().filter(|found| found.is_error());
        let errors: Vec<_> = errors.cloned().collect();
        let paths = context.paths(root);
        let look = context.printer.err_look();
        let report = human::render(&errors, &judged.sources, &paths, look);
        context.printer.note(&report);
        return Err(Failure::new(
            "with these changes the project would not be valid; nothing was written",
        )
        .code("structure.invalid")
        .help("correct the workbook where it says so above; the lines are those of the files as they would be"));
    }
    if let Some(what) = Draft::amiss(&judged, &wanted, month).first() {
        return Err(cannot(CannotWrite {
            message: format!(
                "the files would not say of {} what the workbook says",
                structure::address(what)
            ),
            help: "make this change by hand".to_owned(),
        }));
    }
    let mut files = Vec::with_capacity(draft.files.len());
    for file in &draft.files {
        files.push(Rewrite {
            path: &file.path,
            before: file.before.as_deref(),
            after: &file.after,
        });
    }
    files::rewrite(root, &files)?;
    Ok(draft)
}

/// What to do next.
fn next(args: &Args) -> String {
    if args.write {
        return "`git diff`, then `bursar plan`".to_owned();
    }
    let mut command = format!(
        "bursar structure import {}",
        word(&args.file.display().to_string())
    );
    if let Some(base) = &args.base {
        command += &format!(" --base {}", word(base));
    }
    if args.delete_missing {
        command += " --delete-missing";
    }
    format!("`{command} --write`")
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
fn other_project(stamp: &Stamp, settings: &Settings) -> Result<(), Failure> {
    match (&stamp.project, &settings.project) {
        (Some(theirs), Some(ours)) if theirs != ours => Err(Failure::new(format!(
            "the workbook is of the project {theirs}, and this is {ours}"
        ))
        .code("structure.workbook")
        .help("run it in the folder of the project that the workbook was written from")),
        _ => Ok(()),
    }
}
