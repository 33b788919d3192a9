//! `bursar validate`: everything that is wrong with the files, and nothing else.

use std::path::Path;

use clap::ValueEnum;

use crate::config::project::Project;
use crate::config::source::Sources;
use crate::report::diagnostics::{Paths, Tally, github, human, json, sarif};
use crate::report::{Printer, style, text};

use super::{Context, Exit, Failure};

/// Check the files: syntax, structure, references, ids, months, money
///
/// Needs no network, no state and no secret.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who is to read it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// People
    Human,
    /// Programs; described by schemas/validate.schema.json
    Json,
    /// GitHub Actions: annotations
    Github,
    /// Code scanning: SARIF 2.1.0
    Sarif,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let format = if args.json { Format::Json } else { args.format };
    let project = match (context.read(), format) {
        (Ok(project), _) => project,
        (Err(failure), Format::Human) => return Err(failure),
        // A program that asked for a document gets one, also where there is no project.
        (Err(failure), _) => match failure.to_diagnostic() {
            Some(diagnostic) => return tell_alone(diagnostic, format, context),
            None => return Err(failure),
        },
    };
    print(&project, format, context)?;
    Ok(exit(project.has_errors()))
}

const fn exit(has_errors: bool) -> Exit {
    if has_errors { Exit::Error } else { Exit::Ok }
}

fn tell_alone(
    diagnostic: crate::config::diagnostic::Diagnostic,
    format: Format,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let sources = Sources::default();
    machine(
        &[diagnostic],
        &sources,
        &Paths::default(),
        format,
        &mut context.printer,
    )?;
    Ok(Exit::Error)
}

fn print(project: &Project, format: Format, context: &mut Context) -> Result<(), Failure> {
    let (diagnostics, sources) = (&project.diagnostics, &project.sources);
    if format != Format::Human {
        let paths = from_repository(&sources.root);
        machine(diagnostics, sources, &paths, format, &mut context.printer)?;
        return Ok(());
    }
    let look = context.printer.look();
    let declared = declared(project);
    if diagnostics.is_empty() {
        let verdict = look.paint(style::GOOD, "valid");
        context.printer.print(&format!("{verdict}: {declared}\n"))?;
        return Ok(());
    }
    let paths = context.paths(&sources.root);
    let report = human::render(diagnostics, sources, &paths, look);
    context.printer.print(&report)?;
    if !project.has_errors() {
        let warnings = text::count(Tally::of(diagnostics).warnings, "warning", "warnings");
        context
            .printer
            .print(&format!("\nvalid, with {warnings}: {declared}\n"))?;
    }
    Ok(())
}

fn machine(
    diagnostics: &[crate::config::diagnostic::Diagnostic],
    sources: &Sources,
    paths: &Paths,
    format: Format,
    printer: &mut Printer,
) -> std::io::Result<()> {
    match format {
        Format::Human => Ok(()),
        Format::Json => printer.json(&json::document(diagnostics, sources)),
        Format::Sarif => printer.json(&sarif::document(diagnostics, sources, paths)),
        Format::Github => printer.print(&github::render(diagnostics, sources, paths)),
    }
}

/// Annotations and code scanning want paths from the repository's top.
fn from_repository(root: &Path) -> Paths {
    let top = root.ancestors().find(|folder| folder.join(".git").exists());
    Paths::seen_from(top, root)
}

/// What is declared: `3 files declare 5 organizations, 12 accounts`.
fn declared(project: &Project) -> String {
    let files = project.sources.files.len();
    let all = &project.estate.declaration;
    let counts = [
        (all.credentials.len(), "credential", "credentials"),
        (all.organizations.len(), "organization", "organizations"),
        (all.payers.len(), "payer", "payers"),
        (all.accounts.len(), "account", "accounts"),
        (all.cost_centers.len(), "cost centre", "cost centres"),
        (all.budgets.len(), "budget", "budgets"),
        (all.shared_costs.len(), "shared cost", "shared costs"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| text::count(number, one, many))
        .collect();
    let what = if counts.is_empty() {
        "nothing yet".to_owned()
    } else {
        counts.join(", ")
    };
    let verb = if files == 1 { "declares" } else { "declare" };
    format!("{} {verb} {what}", text::count(files, "file", "files"))
}
