//! `bursar ci plan`: a pull request's preview.

use std::path::PathBuf;

use super::{Commented, Common, Context, Exit, Failure};

/// Preview a pull request: what its merge would change
///
/// Plans the pull request's declarations with the settings and credentials of its base, and writes one
/// comment, the step's summary, annotations and outputs. From a fork, without secrets, it compares the
/// declarations with the base's, for the summary only.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// When the pull request gets a comment
    #[arg(long, value_name = "WHEN", default_value = "always")]
    comment: Commented,
    /// The declarations of a pull request from a fork, as `ci plan` wrote them there without secrets; for runs on `workflow_run`
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    declared: Option<PathBuf>,
    /// Ask no provider and no platform over a network
    #[arg(long)]
    offline: bool,
}

pub fn run(_args: &Args, _context: &mut Context) -> Result<Exit, Failure> {
    Err(Failure::new("`bursar ci plan` is not built yet"))
}
