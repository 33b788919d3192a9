//! `bursar show`: all that is known of one address.

use crate::access::Board;
use crate::model::address::Address;
use crate::report::show;
use crate::state::{HistoryFilter, StateReader};

use super::session::Session;
use super::{Context, Exit, Failure};

/// Show all that is known of one resource
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An address, for example account/aws/210987654321; an id or a name alone is enough where only one has it
    address: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let session = Session::open(context)?;
    let snapshot = session.store.load()?;
    let known: Vec<&str> = snapshot.index().map(|entry| entry.address).collect();
    let address = find(&args.address, &known)?;
    let Some(record) = snapshot.get(&address)? else {
        return Err(unknown(&args.address, &known));
    };
    let board = Board::stored(&session.store.findings()?);
    let mut last = None;
    let filter = HistoryFilter {
        address: Some(address.clone()),
        ..HistoryFilter::default()
    };
    session
        .store
        .history(&filter, &mut |entry| last = Some(entry))?;
    let document = show::document(&record, board.of(&address), last.as_ref());
    if args.json {
        context.printer.json(&document)?;
    } else {
        let text = show::render(&document, context.printer.look());
        context.printer.print(&text)?;
    }
    Ok(Exit::Ok)
}

/// The address that a text means: an address, or the last part of just one.
pub fn find(text: &str, known: &[&str]) -> Result<Address, Failure> {
    if let Ok(address) = Address::parse(text) {
        return Ok(address);
    }
    let ends: Vec<&str> = known
        .iter()
        .copied()
        .filter(|address| address.rsplit('/').next() == Some(text))
        .take(6)
        .collect();
    match ends.as_slice() {
        [one] => Address::parse(one).map_err(|error| Failure::new(error.to_string())),
        [] => Err(unknown(text, known)),
        many => Err(Failure::new(format!("several resources are called {text}"))
            .code("address.ambiguous")
            .help(format!("give the whole address: {}", many.join(", ")))),
    }
}

fn unknown(text: &str, known: &[&str]) -> Failure {
    let failure = Failure::new(format!("nothing is registered as {text}")).code("address.unknown");
    let word = text.rsplit('/').next().unwrap_or(text);
    let near = known
        .iter()
        .copied()
        .map(|address| (address, address.rsplit('/').next().unwrap_or_default()))
        .filter(|(_, last)| last.len().abs_diff(word.len()) <= 2)
        .collect::<Vec<_>>();
    let best = crate::config::suggest::closest(word, near.iter().map(|(_, last)| *last));
    match best.and_then(|best| near.iter().find(|(_, last)| *last == best)) {
        Some((address, _)) => failure.help(format!("did you mean {address}?")),
        None => failure.help(
            "`bursar accounts` lists what is registered; `bursar apply` registers what is declared",
        ),
    }
}
