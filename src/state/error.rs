//! What can go wrong with the state, said for people: what happened, where, why, what to do.

use std::io;
use std::path::{Path, PathBuf};

use super::lock::Holder;

/// Why the state could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another process writes.
    #[error("the state in {} is being written by {}", .folder.display(), named(.holder.as_deref()))]
    Locked {
        folder: PathBuf,
        /// None where the holder has not written its name yet.
        holder: Option<Box<Holder>>,
    },
    /// Bytes are not what was written.
    #[error("{} is damaged: {what}", .path.display())]
    Damaged { path: PathBuf, what: String },
    /// Written by a newer bursar.
    #[error("{} has state format {found}; this bursar knows formats up to {known}", .path.display())]
    NewerFormat {
        path: PathBuf,
        found: u32,
        known: u32,
    },
    /// The state belongs to something else.
    #[error("{} belongs to {what} `{found}`, not to `{expected}`", .path.display())]
    Foreign {
        path: PathBuf,
        /// `project`, `platform` or `lineage`.
        what: &'static str,
        found: String,
        expected: String,
    },
    /// The register cannot follow the log.
    #[error("the register in {} stands at serial {register}, the log at {log}: {why}", .path.display())]
    Behind {
        path: PathBuf,
        register: u64,
        log: u64,
        why: String,
    },
    #[error("cannot {action} {}: the disk is full ({cause})", .path.display())]
    FullDisk {
        action: &'static str,
        path: PathBuf,
        cause: io::Error,
    },
    #[error("cannot {action} {}: it may not be written here ({cause})", .path.display())]
    ReadOnly {
        action: &'static str,
        path: PathBuf,
        cause: io::Error,
    },
    #[error("cannot {action} {}: {cause}", .path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        cause: io::Error,
    },
    /// A backup that would throw away what the state has.
    #[error("the backup {} is at serial {backup}, the state already at {state}", .path.display())]
    Older {
        path: PathBuf,
        backup: u64,
        state: u64,
    },
    /// A caller asked for what makes no sense: a mistake in bursar.
    #[error("the state was asked for something impossible: {0}")]
    Misuse(String),
}

fn named(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), ToString::to_string)
}

impl StateError {
    /// The stable code, for `explain`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "state.locked",
            Self::Damaged { .. } => "state.damaged",
            Self::NewerFormat { .. } => "state.newer-format",
            Self::Foreign { .. } => "state.foreign",
            Self::Behind { .. } => "state.behind",
            Self::FullDisk { .. } => "state.full-disk",
            Self::ReadOnly { .. } => "state.read-only",
            Self::Io { .. } => "state.io",
            Self::Older { .. } => "state.older",
            Self::Misuse(_) => "state.misuse",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Locked { .. } => {
                "wait until it is done, or end that process: the lock goes with its process, there \
                 is nothing to remove"
            }
            Self::Damaged { .. } => {
                "nothing was changed; `bursar state rebuild` makes the state again from its \
                 undamaged parts, `bursar state push FILE` restores a backup"
            }
            Self::NewerFormat { .. } => "use the bursar that wrote it, or a newer one",
            Self::Foreign { .. } => {
                "check that `project:` and `platform:` in bursar.yaml and the state folder belong \
                 together"
            }
            Self::Behind { .. } => {
                "everything committed is safe in the log; see to the cause and run the command \
                 again: it makes the register anew from the log"
            }
            Self::FullDisk { .. } => {
                "make room and run the command again; what was committed before is safe"
            }
            Self::ReadOnly { .. } => {
                "let this user write to the folder, or name another with --state-dir; what was \
                 committed before is safe"
            }
            Self::Io { .. } => "see the cause; what was committed before is safe",
            Self::Older { .. } => "take a newer backup, or go back on purpose with --force",
            Self::Misuse(_) => "please report it as a bug of bursar",
        }
    }

    /// An error of the operating system, sorted by what a person can do about it.
    pub(crate) fn io(action: &'static str, path: &Path, cause: io::Error) -> Self {
        let path = path.to_owned();
        match cause.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::FullDisk {
                action,
                path,
                cause,
            },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly {
                action,
                path,
                cause,
            },
            _ => Self::Io {
                action,
                path,
                cause,
            },
        }
    }

    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}
