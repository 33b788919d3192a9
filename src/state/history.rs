//! Who changed what, when: closed segments of the log in `history/`, then the log itself.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::codec::Unpacked;
use super::error::StateError;
use super::files;
use super::folder::Folder;
use super::log::Scan;
use super::payload::{CommitHead, CommitView, EntryView, Payload};
use super::snapshot::Serial;
use crate::model::address::Address;
use crate::model::record::{Author, Entry, Record};

/// Which part of the history is wanted.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// Only this address, under all the names it had: renames are followed back.
    pub address: Option<Address>,
    /// Only what came after this serial.
    pub after: Serial,
}

/// One change that was committed.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    pub serial: Serial,
    pub author: Author,
    pub entry: Entry,
}

/// Where commits stand.
pub(super) trait Commits {
    /// All commits, oldest first, each once.
    ///
    /// # Errors
    /// Damage, a commit that is missing; then `each` saw what stands before.
    fn commits(&self, each: EachCommit<'_>) -> Result<(), StateError>;
}

impl Commits for Folder {
    fn commits(&self, each: EachCommit<'_>) -> Result<(), StateError> {
        commits(self, each)
    }
}

/// Calls `each` with every entry that the filter wants, oldest first.
pub(super) fn read(
    source: &dyn Commits,
    filter: &HistoryFilter,
    each: &mut dyn FnMut(HistoryEntry),
) -> Result<(), StateError> {
    let names = match &filter.address {
        None => None,
        Some(address) => Some(names_of(source, address)?),
    };
    source.commits(&mut |path, commit| {
        let serial = commit.head.serial;
        if serial <= filter.after {
            return Ok(());
        }
        let wanted = |entry: &EntryView<'_>| {
            names.as_ref().is_none_or(|names| {
                names
                    .get(entry.address)
                    .is_some_and(|until| serial <= *until)
            })
        };
        if !commit.entries.iter().any(wanted) {
            return Ok(());
        }
        let damaged = || StateError::damaged(path, format!("serial {serial} is not readable"));
        let author = commit.author().ok_or_else(damaged)?;
        let mut block: Option<(u32, Unpacked)> = None;
        for view in commit.entries.iter().filter(|entry| wanted(entry)) {
            let entry = entry_of(commit, view, &mut block).ok_or_else(damaged)?;
            each(HistoryEntry {
                serial,
                author: author.clone(),
                entry,
            });
        }
        Ok(())
    })
}

/// The names that an address had, each with the last serial up to which it was meant.
fn names_of(
    source: &dyn Commits,
    address: &Address,
) -> Result<BTreeMap<Box<str>, Serial>, StateError> {
    let mut renames: Vec<(Serial, Box<str>, Box<str>)> = Vec::new();
    source.commits(&mut |_, commit| {
        for entry in &commit.entries {
            if let Some(from) = entry.from {
                renames.push((commit.head.serial, from.into(), entry.address.into()));
            }
        }
        Ok(())
    })?;
    let mut names = BTreeMap::from([(Box::from(address.as_str()), Serial::MAX)]);
    for (serial, from, to) in renames.into_iter().rev() {
        if names.get(&to).is_some_and(|until| serial <= *until) {
            names.entry(from).or_insert(serial);
        }
    }
    Ok(names)
}

fn entry_of(
    commit: &CommitView<'_>,
    view: &EntryView<'_>,
    block: &mut Option<(u32, Unpacked)>,
) -> Option<Entry> {
    let record: Option<Record> = match view.record {
        None => None,
        Some(place) => {
            if block.as_ref().is_none_or(|(at, _)| *at != place.block) {
                let bytes = commit.blocks.get(place.block as usize)?;
                *block = Some((place.block, Unpacked::of(bytes.bytes, bytes.raw_len)?));
            }
            let (_, block) = block.as_ref()?;
            Some(serde_json::from_slice(block.text(usize::from(place.slot))?).ok()?)
        }
    };
    Some(Entry {
        address: Address::parse(view.address).ok()?,
        action: view.action,
        from: match view.from {
            None => None,
            Some(from) => Some(Address::parse(from).ok()?),
        },
        record,
        intent: view.intent,
        reason: view.reason.map(str::to_owned),
        pull_request: view.pull_request.map(str::to_owned),
    })
}

/// What is done with each commit, and the file it stands in.
pub(super) type EachCommit<'a> =
    &'a mut dyn FnMut(&Path, &CommitView<'_>) -> Result<(), StateError>;

/// All commits, oldest first, each once.
///
/// # Errors
/// Damage, a commit that is missing; then `each` saw what stands before.
pub(super) fn commits(folder: &Folder, each: EachCommit<'_>) -> Result<(), StateError> {
    // Before the segments are listed: a log that is closed meanwhile is then seen twice, not never.
    let log_path = folder.log();
    let log = files::read(&log_path)?.unwrap_or_default();
    let mut last = 0;
    for (_, path) in segments(folder)? {
        let bytes = files::read(&path)?.unwrap_or_default();
        last = commits_of(&path, &bytes, last, each)?;
    }
    commits_of(&log_path, &log, last, each)?;
    Ok(())
}

/// The commits of one file behind the serial `last`; the last one's serial.
pub(super) fn commits_of(
    path: &Path,
    bytes: &[u8],
    mut last: Serial,
    each: EachCommit<'_>,
) -> Result<Serial, StateError> {
    let (scan, next) = Scan::until_damage(bytes);
    for range in scan.payloads {
        if let Payload::Commit(commit) = Payload::decode(path, &bytes[range])? {
            let CommitHead { serial, after, .. } = commit.head;
            if serial <= last {
                continue;
            }
            if after != last {
                return Err(StateError::damaged(
                    path,
                    format!("serial {serial} stands behind {after}, which is missing"),
                ));
            }
            each(path, &commit)?;
            last = serial;
        }
    }
    match next {
        None => Ok(last),
        Some(next) => Err(StateError::damaged(
            path,
            format!("bytes {} to {next} are not what was written", scan.end),
        )),
    }
}

/// The closed segments, by their first serial.
pub(super) fn segments(folder: &Folder) -> Result<Vec<(Serial, PathBuf)>, StateError> {
    let path = folder.history();
    let fail = |cause| StateError::io("read", &path, cause);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(fail(cause)),
    };
    let mut segments = Vec::new();
    for entry in entries {
        let path = entry.map_err(fail)?.path();
        let first = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".log"))
            .and_then(|name| name.split_once('-'))
            .and_then(|(first, _)| first.parse().ok());
        segments.extend(first.map(|first: Serial| (first, path)));
    }
    segments.sort();
    Ok(segments)
}

pub(super) fn segment_name(first: Serial, last: Serial) -> String {
    format!("{first:012}-{last:012}.log")
}

/// Makes the log a closed segment; it stays the log until a new one takes its place.
pub(super) fn close_log(folder: &Folder) -> Result<(), StateError> {
    let log = folder.log();
    let bytes = files::read(&log)?.unwrap_or_default();
    let scan = Scan::of(&log, &bytes)?;
    let mut range: Option<(Serial, Serial)> = None;
    for payload in scan.payloads {
        if let Payload::Commit(commit) = Payload::decode(&log, &bytes[payload])? {
            let serial = commit.head.serial;
            range = Some((range.map_or(serial, |(first, _)| first), serial));
        }
    }
    let Some((first, last)) = range else {
        return Ok(());
    };
    let path = folder.history().join(segment_name(first, last));
    files::create_folder(&folder.history())?;
    if path.exists() {
        return Ok(());
    }
    // A second name for the same bytes; a copy where the file system knows no second names.
    if fs::hard_link(&log, &path).is_err() {
        files::replace(
            &path,
            |out| io::Write::write_all(out, &bytes[..scan.end]),
            || (),
        )?;
    }
    files::sync_folder(&folder.history())
}

/// Removes a segment that was begun from the log that still is the log.
pub(super) fn drop_unfinished(folder: &Folder) -> Result<(), StateError> {
    let Some((first, path)) = segments(folder)?.pop() else {
        return Ok(());
    };
    let log = folder.log();
    let bytes = files::read(&log)?.unwrap_or_default();
    let (scan, _) = Scan::until_damage(&bytes);
    let Some(range) = scan.payloads.first() else {
        return Ok(());
    };
    if let Payload::Header(header) = Payload::decode(&log, &bytes[range.clone()])?
        && header.serial + 1 == first
    {
        fs::remove_file(&path).map_err(|cause| StateError::io("remove", &path, cause))?;
    }
    Ok(())
}
