//! A run's desk: the runner, its event, GitHub, and the outputs that every command ends with.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Serialize;

use crate::ci::api::{Reader, Viewer, Writer};
use crate::ci::commands::{self, Annotation, Level};
use crate::ci::marker::Marker;
use crate::ci::outputs::Outputs;
use crate::ci::sticky::{self, Posted};
use crate::ci::{CiError, Event, Runner};
use crate::cli::{env, session};
use crate::credential::{self, Resolver, Secret};
use crate::engine::change::Summary;
use crate::git::GitRepo;
use crate::model::secret_ref::SecretRef;
use crate::report::diagnostics::Paths;
use crate::report::markdown::{self, Head, Page, SUMMARY};
use crate::state::{Holder, StateError};

use super::{Context, Exit, Failure};

/// What a command of a runner works with.
pub struct Desk {
    pub runner: Runner,
    pub event: Event,
    pub outputs: Outputs,
    /// Whose token it is: asked once.
    viewer: OnceLock<Viewer>,
}

/// GitHub, as the run's token sees it.
pub struct GitHub {
    pub reader: Reader,
    pub writer: Writer,
    pub viewer: Viewer,
}

/// Why a run did not end well, for the output `failure-reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The files do not hold.
    Invalid,
    /// The plan may not be applied.
    Refused,
    /// A change must prove its access first.
    Blocked,
    ApplyFailed,
    /// Nobody saw a change before it was merged.
    Unpreviewed,
    StateLocked,
    /// A check found trouble.
    Access,
    Error,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::Blocked => "blocked",
            Self::ApplyFailed => "apply-failed",
            Self::Unpreviewed => "unpreviewed",
            Self::StateLocked => "state-locked",
            Self::Access => "access",
            Self::Error => "error",
        }
    }
}

/// What a command of a runner came to.
pub struct Ended {
    pub exit: Exit,
    /// None where all went well.
    pub reason: Option<Reason>,
}

impl Ended {
    pub const WELL: Self = Self {
        exit: Exit::Ok,
        reason: None,
    };

    pub const fn badly(reason: Reason) -> Self {
        Self {
            exit: Exit::Error,
            reason: Some(reason),
        }
    }
}

impl Desk {
    pub fn open() -> Result<Self, Failure> {
        let runner = Runner::from_env(&env::get)?;
        let event = Event::read(&runner)?;
        let outputs = Outputs::new(&runner);
        Ok(Self {
            runner,
            event,
            outputs,
            viewer: OnceLock::new(),
        })
    }

    /// GitHub, with the token of the environment.
    pub async fn github(&self) -> Result<GitHub, CiError> {
        let token = token()?;
        let reader = Reader::new(&self.runner, token.clone())?;
        let writer = Writer::new(&self.runner, token)?;
        let viewer = match self.viewer.get() {
            Some(known) => known.clone(),
            None => {
                let viewer = reader.viewer().await?;
                self.viewer.get_or_init(|| viewer).clone()
            }
        };
        Ok(GitHub {
            reader,
            writer,
            viewer,
        })
    }

    /// A folder that outlives this step, and not the job.
    pub fn temp(&self) -> PathBuf {
        self.runner.temp.clone().unwrap_or_else(std::env::temp_dir)
    }

    /// What tells a project from others of its repository: its name, or its folder. Empty for one without
    /// a name at the top.
    pub fn project(root: &Path, name: Option<&str>) -> String {
        let folder = || {
            let top = GitRepo::discover(root).ok()?.top()?;
            let below = dunce::canonicalize(root).ok()?;
            let below = below.strip_prefix(top).ok()?;
            Some(below.to_string_lossy().replace('\\', "/"))
        };
        name.map(str::to_owned).or_else(folder).unwrap_or_default()
    }

    /// How files of a project are named from the repository's top.
    pub fn paths(root: &Path) -> Paths {
        let top = GitRepo::discover(root).ok().and_then(|git| git.top());
        Paths::seen_from(top.as_deref(), root)
    }

    /// Sets the numbers of a plan.
    pub fn count(&self, summary: &Summary, drifted: usize) -> Result<(), CiError> {
        for (name, number) in [
            ("to-add", summary.add),
            ("to-change", summary.change),
            ("to-rename", summary.rename),
            ("to-delete", summary.delete),
            ("to-forget", summary.forget),
            ("to-adopt", summary.adopt),
            ("waiting", summary.wait),
            ("blocked", summary.blocked),
            ("drifted", drifted),
        ] {
            self.outputs.set(name, &number.to_string())?;
        }
        Ok(())
    }

    /// Has GitHub hide the secrets of this run in the whole log, also from later steps. On a runner such
    /// a line is read by GitHub and not shown; anywhere else it would show what it is to hide.
    fn mask(context: &mut Context) -> Result<(), Failure> {
        if env::get(env::GITHUB_ACTIONS).as_deref() != Some("true") {
            return Ok(());
        }
        let mut lines = String::new();
        credential::hand_to_masking(&mut |secret| lines += &commands::mask(secret));
        command(context, &lines)
    }

    /// Prints text for the log, in which nothing can be a command.
    pub fn log(context: &mut Context, title: &str, text: &str) -> Result<(), Failure> {
        Self::mask(context)?;
        command(context, &commands::group(title))?;
        context.printer.print(text)?;
        context.printer.print("\n")?;
        command(context, commands::end_group())
    }

    /// Tells why a run ended as it did, in outputs and as an annotation, and gives it on.
    pub fn end(
        &self,
        ended: Result<Ended, Failure>,
        context: &mut Context,
    ) -> Result<Exit, Failure> {
        Self::mask(context)?;
        let reason = match &ended {
            Ok(ended) => ended.reason,
            Err(failure) => Some(reason(failure)),
        };
        self.outputs
            .set("failure-reason", reason.map_or("", Reason::as_str))?;
        if let Err(failure) = &ended
            && failure.is_told()
        {
            annotate(failure, context)?;
            if !self.outputs.has_summary() {
                let page = Page::new(SUMMARY, "the log of this step has all");
                let text = told(failure);
                let head = Head {
                    commit: &self.runner.sha,
                    ..Head::default()
                };
                let summary = markdown::invalid(head, "nothing was done", &text, page);
                self.outputs.summary(&summary)?;
            }
        }
        ended.map(|ended| ended.exit)
    }

    /// Says who holds a state.
    pub fn locked(&self, error: &StateError) -> Result<(), CiError> {
        let StateError::Locked {
            folder,
            holder,
            lease,
        } = error
        else {
            return Ok(());
        };
        let info = LockInfo {
            place: folder.display().to_string(),
            by: holder.as_ref().map(|holder| holder.by.clone()),
            command: holder.as_ref().map(|holder| holder.command.clone()),
            since: holder.as_ref().map(|holder| holder.since.clone()),
            lease: lease.as_ref().map(|terms| terms.lease.clone()),
        };
        let json = serde_json::to_string(&info).unwrap_or_default();
        self.outputs.set("lock-info", &json)
    }

    /// Who is at work here, for the lock: on a runner that is a run.
    pub fn holder(&self, context: &Context, command: &str) -> Holder {
        let mut holder = session::holder(context, command);
        holder.by = format!("{} ({})", holder.by, self.runner.run_url());
        holder
    }
}

impl GitHub {
    /// Comments on a pull request, in place of our earlier comment about the same.
    pub async fn comment(
        &self,
        number: u64,
        marker: &Marker,
        text: &str,
    ) -> Result<Posted, CiError> {
        sticky::comment(
            &self.reader,
            &self.writer,
            &self.viewer,
            number,
            marker,
            text,
        )
        .await
    }
}

impl GitHub {
    /// Whether our comment about the same stands already.
    pub async fn has(&self, number: u64, marker: &Marker) -> Result<bool, CiError> {
        let comments = self.reader.comments(number).await?;
        let found = sticky::find(&comments, &self.viewer, marker.kind, &marker.project);
        Ok(found.is_some())
    }
}

/// The output `lock-info`.
#[derive(Serialize)]
struct LockInfo {
    place: String,
    by: Option<String>,
    command: Option<String>,
    since: Option<String>,
    lease: Option<String>,
}

/// Tells of a run that ended before it had a desk, where GitHub looks.
pub fn fail(failure: &Failure, context: &mut Context) {
    let path = |name: &str| env::get(name).map(PathBuf::from);
    let outputs = Outputs::at(path(env::GITHUB_OUTPUT), path(env::GITHUB_STEP_SUMMARY));
    let _ = outputs.set("failure-reason", reason(failure).as_str());
    let page = Page::new(SUMMARY, "the log of this step has all");
    let summary = markdown::invalid(Head::default(), "could not begin", &told(failure), page);
    let _ = outputs.summary(&summary);
    if env::get(env::GITHUB_ACTIONS).as_deref() == Some("true") {
        let _ = annotate(failure, context);
    }
}

/// A failure as the terminal shows it.
pub fn told(failure: &Failure) -> String {
    crate::report::failure(
        failure.code,
        &failure.message,
        &failure.help,
        &failure.paste,
        markdown::LOOK,
    )
}

fn annotate(failure: &Failure, context: &mut Context) -> Result<(), Failure> {
    let mut message = failure.message.clone();
    for help in &failure.help {
        message += &format!("\nhelp: {help}");
    }
    let told = Annotation {
        level: Level::Error,
        file: None,
        line: None,
        title: failure.code.unwrap_or("bursar").to_owned(),
        message,
    };
    command(context, &commands::annotations(&[told]))
}

/// The word that opens and closes the windows for commands; none where this is no runner.
static WORD: OnceLock<Option<String>> = OnceLock::new();

/// Closes the log to commands: from here on only [`command`] gives any. Free text, ours or others', on
/// either output, is text.
pub fn close(context: &mut Context) -> Result<(), Failure> {
    if env::get(env::GITHUB_ACTIONS).as_deref() != Some("true") {
        return Ok(());
    }
    let word = commands::word()
        .map_err(|cause| Failure::new(format!("this machine gives no random numbers: {cause}")))?;
    context.printer.print(&commands::close(&word))?;
    context.printer.flush()?;
    WORD.get_or_init(|| Some(word));
    Ok(())
}

/// Gives GitHub commands.
pub fn command(context: &mut Context, text: &str) -> Result<(), Failure> {
    if text.is_empty() {
        return Ok(());
    }
    match WORD.get().and_then(Option::as_deref) {
        Some(word) => context.printer.print(&commands::window(word, text))?,
        None => context.printer.print(text)?,
    }
    context.printer.flush()?;
    Ok(())
}

fn reason(failure: &Failure) -> Reason {
    match (failure.exit(), failure.code) {
        (Exit::Locked, _) => Reason::StateLocked,
        (_, Some("ci.unpreviewed")) => Reason::Unpreviewed,
        (Exit::Stale, _) => Reason::ApplyFailed,
        (_, Some(code)) if code.starts_with("apply.") => Reason::ApplyFailed,
        _ => Reason::Error,
    }
}

fn token() -> Result<Secret, CiError> {
    let reference = SecretRef {
        env: Some(env::GITHUB_TOKEN.to_owned()),
        ..SecretRef::default()
    };
    Resolver::new(".")
        .resolve(&reference)
        .map_err(|cause| CiError::Token {
            doing: "ask GitHub".to_owned(),
            why: cause.to_string(),
        })
}

impl From<CiError> for Failure {
    fn from(error: CiError) -> Self {
        Self::new(error.to_string())
            .code(error.code())
            .help(error.help())
    }
}
