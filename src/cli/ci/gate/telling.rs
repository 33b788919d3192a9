//! What is told at the end of an apply after a merge: the summary, and a comment at each pull request
//! whose changes it was about.

use std::collections::BTreeMap;

use crate::apply::Outcome;
use crate::apply::Result as Done;
use crate::ci::marker::{Kind, Marker};
use crate::engine::{Change, Plan};
use crate::report::markdown::{self, Applied, COMMENT, Head, Page, SUMMARY};
use crate::report::text;

use super::{Previewed, named};
use crate::cli::ci::desk::Reason;
use crate::cli::ci::{Commented, Exit, Failure, wait_for};

/// What is told at the end, wherever the apply ends.
#[derive(Default)]
pub(super) struct Told {
    pub plan: String,
    pub verdict: Option<String>,
    pub sentence: Option<String>,
    pub unseen: Vec<String>,
    pub result: String,
    /// Why changes are blocked, with what to do.
    pub blocks: String,
    /// What became of the changes of each pull request.
    pulls: BTreeMap<u64, Vec<String>>,
}

impl Previewed<'_> {
    /// What became of each change, by the pull request that showed it.
    pub(super) fn sort(&mut self, plan: &Plan, outcome: &Outcome) {
        let Some(previews) = &self.previews else {
            return;
        };
        for (change, result) in plan.changes.iter().zip(&outcome.results) {
            let pulls = previews.of.get(&change.digest);
            for pull in pulls.into_iter().flatten() {
                let line = line(change, result);
                self.told.pulls.entry(*pull).or_default().push(line);
            }
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
            let told = crate::cli::ci::desk::told(failure);
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
            for pull in previews.pulls() {
                pulls.insert(pull, left.clone());
            }
        }
        if pulls.is_empty() {
            return Ok(());
        }
        let mut failed = Vec::new();
        let mut first = None;
        wait_for(async {
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
        let mut failure = Failure::from(error);
        failure.message = format!("{} not told: {}", named(&failed), failure.message);
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
