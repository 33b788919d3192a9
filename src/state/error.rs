//! What can go wrong with the state, said for people: what happened, where, why, what to do.

use std::io;
use std::path::{Path, PathBuf};

use super::lock::Holder;

/// Why the state could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another process writes.
    #[error("the state in {} is being written by {}{}", .folder.display(), named(.holder.as_deref()), termed(.lease.as_deref()))]
    Locked {
        folder: PathBuf,
        /// None where the holder has not written its name yet.
        holder: Option<Box<Holder>>,
        /// Of a shared state.
        lease: Option<Box<Terms>>,
    },
    /// The lease of a shared state went to somebody else, or could not be renewed in time.
    #[error("this process no longer holds the lease {lease} of the state in {}: {why}", .place.display())]
    LeaseLost {
        place: PathBuf,
        lease: String,
        why: String,
    },
    /// `state unlock` with a lease that is not the one that stands.
    #[error("the state in {} is not held under the lease `{asked}`; {}", .place.display(), standing(.found.as_deref()))]
    OtherLease {
        place: PathBuf,
        asked: String,
        found: Option<String>,
    },
    /// The store takes writes whose condition does not hold.
    #[error("{} cannot keep a state: {what}", .place.display())]
    NoConditions { place: PathBuf, what: String },
    /// The state was migrated to another place.
    #[error("the state in {} was moved to {to} by {by}, at {at}", .place.display())]
    Moved {
        place: PathBuf,
        to: String,
        by: String,
        at: String,
    },
    /// Something that is only done to the other kind of state.
    #[error("{what}")]
    Elsewhere { what: String, help: &'static str },
    /// The object store refused or could not be reached.
    #[error("cannot {action} {}: {cause}", .path.display())]
    Remote {
        action: &'static str,
        path: PathBuf,
        kind: RemoteTrouble,
        cause: String,
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
    /// A backup that stands at a serial of the state, and differs from it there.
    #[error("the backup {} and the state went different ways: at serial {serial} they have different {what}", .path.display())]
    Forked {
        path: PathBuf,
        serial: u64,
        /// `records`, or announced changes.
        what: &'static str,
    },
    /// A migration that arrived, and whose end here failed.
    #[error("the state arrived in {to}, but still stands in {} too: {cause}", .from.display())]
    HalfMoved {
        from: PathBuf,
        to: String,
        cause: Box<StateError>,
    },
    /// A rebuild that would forget announced changes.
    #[error("{open} announced {} cannot be read any more, in {}: whether the platform has what they announced is not known", if *.open == 1 { "change" } else { "changes" }, .path.display())]
    Unknown { path: PathBuf, open: usize },
    /// A caller asked for what makes no sense: a mistake in bursar.
    #[error("the state was asked for something impossible: {0}")]
    Misuse(String),
}

/// The terms of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What `state unlock` asks for.
    pub lease: String,
    /// UTC, RFC 3339, by the holder's clock: it may be extended until then.
    pub until: String,
}

/// Why an object store did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteTrouble {
    /// No such bucket or container.
    NoBucket,
    /// Signed in, and not allowed; or not signed in.
    Denied,
    /// There is nothing to sign in with.
    NoCredentials,
    /// The bucket is in another region.
    Region,
    /// This machine's clock is wrong.
    Clock,
    /// No answer.
    Unreachable,
    /// Anything else.
    Other,
}

fn termed(lease: Option<&Terms>) -> String {
    lease.map_or_else(String::new, |terms| {
        format!(", under the lease {} until {}", terms.lease, terms.until)
    })
}

fn standing(found: Option<&str>) -> String {
    match found {
        Some(found) => format!("the lease that stands is {found}"),
        None => "nobody holds it".to_owned(),
    }
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
            Self::LeaseLost { .. } => "state.lease-lost",
            Self::OtherLease { .. } => "state.other-lease",
            Self::NoConditions { .. } => "state.no-conditions",
            Self::Moved { .. } => "state.moved",
            Self::Elsewhere { .. } => "state.elsewhere",
            Self::Remote { kind, .. } => match kind {
                RemoteTrouble::NoBucket => "state.no-bucket",
                RemoteTrouble::Denied => "state.denied",
                RemoteTrouble::NoCredentials => "state.no-credentials",
                RemoteTrouble::Region => "state.region",
                RemoteTrouble::Clock => "state.clock",
                RemoteTrouble::Unreachable => "state.unreachable",
                RemoteTrouble::Other => "state.remote",
            },
            Self::Damaged { .. } => "state.damaged",
            Self::NewerFormat { .. } => "state.newer-format",
            Self::Foreign { .. } => "state.foreign",
            Self::Behind { .. } => "state.behind",
            Self::FullDisk { .. } => "state.full-disk",
            Self::ReadOnly { .. } => "state.read-only",
            Self::Io { .. } => "state.io",
            Self::Older { .. } => "state.older",
            Self::Forked { .. } => "state.forked",
            Self::HalfMoved { .. } => "state.half-moved",
            Self::Unknown { .. } => "state.unknown-changes",
            Self::Misuse(_) => "state.misuse",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Locked { lease: Some(_), .. } => {
                "wait until it is done. A process that died leaves its lease: from then on the next \
                 command takes over after a minute of silence. `bursar state unlock LEASE` ends it \
                 at once, where you know that nobody works"
            }
            Self::LeaseLost { .. } => {
                "what was committed before is safe, and nothing was written since; run the command \
                 again: announced changes are settled first"
            }
            Self::OtherLease { .. } => {
                "`bursar state show` tells the lease; look whether it is still the process that you \
                 mean to end"
            }
            Self::NoConditions { .. } => {
                "use a store that honours If-None-Match and If-Match (Amazon S3, Google Cloud \
                 Storage, Azure Blob and most that call themselves compatible): two applies at \
                 once would lose changes here"
            }
            Self::Moved { .. } => {
                "point `state:` in bursar.yaml to that place; `bursar state migrate` brings it back"
            }
            Self::Elsewhere { help, .. } => help,
            Self::Remote { kind, .. } => match kind {
                RemoteTrouble::NoBucket => {
                    "create the bucket (or container), or correct its name in `state:` of \
                     bursar.yaml; bursar creates none"
                }
                RemoteTrouble::Denied => {
                    "whoever runs bursar must read, write, delete and list objects below the \
                     prefix; docs/state.md has the policy"
                }
                RemoteTrouble::NoCredentials => {
                    "sign in as for the vendor's own tools: docs/state.md says where bursar looks"
                }
                RemoteTrouble::Region => "correct `region` of `state:` in bursar.yaml",
                RemoteTrouble::Clock => "set this machine's clock; signatures are held against it",
                RemoteTrouble::Unreachable => {
                    "see to the network, a proxy or the endpoint, and run the command again: what \
                     was committed before is safe"
                }
                RemoteTrouble::Other => "see the cause; what was committed before is safe",
            },
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
            Self::Forked { .. } => {
                "nothing was changed; `bursar history` tells what the state has. `--force` puts the \
                 backup in its place, and sets the state aside"
            }
            Self::HalfMoved { .. } => {
                "run the same migration again before anything is applied: it ends what is left"
            }
            Self::Unknown { .. } => {
                "nothing was changed; restore a backup with `bursar state push FILE`, or let \
                 `bursar state rebuild --force` forget them: what the platform has of them then \
                 shows in the next plan"
            }
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
