//! What the commands that plan have in common: reading, asking, comparing.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::access::Board;
use crate::config::diagnostic::Diagnostic;
use crate::config::project::{self, Project, Surroundings};
use crate::git::GitRepo;
use crate::model::record::Author;
use crate::model::settings::Settings;
use crate::model::time::Date;
use crate::planning::base::{Base, Marks};
use crate::planning::{self, Observed, Planned, Request};
use crate::platform::onicloud::Onicloud;
use crate::platform::{LOCAL, PlatformWriter};
use crate::provider;
use crate::report::Look;
use crate::report::diagnostics::{Paths, human};
use crate::report::plan::{By, Shown};
use crate::state::{Binding, EmbeddedStore, Holder, SharedStore, Snapshot, StateError, Store};
use crate::storage;

use super::{Context, Exit, Failure};

pub use super::asking::{
    AccessArgs, Asked, Proof, Trust, ask, asking, at_least_one, prove, resolver,
};

/// A project's folder with what is known before its files are read.
pub struct Session {
    pub root: PathBuf,
    pub store: Store,
    pub platform: Option<Box<dyn PlatformWriter>>,
    binding: Binding,
}

impl Session {
    pub fn open(context: &mut Context) -> Result<Self, Failure> {
        let root = context.root()?;
        let Some(settings) = project::settings(&root) else {
            // Whatever is wrong is told by the project as a whole.
            context.sound_project()?;
            return Err(Failure::new("bursar.yaml does not say where the state is"));
        };
        Self::of(root, &settings, None, context.now)
    }

    /// As these settings say, wherever they come from. `folder` is where an embedded state is kept;
    /// without it, in the project.
    pub fn of(
        root: PathBuf,
        settings: &Settings,
        folder: Option<&Path>,
        now: jiff::Timestamp,
    ) -> Result<Self, Failure> {
        let platform = platform(&root, settings, now);
        let name = platform.as_ref().map_or(LOCAL, |platform| platform.name());
        let binding = planning::binding(settings, name);
        let folder = folder.map_or_else(|| planning::state_folder(&root), Path::to_path_buf);
        let store = store(folder, settings, &binding)?;
        Ok(Self {
            binding,
            root,
            store,
            platform,
        })
    }

    /// Whether there is a state already.
    pub fn has_state(&self) -> Result<bool, StateError> {
        self.store.exists()
    }

    /// A failure, with who has the lease where that was lost.
    pub fn lost(&self, failure: Failure) -> Failure {
        let (true, Store::Shared(store)) = (failure.is("state.lease-lost"), &self.store) else {
            return failure;
        };
        let Ok(lease) = store.describe().map(|state| state.lease) else {
            return failure;
        };
        failure.help(match lease {
            Some((holder, terms)) => format!(
                "{holder} has it now, under the lease {} until {}",
                terms.lease, terms.until
            ),
            None => "nobody has it now".to_owned(),
        })
    }

    /// The state in the project's own folder, whatever `state:` says.
    pub fn embedded(&self) -> EmbeddedStore {
        EmbeddedStore::new(planning::state_folder(&self.root), self.binding.clone())
    }

    /// What the rules need to know from around the files.
    pub fn surroundings(&self) -> Surroundings {
        surroundings(&self.root)
    }

    /// What the platform has; none where the state is the register, or offline. A document is
    /// read offline too: it is a file.
    pub fn observe(&self, snapshot: &Snapshot, offline: bool) -> Result<Option<Observed>, Failure> {
        let platform = self.platform.as_deref();
        let Some(platform) = platform.filter(|one| !offline || one.is_document()) else {
            return Ok(None);
        };
        let recorded = match platform.is_document() {
            true => snapshot.records()?,
            false => Vec::new(),
        };
        let listing = wait(platform.list(&recorded))?.map_err(|error| {
            let failure = match error.code() {
                Some(code) => Failure::new(error.to_string()).code(code),
                None => Failure::new(format!("cannot list what is registered: {error}"))
                    .code("platform.list"),
            };
            failure.help(error.help().to_owned())
        })?;
        Ok(Some(Observed {
            listing,
            destroys: platform.destroys(),
        }))
    }
}

/// What the rules need to know from around the files of a project.
pub fn surroundings(root: &Path) -> Surroundings {
    let root = root.to_path_buf();
    let tracked = move || {
        GitRepo::discover(&root)
            .and_then(|repository| repository.tracked_paths())
            .unwrap_or_default()
    };
    Surroundings::new(
        tracked,
        provider::checks().iter().map(|check| check.id).collect(),
    )
}

/// Where `state:` says.
fn store(folder: PathBuf, settings: &Settings, binding: &Binding) -> Result<Store, StateError> {
    let binding = binding.clone();
    Ok(match storage::place(&settings.state)? {
        None => Store::Embedded(EmbeddedStore::new(folder, binding)),
        Some(place) => Store::Shared(SharedStore::new(place, binding, Arc::new(waiting))),
    })
}

/// Says on standard error why nothing seems to happen.
fn waiting(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The platform that the settings name; none where the state is the register.
fn platform(
    root: &Path,
    settings: &Settings,
    now: jiff::Timestamp,
) -> Option<Box<dyn PlatformWriter>> {
    if let Some(platform) = test_dir() {
        return Some(platform);
    }
    let onicloud = settings.platform.onicloud.as_ref()?;
    let today = Date::new(now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let platform = Onicloud::new(root, onicloud, &settings.structure, today.month());
    Some(Box::new(platform))
}

#[cfg(feature = "testkit")]
fn test_dir() -> Option<Box<dyn PlatformWriter>> {
    use crate::platform::test_dir::{TestDir, VARIABLE};
    let folder = std::env::var_os(VARIABLE)?;
    Some(Box::new(TestDir::new(folder)))
}

#[cfg(not(feature = "testkit"))]
const fn test_dir() -> Option<Box<dyn PlatformWriter>> {
    None
}

/// Waits for something that talks to a network.
pub fn wait<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|cause| Failure::new(format!("cannot start: {cause}")))?;
    Ok(runtime.block_on(future))
}

/// Compares a sound project with a state.
pub fn compare(
    session: &Session,
    project: Project,
    snapshot: &Snapshot,
    offline: bool,
    request: &Request,
) -> Result<Planned, Failure> {
    let (planned, _) = compare_with(session, project, snapshot, offline, request, None)?;
    Ok(planned)
}

/// Compares a sound project with a state, and tells apart what a branch changes since its base. The
/// platform is asked once.
pub fn compare_with(
    session: &Session,
    project: Project,
    snapshot: &Snapshot,
    offline: bool,
    request: &Request,
    base: Option<Base>,
) -> Result<(Planned, Option<Marks>), Failure> {
    let observed = session.observe(snapshot, offline)?;
    let observed = observed.as_ref();
    let guard = snapshot.guard();
    let (mut planned, marks) = match base {
        None => {
            let planned = planning::plan(project, snapshot, observed, guard, request)?;
            (planned, None)
        }
        Some(base) => {
            let (mut planned, marks) = base.plan(project, snapshot, observed, guard, request)?;
            if marks.may_lack(&planned.plan)
                && let Some(tip) = super::base::tip(&session.root, &marks.reference)
            {
                marks.tell_lacking(&mut planned, &tip);
            }
            (planned, Some(marks))
        }
    };
    if let Some(platform) = &session.platform {
        let declared = planned.desired.resources.iter();
        let declared: Vec<_> = declared.map(|one| (&one.address, &one.spec)).collect();
        planned.not_carried = platform.not_carried(&declared);
    }
    Ok((planned, marks))
}

/// Prints the refusals of a plan, if there are any. Returns whether there were.
pub fn refuse(planned: &Planned, context: &mut Context) -> Result<bool, Failure> {
    let paths = context.paths(&planned.project.sources.root);
    let report = refusals(planned, &paths, context.printer.look());
    context.printer.print(&report)?;
    Ok(!report.is_empty())
}

/// The refusals of a plan, with what to paste; nothing where there are none.
pub fn refusals(planned: &Planned, paths: &Paths, look: Look) -> String {
    if planned.plan.refusals.is_empty() {
        return String::new();
    }
    render(planned, &planning::refusals(planned), paths, look)
}

/// The same where no command line can delete at once.
pub fn reviewed_refusals(planned: &Planned, paths: &Paths, look: Look) -> String {
    if planned.plan.refusals.is_empty() {
        return String::new();
    }
    render(planned, &without_flag(planned), paths, look)
}

/// A plan's refusals, without the way of a command line.
pub fn without_flag(planned: &Planned) -> Vec<Diagnostic> {
    let mut diagnostics = planning::refusals(planned);
    for diagnostic in &mut diagnostics {
        diagnostic.help = diagnostic.help.replace(planning::FLAG, "");
    }
    diagnostics
}

fn render(planned: &Planned, diagnostics: &[Diagnostic], paths: &Paths, look: Look) -> String {
    let report = human::render(diagnostics, &planned.project.sources, paths, look);
    let paste = crate::report::plan::removed::section(&planned.plan.refusals);
    format!("\n{report}{paste}")
}

/// A plan with all that it is shown with.
pub fn shown<'a>(
    planned: &'a Planned,
    lines: &'a planning::Lines<'a>,
    board: &'a Board,
    by: By,
    offline: bool,
    now: jiff::Timestamp,
) -> Shown<'a> {
    Shown {
        planned,
        lines,
        board,
        compared: &[],
        by,
        offline,
        applies: false,
        marks: None,
        now,
    }
}

/// Who is at work here, for the lock.
pub fn holder(context: &Context, command: &str) -> Holder {
    Holder {
        by: by(),
        pid: std::process::id(),
        command: command.to_owned(),
        since: at(context),
    }
}

/// Who changes the state, when and on whose behalf.
pub fn author(
    context: &Context,
    root: &Path,
    command: &str,
    guard: crate::model::settings::Guard,
) -> Author {
    let head = GitRepo::discover(root)
        .and_then(|repository| repository.head_commit())
        .ok()
        .flatten();
    Author {
        at: at(context),
        by: by(),
        commit: head.as_ref().map(|head| {
            if head.dirty {
                format!("{}-dirty", head.id)
            } else {
                head.id.clone()
            }
        }),
        commit_author: head.map(|head| head.author),
        pull_request: None,
        command: command.to_owned(),
        guard: Some(guard),
    }
}

/// `now` as the state writes it: UTC, RFC 3339, seconds.
pub fn at(context: &Context) -> String {
    context.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn by() -> String {
    use super::env;
    let user = env::get(env::GITHUB_ACTOR)
        .or_else(|| env::get(env::USER))
        .or_else(|| env::get(env::LOGNAME))
        .or_else(|| env::get(env::USERNAME))
        .unwrap_or_else(nameless);
    format!("{user}@{}", host())
}

#[cfg(not(windows))]
fn nameless() -> String {
    format!("uid {}", rustix::process::getuid().as_raw())
}

#[cfg(not(windows))]
fn host() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}

#[cfg(windows)]
fn nameless() -> String {
    "unknown".to_owned()
}

/// Windows sets it for every process; one that is started without an environment goes nameless.
#[cfg(windows)]
fn host() -> String {
    super::env::get(super::env::COMPUTERNAME).unwrap_or_else(|| "windows".to_owned())
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        let held = matches!(
            error,
            StateError::Locked { .. } | StateError::LeaseLost { .. }
        );
        let exit = if held { Exit::Locked } else { Exit::Error };
        Self::new(error.to_string())
            .code(error.code())
            .help(error.help())
            .exit_with(exit)
    }
}
