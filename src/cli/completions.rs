//! `bursar completions`: what a shell needs to complete command lines.

use super::{Context, Exit, Failure};

/// Print completions for a shell
///
/// For bash, for example: bursar completions bash > ~/.local/share/bash-completion/completions/bursar
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "bursar", &mut script);
    context.printer.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Ok)
}
