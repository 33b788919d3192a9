//! How far sled's blob files are synced: a number that one writer leaves for the next, which else would
//! have to sync thousands of files that are safe already.
//!
//! Only ever written after the sync that it tells of, so it is true whatever becomes of it. It need not be
//! durable: where it is lost, or not what was written, everything is synced once more.

use std::fs;
use std::path::Path;

const NAME: &str = "synced";

/// All blob files below this number are synced; none are known to be where nothing is written.
pub(super) fn read(register: &Path) -> u64 {
    let text = fs::read_to_string(register.join(NAME)).unwrap_or_default();
    // Twice: a half-written number would be another one.
    let Some((once, again)) = text.trim_end().split_once(' ') else {
        return 0;
    };
    match once.parse() {
        Ok(number) if once == again => number,
        _ => 0,
    }
}

/// Leaves the number for the next writer. Whoever finds none does more work, nothing else: so a failure
/// is none.
pub(super) fn write(register: &Path, number: u64) {
    let _ = fs::write(register.join(NAME), format!("{number} {number}\n"));
}
