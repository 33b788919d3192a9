//! `bursar apply`: makes it so.

mod expected;
mod job;

use std::io::IsTerminal;
use std::path::PathBuf;

use crate::access::Board;
use crate::apply::Outcome;
use crate::engine::{Change, Plan};
use crate::platform::Finished;
use crate::report::plan::{self, Shown};
use crate::report::text::thousands;
use crate::report::{accounts, applied, text};
use crate::state::{Snapshot, StateReader};

use super::plan::Narrowing;
use super::session::{self, AccessArgs, Session};
use super::{Context, Exit, Failure};

use expected::Expected;

pub use job::{Approval, Gate, How, make};

/// Register what is declared
///
/// Shows the plan, asks, and makes the changes. An apply that was interrupted is taken up by the
/// next one: nothing is done twice, nothing is lost.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A plan written by `plan --out`: what is not in it is refused
    plan: Option<PathBuf>,
    #[command(flatten)]
    narrowing: Narrowing,
    #[command(flatten)]
    access: AccessArgs,
    /// Apply without asking
    #[arg(long)]
    auto_approve: bool,
    /// Refuse what is not in this plan file, or does not have this digest
    #[arg(long, value_name = "PLAN|DIGEST")]
    expect: Option<String>,
    /// Print what was done as JSON; described by schemas/apply.schema.json
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let expected = Expected::read(args)?;
    let request = args.narrowing.request()?;
    let session = Session::open(context)?;
    let how = How {
        access: args.access,
        drift_only: args.narrowing.drift_only,
        command: "apply",
        holder: session::holder(context, "apply"),
    };
    let mut terminal = Terminal { args, expected };
    make(how, &request, &session, &mut terminal, context)
}

/// Whoever sits at a terminal decides, or decided before.
struct Terminal<'a> {
    args: &'a Args,
    expected: Option<Expected>,
}

impl Gate for Terminal<'_> {
    fn approve(&mut self, shown: &Shown<'_>, context: &mut Context) -> Result<Approval, Failure> {
        let planned = shown.planned;
        if !self.args.json {
            let text = plan::render(shown, context.printer.look());
            context.printer.print(&text)?;
        }
        if session::refuse(planned, context)? {
            return Ok(Approval::Ends(Exit::Error));
        }
        if let Some(expected) = &self.expected {
            expected.check(&planned.plan)?;
            let gone = expected.settled(&planned.plan);
            if gone > 0 {
                let gone = text::count(gone, "planned change is", "planned changes are");
                context.printer.note(&format!("{gone} no longer needed\n"));
            }
        }
        let decided = self.args.auto_approve || self.args.plan.is_some();
        if decided || !planned.plan.has_changes() || asked(context)? {
            return Ok(Approval::Goes);
        }
        context.printer.note("Nothing was changed.\n");
        Ok(Approval::Ends(Exit::Error))
    }

    fn idle(
        &mut self,
        recorded: &Snapshot,
        finished: &Finished,
        context: &mut Context,
    ) -> Result<(), Failure> {
        if self.args.json {
            let outcome = Outcome {
                results: Vec::new(),
                behind: Vec::new(),
                serial: recorded.serial(),
            };
            let document = applied::document(&Plan::default(), &outcome, Some(finished));
            context.printer.json(&document)?;
        } else {
            // People were told by the plan; the document may have been behind all the same.
            let text = applied::finished(finished, context.printer.look());
            context.printer.print(&text)?;
        }
        Ok(())
    }

    fn applied(
        &mut self,
        plan: &Plan,
        outcome: &Outcome,
        finished: Option<&Finished>,
        settled: bool,
        context: &mut Context,
    ) -> Result<(), Failure> {
        if self.args.json {
            let document = applied::document(plan, outcome, finished);
            context.printer.json(&document)?;
        } else if !settled {
            let look = context.printer.look();
            context
                .printer
                .print(&applied::render(plan, outcome, look))?;
        }
        Ok(())
    }

    fn closed(
        &mut self,
        session: &Session,
        plan: &Plan,
        after: &Snapshot,
        finished: &Finished,
        context: &mut Context,
    ) -> Result<(), Failure> {
        if self.args.json {
            return Ok(());
        }
        let seen = |change: &Change| !change.kind().is_structure();
        if plan.changes.iter().any(seen) {
            list(session, after, context)?;
        } else if plan.has_changes() {
            let next = "`bursar accounts` lists what is registered\n";
            context.printer.print(next)?;
        }
        let text = applied::finished(finished, context.printer.look());
        context.printer.print(&text)?;
        Ok(())
    }
}

/// Asks whoever sits there.
fn asked(context: &mut Context) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::new("there is no terminal to ask on")
            .code("apply.unapproved")
            .help("look at `bursar plan`, then apply with `--auto-approve`, or apply a saved plan: `bursar apply PLAN`"));
    }
    context.printer.flush()?;
    context
        .printer
        .note("\nApply these changes? Only `yes` applies: ");
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|cause| Failure::new(format!("cannot read the answer: {cause}")))?;
    Ok(answer.trim() == "yes")
}

fn list(session: &Session, snapshot: &Snapshot, context: &mut Context) -> Result<(), Failure> {
    let count = snapshot.count("account/") + snapshot.count("payer/");
    if count > accounts::FEW {
        // Reading a large register whole would cost more than the apply itself.
        let text = format!(
            "{} payers and accounts are registered: `bursar accounts` lists them\n",
            thousands(count)
        );
        context.printer.print(&text)?;
        return Ok(());
    }
    let board = Board::stored(&session.store.findings()?);
    let register = accounts::Register::of(&snapshot.records()?, &board);
    let text = accounts::render(
        &register,
        context.printer.look(),
        accounts::FEW,
        context.now,
    );
    context.printer.print("\n")?;
    context.printer.print(&text)?;
    Ok(())
}
