//! `bursar structure who`: who pays for an account.

use clap::ValueEnum;

use crate::config::estate::Estate;
use crate::model::time::Month;
use crate::planning::Lines;
use crate::report::structure::{self, Line};
use crate::structure::Tree;
use crate::structure::who::open;

use super::super::{Context, Exit, Failure, show};

/// Tell who pays for an account in a month, in what parts, since when, and which line says so
///
/// Without an account: for all of them, as CSV or JSON, to be joined with cost data on FOCUS'
/// `SubAccountId`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An account: its address, or its id alone where only one has it
    account: Option<String>,
    /// The month to look at; without it the present one
    #[arg(long, value_name = "YYYY-MM", value_parser = super::month)]
    month: Option<Month>,
    /// How to write it; without an account `csv` or `json`
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// The same as `--format json`; described by schemas/who.schema.json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Csv,
    Json,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let project = context.sound_project()?;
    let estate = &project.estate;
    let month = super::wanted(args.month, context);
    let usual = if args.account.is_some() {
        Format::Human
    } else {
        Format::Csv
    };
    let format = match args.json {
        true => Format::Json,
        false => args.format.unwrap_or(usual),
    };
    let tree = Tree::of(&estate.declaration.cost_centers, month);
    let lines = Lines::new(&project);
    let places: Vec<usize> = match &args.account {
        Some(account) => vec![find(account, estate)?],
        None => {
            let accounts = estate.declaration.accounts.iter().enumerate();
            let open = accounts.filter(|(_, entry)| open(&entry.value, month));
            open.map(|(at, _)| at).collect()
        }
    };
    let found: Vec<Line<'_>> = places
        .into_iter()
        .map(|at| Line::of(estate, at, month).traced(&lines))
        .collect();
    let text = match (format, found.as_slice()) {
        (Format::Json, _) => {
            context
                .printer
                .json(&structure::who_documents(&found, &tree))?;
            return Ok(Exit::Ok);
        }
        (Format::Csv, _) => structure::csv(&found, &tree)
            .map_err(|cause| Failure::new(format!("cannot write CSV: {cause}")))?,
        (Format::Human, [one]) => structure::who(one, &tree, context.printer.look()),
        (Format::Human, _) => {
            return Err(Failure::new("text is for one account").help(
                "name an account, or ask for all of them with `--format csv` or `--format json`",
            ));
        }
    };
    context.printer.print(&text)?;
    Ok(Exit::Ok)
}

/// The place of an account in the estate's list.
fn find(text: &str, estate: &Estate) -> Result<usize, Failure> {
    let address = |at: usize| Line::of(estate, at, Month::FIRST).address;
    let all: Vec<String> = (0..estate.accounts.len()).map(address).collect();
    let known: Vec<&str> = all.iter().map(String::as_str).collect();
    let unknown = || {
        Failure::new(format!("no account is declared as {text}"))
            .code("address.unknown")
            .help("give an account's address, for example account/aws/210987654321, or its id")
    };
    if !known
        .iter()
        .any(|known| *known == text || known.rsplit('/').next() == Some(text))
    {
        return Err(unknown());
    }
    let found = show::find(text, &known)?;
    let place = known.iter().position(|known| *known == found.as_str());
    place.ok_or_else(unknown)
}
