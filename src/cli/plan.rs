//! `bursar plan`: what an apply would do, and whether the cost data behind it can be read.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::access::Board;
use crate::model::address::Address;
use crate::model::leaf::Leaf;
use crate::model::selector::Selector;
use crate::model::time::Month;
use crate::planning::{self, Lines, Planned, Request};
use crate::platform::Document;
use crate::report::plan::{self, By, json};
use crate::state::StateReader;

use super::base;
use super::session::{self, AccessArgs, Session};
use super::{Context, Exit, Failure};

/// Show what would change, and what was found about access
///
/// Reads the files, the state and the platform; writes nothing. Creations, and changes of how
/// something is reached, must prove their access before an apply makes them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub narrowing: Narrowing,
    #[command(flatten)]
    pub access: AccessArgs,
    /// Tell what this branch changes since it began from REF, and what waited before
    #[arg(long, value_name = "REF", conflicts_with = "drift_only")]
    base: Option<String>,
    /// Write the plan to a file, for `apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the plan as JSON; described by schemas/plan.schema.json
    #[arg(long)]
    json: bool,
    /// What alike changes are grouped by
    #[arg(long, value_name = "WHAT", default_value = "organization")]
    by: Grouping,
    /// Exit with 2 where there are changes
    #[arg(long)]
    detailed_exitcode: bool,
}

/// What a plan or an apply is narrowed to, and what it may do.
#[derive(Debug, clap::Args)]
pub struct Narrowing {
    /// Only these addresses, and what they need first; may be given several times
    #[arg(long, value_name = "GLOB")]
    target: Vec<String>,
    /// Only what drifted: what the platform has otherwise, although nothing changed here
    #[arg(long)]
    pub drift_only: bool,
    /// Let closed months change, from this one on
    #[arg(long, value_name = "MONTH", value_parser = month)]
    restate: Option<Month>,
    /// Delete whatever is no longer declared, without a `removed:` entry
    #[arg(long)]
    allow_delete: bool,
    /// Let this plan change more than the guard allows
    #[arg(long)]
    override_guard: bool,
}

pub fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).map_err(|error| error.to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Grouping {
    Organization,
    #[value(name = "cost_center")]
    CostCenter,
    File,
}

impl Narrowing {
    pub fn request(&self) -> Result<Request, Failure> {
        let target = match self.target.as_slice() {
            [] => None,
            globs => Some(Selector::new(globs).map_err(|(at, cause)| {
                Failure::new(format!("`--target {}` is no glob: {cause}", globs[at]))
                    .help("write a glob over addresses, for example `account/aws/*`")
            })?),
        };
        Ok(Request {
            target,
            allow_delete: self.allow_delete,
            override_guard: self.override_guard,
            restate: self.restate,
        })
    }
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let request = args.narrowing.request()?;
    let session = Session::open(context)?;
    let base = args.base.as_deref();
    let base = base.map(|reference| base::begin(&session.root, reference));
    let load = || {
        session
            .store
            .load()
            .and_then(|snapshot| Ok((snapshot, session.store.findings()?)))
    };
    let (project, state) = planning::read(&session.root, &session.surroundings(), load);
    let project = context.sound(project)?;
    let (snapshot, findings) = state?;
    let base = base.map(base::Reading::end).transpose()?;
    let offline = args.access.offline;
    let (planned, marks) =
        session::compare_with(&session, project, &snapshot, offline, &request, base)?;
    // The process ends with this command: freeing a large estate piece by piece is time lost.
    let mut planned = ManuallyDrop::new(planned);
    if args.narrowing.drift_only {
        planned.drift_only();
    }
    let open = snapshot.open_intents().len();
    if open > 0 {
        planned.plan.notes.push(format!(
            "an apply was interrupted: the next one first asks the platform what became of {open} \
             announced {}",
            if open == 1 { "change" } else { "changes" }
        ));
    }
    let compared = compared(&planned, args, &request);
    let session::Proof {
        board, compared, ..
    } = session::prove(
        &mut planned,
        &Board::stored(&findings),
        &compared,
        args.access,
        session::Trust::Own,
        context,
    )?;
    let by = match args.by {
        Grouping::Organization => By::Organization,
        Grouping::CostCenter => By::CostCenter,
        Grouping::File => By::File,
    };
    let lines = Lines::new(&planned.project);
    let mut shown = session::shown(
        &planned,
        &lines,
        &board,
        by,
        args.access.offline,
        context.now,
    );
    shown.compared = &compared;
    shown.marks = marks.as_ref();
    let document = || json::document(&shown, snapshot.lineage(), snapshot.serial());
    if let Some(path) = &args.out {
        write(path, &document())?;
    }
    let summary = planned.plan.summary();
    let unwritten = |document: &Document| document.unwritten;
    let would_write =
        planned.plan.has_changes() || planned.document.as_ref().is_some_and(unwritten);
    let refused = !planned.plan.refusals.is_empty();
    if args.json {
        context.printer.json(&document())?;
    } else {
        let text = plan::render(&shown, context.printer.look());
        context.printer.print(&text)?;
        session::refuse(&planned, context)?;
        next_step(args, &planned.plan, context)?;
    }
    Ok(match () {
        () if refused || summary.blocked > 0 => Exit::Error,
        () if args.detailed_exitcode && (would_write || !planned.plan.drift.is_empty()) => {
            Exit::Changes
        }
        () => Exit::Ok,
    })
}

/// The organizations whose accounts are listed: those that the plan is about.
fn compared(planned: &Planned, args: &Args, request: &Request) -> BTreeSet<Address> {
    if args.access.offline || args.narrowing.drift_only {
        return BTreeSet::new();
    }
    let organizations = planned.project.estate.declaration.organizations.keys();
    organizations
        .map(Address::organization)
        .filter(|address| planned.desired.get(address.as_str()).is_some())
        .filter(|address| {
            let target = request.target.as_ref();
            target.is_none_or(|target| target.selects(address))
        })
        .collect()
}

fn next_step(
    args: &Args,
    plan: &crate::engine::Plan,
    context: &mut Context,
) -> Result<(), Failure> {
    if !plan.refusals.is_empty() || !plan.has_changes() {
        return Ok(());
    }
    let offline = if args.access.offline {
        " --offline"
    } else {
        ""
    };
    if args.base.is_some() {
        // What a branch changes is registered by its merge.
        let next = format!(
            "\nNext: merge it, then `bursar apply{offline}` (digest {})\n",
            plan.digest
        );
        context.printer.print(&next)?;
        return Ok(());
    }
    let next = match &args.out {
        Some(path) => format!("bursar apply {}{offline}", path.display()),
        None => format!("bursar apply{offline}"),
    };
    context
        .printer
        .print(&format!("\nNext: `{next}` (digest {})\n", plan.digest))?;
    Ok(())
}

/// Writes a plan for `apply`.
pub fn write(path: &std::path::Path, document: &json::Document) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| Failure::new(format!("cannot write the plan: {error}")))?;
    std::fs::write(path, text + "\n").map_err(|cause| {
        Failure::new(format!("cannot write {}: {cause}", path.display()))
            .help("give a path that may be written to `--out`")
    })
}
