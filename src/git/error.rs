//! Why git could not answer, and what to do.

use std::path::PathBuf;

use crate::config::source::PROJECT_FILE_NAME;

/// Why git could not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The folder is in no repository, or in one without a work tree.
    #[error("{} is in no git repository", folder.display())]
    NoRepository { folder: PathBuf },
    /// The repository belongs to another user, and git has not been told to trust it.
    #[error("the git repository {} belongs to somebody else", folder.display())]
    NotOwned { folder: PathBuf },
    /// There are no commits.
    #[error("the git repository has no commit yet")]
    NoCommit,
    /// No commit has that name.
    #[error("git knows no commit `{reference}`")]
    Unknown {
        reference: String,
        /// A name that may have been meant.
        near: Option<String>,
        /// Whether the repository holds only a part of the history.
        shallow: bool,
    },
    /// The project did not exist then.
    #[error("there was no {PROJECT_FILE_NAME} in this folder at `{reference}`")]
    NoProject { reference: String },
    /// Two commits without a common one.
    #[error("`{a}` and `{b}` have no commit in common")]
    Unrelated { a: String, b: String },
    /// What was asked needs history that a shallow clone does not hold.
    #[error("this is a shallow clone: {what} cannot be told without the commits that it lacks")]
    Shallow {
        /// What was asked, in a few words.
        what: String,
    },
    /// Anything else, in libgit2's words.
    #[error("git: {0}")]
    Other(String),
}

/// How a clone gets the commits that it lacks.
const DEEPEN: &str = "`git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout";

impl GitError {
    /// Its code, where a page explains it.
    #[must_use]
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Shallow { .. } => Some("git.shallow"),
            Self::Unrelated { .. } => Some("git.unrelated"),
            _ => None,
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::NoRepository { .. } => "run `git init` and commit the project first".to_owned(),
            Self::NotOwned { folder } => format!(
                "if you trust it: `git config --global --add safe.directory {}`",
                folder.display()
            ),
            Self::NoCommit => "commit the project first".to_owned(),
            Self::Unknown {
                near: Some(near), ..
            } => format!("did you mean `{near}`?"),
            Self::Unknown { shallow: true, .. } => {
                format!("this is a shallow clone: {DEEPEN}")
            }
            Self::Unknown { .. } => {
                "name a branch, a tag or a commit that is here; `git fetch` brings others".to_owned()
            }
            Self::NoProject { .. } => {
                "commit the project, or choose a later commit: all that is declared now is new since then".to_owned()
            }
            Self::Shallow { .. } => DEEPEN.to_owned(),
            Self::Unrelated { .. } => {
                "name the branch that this one began from".to_owned()
            }
            Self::Other(_) => "see to it that `git status` works in this folder".to_owned(),
        }
    }
}

impl From<git2::Error> for GitError {
    fn from(error: git2::Error) -> Self {
        Self::Other(error.message().to_owned())
    }
}
