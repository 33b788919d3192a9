//! `bursar explain`: the page of one code.

use crate::config::suggest;
use crate::report::{codes, text};

use super::{Context, Exit, Failure};

/// Explain a code that a report shows, such as `declared.twice`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The code, or the id of a check; without one, all are listed
    code: Option<String>,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let Some(code) = &args.code else {
        let look = context.printer.look();
        let all = codes::all();
        let column = all.iter().map(|(code, _)| code.len()).max().unwrap_or(0) + 2;
        for (code, sentence) in all {
            let first = format!("{code:<column$}");
            let rest = " ".repeat(column);
            let text = text::wrap(sentence, look.width, &first, column, &rest);
            context.printer.print(&text)?;
        }
        return Ok(Exit::Ok);
    };
    // As it stands in a report: `error[declared.twice]`.
    let bare = code
        .trim()
        .trim_start_matches("error")
        .trim_start_matches("warning")
        .trim_matches(['[', ']', ':'])
        .to_lowercase();
    if let Some(page) = codes::explain(&bare) {
        context.printer.print(&page)?;
        return Ok(Exit::Ok);
    }
    let all = codes::all();
    let names = all.iter().map(|(code, _)| *code);
    let shown: String = code.chars().filter(|c| !c.is_control()).take(60).collect();
    let failure = Failure::new(format!("there is no code `{shown}`"));
    Err(match suggest::closest(&bare, names) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`bursar explain` without a code lists all of them"),
    })
}
