//! `bursar show`: all that is known of one address.

use crate::access::Board;
use crate::config::project;
use crate::model::address::Address;
use crate::report::show::{self, Around};
use crate::state::{HistoryFilter, Snapshot, StateReader};

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
    let address = named(&args.address, &known, &session, context)?;
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
    let around = around(&address, &snapshot, &board, &session, context)?;
    let document = show::document(&record, around, &known, &board, last.as_ref());
    if args.json {
        context.printer.json(&document)?;
    } else {
        let text = show::render(&document, context.printer.look());
        context.printer.print(&text)?;
    }
    Ok(Exit::Ok)
}

fn around(
    address: &Address,
    snapshot: &Snapshot,
    board: &Board,
    session: &Session,
    context: &Context,
) -> Result<Around, Failure> {
    let wanted = show::wanted(address);
    let belongs = |known: &str| wanted.iter().any(|start| known.starts_with(start.as_str()));
    let index = snapshot.index().enumerate();
    let places = index.filter(|(_, entry)| belongs(entry.address));
    let places: Vec<usize> = places.map(|(at, _)| at).collect();
    let records = snapshot.fetch_at(&places)?;
    let currency =
        project::settings(&session.root).and_then(|settings| settings.structure.currency);
    let currency = currency.map_or("USD", |currency| currency.code());
    Ok(Around::of(address, &records, board, currency, context.now))
}

/// The address that a text means: an address, or the last part of just one; a former name leads to
/// the present one, with a word about it.
pub fn named(
    text: &str,
    known: &[&str],
    session: &Session,
    context: &mut Context,
) -> Result<Address, Failure> {
    let found = find(text, known);
    if let Ok(address) = &found
        && known.contains(&address.as_str())
    {
        return found;
    }
    let means = |address: &Address| address.as_str() == text || address.last() == text;
    let mut current: Option<Address> = None;
    let all = HistoryFilter::default();
    session.store.history(&all, &mut |entry| {
        let entry = entry.entry;
        let former = entry.from.filter(|from| *from != entry.address);
        let follows = match (&former, &current) {
            (Some(former), Some(current)) => former == current || means(former),
            (Some(former), None) => means(former),
            (None, _) => means(&entry.address),
        };
        if follows {
            current = Some(entry.address);
        }
    })?;
    match current {
        Some(address) if means(&address) => Ok(address),
        Some(address) => {
            let note = format!("{text} is now called {address}\n");
            context.printer.note(&note);
            Ok(address)
        }
        None => found,
    }
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
