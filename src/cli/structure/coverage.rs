//! `bursar structure coverage`: which accounts fall on a cost centre.

use rust_decimal::Decimal;

use crate::model::time::Month;
use crate::report::structure;
use crate::structure::{Tree, coverage};

use super::super::{Context, Exit, Failure};

/// Tell which accounts fall on no cost centre, on several, or on a closed one
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Exit with 1 where fewer percent of the accounts fall on cost centres
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min: Option<Decimal>,
    /// The month to look at; without it the present one
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    month: Option<Month>,
    /// Print it as JSON; described by schemas/coverage.schema.json
    #[arg(long)]
    json: bool,
}

fn percent(text: &str) -> Result<Decimal, String> {
    let wrong = || "write a number from 0 to 100, for example `99.5`".to_owned();
    let percent: Decimal = text.parse().map_err(|_| wrong())?;
    let fits = percent >= Decimal::ZERO && percent <= Decimal::ONE_HUNDRED;
    fits.then_some(percent).ok_or_else(wrong)
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let project = context.sound_project()?;
    let estate = &project.estate;
    let month = super::wanted(args.month, context);
    let tree = Tree::of(&estate.declaration.cost_centers, month);
    let found = coverage(estate, &tree, month);
    if args.json {
        let document = structure::coverage_document(&found, estate, month);
        context.printer.json(&document)?;
    } else {
        let text = structure::coverage(&found, estate, month, context.printer.look());
        context.printer.print(&text)?;
    }
    match args.min.filter(|least| found.percent() < *least) {
        Some(least) => Err(Failure::new(format!(
            "{} % of the accounts fall on cost centres, and {least} % are wanted",
            found.percent()
        ))
        .code("structure.coverage")),
        None => Ok(Exit::Ok),
    }
}
