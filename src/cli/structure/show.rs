//! `bursar structure show`: the tree.

use crate::model::time::Month;
use crate::report::structure::{self, Shown};

use super::super::{Context, Exit, Failure};

/// Show the tree of cost centres with managers, budgets and numbers of accounts
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The month to look at; without it the present one
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    month: Option<Month>,
    /// Print it as JSON; described by schemas/structure.schema.json
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let project = context.sound_project()?;
    let shown = Shown::of(&project.estate, super::wanted(args.month, context));
    if args.json {
        context.printer.json(&structure::tree_document(&shown))?;
    } else {
        let text = structure::tree(&shown, context.printer.look());
        context.printer.print(&text)?;
    }
    Ok(Exit::Ok)
}
