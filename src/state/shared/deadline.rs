//! Until when the holder of a lease may act: asked before everything that the manifest does not fence, such as
//! a platform. Knows nothing of the store.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::model::hash::ContentHash;
use crate::state::error::StateError;

/// Time since this machine started, also while it sleeps: a laptop that wakes up must not think that
/// no time went by.
#[cfg(not(windows))]
pub(super) fn elapsed() -> Duration {
    #[cfg(target_os = "linux")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(CLOCK);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

/// Time since the first question. The standard library's clock counts on through sleep on Windows.
/// Source: https://learn.microsoft.com/en-us/windows/win32/sysinfo/acquiring-high-resolution-time-stamps
#[cfg(windows)]
pub(super) fn elapsed() -> Duration {
    static FIRST: OnceLock<std::time::Instant> = OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
}

/// Until when the holder may act. Shared with those who ask before each platform write.
#[derive(Debug)]
pub(in crate::state) struct Deadline {
    place: PathBuf,
    pub(super) lease: ContentHash,
    /// Milliseconds of [`elapsed`].
    until: AtomicU64,
    /// Why it is lost, once it is.
    lost: OnceLock<String>,
}

impl Deadline {
    /// Over, until a renewal extends it.
    pub(super) const fn new(place: PathBuf, lease: ContentHash) -> Self {
        Self {
            place,
            lease,
            until: AtomicU64::new(0),
            lost: OnceLock::new(),
        }
    }

    /// # Errors
    /// [`StateError::LeaseLost`] once the term is nearly over, or somebody else has the lease.
    pub(in crate::state) fn check(&self) -> Result<(), StateError> {
        if let Some(why) = self.lost.get() {
            return Err(self.gone(why));
        }
        if millis(elapsed()) >= self.until.load(Ordering::SeqCst) {
            return Err(self.gone("it could not be renewed in time"));
        }
        Ok(())
    }

    /// From now on whoever asks is told so.
    pub(super) fn lose(&self, why: String) -> StateError {
        let error = self.gone(&why);
        let _ = self.lost.set(why);
        error
    }

    pub(super) fn gone(&self, why: &str) -> StateError {
        StateError::LeaseLost {
            place: self.place.clone(),
            lease: self.lease.to_string(),
            why: why.to_owned(),
        }
    }

    /// The term counts from before the renewal was sent; a fifth of it stays for clocks that run
    /// unevenly and writes that are on their way.
    pub(super) fn extend(&self, sent: Duration, term: Duration) {
        self.until
            .store(millis(sent + term * 4 / 5), Ordering::SeqCst);
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
