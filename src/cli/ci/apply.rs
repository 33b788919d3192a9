//! `bursar ci apply`: a merge is registered.

use std::time::Duration;

use crate::ci::Event;
use crate::cli::apply::{How, make};
use crate::cli::session::{AccessArgs, Session};
use crate::config::project;
use crate::model::settings::StateSettings;
use crate::model::time::Month;
use crate::planning::Request;

use super::desk::{Desk, Ended, Reason};
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
    let desk = Desk::open()?;
    let ended = register(args, &desk, context);
    desk.end(ended, context)
}

fn register(args: &Args, desk: &Desk, context: &mut Context) -> Result<Ended, Failure> {
    if let Event::PullRequest(pull) = &desk.event {
        return Err(Failure::new(format!(
            "this run was started by pull request #{}: what is not merged is not applied",
            pull.number
        ))
        .code("ci.unmerged")
        .help("run `bursar ci apply` on `push` to the branch that is applied, on `schedule` and on `workflow_dispatch`"));
    }
    if let Event::WorkflowRun(_) = &desk.event {
        return Err(Failure::new(
            "this run was started by another workflow: nobody can tell what it has merged",
        )
        .code("ci.unmerged")
        .help("run `bursar ci apply` on `push` to the branch that is applied, on `schedule` and on `workflow_dispatch`"));
    }
    let root = context.root()?;
    let Some(settings) = project::settings(&root) else {
        context.sound_project()?;
        return Err(Failure::new("bursar.yaml does not say where the state is"));
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
        settings.project.unwrap_or_default(),
        args.unpreviewed,
        args.comment,
        Duration::from_secs(u64::from(args.wait) * 60),
    );
    let made = make(how, &request, &session, &mut gate, context);
    let told = gate.end(&made);
    let exit = made?;
    told?;
    Ok(match (exit, gate.reason()) {
        (Exit::Ok, _) => Ended::WELL,
        (exit, reason) => Ended {
            exit,
            reason: Some(reason.unwrap_or(Reason::ApplyFailed)),
        },
    })
}
