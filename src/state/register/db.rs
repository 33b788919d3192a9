//! sled itself: how it is opened, its own files, and its errors as ours.
//!
//! sled 0.34 writes whole pages anew, a snapshot of its page table, and zeroes at every open: with large
//! values one small change then writes 100 KB, with small ones under 10. Its flush asks Linux only for
//! sync_file_range, hence the syncs of our own.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use crate::state::error::StateError;

/// Bytes of sled's segments: it zeroes all free ones at every open. Values over a quarter of this
/// become files of their own, which leave nothing to zero.
const SEGMENT: usize = 1024;
/// Bytes of sled's cache.
const CACHE: u64 = 8 * 1024 * 1024;

/// sled's folder for values that are too large for its segments, a file each.
pub(super) const BLOBS: &str = "blobs";

/// Opens sled. Its own lock outlives a closed register in the same process for a moment, until
/// sled's threads are done; the folder's lock is ours already, so that moment is worth waiting for.
pub(super) fn open_sled(path: &Path) -> Result<sled::Db, StateError> {
    let mut waited = Duration::ZERO;
    loop {
        let opened = guarded(path, || {
            sled::Config::new()
                .path(path)
                .segment_size(SEGMENT)
                .cache_capacity(CACHE)
                .flush_every_ms(None)
                .open()
        });
        match opened {
            Err(StateError::Io { cause, .. })
                if waited < Duration::from_secs(5)
                    && cause.to_string().contains("could not acquire lock") =>
            {
                std::thread::sleep(Duration::from_millis(2));
                waited += Duration::from_millis(2);
            }
            other => return other,
        }
    }
}

/// The numbers of sled's blob files.
pub(super) fn blobs(folder: &Path) -> io::Result<Vec<u64>> {
    let mut found = Vec::new();
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let name = entry?.file_name();
                found.extend(name.to_str().and_then(|name| name.parse::<u64>().ok()));
            }
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
        Err(cause) => return Err(cause),
    }
    Ok(found)
}

/// sled's errors as ours. sled asserts where it meets files that it did not write: that is damage
/// too, not a reason to fall.
pub(super) fn guarded<T>(
    path: &Path,
    run: impl FnOnce() -> sled::Result<T>,
) -> Result<T, StateError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(cause))) => Err(StateError::io("use the register", path, cause)),
        Ok(Err(cause)) => Err(StateError::damaged(path, cause.to_string())),
        Err(_) => Err(StateError::damaged(path, "sled gave up on its files")),
    }
}
