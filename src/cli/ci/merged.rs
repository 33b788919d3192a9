//! What was merged since the last applied commit, and what it had shown.

use std::collections::{HashMap, HashSet};

use futures::stream::{self, StreamExt};

use crate::ci::api::Pull;
use crate::ci::marker::{Hashes, Kind, Marker, Shown};
use crate::ci::previews::{Overruled, Previews, Together};
use crate::ci::sticky;
use crate::cli::session::Session;
use crate::config::project;
use crate::engine::Change;
use crate::git::{GitError, GitRepo};
use crate::model::address::Address;
use crate::model::hash::ContentHash;
use crate::state::{HistoryEntry, HistoryFilter, StateReader};

use super::Failure;
use super::desk::{Desk, GitHub};

/// As many pages of a hundred pull requests are looked at.
const PAGES: usize = 5;
/// A clock on a laptop may be wrong by as much.
const SLACK: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// As long ago a pull request may have been merged whose changes an apply had to leave.
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);
/// As many are asked for their comments at a time.
const AT_ONCE: usize = 8;
/// As many of these are asked for what they had shown.
const OLDER: usize = 50;

/// What was merged.
#[derive(Default)]
pub struct Since {
    /// Pull requests with their hidden lines, the latest merge first.
    pub pulls: Vec<(u64, Vec<Marker>)>,
    pub notes: Vec<String>,
    /// Whether nobody can tell what was applied last: then what nobody saw may be a step back.
    pub unsure: bool,
    /// What the project is called.
    project: String,
}

/// Gathers the previews of all pull requests that were merged since the last applied commit.
pub async fn gather(desk: &Desk, session: &Session, project: &str) -> Result<Since, Failure> {
    let git = GitRepo::discover(&session.root)?;
    let mut since = Since {
        project: project.to_owned(),
        ..Since::default()
    };
    let last = last_applied(session)?;
    let range = match &last {
        Some(last) => match since_commit(&git, last)? {
            Range::Unknown => {
                since.notes.push(format!(
                    "the last applied commit, {}, is not in this clone: nothing is applied that no merged pull request showed",
                    short(last)
                ));
                since.unsure = true;
                None
            }
            Range::Commits(commits) => Some(commits),
        },
        None => None,
    };
    // Where nobody knows what was applied last, each change is held against each pull request.
    let Some(commits) = range else {
        return Ok(since);
    };
    if commits.cut {
        since.notes.push(format!(
            "more than {} commits came since the last apply: pull requests before them are not looked at",
            commits.ids.len()
        ));
    }
    let from = last.as_deref();
    let from = from.and_then(|commit| git.committed_at(commit).ok());
    let from = from.and_then(|at| at.checked_sub(SLACK).ok());
    let branch = desk.runner.reference.strip_prefix("refs/heads/");
    let Some(branch) = branch else {
        since.notes.push(format!(
            "this run is about {}, which is no branch: nothing was merged into it",
            desk.runner.reference
        ));
        return Ok(since);
    };
    let names = names(&git, session, project, commits.ids.iter().chain(&last))?;
    let ids: HashSet<String> = commits.ids.into_iter().collect();
    let github = desk.github().await?;
    let merged = github.reader.merged(branch, &ids, from, PAGES).await?;
    if merged.cut {
        since.notes.push(format!(
            "more than {} pull requests were touched since the last apply: older ones are not looked at",
            PAGES * 100
        ));
    }
    let asked = merged.pulls.iter().map(|pull| {
        let (github, names) = (&github, &names);
        async move { Ok((pull.number, plans(github, pull, names).await?)) }
    });
    let answers: Vec<Result<_, Failure>> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    for answer in answers {
        since.pulls.push(answer?);
    }
    Ok(since)
}

/// The commit that was applied already and comes after this run's, if there is one: then this run's
/// files are older than what is registered.
pub fn overtaken(session: &Session) -> Result<Option<String>, Failure> {
    let git = GitRepo::discover(&session.root)?;
    let Some(last) = last_applied(session)? else {
        return Ok(None);
    };
    let head = git.commit_id("HEAD")?;
    if head == last {
        return Ok(None);
    }
    // Where the later commit is not even here, this clone was made before it.
    match git.merge_base(&last, &head) {
        Ok(base) if base == head => Ok(Some(last)),
        Ok(_) | Err(GitError::Unknown { shallow: false, .. } | GitError::Unrelated { .. }) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

enum Range {
    Commits(crate::git::Commits),
    /// No such commit here.
    Unknown,
}

fn since_commit(git: &GitRepo, last: &str) -> Result<Range, Failure> {
    match git.commits_between(last, "HEAD") {
        Ok(commits) => Ok(Range::Commits(commits)),
        Err(GitError::Unknown { shallow: false, .. }) => Ok(Range::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// The commit of the last change of the state that names one.
fn last_applied(session: &Session) -> Result<Option<String>, Failure> {
    let serial = session.store.load()?.serial();
    // Mostly the last change names one; else all are asked.
    for after in [serial.saturating_sub(1), 0] {
        let mut last = None;
        let mut each = |entry: HistoryEntry| {
            if let Some(commit) = entry.author.commit {
                last = Some(commit);
            }
        };
        let filter = HistoryFilter {
            after,
            ..HistoryFilter::default()
        };
        session.store.history(&filter, &mut each)?;
        if last.is_some() {
            return Ok(last.map(clean));
        }
    }
    Ok(None)
}

/// What was not committed was applied on top of this.
fn clean(commit: String) -> String {
    match commit.strip_suffix("-dirty") {
        Some(clean) => clean.to_owned(),
        None => commit,
    }
}

/// Finds changes among what was merged before the last applied commit: an apply may have left them, as
/// they were blocked or failed. A preview counts once: not where the resource was changed by an apply
/// that had the pull request in it. `plan` are all changes, as they are and as hidden lines know them,
/// and the ones to find.
pub async fn leftovers(
    desk: &Desk,
    session: &Session,
    since: &Since,
    (changes, known, unseen): (&[Change], &[Shown], &[ContentHash]),
    now: jiff::Timestamp,
) -> Result<HashMap<ContentHash, Vec<u64>>, Failure> {
    let git = GitRepo::discover(&session.root)?;
    let mut found: HashMap<ContentHash, Vec<u64>> = HashMap::new();
    let Some(branch) = desk.runner.reference.strip_prefix("refs/heads/") else {
        return Ok(found);
    };
    let commits = match git.commits("HEAD") {
        Ok(commits) => commits.ids.into_iter().collect::<HashSet<String>>(),
        // What came since the last apply is here; what came before it nobody can tell.
        Err(GitError::Shallow { .. }) => return Ok(found),
        Err(error) => return Err(error.into()),
    };
    let github = desk.github().await?;
    let from = now.checked_sub(REMEMBERED).ok();
    let merged = github.reader.merged(branch, &commits, from, PAGES).await?;
    let names = names(&git, session, &since.project, commits.iter())?;
    let all = changes.iter().zip(known);
    let unseen: HashSet<&ContentHash> = unseen.iter().collect();
    let open: Vec<(&Change, &Shown)> = all
        .filter(|(change, _)| unseen.contains(&change.digest))
        .collect();
    let asked = merged.pulls.iter().take(OLDER).map(|pull| {
        let (github, names) = (&github, &names);
        async move { Ok((pull, plans(github, pull, names).await?)) }
    });
    let answers: Vec<Result<_, Failure>> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let pulls: Vec<(&Pull, Vec<Marker>)> = answers.into_iter().collect::<Result<_, _>>()?;
    let mut used = Used {
        git: &git,
        touched: touched(session, open.iter().map(|(change, _)| *change))?,
        known: HashMap::new(),
    };
    let overruled = {
        let mut order = since.pulls.clone();
        order.extend(
            pulls
                .iter()
                .map(|(pull, markers)| (pull.number, markers.clone())),
        );
        Overruled::of(&order)
    };
    // Whoever makes a change comes before whoever only had it in a plan.
    for own in [true, false] {
        for (pull, markers) in &pulls {
            let open = open.iter().filter(|(change, _)| {
                !found.contains_key(&change.digest)
                    && !overruled.is(pull.number, &change.digest)
                    && !used.by_an_apply(change, pull)
            });
            let open: HashSet<ContentHash> = open.map(|(change, _)| change.digest).collect();
            if open.is_empty() {
                continue;
            }
            let mut markers = markers.clone();
            for marker in markers.iter_mut().filter(|_| own) {
                marker.other = Hashes::default();
            }
            let wanted = |change: &Shown| open.contains(&change.digest);
            found.extend(Previews::whole(known, &[(pull.number, markers)], wanted).of);
        }
    }
    let mut together = Together::of(&since.pulls);
    let fresh: HashSet<u64> = since.pulls.iter().map(|(number, _)| *number).collect();
    let mut older: HashMap<u64, &Pull> = HashMap::new();
    for (pull, markers) in pulls {
        if !fresh.contains(&pull.number) {
            together.then(pull.number, &markers);
            older.insert(pull.number, pull);
        }
    }
    for (change, known) in open {
        let mut still = |number: &u64| !matches!(older.get(number), Some(pull) if used.by_an_apply(change, pull));
        let open: HashSet<u64> = match found.contains_key(&change.digest) || known.fields.is_empty()
        {
            true => continue,
            false => fresh
                .iter()
                .chain(older.keys())
                .copied()
                .filter(&mut still)
                .collect(),
        };
        if let Some(pulls) = together.find(known, |number| open.contains(&number)) {
            found.insert(change.digest, pulls);
        }
    }
    Ok(found)
}

/// Which pull requests an apply had already when it last changed a resource.
struct Used<'a> {
    git: &'a GitRepo,
    /// The commit that last changed each resource.
    touched: HashMap<Address, String>,
    /// Few commits changed many resources: each is asked about once.
    known: HashMap<(String, u64), bool>,
}

impl Used<'_> {
    fn by_an_apply(&mut self, change: &Change, pull: &Pull) -> bool {
        let Some(commit) = self.touched.get(&change.address) else {
            return false;
        };
        let pair = (commit.clone(), pull.number);
        let contains = || contains(self.git, commit, &pull.merge_commit);
        *self.known.entry(pair).or_insert_with(contains)
    }
}

/// What the project is called, and its folder where it had no name in some of these commits: previews are
/// found by it. Not what another project of the repository is called.
fn names<'c>(
    git: &GitRepo,
    session: &Session,
    project: &str,
    commits: impl Iterator<Item = &'c String>,
) -> Result<Vec<String>, Failure> {
    let mut names = vec![project.to_owned()];
    let texts = git.settings_in(commits)?;
    let mut settings = texts.iter().filter_map(project::settings_of);
    // A state takes no second name: another one in a commit was somebody else's, or a try.
    if settings.any(|settings| settings.project.is_none()) {
        let folder = Desk::project(&session.root, None);
        names.extend(Some(folder).filter(|folder| *folder != project));
    }
    if names.len() > 1 {
        for (folder, text) in git.other_projects("HEAD")? {
            // One whose settings cannot be read may be called as this folder.
            let Some(settings) = project::settings_of(&text) else {
                return Ok(vec![project.to_owned()]);
            };
            let name = settings.project.unwrap_or(folder);
            names.retain(|known| *known == project || *known != name);
        }
    }
    Ok(names)
}

/// The commit that last changed each of these resources.
fn touched<'c>(
    session: &Session,
    changes: impl Iterator<Item = &'c Change>,
) -> Result<HashMap<Address, String>, Failure> {
    let wanted: HashSet<&Address> = changes
        .flat_map(|change| [Some(&change.address), change.from.as_ref()])
        .flatten()
        .collect();
    let mut touched = HashMap::new();
    let mut each = |entry: HistoryEntry| {
        if let Some(commit) = entry.author.commit
            && wanted.contains(&entry.entry.address)
        {
            touched.insert(entry.entry.address, clean(commit));
        }
    };
    session
        .store
        .history(&HistoryFilter::default(), &mut each)?;
    Ok(touched)
}

/// Whether a commit has another in its history; where nobody can tell, it has.
fn contains(git: &GitRepo, commit: &str, other: &str) -> bool {
    match git.merge_base(commit, other) {
        Ok(base) => base == other,
        Err(_) => true,
    }
}

/// The hidden lines of a pull request's previews, of its last commit alone: what it showed before, it
/// may have taken back.
async fn plans(github: &GitHub, pull: &Pull, names: &[String]) -> Result<Vec<Marker>, Failure> {
    let markers = sticky::markers(&github.reader, &github.viewer, pull.number, names).await?;
    let last = |marker: &Marker| marker.kind == Kind::Plan && marker.head == pull.head_sha;
    Ok(markers.into_iter().filter(last).collect())
}

fn short(commit: &str) -> String {
    commit.chars().take(12).collect()
}
