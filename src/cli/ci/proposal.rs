//! A pull request as a plan needs it: what it declares, what it is held against, and whose settings and
//! credentials hold meanwhile: those of the base.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::ci::api::Reader;
use crate::ci::bundle::{Bundle, LARGEST};
use crate::ci::event::{MergeGroup, PullRequest, WorkflowRun};
use crate::ci::{Event, Runner};
use crate::config::project::{self, Project, Surroundings};
use crate::config::source::{PROJECT_FILE_NAME, Source};
use crate::git::{GitError, GitRepo};
use crate::model::settings::Settings;
use crate::planning::Proposal;
use crate::planning::base::{Base, Declared};
use crate::report::text;

use super::Failure;

/// A pull request, read.
pub struct Proposed {
    /// None where a merge queue tries several.
    pub number: Option<u64>,
    /// The last commit of its branch.
    pub head: String,
    pub project: Project,
    /// The settings that hold: the base's. None where the base has none.
    pub trusted: Option<Settings>,
    pub proposal: Proposal,
    pub base: Base,
    /// Why this run can compare declarations only; none where it can plan.
    pub declarations_only: Option<String>,
    /// The texts, for a run that can do more.
    pub bundle: Option<Bundle>,
}

/// The texts of a pull request, and the commit that they are held against.
struct Texts {
    number: Option<u64>,
    head: String,
    texts: Vec<Source>,
    /// What names the base for people.
    reference: String,
    base: String,
    /// Commits of the base branch that it lacks.
    behind: usize,
    without_secrets: Option<String>,
}

/// Reads the pull request that a run is about.
pub fn read(
    root: &Path,
    runner: &Runner,
    event: &Event,
    declared: Option<&Path>,
    ask: impl FnOnce() -> Result<Reader, Failure>,
) -> Result<Proposed, Failure> {
    let git = GitRepo::discover(root)?;
    let texts = match (event, declared) {
        (Event::PullRequest(pull), None) => of_checkout(&git, pull, runner)?,
        (Event::MergeGroup(group), None) => of_group(&git, group)?,
        (Event::WorkflowRun(run), Some(path)) => of_bundle(&git, run, path, ask)?,
        (Event::WorkflowRun(_), None) => {
            return Err(Failure::new(
                "this run is about another workflow's, and nothing says what was declared there",
            )
            .code("ci.declared")
            .help("give the bundle that `ci plan` wrote there (its output `declared-file`) to `--declared`"));
        }
        (_, Some(path)) => {
            return Err(Failure::new(format!(
                "{} is a bundle of declarations, and this run was started by {}",
                path.display(),
                runner.event_name
            ))
            .code("ci.declared")
            .help("`--declared` is for a workflow that runs on `workflow_run`"));
        }
        (Event::Push(_) | Event::Other(_), None) => {
            return Err(Failure::new(format!(
                "this run was started by {}: there is no pull request to preview",
                runner.event_name
            ))
            .code("ci.nothing-to-preview")
            .help("run `bursar ci plan` on `pull_request`, on `merge_group`, or on `workflow_run` with `--declared`; `bursar plan` plans whatever is checked out"));
        }
    };
    held(root, &git, texts)
}

/// What is checked out: the pull request's merge into its base, or its branch.
fn of_checkout(git: &GitRepo, pull: &PullRequest, runner: &Runner) -> Result<Texts, Failure> {
    let parents = git.parents("HEAD")?;
    let merge = parents.len() == 2 && parents[1] == pull.head_sha;
    let (base, behind) = if merge {
        (parents[0].clone(), 0)
    } else {
        let base = git.merge_base(&pull.base_sha, "HEAD")?;
        (base, git.behind(&pull.base_sha)?)
    };
    let without_secrets = match pull.is_from_fork() {
        true => {
            let mut why =
                "This pull request comes from a fork, and runs without secrets.".to_owned();
            if let Some(path) = git.first_link("HEAD")? {
                why += &format!(" {}", link(&path));
            }
            Some(why)
        }
        false => of_dependabot(runner),
    };
    Ok(Texts {
        number: Some(pull.number),
        head: pull.head_sha.clone(),
        texts: git.files_at("HEAD")?,
        reference: pull.base_ref.clone(),
        base,
        behind,
        without_secrets,
    })
}

/// What is told of a link in a pull request from a fork.
fn link(path: &str) -> String {
    format!(
        "{} is a link, which the second workflow does not follow for a fork: put the file itself in its place.",
        text::clean(path)
    )
}

fn of_dependabot(runner: &Runner) -> Option<String> {
    let without = runner.actor == "dependabot[bot]";
    without.then(|| "Runs that dependabot starts have no secrets.".to_owned())
}

/// What a merge queue tries: all of it is held against what is merged already. The group before it in the
/// queue is not, although GitHub calls that its base: nothing of it is trusted yet.
fn of_group(git: &GitRepo, group: &MergeGroup) -> Result<Texts, Failure> {
    let head = git.commit_id("HEAD")?;
    if head != group.head_sha {
        return Err(Failure::new(format!(
            "commit {head} is checked out, and the merge group ends with {}",
            group.head_sha
        ))
        .code("ci.nothing-to-preview")
        .help("check out what started the run: actions/checkout does, without `ref`"));
    }
    let branch = group.base_ref.strip_prefix("refs/heads/");
    let branch = branch.unwrap_or(&group.base_ref);
    let merged = format!("refs/remotes/origin/{branch}");
    Ok(Texts {
        number: None,
        head,
        texts: git.files_at("HEAD")?,
        reference: branch.to_owned(),
        base: git.merge_base(&merged, "HEAD")?,
        behind: git.behind(&merged)?,
        // GitHub withholds nothing here, whoever queued it; and what a required check compares by halves
        // it must not let pass.
        without_secrets: None,
    })
}

/// What another run without secrets declared. Who wrote the pull request may have written that too: it
/// must belong to the commit that the other run was about.
fn of_bundle(
    git: &GitRepo,
    run: &WorkflowRun,
    path: &Path,
    ask: impl FnOnce() -> Result<Reader, Failure>,
) -> Result<Texts, Failure> {
    let refused = |why: String| {
        Failure::new(format!("{} cannot be used: {why}", path.display()))
            .code("ci.declared")
            .help("give the file that `ci plan` wrote in the run on `pull_request`, as it was uploaded")
    };
    let mut content = String::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut content))
        .map_err(|cause| refused(cause.to_string()))?;
    if content.len() as u64 > LARGEST {
        return Err(refused(format!("it has more than {LARGEST} bytes")));
    }
    let bundle = Bundle::parse(&content).map_err(|cause| refused(cause.to_string()))?;
    let reader = ask()?;
    let pull = super::wait_for(reader.pull(bundle.number))?;
    let same = pull.head_sha == run.head_sha
        && bundle.head == run.head_sha
        && pull.head_repository == run.head_repository;
    if !same {
        return Err(refused(format!(
            "it says that it is of #{}, whose branch ends with commit {}, and the run was about {}",
            bundle.number, pull.head_sha, run.head_sha
        )));
    }
    let base = git.commit_id("HEAD")?;
    let both = (base.as_str(), pull.head_sha.as_str());
    let merged = super::wait_for(reader.merged_files(bundle.number, both))?;
    let Some(merged) = merged else {
        return Err(refused(format!(
            "GitHub has no merge of its pull request into {base}: look whether it conflicts with its base, or the base has moved since, and run the first workflow again"
        )));
    };
    let number = bundle.number;
    let head = bundle.head.clone();
    let texts = bundle.into_texts();
    match differing(git, &texts, &merged) {
        None => {}
        Some(Differs::NoFile(path)) => {
            return Err(refused(format!(
                "the pull request's merge has no plain file {path}. Where that is a link: it is not followed for a fork, put the file itself in its place. Else the base has moved since, or somebody made it up: run the first workflow again"
            )));
        }
        Some(Differs::Otherwise(path)) => {
            return Err(refused(format!(
                "its files are not those of the pull request's merge, beginning with {path}: the base has moved since, or somebody made them up; run the first workflow again"
            )));
        }
    }
    Ok(Texts {
        number: Some(number),
        head,
        texts,
        reference: pull.base_ref,
        base,
        behind: 0,
        without_secrets: None,
    })
}

/// What is not as the merge has it, told by the path.
enum Differs {
    /// No file is there: nothing, or a link.
    NoFile(String),
    /// It reads otherwise there, or is missing here.
    Otherwise(String),
}

/// The first file that is not as the merge has it, is not there, or is missing here.
fn differing(git: &GitRepo, texts: &[Source], merged: &HashMap<String, String>) -> Option<Differs> {
    let folder = git.folder();
    let below = |path: &str| match folder.is_empty() {
        true => path.to_owned(),
        false => format!("{folder}/{path}"),
    };
    let mut given = HashSet::new();
    for text in texts {
        let path = below(&text.path);
        let named = text::clean(&text.path);
        match merged.get(&path) {
            None => return Some(Differs::NoFile(named)),
            there if there != GitRepo::content_id(&text.bytes).as_ref() => {
                return Some(Differs::Otherwise(named));
            }
            Some(_) => {}
        }
        given.insert(path);
    }
    let start = below("");
    let projects: Vec<&str> = merged
        .keys()
        .filter_map(|path| path.strip_suffix(PROJECT_FILE_NAME))
        .filter(|folder| folder.ends_with('/'))
        .filter(|folder| folder.len() > start.len() && folder.starts_with(&start))
        .collect();
    let mut missing = merged.keys().filter(|path| {
        let own = !projects.iter().any(|other| path.starts_with(other));
        let read = path
            .strip_prefix(&start)
            .is_some_and(|path| git.reads(path));
        own && read && !given.contains(*path)
    });
    missing
        .next()
        .map(|path| Differs::Otherwise(text::clean(path)))
}

/// Holds the texts to the settings of their base.
fn held(root: &Path, git: &GitRepo, texts: Texts) -> Result<Proposed, Failure> {
    let surroundings = super::session::surroundings(root);
    let before = match git.files_at(&texts.base) {
        Ok(files) => Some(files),
        Err(GitError::NoProject { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    // What holds must be known for sure: a base whose settings cannot be read has none.
    let trusted = before
        .as_ref()
        .and_then(|files| project::settings_of(files.first()?));
    let bundle = texts
        .number
        .filter(|_| texts.without_secrets.is_some())
        .map(|number| Bundle::of(number, &texts.head, &texts.texts));
    let held_to = trusted.clone().unwrap_or_default();
    let (project, settings) = project::load_proposed(root, texts.texts, &surroundings, &held_to);
    let base = before.map(|files| project::load_texts(root, files, &Surroundings::default()));
    let proposal = base
        .as_ref()
        .map(|base| Proposal::of(base, &project, &settings))
        .unwrap_or_default();
    let declarations_only = texts.without_secrets.or_else(|| match (&base, &trusted) {
        (None, _) => Some(
            "This pull request begins the project: state and credentials that it names are not used before it is merged.".to_owned(),
        ),
        (Some(_), None) => Some(
            "The settings of the base cannot be read, so that nothing says which state and credentials to trust.".to_owned(),
        ),
        _ => None,
    });
    let mut notes = Vec::new();
    if texts.number.is_none() {
        notes.push(format!(
            "this is a merge queue's try: all pull requests that would be merged into {} with it, those that wait before it as well",
            texts.reference
        ));
    }
    if git.head_commit()?.is_some_and(|head| head.dirty) {
        notes.push(
            "files of this work tree that are not committed were not looked at: a plan is of what is proposed".to_owned(),
        );
    }
    if texts.behind > 0 {
        notes.push(format!(
            "{} has {} that this branch lacks: what they declare looks like a removal or a change back here; merge {} or rebase",
            texts.reference,
            text::count(texts.behind, "commit", "commits"),
            texts.reference,
        ));
    }
    let name = |settings: &Settings| settings.project.clone();
    if let (Some(now), Some(then)) = (name(&settings), trusted.as_ref().and_then(name))
        && now != then
    {
        notes.push(format!(
            "the project is called {now} here, and its state belongs to {then}: after the merge an apply refuses that (state.foreign)"
        ));
    }
    let declared = match base {
        None => Declared::Nothing,
        Some(base) => Declared::Otherwise(Box::new(base)),
    };
    Ok(Proposed {
        number: texts.number,
        head: texts.head,
        project,
        trusted,
        proposal,
        base: Base {
            reference: texts.reference,
            commit: texts.base,
            behind: texts.behind,
            declared,
            notes,
        },
        declarations_only,
        bundle,
    })
}

/// Where a bundle is written.
pub fn bundle_path(temp: &Path) -> PathBuf {
    temp.join("bursar-declared.json")
}
