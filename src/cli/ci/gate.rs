//! The gate of an apply after a merge: what the pull requests that were merged since the last applied
//! commit had shown is let through; what nobody saw is named, and stopped where that was asked for, or
//! where it takes something away.

mod telling;

use std::collections::HashSet;
use std::time::Duration;

use crate::access::blocks;
use crate::apply::Outcome;
use crate::apply::Result as Done;
use crate::ci::commands::{self, Annotation, Level};
use crate::ci::marker;
use crate::ci::previews::Previews;
use crate::cli::apply::{Approval, Gate};
use crate::cli::session::{self, Session};
use crate::config::project::Project;
use crate::engine::{Change, Plan};
use crate::model::hash::ContentHash;
use crate::platform::Finished;
use crate::report::diagnostics::human;
use crate::report::markdown;
use crate::report::plan::{self, Shown};
use crate::report::{applied, findings, text};
use crate::state::{Holder, Snapshot, StateError, StateStore, StateWriter, Store};

use super::desk::{self, Desk, Reason};
use super::{Commented, Context, Exit, Failure, Unpreviewed, patience, told};
use super::{known, merged};
use telling::Told;

/// As many changes that nobody saw are named in the log.
const NAMED: usize = 200;

/// What the merged pull requests had shown.
pub struct Previewed<'a> {
    desk: &'a Desk,
    session: &'a Session,
    project: String,
    unpreviewed: Unpreviewed,
    comment: Commented,
    wait: Duration,
    reason: Option<Reason>,
    previews: Option<Previews>,
    told: Told,
}

impl<'a> Previewed<'a> {
    pub fn new(
        desk: &'a Desk,
        session: &'a Session,
        project: String,
        unpreviewed: Unpreviewed,
        comment: Commented,
        wait: Duration,
    ) -> Self {
        Self {
            desk,
            session,
            project,
            unpreviewed,
            comment,
            wait,
            reason: None,
            previews: None,
            told: Told::default(),
        }
    }

    /// Why nothing, or not all, was applied.
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// Holds a plan against what was previewed.
    fn hold(&mut self, shown: &Shown<'_>, context: &mut Context) -> Result<Approval, Failure> {
        let plan = &shown.planned.plan;
        let gathered = super::wait_for_all(merged::gather(self.desk, self.session, &self.project))?;
        for note in &gathered.notes {
            context
                .printer
                .print(&format!("note: {}\n", text::clean(note)))?;
        }
        let changes: Vec<marker::Shown> = plan.changes.iter().map(known::shown).collect();
        let mut previews = Previews::find(&changes, &gathered.pulls);
        if !previews.unseen.is_empty() {
            let open = (&*plan.changes, &*changes, &*previews.unseen);
            let found = merged::leftovers(self.desk, self.session, &gathered, open, context.now);
            previews.join(super::wait_for_all(found)?, &changes);
        }
        if !previews.unseen.is_empty() {
            for (pull, count) in &previews.unnamed {
                let changes = text::thousands(*count);
                context.printer.print(&format!(
                    "note: #{pull} showed {changes} changes, more than its comment has room to name: they count where one apply does exactly these, or exactly these are left; apply before you merge others, or propose fewer at a time\n"
                ))?;
            }
        }
        let sentence = previews.sentence();
        context.printer.print(&format!("\n{sentence}\n"))?;
        let unseen = previews.unseen.len();
        self.desk
            .outputs
            .set("previewed", &(changes.len() - unseen).to_string())?;
        self.desk.outputs.set("unpreviewed", &unseen.to_string())?;
        let nobody: HashSet<&ContentHash> = previews.unseen.iter().collect();
        let named = plan.changes.iter();
        let named = named.filter(|change| nobody.contains(&change.digest));
        for change in named {
            let named = format!("{} {}", change.action.as_str(), change.address);
            self.told.unseen.push(named);
        }
        // Removals before all else: nothing of these goes unsaid.
        self.told
            .unseen
            .sort_by_key(|named| !(named.starts_with("delete ") || named.starts_with("forget ")));
        for named in self.told.unseen.iter().take(NAMED) {
            let line = format!("  previewed nowhere: {named}\n");
            context.printer.print(&line)?;
        }
        if let Some(more) = self.told.unseen.len().checked_sub(NAMED + 1) {
            let more = text::thousands(more + 1);
            let line = format!("  and {more} more: the summary of this step lists them\n");
            context.printer.print(&line)?;
        }
        self.told.sentence = Some(sentence);
        let removals = previews.unseen_removals;
        let stops = self.unpreviewed == Unpreviewed::Stop || removals || gathered.unsure;
        self.previews = Some(previews);
        if unseen == 0 || !stops {
            return Ok(Approval::Goes);
        }
        self.reason = Some(Reason::Unpreviewed);
        let what = text::count(unseen, "change was", "changes were");
        let why = if removals {
            "something is taken away among them"
        } else if gathered.unsure {
            "the last applied commit is not in this clone"
        } else {
            "this run was told to stop there"
        };
        let message = format!("{what} previewed in no merged pull request, and {why}");
        self.told.verdict = Some(format!("not applied: {what} previewed nowhere"));
        Err(Failure::new(message)
            .code("ci.unpreviewed")
            .help("look at them above; then open a pull request that shows them (any change of a file will do), and merge it")
            .exit_with(Exit::Stale))
    }
}

/// `#41, #42`.
fn named(pulls: &[u64]) -> String {
    let names: Vec<String> = pulls.iter().map(|pull| format!("#{pull}")).collect();
    names.join(", ")
}

impl Gate for Previewed<'_> {
    fn open(&self, store: &Store, holder: &Holder) -> Result<Box<dyn StateWriter>, StateError> {
        let writer = patience::wait(self.wait, || store.writer(holder));
        writer.inspect_err(|error| {
            // The run fails with the same words.
            let _ = self.desk.locked(error);
        })
    }

    fn invalid(&mut self, project: &Project, context: &mut Context) -> Result<(), Failure> {
        told::diagnostics(project, context)?;
        self.reason = Some(Reason::Invalid);
        let errors = project
            .diagnostics
            .iter()
            .filter(|one| one.is_error())
            .count();
        let errors = text::count(errors, "error", "errors");
        self.told.verdict = Some(format!("{errors}: nothing was applied"));
        let paths = Desk::paths(&project.sources.root);
        self.told.result = human::render(
            &project.diagnostics,
            &project.sources,
            &paths,
            markdown::LOOK,
        );
        Ok(())
    }

    fn approve(&mut self, shown: &Shown<'_>, context: &mut Context) -> Result<Approval, Failure> {
        let planned = shown.planned;
        let summary = planned.plan.summary();
        self.desk.count(&summary, planned.plan.drift.len())?;
        let changes = planned.plan.has_changes();
        self.desk
            .outputs
            .set("changes", if changes { "true" } else { "false" })?;
        self.desk
            .outputs
            .set("digest", &planned.plan.digest.to_string())?;
        let paths = Desk::paths(&planned.project.sources.root);
        let refusals = session::reviewed_refusals(planned, &paths, markdown::LOOK);
        self.told.plan = plan::render(shown, markdown::LOOK) + &refusals;
        Desk::log(context, "The plan", &self.told.plan)?;
        told::planned(planned, None, shown.lines, context)?;
        let require = planned.project.settings().access.require;
        let bad = shown.board.all().filter(|one| blocks(one, require));
        let estate = &planned.project.estate;
        let blocks = findings::tell(bad, estate, context.now, Some(20), markdown::LOOK);
        if summary.blocked > 0 && !blocks.is_empty() {
            self.told.blocks = format!("\n{blocks}");
        }
        if let Some(commit) = merged::overtaken(self.session)? {
            let told = format!("a later commit was applied already: {commit}; nothing is missing");
            let notice = Annotation {
                level: Level::Notice,
                file: None,
                line: None,
                title: "bursar".to_owned(),
                message: told.clone(),
            };
            desk::command(context, &commands::annotations(&[notice]))?;
            self.told.verdict = Some(told);
            return Ok(Approval::Ends(Exit::Ok));
        }
        if !refusals.is_empty() {
            self.reason = Some(Reason::Refused);
            self.told.verdict = Some("refused, nothing was applied".to_owned());
            context.printer.print(&refusals)?;
            return Ok(Approval::Ends(Exit::Error));
        }
        if !changes {
            return Ok(Approval::Goes);
        }
        self.hold(shown, context)
    }

    fn pull_request(&self, change: &Change) -> Option<String> {
        let pulls = self.previews.as_ref()?.of.get(&change.digest)?;
        Some(named(pulls))
    }

    fn pull_requests(&self) -> Option<String> {
        let previews = self.previews.as_ref()?;
        let all = previews.pulls();
        (!all.is_empty()).then(|| named(&all))
    }

    fn idle(
        &mut self,
        recorded: &Snapshot,
        finished: &Finished,
        context: &mut Context,
    ) -> Result<(), Failure> {
        self.told.verdict = Some("nothing to do".to_owned());
        self.desk
            .outputs
            .set("serial", &recorded.serial().to_string())?;
        let text = format!(
            "Nothing to do.\n{}",
            applied::finished(finished, markdown::LOOK)
        );
        context.printer.print(&text)?;
        Ok(())
    }

    fn applied(
        &mut self,
        plan: &Plan,
        outcome: &Outcome,
        _finished: Option<&Finished>,
        settled: bool,
        context: &mut Context,
    ) -> Result<(), Failure> {
        self.desk
            .outputs
            .set("serial", &outcome.serial.to_string())?;
        if settled {
            self.told.verdict = Some("nothing to do".to_owned());
            return Ok(());
        }
        let text = applied::render(plan, outcome, markdown::LOOK);
        context.printer.print(&text)?;
        self.sort(plan, outcome);
        let (done, all) = (outcome.done(), outcome.results.len());
        self.told.verdict = Some(match outcome.is_complete() {
            true => format!(
                "applied {} of {}, serial {}",
                text::thousands(done),
                text::thousands(all),
                outcome.serial
            ),
            false => format!(
                "{} of {} not applied, serial {}",
                text::thousands(all - done),
                text::thousands(all),
                outcome.serial
            ),
        });
        self.told.result = text + &self.told.blocks;
        if !outcome.is_complete() {
            let blocked =
                |result: &Done| matches!(result, Done::Done | Done::Blocked | Done::Skipped { .. });
            let behind = outcome.behind.iter().all(|(_, result)| blocked(result));
            let reason = match outcome.results.iter().all(blocked) && behind {
                true => Reason::Blocked,
                false => Reason::ApplyFailed,
            };
            self.reason = Some(reason);
        }
        Ok(())
    }

    fn closed(
        &mut self,
        _session: &Session,
        _plan: &Plan,
        _after: &Snapshot,
        finished: &Finished,
        context: &mut Context,
    ) -> Result<(), Failure> {
        let text = applied::finished(finished, markdown::LOOK);
        context.printer.print(&text)?;
        self.told.result += &text;
        Ok(())
    }
}
