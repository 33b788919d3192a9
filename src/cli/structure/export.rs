//! `bursar structure export`: the structure as a workbook for finance people.

use std::io::ErrorKind;
use std::path::PathBuf;

use crate::config::project::Project;
use crate::git::{self, GitRepo};
use crate::model::time::Date;
use crate::report::text::count;
use crate::structure::workbook::{self, Sheets, Stamp};

use super::super::{Context, Exit, Failure, files};

/// Write the structure as a workbook: cost centres, budgets, workspaces, and a guide
///
/// The three sheets have Onicloud's names. A workspace is an account, subscription, project or
/// compartment. A project without a structure gives the template.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to write, for example finance.xlsx
    file: PathBuf,
    /// Replace a file that is there; what somebody wrote into it is lost
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let extension = args.file.extension().and_then(|end| end.to_str());
    if !extension.is_some_and(|end| end.eq_ignore_ascii_case("xlsx")) {
        return Err(
            Failure::new(format!("{} is no name for a workbook", args.file.display()))
                .help("give a name that ends in .xlsx, for example finance.xlsx"),
        );
    }
    let path = context.directory.join(&args.file);
    if path.symlink_metadata().is_ok() && !args.force {
        return Err(Failure::new(format!("{} is there already", args.file.display()))
            .code("structure.export-exists")
            .help("give another name, or `--force` to replace it: what somebody wrote into it is lost"));
    }
    let project = context.sound_project()?;
    let today = Date::new(context.now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let sheets = Sheets::of(&project.estate, today.month());
    let stamp = stamp(&project, today, context);
    let bytes = workbook::write(&sheets, &stamp).map_err(|cause| {
        Failure::new(format!(
            "the structure does not fit into a workbook: {cause}"
        ))
        .help("`bursar structure who --format csv` has no such limits")
    })?;
    let replaced = match args.force {
        true => files::replace(&path, &bytes),
        false => Err(ErrorKind::NotFound.into()),
    };
    let written = match replaced {
        Err(error) if error.kind() == ErrorKind::NotFound => files::create(&path, &bytes),
        replaced => replaced,
    };
    written
        .map_err(|cause| Failure::new(format!("cannot write {}: {cause}", args.file.display())))?;
    let text = format!(
        "Wrote {}: {}, {}, {}\n",
        args.file.display(),
        count(sheets.cost_centers.len(), "cost centre", "cost centres"),
        count(sheets.budgets.len(), "budget", "budgets"),
        count(
            sheets.workspaces.len(),
            "row of workspaces",
            "rows of workspaces"
        ),
    );
    context.printer.print(&text)?;
    Ok(Exit::Ok)
}

/// What the workbook says of where it comes from. Only a state that git holds can be found again.
fn stamp(project: &Project, today: Date, context: &mut Context) -> Stamp {
    let head = git::head(&project.sources.root);
    let commit = match head {
        Some(commit) if commit.dirty => {
            context.printer.note(
                "note: there are changes that are not committed, so that the workbook names no commit\n",
            );
            None
        }
        Some(commit) => Some(commit.id),
        None => {
            if GitRepo::discover(&project.sources.root).is_err() {
                context.printer.note(
                    "note: the project is not in git, so that the workbook names no commit\n",
                );
            }
            None
        }
    };
    Stamp {
        project: project.settings().project.clone(),
        commit,
        day: today.to_string(),
    }
}
