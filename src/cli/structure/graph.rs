//! `bursar structure graph`: the tree as a drawing.

use clap::ValueEnum;

use crate::model::time::Month;
use crate::report::structure::{self, Drawn, Shown};

use super::super::{Context, Exit, Failure};

/// Draw the tree of cost centres: mermaid for a pull request, dot for Graphviz
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    format: Format,
    /// The month to look at; without it the present one
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    month: Option<Month>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Mermaid,
    Dot,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let project = context.sound_project()?;
    let shown = Shown::of(&project.estate, super::wanted(args.month, context));
    let drawn = Drawn { shown: &shown };
    let text = match args.format {
        Format::Mermaid => structure::mermaid(&drawn),
        Format::Dot => structure::dot(&drawn),
    };
    context.printer.print(&text)?;
    Ok(Exit::Ok)
}
