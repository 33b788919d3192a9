//! The log: frames behind each other, each synced before it counts. A commit is durable and atomic
//! once its frame is synced; everything else in the folder follows the log.
//!
//! A frame is `magic, length, check of these two, BLAKE3 of the payload, payload`. Only the last
//! frame can be torn by a crash: what follows the last good frame is cut off, unless a good frame
//! follows it, which no crash of ours leaves behind: that is damage.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::codec::{Put, short_sum, sum};
use super::error::StateError;
use crate::testkit;

const MAGIC: [u8; 4] = *b"bfr1";
/// Length of what stands before a payload.
pub(super) const HEAD: usize = 4 + 4 + 8 + 16;

/// A payload as a frame.
pub(super) fn frame(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(payload.len()).ok()?;
    let mut bytes = Vec::with_capacity(HEAD + payload.len());
    bytes.raw(&MAGIC);
    bytes.u32(length);
    let check = short_sum(&bytes);
    bytes.raw(&check);
    bytes.raw(&sum(payload));
    bytes.raw(payload);
    Some(bytes)
}

/// The payload of the frame at `at`, if a whole and undamaged one stands there.
fn payload_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let head = bytes.get(at..at.checked_add(HEAD)?)?;
    if head[..4] != MAGIC || short_sum(&head[..8]) != head[8..16] {
        return None;
    }
    let length = u32::from_le_bytes(head[4..8].try_into().ok()?);
    let start = at + HEAD;
    let range = start..start.checked_add(usize::try_from(length).ok()?)?;
    let payload = bytes.get(range.clone())?;
    (sum(payload) == head[16..32]).then_some(range)
}

/// The good frames of a log.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Where each payload lies.
    pub(super) payloads: Vec<Range<usize>>,
    /// Where the last good frame ends.
    pub(super) end: usize,
}

impl Scan {
    /// # Errors
    /// Damage before the last good frame.
    pub(super) fn of(path: &Path, bytes: &[u8]) -> Result<Self, StateError> {
        let (scan, next) = Self::until_damage(bytes);
        match next {
            None => Ok(scan),
            Some(next) => Err(StateError::damaged(
                path,
                format!(
                    "the bytes from {} to {next} are not what was written, and later commits \
                     follow them",
                    scan.end
                ),
            )),
        }
    }

    /// The good frames up to the first that is not, and where a good frame follows that one.
    pub(super) fn until_damage(bytes: &[u8]) -> (Self, Option<usize>) {
        let mut scan = Self::default();
        while let Some(range) = payload_at(bytes, scan.end) {
            scan.end = range.end;
            scan.payloads.push(range);
        }
        let next = (scan.end + 1..bytes.len().saturating_sub(HEAD - 1))
            .find(|&at| bytes[at..].starts_with(&MAGIC) && payload_at(bytes, at).is_some());
        (scan, next)
    }
}

/// The log of the one writer.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    /// None once an append failed and what it left could not be taken back, and while another log takes
    /// this one's place.
    file: Option<File>,
    end: u64,
}

impl Log {
    /// Opens the log to append at `end`, cutting off what stands behind it.
    pub(super) fn open(path: &Path, end: u64) -> Result<Self, StateError> {
        let fail = |cause| StateError::io("open", path, cause);
        let file = OpenOptions::new().write(true).open(path).map_err(fail)?;
        if file.metadata().map_err(fail)?.len() > end {
            file.set_len(end)
                .and_then(|()| file.sync_all())
                .map_err(|cause| StateError::io("cut", path, cause))?;
        }
        Ok(Self {
            path: path.to_owned(),
            file: Some(file),
            end,
        })
    }

    /// Closes the file, so that it can be replaced: Windows leaves an open one in its place.
    pub(super) fn let_go(&mut self) {
        self.file = None;
    }

    /// Goes on after all with the log that still stands.
    pub(super) fn take_up(&mut self) {
        self.file = OpenOptions::new().write(true).open(&self.path).ok();
    }

    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Appends a frame and syncs it; returns where its payload starts. After an error the log is
    /// as it was before.
    pub(super) fn append(&mut self, payload: &[u8]) -> Result<u64, StateError> {
        let fail = |cause| StateError::io("append to", &self.path, cause);
        let Some(file) = &mut self.file else {
            return Err(fail(io::Error::other(
                "an earlier append failed and could not be taken back",
            )));
        };
        let bytes = frame(payload).ok_or_else(|| {
            StateError::Misuse("a commit of more than 4 GiB: apply in parts".to_owned())
        })?;
        testkit::reach("log.frame.before");
        if let Err(cause) = write_synced(file, self.end, &bytes) {
            let undone = file.set_len(self.end).and_then(|()| file.sync_all());
            if undone.is_err() {
                self.file = None;
            }
            return Err(fail(cause));
        }
        testkit::reach("log.frame.synced");
        let start = self.end + HEAD as u64;
        self.end += bytes.len() as u64;
        Ok(start)
    }
}

fn write_synced(file: &mut File, at: u64, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    if cfg!(any(test, feature = "testkit")) {
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        file.write_all(head)?;
        testkit::reach("log.frame.torn");
        file.write_all(tail)?;
        testkit::reach("log.frame.written");
    } else {
        file.write_all(bytes)?;
    }
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_frame_is_torn_and_a_hole_is_damage() {
        let first = frame(b"one").unwrap();
        let both = [first.clone(), frame(b"second").unwrap()].concat();
        let path = Path::new("log");
        for cut in first.len()..both.len() {
            let scan = Scan::of(path, &both[..cut]).unwrap();
            assert_eq!((scan.payloads.len(), scan.end), (1, first.len()));
        }
        for at in 0..first.len() {
            let mut bytes = both.clone();
            bytes[at] ^= 0x10;
            assert_eq!(Scan::of(path, &bytes).unwrap_err().code(), "state.damaged");
        }
    }
}
