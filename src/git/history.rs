//! How commits stand to each other: common ancestors, and what one has that another lacks.
//!
//! A shallow clone holds a part of the history, and the commits at its edge say that they have
//! parents while these are not there. libgit2's own walks know nothing of such edges, so a shallow
//! clone is walked here, and where the answer could be another one with the rest: no answer.

use std::collections::{HashMap, HashSet};

use git2::{Commit as Git2Commit, ErrorCode, Oid, Sort, Tree};

use super::{GitError, GitRepo};

/// As many commits are named by [`GitRepo::commits_between`].
pub const MOST_COMMITS: usize = 10_000;

/// Commits that one has and another lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// Full ids, the newest first: no commit stands before one that it is an ancestor of.
    pub ids: Vec<String>,
    /// Whether there are more than [`MOST_COMMITS`]: then the oldest ones are missing here.
    pub cut: bool,
}

impl GitRepo {
    /// The full id of the commit that a branch, a tag or an id names.
    ///
    /// # Errors
    /// [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn commit_id(&self, reference: &str) -> Result<String, GitError> {
        Ok(self.commit(reference)?.id().to_string())
    }

    /// Whether this clone lacks a part of the history.
    ///
    /// # Errors
    /// Where the repository cannot be read.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(!self.edge()?.is_empty())
    }

    /// The parents that a commit names, first parent first: none for the first commit of a history.
    /// In a shallow clone they may not be there themselves.
    ///
    /// # Errors
    /// [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn parents(&self, reference: &str) -> Result<Vec<String>, GitError> {
        let commit = self.commit(reference)?;
        // As it is written: libgit2 hides the parents of commits at the edge.
        let header = String::from_utf8_lossy(commit.raw_header_bytes()).into_owned();
        let named = header
            .lines()
            .filter_map(|line| line.strip_prefix("parent "));
        Ok(named.map(|id| id.trim().to_owned()).collect())
    }

    /// The best common ancestor of two commits. Where several are equally good: one of them.
    ///
    /// # Errors
    /// [`GitError::Shallow`] where commits that are not here could be a better one;
    /// [`GitError::Unrelated`], [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn merge_base(&self, a: &str, b: &str) -> Result<String, GitError> {
        let (from, to) = (self.commit(a)?.id(), self.commit(b)?.id());
        let edge = self.edge()?;
        let found = if edge.is_empty() {
            match self.repository.merge_base(from, to) {
                Ok(found) => Some(found),
                Err(error) if error.code() == ErrorCode::NotFound => None,
                Err(error) => return Err(error.into()),
            }
        } else {
            let found = Part::of(self, &edge).merge_base(from, to)?;
            Some(found.ok_or_else(|| shallow(&format!("where {a} and {b} parted")))?)
        };
        let unrelated = || GitError::Unrelated {
            a: a.to_owned(),
            b: b.to_owned(),
        };
        found.map(|id| id.to_string()).ok_or_else(unrelated)
    }

    /// All commits that `to` has, itself among them, and `from` lacks: at most [`MOST_COMMITS`].
    ///
    /// # Errors
    /// [`GitError::Shallow`] where commits that are not here could belong to them, or say that one
    /// does not; [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn commits_between(&self, from_exclusive: &str, to: &str) -> Result<Commits, GitError> {
        let mut ids = self.lacking(from_exclusive, to, MOST_COMMITS + 1)?;
        let cut = ids.len() > MOST_COMMITS;
        ids.truncate(MOST_COMMITS);
        Ok(Commits {
            ids: ids.iter().map(Oid::to_string).collect(),
            cut,
        })
    }

    /// All commits that a commit has in its history, itself among them: at most [`MOST_COMMITS`].
    ///
    /// # Errors
    /// [`GitError::Shallow`], [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn commits(&self, to: &str) -> Result<Commits, GitError> {
        if self.is_shallow()? {
            return Err(shallow(&format!("what {to} has in its history")));
        }
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
        walk.push(self.commit(to)?.id())?;
        let mut ids = Vec::new();
        for id in walk.take(MOST_COMMITS + 1) {
            ids.push(id?.to_string());
        }
        let cut = ids.len() > MOST_COMMITS;
        ids.truncate(MOST_COMMITS);
        Ok(Commits { ids, cut })
    }

    /// When a commit was made, by the clock of who made it.
    ///
    /// # Errors
    /// [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn committed_at(&self, reference: &str) -> Result<jiff::Timestamp, GitError> {
        let seconds = self.commit(reference)?.time().seconds();
        jiff::Timestamp::from_second(seconds).map_err(|error| GitError::Other(error.to_string()))
    }

    /// How many commits of a branch the work tree's commit lacks.
    ///
    /// # Errors
    /// As [`Self::commits_between`].
    pub fn behind(&self, base: &str) -> Result<usize, GitError> {
        Ok(self.lacking("HEAD", base, usize::MAX)?.len())
    }

    /// Whether the project's folder holds the same in two commits. Not where a link in it leads out of
    /// it: then nobody looked.
    ///
    /// # Errors
    /// [`GitError::Unknown`], [`GitError::NoCommit`].
    pub fn holds_same(&self, a: &str, b: &str) -> Result<bool, GitError> {
        let folder = |reference: &str| -> Result<Option<Oid>, GitError> {
            let top = self.tree(reference)?;
            if self.folder.as_os_str().is_empty() {
                return Ok(Some(top.id()));
            }
            Ok(top.get_path(&self.folder).ok().map(|entry| entry.id()))
        };
        let (Some(one), Some(other)) = (folder(a)?, folder(b)?) else {
            return Ok(false);
        };
        if one != other {
            return Ok(false);
        }
        Ok(self.folder.as_os_str().is_empty() || !self.links(&self.repository.find_tree(one)?))
    }

    fn links(&self, tree: &Tree<'_>) -> bool {
        const LINK: i32 = 0o120_000;
        tree.iter().any(|entry| {
            entry.filemode() == LINK
                || (self.repository.find_tree(entry.id())).is_ok_and(|below| self.links(&below))
        })
    }

    fn commit(&self, reference: &str) -> Result<Git2Commit<'_>, GitError> {
        let object = self
            .repository
            .revparse_single(reference)
            .map_err(|_| self.unknown(reference))?;
        object.peel_to_commit().map_err(|_| self.unknown(reference))
    }

    /// What `to` has and `from` lacks, the newest first, as far as `most`.
    fn lacking(&self, from: &str, to: &str, most: usize) -> Result<Vec<Oid>, GitError> {
        let (without, of) = (self.commit(from)?.id(), self.commit(to)?.id());
        let edge = self.edge()?;
        if !edge.is_empty() {
            let ids = Part::of(self, &edge).lacking(without, of)?;
            let what = || shallow(&format!("which commits {to} has and {from} lacks"));
            return ids
                .map(|ids| ids.into_iter().take(most).collect())
                .ok_or_else(what);
        }
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
        walk.push(of)?;
        walk.hide(without)?;
        Ok(walk.take(most).collect::<Result<_, _>>()?)
    }

    /// The commits whose parents this clone lacks; none where it is whole.
    fn edge(&self) -> Result<HashSet<Oid>, GitError> {
        // Of all work trees: libgit2 looks for it in the folder of one.
        let path = self.repository.commondir().join("shallow");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Ok(HashSet::new());
            }
            Err(cause) => return Err(GitError::Other(format!("{}: {cause}", path.display()))),
        };
        let ids = text.split_whitespace().map(Oid::from_str);
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

fn shallow(what: &str) -> GitError {
    GitError::Shallow {
        what: what.to_owned(),
    }
}

/// The part of a history that a shallow clone holds.
struct Part<'g> {
    git: &'g GitRepo,
    edge: &'g HashSet<Oid>,
}

/// A commit's ancestors and itself, each with the parents that are here.
type Ancestors = HashMap<Oid, Vec<Oid>>;

impl<'g> Part<'g> {
    const fn of(git: &'g GitRepo, edge: &'g HashSet<Oid>) -> Self {
        Self { git, edge }
    }

    fn ancestors(&self, of: Oid) -> Result<Ancestors, GitError> {
        let mut all = Ancestors::new();
        let mut queue = vec![of];
        while let Some(id) = queue.pop() {
            if all.contains_key(&id) {
                continue;
            }
            let parents = match self.edge.contains(&id) {
                true => Vec::new(),
                false => self.git.repository.find_commit(id)?.parent_ids().collect(),
            };
            queue.extend(&parents);
            all.insert(id, parents);
        }
        Ok(all)
    }

    /// None where the missing part could have a better one.
    fn merge_base(&self, a: Oid, b: Oid) -> Result<Option<Oid>, GitError> {
        let (of_a, of_b) = (self.ancestors(a)?, self.ancestors(b)?);
        // Nothing is better than one of the two itself.
        if of_a.contains_key(&b) {
            return Ok(Some(b));
        }
        if of_b.contains_key(&a) {
            return Ok(Some(a));
        }
        // What lies behind an edge that both have is older than the edge. Behind one that only one of
        // them has may be anything that the other has.
        let one_sided = |id: &&Oid| of_a.contains_key(id) != of_b.contains_key(id);
        let seen = |id: &&Oid| of_a.contains_key(id) || of_b.contains_key(id);
        let mut edges = self.edge.iter().filter(seen);
        if edges.any(|id| one_sided(&id)) {
            return Ok(None);
        }
        let common = of_a.keys().filter(|id| of_b.contains_key(id));
        let common: HashSet<Oid> = common.copied().collect();
        let older: HashSet<Oid> = common.iter().flat_map(|id| &of_a[id]).copied().collect();
        let best: Vec<Oid> = common.difference(&older).copied().collect();
        match best.as_slice() {
            [one] => Ok(Some(*one)),
            // Of several one may be the ancestor of another, by way of what is missing.
            _ => Ok(None),
        }
    }

    /// What `of` has and `without` lacks, newest first; none where the missing part could have more, or
    /// could say that one of them is no such commit.
    fn lacking(&self, without: Oid, of: Oid) -> Result<Option<Vec<Oid>>, GitError> {
        let (had, all) = (self.ancestors(without)?, self.ancestors(of)?);
        let new = |id: &Oid| all.contains_key(id) && !had.contains_key(id);
        if self.edge.iter().any(new) {
            return Ok(None);
        }
        let edge: Vec<&Oid> = self.edge.iter().filter(|id| had.contains_key(id)).collect();
        // An edge hides older commits than itself: none that it is an ancestor of.
        let first = |id: &&Oid| new(id) && !all[*id].iter().any(new);
        for id in all.keys().filter(first) {
            let behind = self.ancestors(*id)?;
            if !edge.iter().all(|id| behind.contains_key(id)) {
                return Ok(None);
            }
        }
        Ok(Some(newest_first(&all, &new)))
    }
}

/// The commits that are wanted, each before its parents.
fn newest_first(all: &Ancestors, wanted: &dyn Fn(&Oid) -> bool) -> Vec<Oid> {
    let mut children: HashMap<Oid, usize> = HashMap::new();
    for parents in all
        .iter()
        .filter(|(id, _)| wanted(id))
        .map(|(_, parents)| parents)
    {
        for parent in parents {
            *children.entry(*parent).or_default() += 1;
        }
    }
    let free = |id: &&Oid| wanted(id) && !children.contains_key(id);
    let mut queue: Vec<Oid> = all.keys().filter(free).copied().collect();
    let mut sorted = Vec::new();
    while let Some(id) = queue.pop() {
        sorted.push(id);
        for parent in all[&id].iter().filter(|id| wanted(id)) {
            if let Some(left) = children.get_mut(parent) {
                *left -= 1;
                if *left == 0 {
                    queue.push(*parent);
                }
            }
        }
    }
    sorted
}
