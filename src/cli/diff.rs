//! `bursar diff`: what is declared now, held against what was declared then.

use crate::access::Board;
use crate::config::project;
use crate::git::{GitError, GitRepo};
use crate::planning::{self, Lines};
use crate::report::plan::{self, By, Shown, json};
use crate::report::{style, text};

use super::session::surroundings;
use super::{Context, Exit, Failure};

/// Show what is declared otherwise than at a commit
///
/// Compares the files with those of a commit, defaults and renames applied. Needs no state, no network
/// and no secret.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A commit, branch or tag
    #[arg(value_name = "REF", default_value = "HEAD")]
    reference: String,
    /// Print the difference as JSON; described by schemas/diff.schema.json
    #[arg(long)]
    json: bool,
    /// Exit with 2 where there are differences
    #[arg(long)]
    detailed_exitcode: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let root = context.root()?;
    let files = GitRepo::discover(&root)?.files_at(&args.reference)?;
    // The commit is what it is: rules that ask what is around the files have no say in it.
    let before = project::load_texts(&root, files, &project::Surroundings::default());
    let now = project::load(&root, &surroundings(&root));
    let now = context.sound(now)?;
    let errors = before.diagnostics.iter().filter(|d| d.is_error()).count();
    if errors > 0 {
        let note = format!(
            "the files of {} have {}: what is wrong there counts as not declared",
            args.reference,
            text::count(errors, "error", "errors")
        );
        let look = context.printer.err_look();
        let first = format!("{} ", look.paint(style::WARNING, "note:"));
        let note = text::wrap(&text::clean(&note), look.width, &first, 6, "      ");
        context.printer.note(&note);
    }
    let planned = planning::since(&before, now);
    let lines = Lines::new(&planned.project);
    let board = Board::default();
    let shown = Shown {
        planned: &planned,
        lines: &lines,
        board: &board,
        compared: &[],
        by: By::Organization,
        offline: true,
        applies: false,
        marks: None,
        now: context.now,
    };
    if args.json {
        context
            .printer
            .json(&json::since(&shown, &args.reference))?;
    } else {
        let report = render(&shown, &args.reference, context);
        context.printer.print(&report)?;
    }
    let differs = planned.plan.has_changes();
    Ok(if differs && args.detailed_exitcode {
        Exit::Changes
    } else {
        Exit::Ok
    })
}

fn render(shown: &Shown<'_>, reference: &str, context: &Context) -> String {
    let look = context.printer.look();
    let summary = shown.planned.plan.summary();
    let reference = text::clean(reference);
    let parts: Vec<String> = [
        (summary.delete, "removed"),
        (summary.forget, "forgotten"),
        (summary.rename, "renamed"),
        (summary.change, "changed"),
        (summary.add, "added"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{} {what}", text::thousands(number)))
    .collect();
    let verdict = if parts.is_empty() {
        let same = shown.planned.plan.unchanged;
        let verb = if same == 1 { "is" } else { "are" };
        let resources = text::count(same, "resource", "resources");
        format!("nothing differs from {reference}: {resources} {verb} declared as then")
    } else {
        format!("since {reference}: {}", parts.join(", "))
    };
    let mut report = format!("{}\n", look.paint(style::BOLD, verdict));
    report += &plan::changes(shown, look);
    report
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let help = error.help();
        let failure = Self::new(error.to_string()).help(help);
        match error.code() {
            Some(code) => failure.code(code),
            None => failure,
        }
    }
}
