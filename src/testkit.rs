//! Failpoints: named places at which a crash test lets the process die. Nothing here runs in a
//! build without the feature `testkit` (or the crate's own tests).

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
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var("BURSAR_TESTKIT_KILL").ok()?;
        let (point, count) = text.rsplit_once(':')?;
        Some((point.to_owned(), count.parse().ok()?))
    });
    let Some((name, count)) = wanted else { return };
    if name == point && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal ends the process before this; a thread must still not go on.
        loop {
            std::thread::park();
        }
    }
}
