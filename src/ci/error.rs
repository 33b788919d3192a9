//! What can go wrong between a run and GitHub, said for people: what happened, where, why, what to do.
//! Holds no secret: what GitHub said was redacted.

use std::io;
use std::path::PathBuf;

/// Why something on GitHub could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CiError {
    /// Not on a runner, or on one with settings that make no sense.
    #[error("this is not a run of GitHub Actions: {}", .wrong.join(", "))]
    Runner { wrong: Vec<String> },
    /// The file of the event cannot be read or understood.
    #[error("the event that started this run cannot be read from {}: {why}", .path.display())]
    Event { path: PathBuf, why: String },
    /// `pull_request_target`.
    #[error(
        "a run started by pull_request_target has this repository's secrets while it is about what somebody else wrote"
    )]
    UntrustedEvent,
    /// 401, and what can be no token at all.
    #[error("the token cannot be used to {doing}: {why}")]
    Token { doing: String, why: String },
    /// 403, and neither a limit nor a block.
    #[error("the token may not {doing} in {repository}; GitHub says: {said}")]
    Denied {
        doing: String,
        repository: String,
        /// The line below `permissions:` of the job that is missing, as far as bursar knows.
        permission: Option<&'static str>,
        said: String,
    },
    /// 404 and 410.
    #[error("GitHub knows nothing to {doing} in {repository}; it says: {said}")]
    NotFound {
        doing: String,
        repository: String,
        permission: Option<&'static str>,
        said: String,
    },
    /// The limit for requests is reached, and waiting takes too long.
    #[error("GitHub's limit for requests is reached; it did not {doing}{}", wait(.seconds))]
    Limited {
        doing: String,
        /// After so many seconds it may be tried again, where GitHub says so.
        seconds: Option<u64>,
    },
    /// No answer, or one that says that GitHub is ill.
    #[error("cannot {doing}: {host} gave no answer: {why}")]
    Unreachable {
        doing: String,
        host: String,
        why: String,
    },
    /// GitHub understood and refused, mostly 422.
    #[error("GitHub refused to {doing} ({status}): {said}")]
    Refused {
        doing: String,
        status: u16,
        said: String,
    },
    /// The answer makes no sense.
    #[error("cannot {doing}: the answer of {host} is not GitHub's: {why}")]
    Answer {
        doing: String,
        host: String,
        why: String,
    },
    /// A file that the runner gave cannot be written.
    #[error("cannot write {what} to {}: {cause}", .path.display())]
    Output {
        /// `an output`, `the summary`.
        what: &'static str,
        path: PathBuf,
        cause: io::Error,
    },
}

fn wait(seconds: &Option<u64>) -> String {
    seconds.map_or_else(String::new, |seconds| {
        format!("; it may be tried again in {seconds} seconds")
    })
}

impl CiError {
    /// All codes, sorted.
    pub const CODES: [&str; 11] = [
        "ci.answer",
        "ci.denied",
        "ci.event",
        "ci.limited",
        "ci.not-found",
        "ci.output",
        "ci.pull-request-target",
        "ci.refused",
        "ci.runner",
        "ci.token",
        "ci.unreachable",
    ];

    /// Stable code, for `bursar explain`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Runner { .. } => "ci.runner",
            Self::Event { .. } => "ci.event",
            Self::UntrustedEvent => "ci.pull-request-target",
            Self::Token { .. } => "ci.token",
            Self::Denied { .. } => "ci.denied",
            Self::NotFound { .. } => "ci.not-found",
            Self::Limited { .. } => "ci.limited",
            Self::Unreachable { .. } => "ci.unreachable",
            Self::Refused { .. } => "ci.refused",
            Self::Answer { .. } => "ci.answer",
            Self::Output { .. } => "ci.output",
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Runner { .. } => {
                "run it in a step of a workflow, where GitHub sets these variables; elsewhere use `bursar plan` and `bursar apply`".to_owned()
            }
            Self::Event { .. } => {
                "GITHUB_EVENT_PATH is set by GitHub for each step; a step in a container needs that file too".to_owned()
            }
            Self::UntrustedEvent => {
                "use two workflows: `pull_request` without secrets for what the pull request wrote, and `workflow_run` on the trusted branch for the plan and its comment".to_owned()
            }
            Self::Token { .. } => {
                "give the step `GITHUB_TOKEN: ${{ github.token }}`, or a token of an app that has not expired".to_owned()
            }
            Self::Denied { permission: Some(line), .. } => format!(
                "add `{line}` below `permissions:` of the job; a pull request of a fork gets a token that only reads, whatever stands there: plan it from a `workflow_run`"
            ),
            Self::Denied { permission: None, .. } => {
                "do what GitHub says; where it is about rights, see `permissions:` of the job".to_owned()
            }
            Self::NotFound { permission: Some(line), .. } => format!(
                "in a private repository GitHub also says this to a token that may not see it: the job needs `{line}` below `permissions:`"
            ),
            Self::NotFound { permission: None, .. } => {
                "see whether GITHUB_REPOSITORY names the right repository, and whether the token belongs to it".to_owned()
            }
            Self::Limited { .. } => {
                "run it again later; BURSAR_CALL_TIMEOUT says how many seconds it may wait by itself".to_owned()
            }
            Self::Unreachable { .. } => {
                "see whether the runner reaches GitHub, and https://www.githubstatus.com; then run the job again".to_owned()
            }
            Self::Refused { .. } => "see what GitHub says".to_owned(),
            Self::Answer { .. } => {
                "see whether GITHUB_API_URL is GitHub's, and whether a proxy answers in its place".to_owned()
            }
            Self::Output { .. } => {
                "the runner makes this file for each step; see that the step may write it and that the disk is not full".to_owned()
            }
        }
    }
}
