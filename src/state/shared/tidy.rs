//! Keeping a bucket small: many small segments of the history become few, and objects that nothing
//! names any more go, once no slow reader can want them.

use std::collections::HashSet;

use super::bucket::{AT_ONCE, Bucket};
use super::lease::Held;
use super::manifest::{ASIDE, Manifest, Segment};
use super::name::Name;
use super::write::object;
use super::{SharedStore, load};
use crate::state::error::StateError;

/// So many segments of about one size become one.
const TOGETHER: usize = 16;
/// A segment of this size stays as it is.
pub(super) const LARGE: u64 = 4 * 1024 * 1024;
pub(super) fn tidy(store: &SharedStore, bucket: &Bucket, held: &Held) -> Result<(), StateError> {
    fold(bucket, held)?;
    if held.manifest().litter > store.litter {
        sweep(bucket, held, store.grace)?;
    }
    Ok(())
}

/// Puts the last segments together where there are many of about one size.
fn fold(bucket: &Bucket, held: &Held) -> Result<(), StateError> {
    loop {
        let manifest = held.manifest();
        let Some(from) = foldable(&manifest.history) else {
            return Ok(());
        };
        let old = &manifest.history[from..];
        let names: Vec<Name> = old.iter().map(|segment| segment.object).collect();
        let parts = load::objects(bucket, "history", &names)?.map_err(|path| {
            StateError::damaged(&path, "it is missing, and the manifest names it")
        })?;
        let bytes: Vec<u8> = parts.concat();
        let size = bytes.len() as u64;
        let (name, object) = object("history", bytes, Some(held.mark()));
        let (Some(first), Some(last)) = (old.first(), old.last()) else {
            return Ok(());
        };
        let one = Segment {
            object: name,
            first: first.first,
            last: last.last,
            bytes: size,
        };
        bucket.put_all(vec![object])?;
        held.replace(|manifest| {
            manifest.litter += names.len() as u64;
            manifest.history.truncate(from);
            manifest.history.push(one);
        })?;
    }
}

/// From which segment on they become one: the last sixteen whose sizes are of one kind.
fn foldable(history: &[Segment]) -> Option<usize> {
    let from = history.len().checked_sub(TOGETHER)?;
    let tail = &history[from..];
    let all: u64 = tail.iter().map(|segment| segment.bytes).sum();
    let largest = tail.iter().map(|segment| segment.bytes).max()?;
    // One that is most of the whole is left alone: it would be written again and again.
    (all <= LARGE && largest * 2 <= all).then_some(from)
}

/// Deletes what nothing names, and what is old enough.
fn sweep(bucket: &Bucket, held: &Held, grace: u64) -> Result<(), StateError> {
    let manifest = held.manifest();
    let mut named = HashSet::new();
    mention(&manifest, &mut named);
    // What was set aside counts too.
    for (name, _) in bucket.list(ASIDE)? {
        let found = bucket.get(&format!("{ASIDE}/{name}"))?;
        match found.map(|(bytes, _)| Manifest::loose(&bytes)) {
            None => {}
            Some(Some(aside)) => mention(&aside, &mut named),
            // Nobody knows what it names: all of it stays.
            Some(None) => return Ok(()),
        }
    }
    let mut found = Vec::new();
    for folder in ["shards", "history", "intents", "findings"] {
        for (name, written) in bucket.list(folder)? {
            found.push((format!("{folder}/{name}"), written));
        }
    }
    // The store's own clock: what this writer has just uploaded is about as old as now.
    let now = found.iter().map(|(_, written)| *written).max();
    let Some(before) = now.and_then(|now| now.checked_sub_unsigned(grace)) else {
        return Ok(());
    };
    let gone: Vec<String> = found
        .into_iter()
        .filter(|(name, written)| *written <= before && !named.contains(name))
        .map(|(name, _)| name)
        .collect();
    // A deletion may land late, when somebody else has the lease: no name is ever written twice, so it meets
    // nothing of theirs. All the same whoever lost the lease stops.
    for part in gone.chunks(AT_ONCE) {
        held.deadline().check()?;
        bucket.delete_all(part.to_vec())?;
    }
    held.replace(|manifest| manifest.litter = 0)
}

fn mention(manifest: &Manifest, named: &mut HashSet<String>) {
    let mut add = |folder: &str, name: &Name| {
        named.insert(format!("{folder}/{name}"));
    };
    manifest.shards.iter().for_each(|hash| add("shards", hash));
    manifest
        .findings
        .iter()
        .for_each(|hash| add("findings", hash));
    for segment in &manifest.history {
        add("history", &segment.object);
    }
    for announced in &manifest.intents {
        add("intents", &announced.object);
    }
}
