//! Annotations: what is wrong, at the line of the file that says it.

use crate::ci::commands::{self, Annotation, Level};
use crate::cli::session;
use crate::config::project::Project;
use crate::engine::Refusal;
use crate::planning::base::{BEHIND, Marks};
use crate::planning::{Lines, Planned};
use crate::report::diagnostics::github;

use super::desk::{self, Desk};
use super::{Context, Failure};

/// What is wrong with a project's files.
pub fn diagnostics(project: &Project, context: &mut Context) -> Result<(), Failure> {
    let paths = Desk::paths(&project.sources.root);
    let all = github::annotations(&project.diagnostics, &project.sources, &paths);
    desk::command(context, &commands::annotations(&all))?;
    Ok(())
}

/// Why a plan is refused, and what keeps its changes back.
pub fn planned(
    planned: &Planned,
    marks: Option<&Marks>,
    lines: &Lines<'_>,
    context: &mut Context,
) -> Result<(), Failure> {
    let project = &planned.project;
    let paths = Desk::paths(&project.sources.root);
    let refusals = session::without_flag(planned);
    let mut all = github::annotations(&refusals, &project.sources, &paths);
    let own = |refusal: &Refusal| {
        marks.is_none_or(|marks| refusal.code == BEHIND || !marks.was_refused(refusal))
    };
    if !planned.plan.refusals.iter().any(own) {
        // What stood in the way before is no mistake of this branch.
        for one in &mut all {
            one.level = Level::Notice;
        }
    }
    for change in &planned.plan.changes {
        let Some(block) = change.blocked.as_ref().filter(|block| block.direct) else {
            continue;
        };
        let at = lines.of_change(change);
        all.push(Annotation {
            level: match marks.is_none_or(|marks| marks.is_own(change)) {
                true => Level::Error,
                false => Level::Notice,
            },
            file: at.file.map(|file| paths.show(&file)),
            line: at.line.map(|line| line as usize),
            title: block.check.clone(),
            message: format!(
                "{} is blocked by {} of {}",
                change.address, block.check, block.address
            ),
        });
    }
    desk::command(context, &commands::annotations(&all))?;
    Ok(())
}

/// The warnings about a project's files, one a line with its place.
pub fn warnings(project: &Project) -> String {
    let paths = Desk::paths(&project.sources.root);
    let all = github::annotations(&project.diagnostics, &project.sources, &paths);
    let line = |one: &Annotation| {
        let place = one.file.as_ref().map(|file| match one.line {
            Some(line) => format!("{file}:{line}: "),
            None => format!("{file}: "),
        });
        let message = one.message.lines().next().unwrap_or_default();
        format!("{}{message} ({})\n", place.unwrap_or_default(), one.title)
    };
    let warnings = all.iter().filter(|one| one.level == Level::Warning);
    warnings.map(line).collect()
}
