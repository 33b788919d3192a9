//! `bursar apply`: makes it so.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::IsTerminal;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use crate::access::Board;
use crate::apply::{self, Outcome, Parallelism};
use crate::engine::{Change, Plan};
use crate::model::finding::Finding;
use crate::model::hash::ContentHash;
use crate::planning::{self, Lines, Planned};
use crate::platform::Finished;
use crate::report::plan::{self, By, json, stale};
use crate::report::text::thousands;
use crate::report::{self, Look, accounts, applied, text};
use crate::state::{Holder, Serial, Snapshot, StateError, StateReader, StateStore, StateWriter};

use super::plan::Narrowing;
use super::session::{self, AccessArgs, Session};
use super::{Context, Exit, Failure};

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
    let platform = session.platform.as_deref();
    if args.access.offline && platform.is_some_and(|platform| !platform.is_document()) {
        return Err(Failure::new("a platform cannot be written to offline")
            .code("platform.offline")
            .help("leave out `--offline`"));
    }
    let holder = session::holder(context, "apply");
    // A first apply makes the state only once the files are known to be sound.
    let open = || {
        if session.has_state()? {
            session.store.writer(&holder).map(Some)
        } else {
            Ok(None)
        }
    };
    let (project, writer) = planning::read(&session.root, &session.surroundings(), open);
    let project = context.sound(project)?;
    let mut writer: Option<Box<dyn StateWriter>> = writer?;
    let author = session::author(context, &session.root, "apply", project.settings().guard);
    if let (Some(platform), Some(writer)) = (&session.platform, writer.as_mut()) {
        resume(args, writer.as_mut(), platform.as_ref(), &author, context)?;
    }
    let snapshot = match writer.as_mut() {
        Some(writer) => writer.snapshot(),
        None => std::sync::Arc::new(session.store.load()?),
    };
    let stored = session.store.findings()?;
    // The process ends with this command: freeing a large estate piece by piece is time lost.
    let mut planned = ManuallyDrop::new(session::compare(
        &session,
        project,
        &snapshot,
        args.access.offline,
        &request,
    )?);
    if args.narrowing.drift_only {
        planned.drift_only();
    }
    let session::Proof { board, .. } = session::prove(
        &mut planned,
        &Board::stored(&stored),
        &BTreeSet::new(),
        args.access,
        context,
    )?;
    if !approved(args, &planned, &board, &expected, context)? {
        return Ok(Exit::Error);
    }
    let settled = !planned.plan.has_changes() && planned.plan.refreshes.is_empty();
    let loosened = snapshot.guard().is_some() && snapshot.guard() != author.guard;
    let planned_at = snapshot.serial();
    // The writer goes on with its own: a snapshot that is still held here would have to be copied.
    drop(snapshot);
    if settled && !loosened && (writer.is_none() || board.to_stored() == stored) {
        let recorded = session.store.load()?;
        let finished = finish(&session, &recorded, &board)?;
        return nothing(args, &recorded, &finished, context);
    }
    let mut writer = match writer {
        Some(writer) => writer,
        None => first(&session, &holder, planned_at)?,
    };
    if settled && loosened {
        // Nothing else changes: the guard of the file holds from now on.
        writer.commit(&author, &[])?;
    }
    let outcome = carry_out(args, &session, &planned, writer.as_mut(), &author)?;
    let stored = store_findings(writer.as_mut(), &board);
    let after = writer.snapshot();
    let finished = finish(&session, &after, &board);
    if args.json || !settled {
        let finished = finished.as_ref().ok();
        tell(args, &planned, &outcome, finished, context)?;
    }
    stored?;
    let finished = finished?;
    let closed = writer.close();
    if !args.json && !settled {
        let seen = |change: &Change| !change.kind().is_structure();
        if planned.plan.changes.iter().any(seen) {
            list(&session, &after, context)?;
        } else {
            let next = "`bursar accounts` lists what is registered\n";
            context.printer.print(next)?;
        }
    }
    if !args.json {
        let text = applied::finished(&finished, context.printer.look());
        context.printer.print(&text)?;
    }
    if let Err(error) = closed {
        let serial = outcome.serial;
        context.printer.flush()?;
        let told = unkept(serial, &error, context.printer.err_look());
        context.printer.note(&told);
    }
    Ok(if outcome.is_complete() {
        Exit::Ok
    } else {
        Exit::Error
    })
}

/// The commit stands, what should have followed it does not.
fn unkept(serial: Serial, error: &StateError, look: Look) -> String {
    let what = match error {
        StateError::Behind { .. } => "is in the log, but the register could not follow",
        _ => "stands, but the files of the state could not be put in order",
    };
    report::warning(
        error.code(),
        &format!("serial {serial} {what}: {error}"),
        &["nothing is lost, and every command reads the new serial; see to the cause, then run `bursar state rebuild`, or let the next apply do it".to_owned()],
        look,
    )
}

/// Makes the state, which nobody held while the plan was made.
fn first(
    session: &Session,
    holder: &Holder,
    planned_at: Serial,
) -> Result<Box<dyn StateWriter>, Failure> {
    let writer = session.store.writer(holder)?;
    if writer.serial() == planned_at && writer.open_intents().is_empty() {
        return Ok(writer);
    }
    Err(
        Failure::new("another apply made the state while this one was planning")
            .code("plan.stale")
            .help("nothing was applied; look at a new `bursar plan`")
            .exit_with(Exit::Stale),
    )
}

fn nothing(
    args: &Args,
    recorded: &Snapshot,
    finished: &Finished,
    context: &mut Context,
) -> Result<Exit, Failure> {
    if args.json {
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
    Ok(Exit::Ok)
}

/// Lets a platform that is a document write it, of what is recorded now.
fn finish(session: &Session, recorded: &Snapshot, board: &Board) -> Result<Finished, Failure> {
    let platform = session.platform.as_ref();
    let Some(platform) = platform.filter(|platform| platform.is_document()) else {
        return Ok(Finished::default());
    };
    if recorded.serial() == 0 {
        return Ok(Finished::default());
    }
    let findings: Vec<Finding> = board.all().cloned().collect();
    let records = recorded.records()?;
    session::wait(platform.finish(&records, &findings))?.map_err(|error| {
        let failure = Failure::new(error.to_string())
            .help(error.help().to_owned())
            .help("what was applied is recorded: the next `bursar apply` writes the files");
        match error.code() {
            Some(code) => failure.code(code),
            None => failure,
        }
    })
}

fn resume(
    args: &Args,
    writer: &mut dyn StateWriter,
    platform: &dyn crate::platform::PlatformWriter,
    author: &crate::model::record::Author,
    context: &mut Context,
) -> Result<(), Failure> {
    let open = writer.open_intents().len();
    if open == 0 {
        return Ok(());
    }
    let parallelism = args.access.parallelism.map(Parallelism).unwrap_or_default();
    let resumed = session::wait(apply::resume(writer, platform, author, parallelism))?;
    let written = resumed.map_err(|error| {
        Failure::new(format!("cannot take up the interrupted apply: {error}"))
            .code("apply.resume")
            .help("apply again when the platform answers")
    })?;
    context.printer.note(&format!(
        "took up an interrupted apply: {} of {} announced changes had been made\n",
        text::thousands(written),
        text::thousands(open)
    ));
    Ok(())
}

/// Shows the plan and finds out whether it may be applied.
fn approved(
    args: &Args,
    planned: &Planned,
    board: &Board,
    expected: &Option<Expected>,
    context: &mut Context,
) -> Result<bool, Failure> {
    let lines = Lines::new(&planned.project);
    let mut shown = session::shown(
        planned,
        &lines,
        board,
        By::Organization,
        args.access.offline,
        context.now,
    );
    shown.applies = true;
    if !args.json {
        let text = plan::render(&shown, context.printer.look());
        context.printer.print(&text)?;
    }
    if session::refuse(planned, context)? {
        return Ok(false);
    }
    if let Some(expected) = expected {
        expected.check(&planned.plan)?;
        let gone = expected.settled(&planned.plan);
        if gone > 0 {
            let gone = text::count(gone, "planned change is", "planned changes are");
            context.printer.note(&format!("{gone} no longer needed\n"));
        }
    }
    if args.auto_approve || args.plan.is_some() || !planned.plan.has_changes() {
        return Ok(true);
    }
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
    if answer.trim() == "yes" {
        return Ok(true);
    }
    context.printer.note("Nothing was changed.\n");
    Ok(false)
}

fn carry_out(
    args: &Args,
    session: &Session,
    planned: &Planned,
    writer: &mut dyn StateWriter,
    author: &crate::model::record::Author,
) -> Result<Outcome, Failure> {
    let lines = Lines::new(&planned.project);
    let provenance = |source: &crate::engine::desired::SourceRef| lines.of(source);
    let progress = crate::report::progress::Progress::new("applying", planned.plan.changes.len());
    let mut run = apply::Run {
        writer,
        platform: session.platform.as_deref(),
        author,
        origins: apply::Origins {
            provenance: &provenance,
            // An apply by hand knows of none.
            pull_request: &|_| None,
        },
        parallelism: args.access.parallelism.map(Parallelism).unwrap_or_default(),
        progress: &mut |done| progress.at(done),
    };
    let outcome = match run.platform {
        None => apply::local(&planned.plan, &mut run),
        Some(_) => session::wait(apply::run(&planned.plan, &mut run))?,
    };
    progress.end();
    outcome.map_err(|error| {
        let failure = Failure::from(error);
        match session.platform {
            None => failure,
            Some(_) => failure.help(
                "what the platform was told is announced in the state: the next apply asks what \
                 became of it, and goes on",
            ),
        }
    })
}

fn store_findings(writer: &mut dyn StateWriter, board: &Board) -> Result<(), Failure> {
    let findings = board.to_stored();
    if writer.findings().ok().as_ref() != Some(&findings) {
        writer.put_findings(&findings)?;
    }
    Ok(())
}

fn tell(
    args: &Args,
    planned: &Planned,
    outcome: &Outcome,
    finished: Option<&Finished>,
    context: &mut Context,
) -> Result<(), Failure> {
    if args.json {
        context
            .printer
            .json(&applied::document(&planned.plan, outcome, finished))?;
        return Ok(());
    }
    let look = context.printer.look();
    let text = applied::render(&planned.plan, outcome, look);
    context.printer.print(&text)?;
    Ok(())
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

/// What an apply may do at most.
enum Expected {
    /// Those of a plan file, by their digests.
    Changes(HashMap<ContentHash, json::PlannedChange>),
    Digest(ContentHash),
}

impl Expected {
    fn read(args: &Args) -> Result<Option<Self>, Failure> {
        if let Some(path) = &args.plan {
            return Self::file(path).map(Some);
        }
        let Some(text) = &args.expect else {
            return Ok(None);
        };
        if let Some(digest) = ContentHash::parse(text) {
            return Ok(Some(Self::Digest(digest)));
        }
        Self::file(Path::new(text)).map(Some)
    }

    fn file(path: &Path) -> Result<Self, Failure> {
        let wrong = |why: String| {
            Failure::new(format!("{} is no plan: {why}", path.display()))
                .code("plan.file")
                .help("give a file that `bursar plan --out FILE` wrote")
        };
        let text = std::fs::read_to_string(path).map_err(|cause| wrong(cause.to_string()))?;
        let document: json::Document =
            serde_json::from_str(&text).map_err(|cause| wrong(cause.to_string()))?;
        if document.format_version > json::FORMAT_VERSION {
            return Err(wrong("it was written by a newer bursar".to_owned()));
        }
        let digest = |change: &json::PlannedChange| ContentHash::parse(&change.digest);
        let changes = document.changes.into_iter();
        let changes: Option<HashMap<ContentHash, json::PlannedChange>> = changes
            .map(|change| Some((digest(&change)?, change)))
            .collect();
        changes
            .map(Self::Changes)
            .ok_or_else(|| wrong("a change has no digest".to_owned()))
    }

    /// How many expected changes this plan does not have for their addresses any more.
    fn settled(&self, plan: &Plan) -> usize {
        let Self::Changes(expected) = self else {
            return 0;
        };
        let now: HashSet<&str> = plan
            .changes
            .iter()
            .map(|one| one.address.as_str())
            .collect();
        let gone = |one: &&json::PlannedChange| !now.contains(one.address.as_str());
        expected.values().filter(gone).count()
    }

    fn check(&self, plan: &Plan) -> Result<(), Failure> {
        let names: Vec<String> = match self {
            Self::Changes(expected) => {
                let digests = expected.keys().copied().collect();
                let unexpected = planning::unexpected(plan, &digests);
                let planned = expected.values().map(|one| (one.address.as_str(), one));
                let planned: HashMap<&str, &json::PlannedChange> = planned.collect();
                unexpected
                    .iter()
                    .map(|change| {
                        let address = change.address.as_str();
                        let what = format!("{} {address}", change.action.as_str());
                        match planned.get(address) {
                            Some(planned) => {
                                format!("{what} ({})", stale::differs(planned, change))
                            }
                            None => what,
                        }
                    })
                    .collect()
            }
            Self::Digest(digest) if plan.has_changes() && *digest != plan.digest => {
                vec![format!("the digest is now {}, not {digest}", plan.digest)]
            }
            Self::Digest(_) => Vec::new(),
        };
        if names.is_empty() {
            return Ok(());
        }
        let first: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
        let more = names.len().saturating_sub(first.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let gone = self.settled(plan);
        let gone = match gone {
            0 => String::new(),
            some => format!(
                "; {} no longer needed",
                text::count(some, "planned change is", "planned changes are")
            ),
        };
        Err(Failure::new(format!(
            "the plan has changes that were not expected: {}{more}{gone}",
            first.join(", ")
        ))
        .code("plan.stale")
        .help("nothing was applied; look at a new `bursar plan`")
        .exit_with(Exit::Stale))
    }
}
