//! `bursar ci check`: watches over access between merges.

use super::{Common, Context, Exit, Failure};

/// Ask about all access, and keep one issue about what is broken
///
/// Opens an issue when access breaks or something expires, brings it up to date, and closes it when all
/// is well again.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Open no issue, and touch none
    #[arg(long)]
    no_issue: bool,
    /// The label of the issue
    #[arg(long, value_name = "LABEL", default_value = "bursar")]
    label: String,
    /// Run the commands that `exec:` references name
    #[arg(long)]
    allow_exec: bool,
}

pub fn run(_args: &Args, _context: &mut Context) -> Result<Exit, Failure> {
    Err(Failure::new("`bursar ci check` is not built yet"))
}
