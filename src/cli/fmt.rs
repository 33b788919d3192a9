//! `bursar fmt`: the files in their one form.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::config::diagnostic::Diagnostic;
use crate::config::format;
use crate::config::problem::FileId;
use crate::config::project;
use crate::config::source::{self, PROJECT_FILE_NAME, Source, Sources};
use crate::config::yaml::{self, Limits};
use crate::report::diagnostics::{Paths, human};
use crate::report::{difference, text};

use super::files::replace;
use super::{Context, Exit, Failure};

/// Format the files: ids in quotes, entries in the order of their keys
///
/// Comments, blank lines and the meaning stay. Entries in order let branches that each add an account
/// merge without a conflict.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Change nothing: show what would change, and exit with 1 if anything would
    #[arg(long)]
    check: bool,
    /// Files and folders; default: all files of the project; `-`: standard input to standard output
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
}

/// What became of one file.
enum Outcome {
    Same,
    Changed { before: String, after: String },
    Bad(Vec<Diagnostic>),
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return standard_input(args, context);
    }
    let (root, paths) = chosen(args, context)?;
    let mut diagnostics = Vec::new();
    let mut sources = Sources {
        root,
        files: Vec::new(),
    };
    let limit = Limits::default().file_bytes;
    for path in paths {
        match source::read(&sources.root, &path, limit) {
            Ok(file) => sources.files.push(file),
            Err(error) => {
                let mut diagnostic = project::cannot_read(&error);
                if !args.paths.is_empty() && error.cause.kind() == std::io::ErrorKind::NotFound {
                    MISSING.clone_into(&mut diagnostic.help);
                }
                diagnostics.push(diagnostic);
            }
        }
    }
    let outcomes: Vec<Outcome> = sources
        .files
        .par_iter()
        .enumerate()
        .map(|(at, file)| format_one(FileId(at as u32), file))
        .collect();
    let shown = context.paths(&sources.root);
    let look = context.printer.look();
    let (mut changed, mut same) = (0, 0);
    for (file, outcome) in sources.files.iter().zip(outcomes) {
        match outcome {
            Outcome::Same => same += 1,
            Outcome::Bad(bad) => diagnostics.extend(bad),
            Outcome::Changed { before, after } => {
                changed += 1;
                let name = shown.show(&file.path);
                let line = if args.check {
                    difference::render(&name, Some(&before), &after, look)
                } else {
                    replace(&sources.root.join(&file.path), after.as_bytes()).map_err(|cause| {
                        Failure::new(format!("cannot write {name}: {cause}"))
                            .help("nothing of this file was changed")
                    })?;
                    format!("formatted {name}\n")
                };
                context.printer.print(&line)?;
            }
        }
    }
    let verdict = verdict(changed, same, args.check);
    context.printer.print(&verdict)?;
    if !diagnostics.is_empty() {
        let report = human::render(&diagnostics, &sources, &shown, context.printer.err_look());
        context.printer.note(&report);
        return Ok(Exit::Error);
    }
    if args.check && changed > 0 {
        context
            .printer
            .note("\n  help: `bursar fmt` makes these changes\n");
        return Ok(Exit::Error);
    }
    Ok(Exit::Ok)
}

fn verdict(changed: usize, same: usize, check: bool) -> String {
    let changed_files = text::count(changed, "file", "files");
    let verb = match (check, changed) {
        (false, _) => "formatted",
        (true, 1) => "is not formatted",
        (true, _) => "are not formatted",
    };
    match (changed, same) {
        (0, 0) => "no file could be formatted\n".to_owned(),
        (0, 1) => "1 file is formatted\n".to_owned(),
        (0, same) => format!("{same} files are formatted\n"),
        (_, 0) => format!("{changed_files} {verb}\n"),
        (_, 1) => format!("{changed_files} {verb}, 1 is as it should be\n"),
        (_, same) => format!("{changed_files} {verb}, {same} are as they should be\n"),
    }
}

fn format_one(id: FileId, file: &Source) -> Outcome {
    let bad = |problems: Vec<yaml::Problem>| {
        Outcome::Bad(
            problems
                .into_iter()
                .map(|problem| Diagnostic::of_reader(id, problem))
                .collect(),
        )
    };
    if let Err(problem) = yaml::decode(&file.bytes, &Limits::default()) {
        return bad(vec![problem]);
    }
    // With its byte order mark, which stays.
    let Ok(before) = std::str::from_utf8(&file.bytes) else {
        return Outcome::Same;
    };
    match format::format(before) {
        Err(problems) => bad(problems),
        Ok(formatted) if formatted.changed => Outcome::Changed {
            before: before.to_owned(),
            after: formatted.text,
        },
        Ok(_) => Outcome::Same,
    }
}

/// What to do about a path that is not there.
const MISSING: &str = "give a file or a folder that exists; without a path all files of the project \
                       are formatted";

/// The folder that paths start from, and the files, sorted.
fn chosen(args: &Args, context: &Context) -> Result<(PathBuf, Vec<String>), Failure> {
    let mut found = BTreeSet::new();
    if args.paths.is_empty() {
        let root = context.root()?;
        found.insert(PROJECT_FILE_NAME.to_owned());
        let project = context.read()?;
        found.extend(project.sources.files.into_iter().map(|file| file.path));
        return Ok((root, found.into_iter().collect()));
    }
    for path in &args.paths {
        let name = path.to_string_lossy();
        let whole = context.directory.join(path);
        if whole.is_dir() {
            let below = source::find(&context.directory, &[name.clone().into_owned()]);
            found.extend(below.map_err(|errors| unreadable(&errors))?);
            if whole.join(PROJECT_FILE_NAME).is_file() {
                let file = Path::new(&*name).join(PROJECT_FILE_NAME);
                found.insert(file.to_string_lossy().into_owned());
            }
        } else {
            found.insert(name.into_owned());
        }
    }
    Ok((context.directory.clone(), found.into_iter().collect()))
}

fn unreadable(errors: &[source::Unreadable]) -> Failure {
    let all: Vec<String> = errors
        .iter()
        .map(|error| format!("{}: {}", error.path, error.cause))
        .collect();
    Failure::new(format!("cannot read {}", all.join(", ")))
}

fn standard_input(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    if args.paths.len() > 1 {
        return Err(Failure::new("`-` stands alone").help("give either `-` or paths"));
    }
    let limit = Limits::default().file_bytes as u64 + 1;
    let mut file = Source {
        path: "standard input".to_owned(),
        bytes: Vec::new(),
    };
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut file.bytes)
        .map_err(|cause| Failure::new(format!("cannot read standard input: {cause}")))?;
    let outcome = format_one(FileId(0), &file);
    let look = context.printer.look();
    match outcome {
        Outcome::Bad(diagnostics) => {
            let sources = Sources {
                files: vec![file],
                ..Sources::default()
            };
            let look = context.printer.err_look();
            let report = human::render(&diagnostics, &sources, &Paths::default(), look);
            context.printer.note(&report);
            Ok(Exit::Error)
        }
        Outcome::Changed { before, after } if args.check => {
            context
                .printer
                .print(&difference::render(&file.path, Some(&before), &after, look))?;
            Ok(Exit::Error)
        }
        Outcome::Changed { after, .. } => {
            context.printer.print(&after)?;
            Ok(Exit::Ok)
        }
        Outcome::Same if args.check => Ok(Exit::Ok),
        Outcome::Same => {
            context
                .printer
                .print(&String::from_utf8_lossy(&file.bytes))?;
            Ok(Exit::Ok)
        }
    }
}
