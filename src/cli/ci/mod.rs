//! `bursar ci`: the commands of a runner of GitHub Actions. They read the event, do what `plan`,
//! `apply` and `check` do, and tell it where a team looks: comments, summaries, annotations, outputs.

mod apply;
mod check;
mod desk;
mod gate;
mod known;
mod merged;
mod pages;
mod patience;
mod plan;
mod proposal;
mod told;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use crate::ci::CiError;

use super::session::{self, at_least_one};
use super::{Context, Exit, Failure};

/// Run in GitHub Actions: preview pull requests, apply merges, watch over access
///
/// Reads the runner's environment and the event, and asks GitHub with the token in GITHUB_TOKEN.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Args),
    Apply(apply::Args),
    Check(check::Args),
}

/// What all commands of a runner may be told.
#[derive(Debug, clap::Args)]
struct Common {
    /// Where an embedded state is kept, in a folder that outlives the run; a shared state needs none
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    state_dir: Option<PathBuf>,
    /// Requests under way to one host at a time; without it 24 to a provider, 10 writes to a platform
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    parallelism: Option<usize>,
}

/// When a pull request gets a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Commented {
    /// Whatever the plan says.
    Always,
    /// Where there are changes, or a comment that is to be brought up to date.
    Changes,
    Never,
}

/// What happens to changes that no merged pull request showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unpreviewed {
    /// They are named, and applied; removals stop the apply all the same.
    Apply,
    /// They are named, and nothing is applied.
    Stop,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    desk::close(context)?;
    match &args.command {
        Command::Plan(args) => plan::run(args, context),
        Command::Apply(args) => apply::run(args, context),
        Command::Check(args) => check::run(args, context),
    }
}

/// Waits for GitHub.
fn wait_for<T>(future: impl Future<Output = Result<T, CiError>>) -> Result<T, Failure> {
    Ok(session::wait(future)??)
}

/// Waits for GitHub and for what is asked beside it.
fn wait_for_all<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    session::wait(future)?
}
