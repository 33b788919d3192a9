//! The lock of the one writer: a lock of the operating system on the file `lock`, with the
//! holder's name in `holder` beside it, as Windows lets nobody read what is locked. A process that
//! ends in any way gives it back, so there is nothing to unlock by hand, and a name without a held
//! lock means nothing.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::Path;

use fs4::{FileExt, TryLockError};
use serde::{Deserialize, Serialize};

use super::error::StateError;

/// The file that says who holds the lock.
const NAME: &str = "holder";

/// Who writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// `user@host`, or a runner's name.
    pub by: String,
    /// The process; filled in by the lock.
    #[serde(default)]
    pub pid: u32,
    /// The command that was run, without arguments that could hold secrets.
    #[serde(default)]
    pub command: String,
    /// UTC, RFC 3339.
    #[serde(default)]
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {}", self.by, self.pid)?;
        if !self.command.is_empty() {
            write!(f, ", `{}`", self.command)?;
        }
        if !self.since.is_empty() {
            write!(f, ", since {}", self.since)?;
        }
        f.write_str(")")
    }
}

/// The held lock. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Closing is not enough: a child process that another thread is just starting has the file
    /// open too, and would hold the lock until it runs its own program.
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.file);
    }
}

impl Lock {
    /// Takes the lock or says who holds it. `folder` exists.
    pub(super) fn take(folder: &Path, holder: &Holder) -> Result<Self, StateError> {
        let path = folder.join("lock");
        let fail = |cause| StateError::io("lock", &path, cause);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(fail)?;
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StateError::Locked {
                    folder: folder.to_owned(),
                    holder: named(folder).map(Box::new),
                    lease: None,
                });
            }
            Err(TryLockError::Error(cause)) => return Err(fail(cause)),
        }
        let holder = Holder {
            pid: std::process::id(),
            ..holder.clone()
        };
        let text = serde_json::to_vec(&holder).unwrap_or_default();
        let lock = Self { file };
        let path = folder.join(NAME);
        fs::write(&path, text).map_err(|cause| StateError::io("write", &path, cause))?;
        Ok(lock)
    }

    /// Who holds the lock now, without taking it for longer than the question.
    pub(super) fn holder(folder: &Path) -> Option<Holder> {
        let file = File::open(folder.join("lock")).ok()?;
        match FileExt::try_lock_shared(&file) {
            Err(TryLockError::WouldBlock) => Some(named(folder).unwrap_or_default()),
            _ => None,
        }
    }
}

fn named(folder: &Path) -> Option<Holder> {
    let mut text = String::new();
    let file = File::open(folder.join(NAME)).ok()?;
    file.take(64 * 1024).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
