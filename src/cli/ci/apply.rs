//! `bursar ci apply`: a merge is registered.

use std::time::Duration;

use crate::ci::Event;
use crate::ci::commands::{self, Annotation, Level};
use crate::cli::apply::{How, make};
use crate::cli::session::{AccessArgs, Session};
use crate::config::project;
use crate::model::settings::StateSettings;
use crate::model::time::Month;
use crate::planning::Request;

use super::desk::{self, Desk, Ended, Reason};
use super::gate::Previewed;
use super::{Commented, Common, Context, Exit, Failure, Unpreviewed};

/// Register what was merged, and say who previewed it
///
/// Gathers the previews of all pull requests merged since the last applied commit, holds the plan
/// against them, and applies.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// What happens to changes that no merged pull request showed; removals among them always stop
    #[arg(long, value_name = "WHAT", default_value = "apply")]
    unpreviewed: Unpreviewed,
    /// When the merged pull requests are told what became of their changes
    #[arg(long, value_name = "WHEN", default_value = "always")]
    comment: Commented,
    /// The branch that is applied; without it the repository's default branch
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Wait this many minutes for somebody else's apply to end
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    wait: u32,
    /// Let this plan change more than the guard allows
    #[arg(long)]
    override_guard: bool,
    /// Let closed months change, from this one on
    #[arg(long, value_name = "MONTH", value_parser = crate::cli::plan::month)]
    restate: Option<Month>,
    /// Run the commands that `exec:` references name
    #[arg(long)]
    allow_exec: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let desk = Desk::open().inspect_err(|failure| desk::fail(failure, context))?;
    let ended = register(args, &desk, context);
    desk.end(ended, context)
}

fn register(args: &Args, desk: &Desk, context: &mut Context) -> Result<Ended, Failure> {
    merged(args, desk)?;
    let root = context.root()?;
    let Some(settings) = project::settings(&root) else {
        let project = context.read()?;
        return super::check::invalid(project, desk, context);
    };
    let folder = args.common.state_dir.as_deref();
    if settings.state == StateSettings::default() && folder.is_none() {
        return Err(Failure::new(
            "the state is embedded, and ends with this runner: the next run would know nothing of this one",
        )
        .code("ci.state")
        .help("say under `state:` in bursar.yaml in which bucket it is kept (`bursar state migrate` takes along what there is), or give a folder that outlives the run with `--state-dir`"));
    }
    let session = Session::of(root, &settings, folder, context.now)?;
    let request = Request {
        target: None,
        allow_delete: false,
        override_guard: args.override_guard,
        restate: args.restate,
    };
    let how = How {
        access: AccessArgs {
            offline: false,
            allow_exec: args.allow_exec,
            parallelism: args.common.parallelism,
        },
        drift_only: false,
        command: "ci apply",
        holder: desk.holder(context, "ci apply"),
    };
    let mut gate = Previewed::new(
        desk,
        &session,
        Desk::project(&session.root, settings.project.as_deref()),
        args.unpreviewed,
        args.comment,
        Duration::from_secs(u64::from(args.wait) * 60),
    );
    let made = make(how, &request, &session, &mut gate, context);
    if let Err(failure) = gate.end(&made) {
        // What was applied stands: that nobody could be told is no reason to call it failed.
        let told = Annotation {
            level: Level::Warning,
            file: None,
            line: None,
            title: failure.code.unwrap_or("bursar").to_owned(),
            message: format!(
                "the pull requests could not be told: {}\nhelp: {}",
                failure.message,
                failure.help.join("; ")
            ),
        };
        desk::command(context, &commands::annotations(&[told]))?;
    }
    let exit = match made {
        // The files: every line of it was told.
        Err(failure) if gate.reason() == Some(Reason::Invalid) => failure.exit(),
        made => made?,
    };
    Ok(match (exit, gate.reason()) {
        (Exit::Ok, _) => Ended::WELL,
        (exit, reason) => Ended {
            exit,
            reason: Some(reason.unwrap_or(Reason::ApplyFailed)),
        },
    })
}

/// What is not merged is not applied: a run is about the branch that is applied, or refused.
fn merged(args: &Args, desk: &Desk) -> Result<(), Failure> {
    let refused = |why: String| {
        Err(Failure::new(format!("{why}: what is not merged is not applied"))
            .code("ci.unmerged")
            .help("run `bursar ci apply` on `push` to the branch that is applied, on `schedule` and on `workflow_dispatch`; `--branch` names another branch than the default one"))
    };
    let default = match &desk.event {
        Event::PullRequest(pull) => {
            return refused(format!(
                "this run was started by pull request #{}",
                pull.number
            ));
        }
        Event::WorkflowRun(_) => {
            return refused("this run was started by another workflow".to_owned());
        }
        Event::MergeGroup(_) => {
            return refused("this run was started by a merge queue".to_owned());
        }
        Event::Push(push) => Some(push.default_branch.as_str()),
        Event::Other(other) => other.default_branch.as_deref(),
    };
    let reference = &desk.runner.reference;
    let Some(applied) = args.branch.as_deref().or(default) else {
        // Scheduled runs are always about the default branch; of others nobody can tell.
        return match desk.runner.event_name.as_str() {
            "schedule" => Ok(()),
            name => refused(format!(
                "the event {name} does not say which branch is the default one"
            )),
        };
    };
    if reference.strip_prefix("refs/heads/") == Some(applied) {
        return Ok(());
    }
    refused(format!(
        "this run is about {reference}, and {applied} is the branch that is applied"
    ))
}
