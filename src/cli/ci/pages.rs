//! The pages of a preview: the step's summary, and the comment with its hidden line.

use crate::ci::marker::{Gone, Kind, Marker, Shown};
use crate::model::hash::ContentHash;
use crate::report::markdown::{self, COMMENT, Head, Page, SUMMARY};

use super::desk::Desk;
use super::proposal::Proposed;
use super::{Failure, wait_for};

/// Where a preview is shown.
#[derive(Clone)]
pub struct Pages<'a> {
    desk: &'a Desk,
    marker: Marker,
    /// None where there is nothing to comment on.
    number: Option<u64>,
    project: String,
    commit: String,
    run: String,
}

impl<'a> Pages<'a> {
    pub fn new(desk: &'a Desk, project: String, proposed: &Proposed) -> Self {
        Self {
            desk,
            marker: Marker::new(Kind::Plan, &project, &proposed.head),
            number: proposed.number,
            project,
            commit: proposed.head.clone(),
            run: desk.runner.run_url(),
        }
    }

    /// The same, with the changes that the comment's hidden line carries.
    pub fn with_changes(
        &self,
        digest: ContentHash,
        own: &[Shown],
        other: &[Shown],
        gone: Gone,
    ) -> Self {
        let mut pages = self.clone();
        let marker = pages.marker.without(gone);
        pages.marker = marker.with_changes(digest, own, other);
        pages
    }

    pub fn desk(&self) -> &'a Desk {
        self.desk
    }

    /// What names the pages.
    pub fn head(&self) -> Head<'_> {
        Head {
            project: Some(self.project.as_str()).filter(|name| !name.is_empty()),
            commit: &self.commit,
            run: Some(&self.run),
        }
    }

    pub fn summary(&self) -> Page {
        Page::new(
            SUMMARY,
            "the log of this step and the output `plan-file` have all",
        )
    }

    pub fn comment(&self) -> Page {
        let run = &self.run;
        let elsewhere = format!("the [summary of the run]({run}) has more");
        let line = self.marker.line().len() + 1;
        Page::new(COMMENT.saturating_sub(line), elsewhere)
    }

    /// Writes the comment; where none is wanted, one that stands already is brought up to date all the
    /// same. A run of an older commit leaves the newer one's alone.
    pub fn post(&self, text: &str, wanted: bool) -> Result<Option<String>, Failure> {
        let desk = self.desk;
        let Some(number) = self.number else {
            return Ok(None);
        };
        let posted = wait_for(async {
            let github = desk.github().await?;
            if github.reader.pull(number).await?.head_sha != self.commit {
                return Ok(None);
            }
            if !wanted && !github.has(number, &self.marker).await? {
                return Ok(Some(String::new()));
            }
            let posted = github.comment(number, &self.marker, text).await?;
            Ok(Some(posted.url))
        })?;
        match posted {
            None => Ok(Some(format!(
                "#{number} has newer commits than this run's: its comment is left to their run"
            ))),
            Some(url) => {
                desk.outputs.set("comment-url", &url)?;
                Ok(None)
            }
        }
    }

    /// Says that there is no plan, as well as that can be said. Not where it is the comment that failed:
    /// then everything else was told.
    pub fn failed(&self, failure: &Failure, comment: bool) {
        if failure.code.is_some_and(|code| code.starts_with("ci.")) {
            return;
        }
        let text = super::desk::told(failure);
        let page = |page: Page| markdown::invalid(self.head(), "not planned", &text, page);
        let _ = self.desk.outputs.summary(&page(self.summary()));
        if comment {
            let _ = self.post(&page(self.comment()), true);
        }
    }
}
