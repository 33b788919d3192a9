//! `bursar ci apply`: a merge is registered.

use super::{Commented, Common, Context, Exit, Failure, Unpreviewed};
use crate::model::time::Month;

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

pub fn run(_args: &Args, _context: &mut Context) -> Result<Exit, Failure> {
    Err(Failure::new("`bursar ci apply` is not built yet"))
}
