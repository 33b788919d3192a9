//! Failpoints: named places at which a crash test lets the process die. Nothing here runs in a
//! build without the feature `testkit` (or the crate's own tests).
//!
//! | variable | meaning |
//! | --- | --- |
//! | `BURSAR_TESTKIT_KILL` | `point:n`: the process kills itself at the n-th pass (from 1) of `point` |
//! | `BURSAR_TESTKIT_PAUSE` | `point:n=FILE`: at the n-th pass of `point` the process makes FILE, and waits until it is gone |
//! | `BURSAR_TESTKIT_FAIL` | `point`: what stands there fails as on a full disk |
//! | `BURSAR_TESTKIT_COUNT` | a file that gets a line for every pass of every point |
//! | `BURSAR_TESTKIT_LEASE_MS` | how long the lease of a shared state holds |
//! | `BURSAR_TESTKIT_LITTER`, `_GRACE` | after how many left objects a shared state is swept, and from which age in seconds on |
//! | `BURSAR_TESTKIT_LOG_LIMIT` | bytes above which the state's log is folded into its base |
//!
//! `platform::test_dir` has variables of its own.

/// Kills this process with SIGKILL where `BURSAR_TESTKIT_KILL` is `point:n` and this is the n-th
/// time (from 1) that `point` is reached. Compiles to nothing outside tests.
#[cfg(not(any(test, feature = "testkit")))]
#[inline(always)]
pub const fn reach(_point: &'static str) {}

/// Kills this process with SIGKILL where `BURSAR_TESTKIT_KILL` is `point:n` and this is the n-th
/// time (from 1) that `point` is reached. Compiles to nothing outside tests.
#[cfg(any(test, feature = "testkit"))]
pub fn reach(point: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static COUNTED: OnceLock<Option<std::path::PathBuf>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let counted = COUNTED.get_or_init(|| std::env::var_os("BURSAR_TESTKIT_COUNT").map(Into::into));
    if let Some(file) = counted {
        append(file, point);
    }
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("BURSAR_TESTKIT_KILL").ok()?;
        let (point, count) = text.rsplit_once(':')?;
        Some((point.to_owned(), count.parse().ok()?))
    });
    pause(point);
    let Some((name, count)) = wanted else { return };
    if name == point && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count {
        #[cfg(not(windows))]
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // No signals there; what counts is that nothing of ours runs any more.
        #[cfg(windows)]
        std::process::abort();
        // The signal ends the process before this; a thread must still not go on.
        loop {
            std::thread::park();
        }
    }
}

/// Waits where `BURSAR_TESTKIT_PAUSE` says, until the test has done what it wants to do meanwhile.
#[cfg(any(test, feature = "testkit"))]
fn pause(point: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: OnceLock<Option<(String, u64, std::path::PathBuf)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("BURSAR_TESTKIT_PAUSE").ok()?;
        let (at, file) = text.split_once('=')?;
        let (point, count) = at.rsplit_once(':')?;
        Some((point.to_owned(), count.parse().ok()?, file.into()))
    });
    let Some((name, count, file)) = wanted else {
        return;
    };
    if name == point && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count {
        append(file, point);
        while file.exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

/// Adds a line to a file, whole or not at all. A test that cannot have its lines sees it.
#[cfg(any(test, feature = "testkit"))]
pub(crate) fn append(file: &std::path::Path, line: &str) {
    use std::io::Write;
    let options = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file);
    let _ = options.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
}

/// A number that a test sets in place of a built-in one. None outside tests.
#[cfg(not(any(test, feature = "testkit")))]
#[inline(always)]
#[must_use]
pub const fn number(_variable: &str) -> Option<u64> {
    None
}

/// A number that a test sets in place of a built-in one. None outside tests.
#[cfg(any(test, feature = "testkit"))]
#[must_use]
pub fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The error that a test wants at this point. None outside tests.
#[cfg(not(any(test, feature = "testkit")))]
#[inline(always)]
#[must_use]
pub const fn failure(_point: &'static str) -> Option<std::io::Error> {
    None
}

/// The error that a test wants at this point. None outside tests.
#[cfg(any(test, feature = "testkit"))]
#[must_use]
pub fn failure(point: &'static str) -> Option<std::io::Error> {
    let wanted = std::env::var("BURSAR_TESTKIT_FAIL").is_ok_and(|name| name == point);
    wanted.then(|| std::io::ErrorKind::StorageFull.into())
}
