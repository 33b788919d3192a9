//! `bursar accounts`: what is registered, with badges.

use crate::access::Board;
use crate::report::accounts::{self, Register};
use crate::state::StateReader;

use super::session::Session;
use super::{Context, Exit, Failure};

/// List what is registered, with its cost centres and badges
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only what has this label, below its payer; may be given several times
    #[arg(long = "where", value_name = "LABEL=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Print the list as JSON; described by schemas/accounts.schema.json
    #[arg(long)]
    json: bool,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write a label and its value, for example `env=staging`")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let session = Session::open(context)?;
    let snapshot = session.store.load()?;
    let board = Board::stored(&session.store.findings()?);
    let mut register = Register::of(&snapshot.records()?, &board);
    let registered = !register.rows.is_empty();
    register.with_labels(&args.labels);
    if args.json {
        context.printer.json(&accounts::document(
            &register,
            snapshot.serial(),
            context.now,
        ))?;
    } else if registered && register.rows.is_empty() {
        let text = "Nothing that is registered has these labels.\n";
        context.printer.print(text)?;
    } else {
        let text = accounts::render(&register, context.printer.look(), usize::MAX, context.now);
        context.printer.print(&text)?;
    }
    Ok(Exit::Ok)
}
