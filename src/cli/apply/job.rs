//! An apply from its opening to its end, whoever decides about it: a person at a terminal, or what
//! pull requests showed.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;

use crate::access::Board;
use crate::apply::{self, Outcome, Parallelism, ResumeError};
use crate::config::project::Project;
use crate::engine::desired::SourceRef;
use crate::engine::{Change, Plan};
use crate::model::finding::Finding;
use crate::planning::{self, Lines, Planned};
use crate::platform::Finished;
use crate::report::plan::{By, Shown};
use crate::report::{self, Look, text};
use crate::state::{
    Holder, Serial, Snapshot, StateError, StateReader, StateStore, StateWriter, Store,
};
use crate::testkit;

use super::session::{self, AccessArgs, Session};
use super::{Context, Exit, Failure};

/// How an apply is made.
pub struct How {
    pub access: AccessArgs,
    /// Only what drifted is written back.
    pub drift_only: bool,
    /// Its name in the history.
    pub command: &'static str,
    pub holder: Holder,
}

/// Whether an apply goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    Goes,
    /// It ends here, and everything was said.
    Ends(Exit),
}

/// What stands between a plan and its changes, and hears what became of them.
pub trait Gate: Sync {
    /// Opens the state for writing.
    ///
    /// # Errors
    /// [`StateError::Locked`] where somebody else writes.
    fn open(&self, store: &Store, holder: &Holder) -> Result<Box<dyn StateWriter>, StateError> {
        store.writer(holder)
    }

    /// The files do not hold: whoever reads standard error is told by the caller.
    fn invalid(&mut self, _project: &Project, _context: &mut Context) -> Result<(), Failure> {
        Ok(())
    }

    /// Looks at the plan, shows it, and decides. Nothing was changed yet.
    fn approve(&mut self, shown: &Shown<'_>, context: &mut Context) -> Result<Approval, Failure>;

    /// The pull request that showed a change, for its record.
    fn pull_request(&self, _change: &Change) -> Option<String> {
        None
    }

    /// The pull requests that this apply makes true, for the history.
    fn pull_requests(&self) -> Option<String> {
        None
    }

    /// Nothing was to be done.
    fn idle(
        &mut self,
        recorded: &Snapshot,
        finished: &Finished,
        context: &mut Context,
    ) -> Result<(), Failure>;

    /// The changes were made, or not, one by one; nothing of them where the plan was settled and only
    /// findings or the guard were stored.
    fn applied(
        &mut self,
        plan: &Plan,
        outcome: &Outcome,
        finished: Option<&Finished>,
        settled: bool,
        context: &mut Context,
    ) -> Result<(), Failure>;

    /// The state is closed.
    fn closed(
        &mut self,
        session: &Session,
        plan: &Plan,
        after: &Snapshot,
        finished: &Finished,
        context: &mut Context,
    ) -> Result<(), Failure>;
}

/// Plans, asks the gate, and makes the changes that it lets through.
pub fn make(
    how: How,
    request: &planning::Request,
    session: &Session,
    gate: &mut dyn Gate,
    context: &mut Context,
) -> Result<Exit, Failure> {
    run(&how, request, session, gate, context).map_err(|failure| session.lost(failure))
}

fn run(
    how: &How,
    request: &planning::Request,
    session: &Session,
    gate: &mut dyn Gate,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let platform = session.platform.as_deref();
    if how.access.offline && platform.is_some_and(|platform| !platform.is_document()) {
        return Err(Failure::new("a platform cannot be written to offline")
            .code("platform.offline")
            .help("leave out `--offline`"));
    }
    // A first apply makes the state only once the files are known to be sound.
    let open = || {
        if session.has_state()? {
            gate.open(&session.store, &how.holder).map(Some)
        } else {
            Ok(None)
        }
    };
    let (project, writer) = planning::read(&session.root, &session.surroundings(), open);
    if project.has_errors() {
        gate.invalid(&project, context)?;
    }
    let project = context.sound(project)?;
    let mut writer: Option<Box<dyn StateWriter>> = writer?;
    let mut author = session::author(
        context,
        &session.root,
        how.command,
        project.settings().guard,
    );
    if let (Some(platform), Some(writer)) = (&session.platform, writer.as_mut()) {
        resume(how, writer.as_mut(), platform.as_ref(), &author, context)?;
    }
    let snapshot = match writer.as_mut() {
        Some(writer) => writer.snapshot(),
        None => std::sync::Arc::new(session.store.load()?),
    };
    let stored = session.store.findings()?;
    // The process ends with this command: freeing a large estate piece by piece is time lost.
    let mut planned = ManuallyDrop::new(session::compare(
        session,
        project,
        &snapshot,
        how.access.offline,
        request,
    )?);
    if how.drift_only {
        planned.drift_only();
    }
    let session::Proof { board, .. } = session::prove(
        &mut planned,
        &Board::stored(&stored),
        &BTreeSet::new(),
        how.access,
        session::Trust::Own,
        context,
    )?;
    let lines = Lines::new(&planned.project);
    let offline = how.access.offline;
    let mut shown = session::shown(
        &planned,
        &lines,
        &board,
        By::Organization,
        offline,
        context.now,
    );
    shown.applies = true;
    if let Approval::Ends(exit) = gate.approve(&shown, context)? {
        return Ok(exit);
    }
    author.pull_request = gate.pull_requests();
    let settled = !planned.plan.has_changes() && planned.plan.refreshes.is_empty();
    let loosened = snapshot.guard().is_some() && snapshot.guard() != author.guard;
    let planned_at = snapshot.serial();
    // The writer goes on with its own: a snapshot that is still held here would have to be copied.
    drop(snapshot);
    if settled && !loosened && (writer.is_none() || board.to_stored() == stored) {
        testkit::reach("apply.settled");
        let recorded = session.store.load()?;
        let finished = match &mut writer {
            Some(writer) => finish(session, writer.as_mut(), &recorded, &board)?,
            None => Finished::default(),
        };
        gate.idle(&recorded, &finished, context)?;
        return Ok(Exit::Ok);
    }
    let mut writer = match writer {
        Some(writer) => writer,
        None => first(session, gate, &how.holder, planned_at)?,
    };
    if settled && loosened {
        // Nothing else changes: the guard of the file holds from now on.
        writer.commit(&author, &[])?;
    }
    let outcome = carry_out(how, session, &planned, gate, writer.as_mut(), &author)?;
    let stored = store_findings(writer.as_mut(), &board);
    let after = writer.snapshot();
    testkit::reach("apply.finish");
    let finished = finish(session, writer.as_mut(), &after, &board);
    let written = finished.as_ref().ok();
    gate.applied(&planned.plan, &outcome, written, settled, context)?;
    stored?;
    let finished = finished?;
    let closed = writer.close();
    gate.closed(session, &planned.plan, &after, &finished, context)?;
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
    gate: &dyn Gate,
    holder: &Holder,
    planned_at: Serial,
) -> Result<Box<dyn StateWriter>, Failure> {
    let writer = gate.open(&session.store, holder)?;
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

/// Lets a platform that is a document write it, of what is recorded now. Whoever may not write the
/// state any more writes no document either: somebody else's may stand there by now.
fn finish(
    session: &Session,
    writer: &mut dyn StateWriter,
    recorded: &Snapshot,
    board: &Board,
) -> Result<Finished, Failure> {
    let platform = session.platform.as_ref();
    let Some(platform) = platform.filter(|platform| platform.is_document()) else {
        return Ok(Finished::default());
    };
    if recorded.serial() == 0 {
        return Ok(Finished::default());
    }
    let findings: Vec<Finding> = board.all().cloned().collect();
    let records = recorded.records()?;
    writer.hold()?;
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
    how: &How,
    writer: &mut dyn StateWriter,
    platform: &dyn crate::platform::PlatformWriter,
    author: &crate::model::record::Author,
    context: &mut Context,
) -> Result<(), Failure> {
    let open = writer.open_intents().len();
    if open == 0 {
        return Ok(());
    }
    let parallelism = how.access.parallelism.map(Parallelism).unwrap_or_default();
    let resumed = session::wait(apply::resume(writer, platform, author, parallelism))?;
    let written = resumed.map_err(|error| {
        if let ResumeError::State(lost @ StateError::LeaseLost { .. }) = error {
            return Failure::from(lost);
        }
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

fn carry_out(
    how: &How,
    session: &Session,
    planned: &Planned,
    gate: &dyn Gate,
    writer: &mut dyn StateWriter,
    author: &crate::model::record::Author,
) -> Result<Outcome, Failure> {
    let lines = Lines::new(&planned.project);
    let provenance = |source: &SourceRef| lines.of(source);
    let pull_request = |change: &Change| gate.pull_request(change);
    let progress = crate::report::progress::Progress::new("applying", planned.plan.changes.len());
    let mut run = apply::Run {
        writer,
        platform: session.platform.as_deref(),
        author,
        origins: apply::Origins {
            provenance: &provenance,
            pull_request: &pull_request,
        },
        parallelism: how.access.parallelism.map(Parallelism).unwrap_or_default(),
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
