//! git: what a project's files were at a commit, which files are tracked, and who made the last
//! commit, and how commits stand to each other. Reads the local repository only: nothing is fetched, written or run.

mod blame;
mod error;
mod history;
mod projects;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Repository, Tree};

use crate::config::source::{PROJECT_FILE_NAME, Source};
use crate::config::suggest;

pub use blame::Blame;
pub use error::GitError;
pub use history::{Commits, MOST_COMMITS};

/// The last commit of the work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its full id, in hexadecimal.
    pub id: String,
    /// `Name <address>`.
    pub author: String,
    /// Whether a YAML file of the project differs from it, or is not in it.
    pub dirty: bool,
}

/// The repository that a project is in.
pub struct GitRepo {
    repository: Repository,
    /// The project's folder, from the top of the work tree; empty where it is the top.
    folder: PathBuf,
}

impl GitRepo {
    /// Finds the repository around a project's folder.
    ///
    /// # Errors
    /// [`GitError::NoRepository`], [`GitError::NotOwned`] and whatever keeps git from reading it.
    pub fn discover(root: &Path) -> Result<Self, GitError> {
        let none = || GitError::NoRepository {
            folder: root.to_path_buf(),
        };
        let repository = Repository::discover(root).map_err(|error| match error.code() {
            ErrorCode::NotFound => none(),
            ErrorCode::Owner => GitError::NotOwned {
                folder: root.to_path_buf(),
            },
            _ => error.into(),
        })?;
        let top = repository.workdir().ok_or_else(none)?;
        let real = |path: &Path| {
            dunce::canonicalize(path).map_err(|error| GitError::Other(error.to_string()))
        };
        let folder = real(root)?
            .strip_prefix(real(top)?)
            .map_err(|_| none())?
            .to_path_buf();
        Ok(Self { repository, folder })
    }

    /// The project's YAML files at a commit: `bursar.yaml` first, the others sorted by path, without
    /// those that reading from the disk would pass over (hidden and ignored ones, projects of their
    /// own). Which `sources` they belong to is not asked here.
    ///
    /// # Errors
    /// [`GitError::Unknown`], [`GitError::NoCommit`], [`GitError::NoProject`].
    pub fn files_at(&self, reference: &str) -> Result<Vec<Source>, GitError> {
        let top = self.tree(reference)?;
        let no_project = || GitError::NoProject {
            reference: reference.to_owned(),
        };
        let tree = if self.folder.as_os_str().is_empty() {
            top.clone()
        } else {
            let entry = top.get_path(&self.folder).map_err(|_| no_project())?;
            self.repository
                .find_tree(entry.id())
                .map_err(|_| no_project())?
        };
        let mut files = Vec::new();
        self.collect(&top, &tree, "", &mut files, 0)?;
        files.sort_by(|a: &Source, b: &Source| {
            let rank = |source: &Source| source.path != PROJECT_FILE_NAME;
            (rank(a), &a.path).cmp(&(rank(b), &b.path))
        });
        match files.first() {
            Some(first) if first.path == PROJECT_FILE_NAME => Ok(files),
            _ => Err(no_project()),
        }
    }

    /// The top of the work tree, without links.
    #[must_use]
    pub fn top(&self) -> Option<PathBuf> {
        dunce::canonicalize(self.repository.workdir()?).ok()
    }

    /// Paths that git tracks in the project's folder, relative to it.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn tracked_paths(&self) -> Result<HashSet<String>, GitError> {
        let index = self.repository.index()?;
        let mut prefix = self.folder.to_string_lossy().replace('\\', "/");
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let below = |entry: git2::IndexEntry| {
            let path = String::from_utf8_lossy(&entry.path).into_owned();
            path.strip_prefix(&prefix).map(str::to_owned)
        };
        Ok(index.iter().filter_map(below).collect())
    }

    /// The commit that the work tree stands on; none before the first.
    ///
    /// # Errors
    /// Where the repository cannot be read.
    pub fn head_commit(&self) -> Result<Option<Commit>, GitError> {
        let head = match self.repository.head() {
            Ok(head) => head.peel_to_commit()?,
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let author = head.author();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Some(Commit {
            id: head.id().to_string(),
            author: format!(
                "{} <{}>",
                text(author.name_bytes()),
                text(author.email_bytes())
            ),
            dirty: self.is_dirty()?,
        }))
    }

    fn is_dirty(&self) -> Result<bool, GitError> {
        let mut options = git2::StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .exclude_submodules(true);
        if !self.folder.as_os_str().is_empty() {
            options.disable_pathspec_match(true).pathspec(&self.folder);
        }
        let statuses = self.repository.statuses(Some(&mut options))?;
        Ok(statuses.iter().any(|entry| {
            let path = String::from_utf8_lossy(entry.path_bytes()).into_owned();
            !entry.status().is_ignored() && is_yaml(&path)
        }))
    }

    fn tree(&self, reference: &str) -> Result<Tree<'_>, GitError> {
        let object = self
            .repository
            .revparse_single(reference)
            .map_err(|_| self.unknown(reference))?;
        object.peel_to_tree().map_err(|_| self.unknown(reference))
    }

    fn unknown(&self, reference: &str) -> GitError {
        let unborn = |error: git2::Error| error.code() == ErrorCode::UnbornBranch;
        if reference == "HEAD" && self.repository.head().err().is_some_and(unborn) {
            return GitError::NoCommit;
        }
        let names: Vec<String> = self
            .repository
            .references()
            .into_iter()
            .flatten()
            .filter_map(|reference| Some(reference.ok()?.shorthand().ok()?.to_owned()))
            .collect();
        // What is only known as a remote's branch is meant by its bare name on a runner.
        let remote = names.iter().find(|name| {
            name.split_once('/')
                .is_some_and(|(_, bare)| bare == reference)
        });
        let near = remote
            .map(String::as_str)
            .or_else(|| suggest::closest(reference, names.iter().map(String::as_str)));
        GitError::Unknown {
            reference: reference.chars().take(80).collect(),
            near: near.map(str::to_owned),
            shallow: self.repository.is_shallow(),
        }
    }

    /// Collects the YAML files below a tree.
    fn collect(
        &self,
        top: &Tree<'_>,
        tree: &Tree<'_>,
        prefix: &str,
        files: &mut Vec<Source>,
        depth: usize,
    ) -> Result<(), GitError> {
        const DEEPEST: usize = 64;
        if depth > DEEPEST {
            return Ok(());
        }
        for entry in tree {
            let Ok(name) = entry.name() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    let below = self.repository.find_tree(entry.id())?;
                    let own_project = below.get_name(PROJECT_FILE_NAME).is_some();
                    if !own_project && !self.is_ignored(&path) {
                        self.collect(top, &below, &format!("{path}/"), files, depth + 1)?;
                    }
                }
                Some(ObjectType::Blob) if is_yaml(name) => {
                    if self.is_ignored(&path) {
                        continue;
                    }
                    if let Some(bytes) = self.content(top, &self.folder.join(&path), 0)? {
                        files.push(Source { path, bytes });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The folder of the project, from the top of the work tree; empty where it is the top.
    #[must_use]
    pub fn folder(&self) -> String {
        self.folder.to_string_lossy().replace('\\', "/")
    }

    /// Whether a project would read a file of this path, as far as its name goes.
    #[must_use]
    pub fn reads(&self, path: &str) -> bool {
        let shown = path.split('/').all(|part| !part.starts_with('.'));
        shown && is_yaml(path) && !self.is_ignored(path)
    }

    /// The id that git gives a file of this content.
    #[must_use]
    pub fn content_id(bytes: &[u8]) -> Option<String> {
        let id = git2::Oid::hash_object(ObjectType::Blob, bytes).ok()?;
        Some(id.to_string())
    }

    /// Whether reading from the disk passes over it.
    fn is_ignored(&self, path: &str) -> bool {
        path != PROJECT_FILE_NAME
            && self
                .repository
                .is_path_ignored(self.folder.join(path))
                .unwrap_or(false)
    }

    /// The bytes of a file; a link is followed to a file inside the repository.
    fn content(
        &self,
        top: &Tree<'_>,
        path: &Path,
        depth: usize,
    ) -> Result<Option<Vec<u8>>, GitError> {
        const LINK: i32 = 0o120_000;
        const LONGEST_CHAIN: usize = 8;
        let Ok(entry) = top.get_path(path) else {
            return Ok(None);
        };
        if entry.kind() != Some(ObjectType::Blob) || depth > LONGEST_CHAIN {
            return Ok(None);
        }
        let blob = self.repository.find_blob(entry.id())?;
        if entry.filemode() != LINK {
            return Ok(Some(blob.content().to_vec()));
        }
        let target = String::from_utf8_lossy(blob.content()).into_owned();
        match resolve(path, &target) {
            Some(target) => self.content(top, &target, depth + 1),
            None => Ok(None),
        }
    }
}

/// The commit that a project stands on; none outside a repository, before the first commit, and
/// where git cannot be read.
#[must_use]
pub fn head(root: &Path) -> Option<Commit> {
    GitRepo::discover(root)
        .and_then(|git| git.head_commit())
        .inspect_err(|error| tracing::debug!("{error}"))
        .ok()
        .flatten()
}

/// Where a link leads, from the top of the repository; `None` where that is outside.
fn resolve(link: &Path, target: &str) -> Option<PathBuf> {
    use std::path::Component;

    let mut path = link.parent()?.to_path_buf();
    for part in Path::new(target).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    Some(path)
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}
