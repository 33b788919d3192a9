//! The command line: arguments in, one command run, an [`Exit`] out.
//!
//! One file a command: its `Args` (whose doc comments are the help) and `run`. To add one: write the
//! file, then name it in [`Command`] and in [`Command::run`]. Commands decide nothing that the
//! library could decide: they read, ask and print.

pub mod context;
pub mod env;
pub mod exit;
pub mod failure;
pub mod panic;

mod accounts;
mod apply;
mod asking;
pub mod base;
mod check;
mod ci;
mod completions;
mod diff;
mod explain;
mod files;
mod fmt;
mod history;
mod import;
mod init;
mod login;
mod plan;
mod schema;
pub mod session;
mod show;
mod state;
mod structure;
mod validate;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, CommandFactory, Parser, Subcommand, ValueEnum};

pub use context::Context;
pub use exit::Exit;
pub use failure::Failure;

use crate::credential::redact;
use crate::report::{Color, Printer};

/// Registers cloud accounts for cost data, and keeps the financial structure they fall on.
///
/// Declare organizations, payers, accounts, cost centres and budgets in YAML; bursar shows what
/// would change, proves that the cost data can be read, and registers it.
#[derive(Debug, Parser)]
#[command(name = "bursar", bin_name = "bursar", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 all is well, 1 an error, 2 changes (with --detailed-exitcode), \
    3 a stale plan or an unexpected change, 4 locked by somebody else"
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
struct Global {
    /// Work in this folder, or in the project around it
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = clap::ValueHint::DirPath)]
    directory: Option<PathBuf>,
    /// Whether to use colour; `auto`: on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = false
    )]
    color: When,
    /// Tell more about the inner workings; twice for even more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

impl From<When> for Color {
    fn from(when: When) -> Self {
        match when {
            When::Auto => Self::Auto,
            When::Always => Self::Always,
            When::Never => Self::Never,
        }
    }
}

/// The commands that are built.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Validate(validate::Args),
    Fmt(fmt::Args),
    Diff(diff::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Check(check::Args),
    Import(import::Args),
    Login(login::Args),
    Accounts(accounts::Args),
    Show(show::Args),
    History(history::Args),
    State(state::Args),
    Structure(structure::Args),
    Ci(ci::Args),
    Schema(schema::Args),
    Explain(explain::Args),
    Completions(completions::Args),
}

impl Command {
    fn run(&self, context: &mut Context) -> Result<Exit, Failure> {
        match self {
            Self::Init(args) => init::run(args, context),
            Self::Validate(args) => validate::run(args, context),
            Self::Fmt(args) => fmt::run(args, context),
            Self::Diff(args) => diff::run(args, context),
            Self::Plan(args) => plan::run(args, context),
            Self::Apply(args) => apply::run(args, context),
            Self::Check(args) => check::run(args, context),
            Self::Import(args) => import::run(args, context),
            Self::Login(args) => login::run(args, context),
            Self::Accounts(args) => accounts::run(args, context),
            Self::Show(args) => show::run(args, context),
            Self::History(args) => history::run(args, context),
            Self::State(args) => state::run(args, context),
            Self::Structure(args) => structure::run(args, context),
            Self::Ci(args) => ci::run(args, context),
            Self::Schema(args) => schema::run(args, context),
            Self::Explain(args) => explain::run(args, context),
            Self::Completions(args) => completions::run(args, context),
        }
    }
}

/// The command line as clap knows it, for completions and generated documentation.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// The program: reads the arguments, runs one command.
#[must_use]
pub fn main() -> Exit {
    panic::guarded(|| run(std::env::args_os().collect()))
}

fn run(arguments: Vec<OsString>) -> Exit {
    let color = early_color(&arguments);
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, color),
    };
    let mut printer = Printer::new(cli.global.color.into());
    if let Err(failure) = log_to_stderr(cli.global.verbose, printer.err_look().color) {
        return tell(&mut printer, &failure);
    }
    let context = env::now().and_then(|now| {
        Context::new(
            cli.global.directory.as_deref(),
            now,
            Printer::new(cli.global.color.into()),
        )
    });
    let mut context = match context {
        Ok(context) => context,
        Err(failure) => return tell(&mut printer, &failure),
    };
    let outcome = cli.command.run(&mut context);
    let outcome = outcome.and_then(|exit| {
        context.printer.flush()?;
        Ok(exit)
    });
    match outcome {
        Ok(exit) => exit,
        Err(failure) => tell(&mut context.printer, &failure),
    }
}

/// Tells what failed, after what was printed before it.
fn tell(printer: &mut Printer, failure: &Failure) -> Exit {
    // A reader that is gone is no reason to say nothing on standard error.
    let _ = printer.flush();
    if failure.is_told() {
        let text = crate::report::failure(
            failure.code,
            &failure.message,
            &failure.help,
            &failure.paste,
            printer.err_look(),
        );
        printer.note(&text);
    }
    failure.exit()
}

/// Help and version are what was asked for; anything else is a wrong command line: 1, since 2 means
/// changes here.
fn usage(error: &clap::Error, color: Color) -> Exit {
    let rendered = error.render();
    let mut printer = Printer::new(color);
    if error.use_stderr() {
        let text = if printer.err_look().color {
            rendered.ansi().to_string()
        } else {
            rendered.to_string()
        };
        printer.note(&text);
        return Exit::Error;
    }
    let text = if printer.look().color {
        rendered.ansi().to_string()
    } else {
        rendered.to_string()
    };
    let printed = printer.print(&text).and_then(|()| printer.flush());
    match printed {
        Ok(()) => Exit::Ok,
        Err(error) => Failure::from(error).exit(),
    }
}

/// `--color` as far as it can be told before the arguments are understood: help and usage errors are
/// printed by then.
fn early_color(arguments: &[OsString]) -> Color {
    let mut color = Color::Auto;
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color=") {
            Some(value) => value,
            None if word == "--color" => words.next().unwrap_or_default(),
            None => continue,
        };
        if let Ok(when) = When::from_str(value, false) {
            color = when.into();
        }
    }
    color
}

/// Standard error, through the last net against secrets: libraries log too.
struct Clean;

impl std::io::Write for Clean {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        // One event is one write.
        let text = String::from_utf8_lossy(event);
        std::io::stderr().write_all(redact(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

fn log_to_stderr(verbose: u8, color: bool) -> Result<(), Failure> {
    use tracing_subscriber::EnvFilter;

    let directives = match (env::get(env::BURSAR_LOG), verbose) {
        (Some(directives), _) => directives,
        (None, 0) => return Ok(()),
        (None, 1) => "bursar=info".to_owned(),
        (None, _) => "bursar=debug".to_owned(),
    };
    let filter = EnvFilter::try_new(&directives).map_err(|error| {
        Failure::new(format!("{} cannot be understood: {error}", env::BURSAR_LOG))
            .help("write a level such as `debug`, or `bursar::config=trace`")
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Clean)
        .with_ansi(color)
        .without_time()
        .init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn every_command_and_option_explains_itself() {
        fn check(command: &clap::Command) {
            for argument in command.get_arguments().filter(|a| !a.is_hide_set()) {
                let name = argument.get_id();
                let help = argument.get_help().map(ToString::to_string);
                let help = help.unwrap_or_else(|| panic!("{name} has no help"));
                assert!(!help.ends_with('.'), "{name}: {help}");
            }
            for below in command.get_subcommands() {
                assert!(below.get_about().is_some(), "{}", below.get_name());
                check(below);
            }
        }
        check(&command());
    }

    #[test]
    fn colour_is_known_before_the_rest() {
        let of =
            |words: &[&str]| early_color(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["bursar", "--color", "never", "x"]), Color::Never);
        assert_eq!(of(&["bursar", "x", "--color=always"]), Color::Always);
        assert_eq!(of(&["bursar", "--color"]), Color::Auto);
    }
}
