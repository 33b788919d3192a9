//! The gate of an apply after a merge: what the pull requests that were merged since the last applied
//! commit had shown is let through; what nobody saw is named, and stopped where that was asked for, or
//! where it takes something away.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use crate::access::blocks;
use crate::apply::Outcome;
use crate::apply::Result as Done;
use crate::ci::commands::{self, Annotation, Level};
use crate::ci::marker::{Kind, Marker};
use crate::ci::previews::Previews;
use crate::cli::apply::{Approval, Gate};
use crate::cli::session::{self, Session};
use crate::config::project::Project;
use crate::engine::{Change, Plan};
use crate::model::hash::ContentHash;
use crate::platform::Finished;
use crate::report::diagnostics::human;
use crate::report::markdown::{self, Applied, COMMENT, Head, Page, SUMMARY};
use crate::report::plan::{self, Shown};
use crate::report::{applied, findings, text};
use crate::state::{Holder, Snapshot, StateError, StateStore, StateWriter, Store};

use super::desk::{self, Desk, Reason};
use super::merged;
use super::{Commented, Context, Exit, Failure, Unpreviewed, patience, told};

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

/// What is told at the end, wherever the apply ends.
#[derive(Default)]
struct Told {
    plan: String,
    verdict: Option<String>,
    sentence: Option<String>,
    unseen: Vec<String>,
    result: String,
    /// Why changes are blocked, with what to do.
    blocks: String,
    /// What became of the changes of each pull request.
    pulls: BTreeMap<u64, Vec<String>>,
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
        let changes: Vec<(ContentHash, bool)> = plan
            .changes
            .iter()
            .map(|change| (change.digest, change.removes()))
            .collect();
        let mut previews = Previews::find(&changes, &gathered.pulls);
        if !previews.unseen.is_empty() {
            let unseen: HashSet<ContentHash> = previews.unseen.iter().copied().collect();
            let unseen = plan
                .changes
                .iter()
                .filter(|one| unseen.contains(&one.digest));
            let unseen: Vec<&Change> = unseen.collect();
            let found =
                merged::leftovers(self.desk, self.session, &self.project, &unseen, context.now);
            previews.join(super::wait_for_all(found)?, &changes);
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

    /// What became of each change, by the pull request that showed it.
    fn sort(&mut self, plan: &Plan, outcome: &Outcome) {
        let Some(previews) = &self.previews else {
            return;
        };
        for (change, result) in plan.changes.iter().zip(&outcome.results) {
            let Some(pull) = previews.of.get(&change.digest) else {
                continue;
            };
            let line = line(change, result);
            self.told.pulls.entry(*pull).or_default().push(line);
        }
    }

    /// Writes the summary, and tells the pull requests.
    pub fn end(&mut self, made: &Result<Exit, Failure>) -> Result<(), Failure> {
        let run = self.desk.runner.run_url();
        let head = Head {
            project: Some(self.project.as_str()).filter(|name| !name.is_empty()),
            commit: &self.desk.runner.sha,
            run: Some(&run),
        };
        let verdict = match (&self.told.verdict, made) {
            (Some(verdict), _) => verdict.clone(),
            (None, Err(_)) => "the apply did not come to its end".to_owned(),
            (None, Ok(_)) => "nothing was applied".to_owned(),
        };
        if let Err(failure) = made
            && failure.is_told()
        {
            let stands = "what was done before stands, and the next run goes on with the rest";
            let told = super::desk::told(failure);
            self.told.result = format!("{}\n{told}\n{stands}", self.told.result);
        }
        let page = Page::new(SUMMARY, "the log of this step has all");
        let summary = markdown::applied(
            &Applied {
                verdict: &verdict,
                previews: self.told.sentence.as_deref(),
                unseen: &self.told.unseen,
                result: &self.told.result,
                plan: &self.told.plan,
                head,
            },
            page,
        );
        self.desk.outputs.summary(&summary)?;
        if self.comment == Commented::Never {
            return Ok(());
        }
        self.tell_pulls(head, &verdict)
    }

    fn tell_pulls(&self, head: Head<'_>, verdict: &str) -> Result<(), Failure> {
        let stopped = self.reason == Some(Reason::Unpreviewed);
        let mut pulls = self.told.pulls.clone();
        if let Some(previews) = self.previews.as_ref().filter(|_| stopped) {
            // They wait for somebody to look at what came beside them.
            let mut left = self.told.unseen.clone();
            left.insert(
                0,
                "not applied, as nobody saw what would come with it:".to_owned(),
            );
            for (pull, _) in &previews.by_pull {
                pulls.insert(*pull, left.clone());
            }
        }
        if pulls.is_empty() {
            return Ok(());
        }
        let mut failed = Vec::new();
        let mut first = None;
        super::wait_for(async {
            let github = self.desk.github().await?;
            for (pull, lines) in &pulls {
                let marker = Marker::new(Kind::Apply, &self.project, &self.desk.runner.sha);
                let room = COMMENT.saturating_sub(marker.line().len() + 1);
                let elsewhere = "the summary of the run has all";
                let done = lines
                    .iter()
                    .filter(|line| line.starts_with("done: "))
                    .count();
                let verdict = match stopped {
                    true => verdict.to_owned(),
                    false if done == lines.len() => {
                        format!("applied: {}", text::count(done, "change", "changes"))
                    }
                    false => format!("{} of {} not applied", lines.len() - done, lines.len()),
                };
                let blocks = match lines.iter().any(|line| line.starts_with("blocked: ")) {
                    true => self.told.blocks.as_str(),
                    false => "",
                };
                let told = Applied {
                    verdict: &verdict,
                    previews: None,
                    unseen: &[],
                    result: &format!("{}\n{blocks}", lines.join("\n")),
                    plan: "",
                    head,
                };
                let text = markdown::applied(&told, Page::new(room, elsewhere));
                // One that takes no comment any more keeps nothing from the others.
                if let Err(error) = github.comment(*pull, &marker, &text).await {
                    failed.push(*pull);
                    first.get_or_insert(error);
                }
            }
            Ok(())
        })?;
        let Some(error) = first else {
            return Ok(());
        };
        let names: Vec<String> = failed.iter().map(|pull| format!("#{pull}")).collect();
        let mut failure = Failure::from(error);
        failure.message = format!("{} not told: {}", names.join(", "), failure.message);
        Err(failure)
    }
}

fn line(change: &Change, result: &Done) -> String {
    let what = format!("{} {}", change.action.as_str(), change.address);
    match result {
        Done::Done => format!("done: {what}"),
        Done::Failed(error) => format!("failed: {what}: {error}"),
        Done::Skipped { needs } => format!("not tried: {what}, as {needs} was not done"),
        Done::Blocked => match &change.blocked {
            Some(block) => format!("blocked: {what} by {} of {}", block.check, block.address),
            None => format!("blocked: {what}"),
        },
    }
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
        let pull = self.previews.as_ref()?.of.get(&change.digest)?;
        Some(format!("#{pull}"))
    }

    fn pull_requests(&self) -> Option<String> {
        let previews = self.previews.as_ref()?;
        let all: Vec<String> = previews
            .by_pull
            .iter()
            .map(|(pull, _)| format!("#{pull}"))
            .collect();
        (!all.is_empty()).then(|| all.join(", "))
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
