//! `bursar init`: a new project, which validates and plans as it is.

use std::path::PathBuf;

use crate::config::scaffold::{self, Outcome};
use crate::report::{style, text};

use super::{Context, Exit, Failure};

/// Make a new project here, or in a folder
///
/// Overwrites nothing. Where there is a project already, only the schema for editors and the line in
/// .gitignore are added.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; it is made if need be
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    folder: Option<PathBuf>,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let root = match &args.folder {
        Some(folder) => context.directory.join(folder),
        None => context.directory.clone(),
    };
    if root.exists() && !root.is_dir() {
        let name = text::clean(&root.display().to_string());
        return Err(Failure::new(format!("{name} is a file, not a folder"))
            .help("choose another name for the project"));
    }
    let written = scaffold::write(&root).map_err(|failed| {
        let done: Vec<&str> = failed
            .written
            .iter()
            .filter(|file| file.outcome != Outcome::Kept)
            .map(|file| file.path)
            .collect();
        let failure =
            Failure::new(failed.to_string()).help("choose a folder that you may write to");
        if done.is_empty() {
            failure
        } else {
            failure.help(format!("written before that: {}", done.join(", ")))
        }
    })?;
    let changed = written
        .iter()
        .filter(|file| file.outcome != Outcome::Kept)
        .count();
    let look = context.printer.look();
    let place = text::clean(&root.display().to_string());
    let verdict = match changed {
        0 => format!("{place} is a project already; nothing to do"),
        _ => format!("{place} is a bursar project"),
    };
    context
        .printer
        .print(&format!("{}\n", look.paint(style::BOLD, verdict)))?;
    for file in &written {
        let what = match file.outcome {
            Outcome::Created => "created",
            Outcome::Extended => "extended",
            Outcome::Kept => "kept",
        };
        context
            .printer
            .print(&format!("  {what:<8} {}\n", file.path))?;
    }
    let option = args.folder.as_ref().map_or_else(String::new, |folder| {
        format!(" -C {}", text::clean(&folder.display().to_string()))
    });
    let next = if changed == 0 {
        format!("\nnext: `bursar{option} validate`\n")
    } else {
        format!("\nnext: fill in the files in estate, then `bursar{option} plan --offline`\n")
    };
    context.printer.print(&next)?;
    Ok(Exit::Ok)
}
