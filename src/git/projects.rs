//! The projects of a repository: how the settings of this one read before, which of its files are links,
//! and which others there are.

use std::collections::HashSet;

use git2::{ObjectType, TreeWalkMode, TreeWalkResult};

use crate::config::source::{PROJECT_FILE_NAME, Source};

use super::{GitError, GitRepo};

impl GitRepo {
    /// Each text that the project's `bursar.yaml` has in some of these commits, once. Commits that are not
    /// here say nothing.
    ///
    /// # Errors
    /// Where git cannot be read.
    pub fn settings_in<'c>(
        &self,
        commits: impl Iterator<Item = &'c String>,
    ) -> Result<Vec<Source>, GitError> {
        let path = self.folder.join(PROJECT_FILE_NAME);
        let mut known = HashSet::new();
        let mut texts = Vec::new();
        for commit in commits {
            let Ok(tree) = self.tree(commit) else {
                continue;
            };
            let Ok(entry) = tree.get_path(&path) else {
                continue;
            };
            if !known.insert(entry.id()) {
                continue;
            }
            if let Some(bytes) = self.content(&tree, &path, 0)? {
                texts.push(Source {
                    path: PROJECT_FILE_NAME.to_owned(),
                    bytes,
                });
            }
        }
        Ok(texts)
    }

    /// The first of the project's YAML files that is a link at a commit, by its path in the project.
    ///
    /// # Errors
    /// [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn first_link(&self, reference: &str) -> Result<Option<String>, GitError> {
        const LINK: i32 = 0o120_000;
        let own = self.folder();
        let mut found = None;
        self.tree(reference)?
            .walk(TreeWalkMode::PreOrder, |folder, entry| {
                let path = format!("{folder}{}", entry.name().unwrap_or_default());
                let below = match own.is_empty() {
                    true => Some(path.as_str()),
                    false => path
                        .strip_prefix(&own)
                        .and_then(|path| path.strip_prefix('/')),
                };
                let read = below.filter(|path| entry.filemode() == LINK && self.reads(path));
                match read {
                    None => TreeWalkResult::Ok,
                    Some(path) => {
                        found = Some(path.to_owned());
                        TreeWalkResult::Abort
                    }
                }
            })
            .or_else(|error| match error.code() {
                git2::ErrorCode::User => Ok(()),
                _ => Err(error),
            })?;
        Ok(found)
    }

    /// The other projects that a commit has: their folders from the top of the work tree, and their
    /// `bursar.yaml`.
    ///
    /// # Errors
    /// [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn other_projects(&self, reference: &str) -> Result<Vec<(String, Source)>, GitError> {
        let own = self.folder();
        let mut found = Vec::new();
        self.tree(reference)?
            .walk(TreeWalkMode::PreOrder, |folder, entry| {
                let folder = folder.trim_end_matches('/');
                let is_project = entry.kind() == Some(ObjectType::Blob)
                    && entry.name().is_ok_and(|name| name == PROJECT_FILE_NAME);
                if is_project && folder != own {
                    found.push((folder.to_owned(), entry.id()));
                }
                TreeWalkResult::Ok
            })?;
        let read = |(folder, id)| {
            let source = Source {
                path: PROJECT_FILE_NAME.to_owned(),
                bytes: self.repository.find_blob(id)?.content().to_vec(),
            };
            Ok((folder, source))
        };
        found.into_iter().map(read).collect()
    }
}
