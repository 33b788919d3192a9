//! `bursar structure`: look at the financial structure as it is declared.

mod coverage;
mod export;
mod graph;
mod import;
mod ours;
mod show;
mod who;

use clap::Subcommand;

use super::{Context, Exit, Failure};
use crate::model::leaf::Leaf;
use crate::model::time::{Date, Month};

/// Look at the financial structure: cost centres, budgets, who pays for what
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(show::Args),
    Coverage(coverage::Args),
    Export(export::Args),
    Graph(graph::Args),
    Import(import::Args),
    Who(who::Args),
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    match &args.command {
        Command::Show(args) => show::run(args, context),
        Command::Coverage(args) => coverage::run(args, context),
        Command::Export(args) => export::run(args, context),
        Command::Graph(args) => graph::run(args, context),
        Command::Import(args) => import::run(args, context),
        Command::Who(args) => who::run(args, context),
    }
}

fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).map_err(|error| format!("{}; {}", error.message, error.help))
}

/// The month that was asked for, or the present one.
fn wanted(asked: Option<Month>, context: &Context) -> Month {
    let today = context.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    asked.unwrap_or_else(|| Date::new(today).month())
}
