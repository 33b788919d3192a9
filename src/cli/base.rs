//! `--base REF`: finds what a branch began from, and reads what was declared there.

use std::path::Path;
use std::thread::JoinHandle;

use crate::config::diagnostic::Diagnostic;
use crate::config::project::{self, Project, Surroundings};
use crate::git::{GitError, GitRepo};
use crate::planning::base::{Base, Declared};
use crate::report::text;

use super::Failure;

/// A base that is read beside whatever else a command reads.
pub struct Reading(JoinHandle<Result<Base, GitError>>);

/// Begins to read the base of the work tree's commit: what it and `reference` have in common.
#[must_use]
pub fn begin(root: &Path, reference: &str) -> Reading {
    let (root, reference) = (root.to_path_buf(), reference.to_owned());
    Reading(std::thread::spawn(move || read(&root, &reference)))
}

impl Reading {
    /// Waits for it.
    ///
    /// # Errors
    /// Where git has no answer.
    pub fn end(self) -> Result<Base, Failure> {
        match self.0.join() {
            Ok(base) => Ok(base?),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

fn read(root: &Path, reference: &str) -> Result<Base, GitError> {
    let git = GitRepo::discover(root)?;
    let head = git.head_commit()?.ok_or(GitError::NoCommit)?;
    let tip = git.commit_id(reference)?;
    // A runner checks out a merge of the branch into its base. That needs no history: the merge itself
    // says what it is of.
    let (commit, behind) = if tip == head.id || git.parents(&head.id)?.contains(&tip) {
        (tip, 0)
    } else {
        let commit = git.merge_base(reference, "HEAD")?;
        (commit, git.behind(reference)?)
    };
    let declared = if !head.dirty && git.holds_same(&commit, &head.id)? {
        Declared::Same
    } else {
        match git.files_at(&commit) {
            // The commit is what it is: rules that ask what is around the files have no say in it.
            Ok(files) => {
                let project = project::load_texts(root, files, &Surroundings::default());
                Declared::Otherwise(Box::new(project))
            }
            Err(GitError::NoProject { .. }) => Declared::Nothing,
            Err(error) => return Err(error),
        }
    };
    let mut notes = Vec::new();
    let named = text::clean(reference);
    let short = |id: &str| id.chars().take(7).collect::<String>();
    match &declared {
        Declared::Same => {}
        Declared::Nothing => notes.push(format!(
            "there was no project in this folder at {named} ({}): all of it comes from this branch",
            short(&commit)
        )),
        Declared::Otherwise(project) => {
            let errors = project.diagnostics.iter();
            let errors = errors.filter(|found| Diagnostic::is_error(found)).count();
            if errors > 0 {
                notes.push(format!(
                    "the files at {named} ({}) have {}: what is wrong there counts as not declared",
                    short(&commit),
                    text::count(errors, "error", "errors")
                ));
            }
        }
    }
    if head.dirty {
        notes.push(format!(
            "the files differ from commit {}: what is not committed counts as this branch's",
            short(&head.id)
        ));
    }
    if behind > 0 {
        notes.push(format!(
            "{named} has {} that this branch lacks: what {} looks like a removal or a change back \
             here; merge {named} or rebase",
            text::count(behind, "commit", "commits"),
            if behind == 1 {
                "it declares"
            } else {
                "they declare"
            },
        ));
    }
    Ok(Base {
        reference: reference.to_owned(),
        commit,
        behind,
        declared,
        notes,
    })
}

/// What a branch declares now; none where nobody can tell.
#[must_use]
pub fn tip(root: &Path, reference: &str) -> Option<Project> {
    let git = GitRepo::discover(root).ok()?;
    let files = git
        .files_at(reference)
        .or_else(|_| git.files_at(&format!("refs/remotes/origin/{reference}")));
    let files = files.inspect_err(|error| tracing::debug!("{error}")).ok()?;
    Some(project::load_texts(root, files, &Surroundings::default()))
}
