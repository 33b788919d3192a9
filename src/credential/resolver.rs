//! From a reference to its secret: environment, files, commands.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;

use super::error::CredentialError;
use super::secret::Secret;
use super::{exec, inspect};
use crate::model::secret_ref::SecretRef;

/// A secret in a file or from a command may be this many bytes at most.
pub(super) const LIMIT: usize = 1024 * 1024;
/// A command may take this long.
const DEADLINE: Duration = Duration::from_secs(30);

/// Looks up environment variables: the process's own, or a test's.
pub type Env = Arc<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// Whether commands may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exec {
    /// Not without `--allow-exec`.
    #[default]
    NotAllowed,
    /// With `--allow-exec`.
    Allowed,
    /// Never under `--offline`, whatever else was said.
    Offline,
    /// Never under `ci plan`: a pull request is somebody else's text.
    PullRequest,
}

/// What is known about where a secret came from, beside the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// The file's mode lets others than its owner read it. Known on Unix only.
    pub readable_by_others: bool,
    /// When the file was last written.
    pub modified: Option<Timestamp>,
}

/// What one command gave, shared by all who ask for it.
type Ran = Arc<OnceLock<Result<Secret, CredentialError>>>;

/// Resolves references. One for each run: what a command prints is asked for once.
pub struct Resolver {
    pub(super) root: PathBuf,
    pub(super) exec: Exec,
    pub(super) inside_only: bool,
    env: Env,
    pub(super) deadline: Duration,
    ran: Mutex<HashMap<Vec<String>, Ran>>,
}

impl Resolver {
    /// Resolves from the process's own environment; files are relative to `root`, the project's
    /// folder; commands are not allowed.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            exec: Exec::default(),
            inside_only: false,
            env: Arc::new(|name| std::env::var_os(name)),
            deadline: DEADLINE,
            ran: Mutex::default(),
        }
    }

    /// Whether commands may be run.
    #[must_use]
    pub fn exec(mut self, exec: Exec) -> Self {
        self.exec = exec;
        self
    }

    /// Whether commands never run, whatever the user says.
    #[must_use]
    pub fn never_runs_commands(&self) -> bool {
        matches!(self.exec, Exec::Offline | Exec::PullRequest)
    }

    /// Whether this run works for a pull request: somebody else's text.
    #[must_use]
    pub fn for_pull_request(&self) -> bool {
        self.exec == Exec::PullRequest
    }

    /// Refuses files outside the project's folder, also behind symbolic links: for `ci plan`.
    #[must_use]
    pub fn inside_only(mut self, inside_only: bool) -> Self {
        self.inside_only = inside_only;
        self
    }

    /// Looks variables up elsewhere.
    #[must_use]
    pub fn env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// How long a command may take. Default: 30 s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The secret behind a reference.
    ///
    /// # Errors
    /// Why it is not at hand, with what to do; never with any of its bytes.
    pub fn resolve(&self, reference: &SecretRef) -> Result<Secret, CredentialError> {
        self.resolve_with_origin(reference)
            .map(|(secret, _)| secret)
    }

    /// The secret behind a reference, with what is known about its place.
    ///
    /// # Errors
    /// Why it is not at hand, with what to do; never with any of its bytes.
    pub fn resolve_with_origin(
        &self,
        reference: &SecretRef,
    ) -> Result<(Secret, Origin), CredentialError> {
        let plain = |secret| (secret, Origin::default());
        match (&reference.env, &reference.file, &reference.exec) {
            (Some(name), None, None) => self.of_env(reference, name).map(plain),
            (None, Some(path), None) => self.of_file(reference, path),
            (None, None, Some(command)) => self.of_exec(reference, command).map(plain),
            _ => Err(CredentialError::no_source()),
        }
    }

    /// Forgets what a command gave: the secret behind it was replaced.
    pub fn forget(&self, reference: &SecretRef) {
        if let Some(command) = &reference.exec {
            let mut ran = self.ran.lock().unwrap_or_else(PoisonError::into_inner);
            ran.remove(command);
        }
    }

    fn of_env(&self, reference: &SecretRef, name: &str) -> Result<Secret, CredentialError> {
        // `std::env::var_os` may panic on such names.
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(CredentialError::env_missing(name));
        }
        let value = (self.env)(name).ok_or_else(|| CredentialError::env_missing(name))?;
        let value = value
            .into_string()
            .map_err(|_| CredentialError::not_text(&reference.to_string()))?;
        secret(reference, value.into_bytes())
    }

    fn of_file(
        &self,
        reference: &SecretRef,
        path: &str,
    ) -> Result<(Secret, Origin), CredentialError> {
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => CredentialError::file_missing(path, &self.root),
            kind => CredentialError::file_unreadable(path, &kind.to_string()),
        };
        let mut full = self.root.join(path);
        if self.inside_only {
            full = self.inside(path, &full, failed)?;
        }
        // Asked before it is opened, as opening a named pipe would wait for a writer.
        let meta = fs::metadata(&full).map_err(failed)?;
        if !meta.is_file() {
            let what = if meta.is_dir() {
                "it is a folder"
            } else {
                "it is no regular file"
            };
            return Err(CredentialError::file_unreadable(path, what));
        }
        if meta.len() > LIMIT as u64 {
            return Err(CredentialError::too_large(reference, LIMIT));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(
            usize::try_from(meta.len()).unwrap_or_default() + 1,
        ));
        File::open(&full)
            .and_then(|file| file.take(LIMIT as u64 + 1).read_to_end(&mut bytes))
            .map_err(failed)?;
        if bytes.len() > LIMIT {
            return Err(CredentialError::too_large(reference, LIMIT));
        }
        let origin = Origin {
            readable_by_others: readable_by_others(&meta),
            modified: meta
                .modified()
                .ok()
                .and_then(|at| Timestamp::try_from(at).ok()),
        };
        Ok((secret(reference, std::mem::take(&mut *bytes))?, origin))
    }

    /// The real path of a file, which must be inside the project's folder.
    pub(super) fn inside(
        &self,
        path: &str,
        full: &Path,
        failed: impl Fn(std::io::Error) -> CredentialError,
    ) -> Result<PathBuf, CredentialError> {
        // Judged by its text first: whether a file outside exists is nobody's business either.
        let leaves = Path::new(path)
            .components()
            .try_fold(0_u32, |depth, part| match part {
                std::path::Component::Normal(_) => Some(depth + 1),
                std::path::Component::CurDir => Some(depth),
                std::path::Component::ParentDir => depth.checked_sub(1),
                _ => None,
            });
        if leaves.is_none() {
            return Err(CredentialError::outside_project(path));
        }
        let real = dunce::canonicalize(full).map_err(failed)?;
        let root = dunce::canonicalize(&self.root)
            .map_err(|error| CredentialError::file_unreadable(path, &error.kind().to_string()))?;
        if real.starts_with(root) {
            Ok(real)
        } else {
            Err(CredentialError::outside_project(path))
        }
    }

    fn of_exec(
        &self,
        reference: &SecretRef,
        command: &[String],
    ) -> Result<Secret, CredentialError> {
        match self.exec {
            Exec::Allowed => {}
            Exec::NotAllowed => return Err(CredentialError::exec_not_allowed(reference)),
            Exec::Offline => return Err(CredentialError::exec_offline(reference)),
            Exec::PullRequest => return Err(CredentialError::exec_in_pull_request(reference)),
        }
        let ran = {
            let mut ran = self.ran.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(ran.entry(command.to_vec()).or_default())
        };
        // Who asks for the same command meanwhile waits for this answer.
        ran.get_or_init(|| {
            exec::run(reference, command, &self.root, self.deadline)
                .and_then(|bytes| secret(reference, bytes))
        })
        .clone()
    }
}

/// A secret of those bytes: without the line break that editors and commands put at the end, and
/// without a byte order mark. Binary files stay as they are.
fn secret(reference: &SecretRef, bytes: Vec<u8>) -> Result<Secret, CredentialError> {
    let bytes = Zeroizing::new(bytes);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(CredentialError::not_text(&reference.to_string()));
    }
    let kept = match std::str::from_utf8(&bytes) {
        Ok(text) => inspect::without_bom(text)
            .trim_end_matches(['\r', '\n'])
            .as_bytes(),
        Err(_) => &bytes,
    };
    if kept.iter().all(u8::is_ascii_whitespace) {
        return Err(CredentialError::empty(reference));
    }
    Ok(Secret::new(kept.to_vec()))
}

#[cfg(unix)]
fn readable_by_others(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o044 != 0
}

#[cfg(not(unix))]
fn readable_by_others(_: &fs::Metadata) -> bool {
    false
}
