//! The event that started a run, as GitHub's webhooks tell it
//! (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>). What is not needed is not read;
//! nothing of it is trusted to be what it says about rights.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use super::{CiError, Runner};

mod told;

use told::{MergeGroupTold, OtherTold, PullRequestTold, PushTold, WorkflowRunTold};
pub(super) use told::{PullTold, User, login};

/// GitHub sends no event of more than 25 MB.
const LARGEST: u64 = 32 * 1024 * 1024;

/// What started a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    PullRequest(PullRequest),
    Push(Push),
    WorkflowRun(WorkflowRun),
    MergeGroup(MergeGroup),
    /// Any other: `schedule`, `workflow_dispatch`, …
    Other(Other),
}

/// A pull request, in an event or asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    pub number: u64,
    /// `opened`, `synchronize`, `closed`, …; none where it was asked for.
    pub action: Option<String>,
    pub title: String,
    /// Its page.
    pub url: String,
    pub head_sha: String,
    /// The branch that holds the change, without `refs/heads/`.
    pub head_ref: String,
    /// `owner/name`; none where it was deleted.
    pub head_repository: Option<String>,
    pub base_sha: String,
    /// The branch that the change goes into, without `refs/heads/`.
    pub base_ref: String,
    pub base_repository: String,
    pub merged: bool,
    /// Login of who opened it; `ghost` where the account is gone.
    pub author: String,
}

/// Commits that were pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Only zeros for a new branch.
    pub before: String,
    /// Only zeros for one that is gone.
    pub after: String,
    /// `refs/heads/main`.
    pub reference: String,
    /// The repository's default branch, without `refs/heads/`.
    pub default_branch: String,
}

/// An event that nothing but its name is known of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub name: String,
    /// The repository's default branch, without `refs/heads/`, where the event says it.
    pub default_branch: Option<String>,
}

/// A run of another workflow that was requested or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowRun {
    pub head_sha: String,
    pub head_branch: Option<String>,
    /// `owner/name`; none where it was deleted.
    pub head_repository: Option<String>,
    /// What started that run.
    pub event: String,
    /// `success`, `failure`, …; none while it runs.
    pub conclusion: Option<String>,
    /// The numbers of pull requests into this repository; empty for those of forks, which
    /// [`pulls_of_head`](super::api::Reader::pulls_of_head) finds.
    pub pull_requests: Vec<u64>,
}

/// Pull requests that a merge queue tries together: a commit that has them, and all that wait before
/// them, on top of the branch that they go into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeGroup {
    /// What becomes the branch's last commit where its checks pass.
    pub head_sha: String,
    /// The queue's own branch, in full: `refs/heads/gh-readonly-queue/…`.
    pub head_ref: String,
    /// The commit that the group was put on: the end of the group before it, or of the branch.
    pub base_sha: String,
    /// The branch that it goes into, in full: `refs/heads/main`.
    pub base_ref: String,
}

impl Event {
    /// Reads the event of a run.
    ///
    /// # Errors
    /// Where its file cannot be read or understood, and for `pull_request_target`.
    pub fn read(runner: &Runner) -> Result<Self, CiError> {
        let path = runner.event_path.as_deref().unwrap_or(Path::new(""));
        let failed = |why: String| CiError::Event {
            path: path.to_owned(),
            why,
        };
        if runner.event_name == "pull_request_target" {
            return Err(CiError::UntrustedEvent);
        }
        if !KNOWN.contains(&&*runner.event_name) && runner.event_path.is_none() {
            return Ok(Self::Other(Other {
                name: runner.event_name.clone(),
                default_branch: None,
            }));
        }
        if runner.event_path.is_none() {
            return Err(failed(format!(
                "{} is not set",
                crate::env::GITHUB_EVENT_PATH
            )));
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|cause| failed(cause.to_string()))?;
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|cause| failed(cause.to_string()))?;
        if bytes.len() as u64 > LARGEST {
            return Err(failed(format!("it is larger than {LARGEST} bytes")));
        }
        Self::parse(&runner.event_name, &bytes).map_err(failed)
    }

    /// Understands an event by its name and JSON; what is wrong as words, without what it holds.
    fn parse(name: &str, bytes: &[u8]) -> Result<Self, String> {
        fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
            serde_json::from_slice(bytes).map_err(|error| {
                format!(
                    "it is not the expected JSON (line {}, column {})",
                    error.line(),
                    error.column()
                )
            })
        }
        Ok(match name {
            "pull_request" => {
                let told: PullRequestTold = json(bytes)?;
                let mut pull = PullRequest::from(told.pull_request);
                pull.action = told.action;
                Self::PullRequest(pull)
            }
            "push" => {
                let told: PushTold = json(bytes)?;
                Self::Push(Push {
                    before: told.before,
                    after: told.after,
                    reference: told.reference,
                    default_branch: told.repository.default_branch,
                })
            }
            "workflow_run" => {
                let told: WorkflowRunTold = json(bytes)?;
                let run = told.workflow_run;
                Self::WorkflowRun(WorkflowRun {
                    head_sha: run.head_sha,
                    head_branch: run.head_branch,
                    head_repository: run.head_repository.map(|it| it.full_name),
                    event: run.event,
                    conclusion: run.conclusion,
                    pull_requests: run
                        .pull_requests
                        .iter()
                        .filter(|pull| pull.is_into(told.repository.as_ref()))
                        .map(|pull| pull.number)
                        .collect(),
                })
            }
            "merge_group" => {
                let told: MergeGroupTold = json(bytes)?;
                let group = told.merge_group;
                Self::MergeGroup(MergeGroup {
                    head_sha: group.head_sha,
                    head_ref: group.head_ref,
                    base_sha: group.base_sha,
                    base_ref: group.base_ref,
                })
            }
            other => Self::Other(Other {
                name: other.to_owned(),
                default_branch: json::<OtherTold>(bytes)
                    .ok()
                    .and_then(|told| told.repository?.default_branch),
            }),
        })
    }
}

const KNOWN: [&str; 4] = ["pull_request", "push", "workflow_run", "merge_group"];

impl PullRequest {
    /// Whether its text comes from another repository, or from one that is gone: then its runs get
    /// no secrets and a token that only reads.
    #[must_use]
    pub fn is_from_fork(&self) -> bool {
        let head = self.head_repository.as_deref();
        !head.is_some_and(|head| head.eq_ignore_ascii_case(&self.base_repository))
    }
}

impl Push {
    /// Whether it went to the default branch.
    #[must_use]
    pub fn is_default_branch(&self) -> bool {
        self.reference.strip_prefix("refs/heads/") == Some(&*self.default_branch)
    }

    /// The commit before; none for a new branch.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        let new = self.before.chars().all(|c| c == '0');
        (!new).then_some(&*self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_names_pull_requests_of_this_repository_only() {
        let told = br#"{
            "repository": {"id": 7, "full_name": "acme/estate"},
            "workflow_run": {
                "head_sha": "c0", "head_branch": "change", "head_repository": {"full_name": "acme/estate"},
                "event": "pull_request", "conclusion": "success",
                "pull_requests": [
                    {"number": 41, "base": {"ref": "main", "repo": {"id": 7, "name": "estate"}}},
                    {"number": 3, "base": {"ref": "main", "repo": {"id": 8, "name": "estate"}}},
                    {"number": 42}
                ]
            }
        }"#;
        let Event::WorkflowRun(run) = Event::parse("workflow_run", told).unwrap() else {
            panic!()
        };
        assert_eq!(run.pull_requests, [41, 42]);
    }

    #[test]
    fn what_is_no_event_is_told_without_what_it_holds() {
        for name in KNOWN {
            for text in ["", "[]", "{}", "{\"planted\": 1}", "null"] {
                let why = Event::parse(name, text.as_bytes()).unwrap_err();
                assert!(why.contains("line") && !why.contains("planted"), "{why}");
            }
        }
        let other = Event::parse("schedule", b"").unwrap();
        let named = |branch: Option<&str>| {
            Event::Other(Other {
                name: "schedule".to_owned(),
                default_branch: branch.map(str::to_owned),
            })
        };
        assert_eq!(other, named(None));
        let text = br#"{"repository": {"default_branch": "trunk"}}"#;
        assert_eq!(
            Event::parse("schedule", text).unwrap(),
            named(Some("trunk"))
        );
    }
}
