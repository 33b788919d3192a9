//! Reading a shared state: the manifest, then what it names. Needs no lease and writes nothing.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use rayon::prelude::*;

use super::bucket::Bucket;
use super::manifest::{self, Announced, Manifest};
use super::name::Name;
use crate::model::hash::ContentHash;
use crate::model::record::Intent;
use crate::state::error::StateError;
use crate::state::findings::{self, Findings};
use crate::state::folder::{Binding, unborn};
use crate::state::payload::{Header, Payload};
use crate::state::shard::View;
use crate::state::snapshot::{BlockRef, Parts, Slot, Snapshot};
use crate::state::source::Source;

/// A state as read.
pub(super) struct Loaded {
    pub(super) snapshot: Snapshot,
    /// As the manifest names them; empty for a shard without records.
    pub(super) shards: Vec<Bytes>,
}

/// How often a reader starts again when a writer tidied up between two of its reads.
const TRIES: usize = 20;

/// The manifest; none where there is no state yet.
pub(super) fn manifest(bucket: &Bucket, binding: &Binding) -> Result<Option<Manifest>, StateError> {
    let Some((bytes, _)) = bucket.get(manifest::NAME)? else {
        return Ok(None);
    };
    let found = Manifest::decode(&bucket.path(manifest::NAME), &bytes, binding)?;
    found.stays(&bucket.name())?;
    Ok(Some(found))
}

pub(super) fn load(bucket: &Bucket, binding: &Binding) -> Result<Loaded, StateError> {
    let mut missing = None;
    for _ in 0..TRIES {
        let Some(manifest) = manifest(bucket, binding)? else {
            return Ok(Loaded {
                snapshot: of_shards(unborn(binding), Vec::new())?,
                shards: Vec::new(),
            });
        };
        match named(bucket, manifest)? {
            Ok(loaded) => return Ok(loaded),
            // Gone since the manifest was read: there must be another manifest by now.
            Err((path, write)) if missing.as_ref() == Some(&(path.clone(), write)) => {
                return Err(lacking(&path));
            }
            Err(gone) => missing = Some(gone),
        }
    }
    Err(missing.map_or_else(
        || StateError::Misuse("no try to read".to_owned()),
        |(path, _)| lacking(&path),
    ))
}

fn lacking(path: &std::path::Path) -> StateError {
    StateError::damaged(path, "it is missing, and the manifest names it")
}

/// What is missing, and the write of the manifest that names it.
type Gone = (PathBuf, ContentHash);

/// The state that a manifest names.
pub(super) fn named(
    bucket: &Bucket,
    manifest: Manifest,
) -> Result<Result<Loaded, Gone>, StateError> {
    let shards = match objects(bucket, "shards", &manifest.shards)? {
        Ok(shards) => shards,
        Err(path) => return Ok(Err((path, manifest.write))),
    };
    let intents = match intents(bucket, &manifest.intents)? {
        Ok(intents) => intents,
        Err(path) => return Ok(Err((path, manifest.write))),
    };
    let sources = manifest
        .shards
        .iter()
        .zip(&shards)
        .filter(|(_, bytes)| !bytes.is_empty())
        .map(|(hash, bytes)| (bucket.path(&format!("shards/{hash}")), bytes.clone()))
        .collect();
    let mut snapshot = of_shards(manifest.header.clone(), sources)?;
    if manifest.header.records != snapshot.len() as u64 {
        return Err(StateError::damaged(
            &bucket.path(manifest::NAME),
            format!(
                "it counts {} records, its shards have {}",
                manifest.header.records,
                snapshot.len()
            ),
        ));
    }
    snapshot.intents = intents;
    Ok(Ok(Loaded { snapshot, shards }))
}

/// Objects by their hashes; the first that is missing.
pub(super) fn objects(
    bucket: &Bucket,
    folder: &'static str,
    names: &[Name],
) -> Result<Result<Vec<Bytes>, PathBuf>, StateError> {
    let wanted: Vec<Name> = names.iter().copied().filter(Name::is_some).collect();
    let mut found = bucket.get_all(folder, &wanted)?.into_iter();
    let mut all = Vec::with_capacity(names.len());
    for hash in names {
        if !hash.is_some() {
            all.push(Bytes::new());
            continue;
        }
        match found.next().flatten() {
            Some(bytes) => all.push(bytes),
            None => return Ok(Err(bucket.path(&format!("{folder}/{hash}")))),
        }
    }
    Ok(Ok(all))
}

/// The open intents.
pub(super) fn intents(
    bucket: &Bucket,
    announced: &[Announced],
) -> Result<Result<Vec<Intent>, PathBuf>, StateError> {
    let names: Vec<Name> = announced.iter().map(|one| one.object).collect();
    let found = match objects(bucket, "intents", &names)? {
        Ok(found) => found,
        Err(path) => return Ok(Err(path)),
    };
    let mut open = Vec::new();
    for (one, bytes) in announced.iter().zip(found) {
        let path = bucket.path(&format!("intents/{}", one.object));
        let unreadable = || StateError::damaged(&path, "it holds no intents");
        let Payload::Intents(view) = Payload::decode(&path, &bytes)? else {
            return Err(unreadable());
        };
        let all = view.intents().ok_or_else(unreadable)?;
        open.extend(
            all.into_iter()
                .filter(|intent| one.open.contains(&intent.id)),
        );
    }
    Ok(Ok(open))
}

/// The findings that a manifest names; those of a newer one where these were tidied up meanwhile.
pub(super) fn findings(
    bucket: &Bucket,
    binding: &Binding,
    mut standing: Manifest,
) -> Result<Findings, StateError> {
    for _ in 0..TRIES {
        match stored(bucket, &standing.findings)? {
            Ok(found) => return Ok(found),
            Err(path) => match manifest(bucket, binding)? {
                Some(newer) if newer.write != standing.write => standing = newer,
                _ => return Err(lacking(&path)),
            },
        }
    }
    Err(lacking(&bucket.path("findings")))
}

/// Findings by the names of their objects; the first that is missing.
pub(super) fn stored(
    bucket: &Bucket,
    names: &[Name],
) -> Result<Result<Findings, PathBuf>, StateError> {
    let found = match objects(bucket, "findings", names)? {
        Ok(found) => found,
        Err(path) => return Ok(Err(path)),
    };
    let mut all = Findings::new();
    for (bytes, hash) in found.iter().zip(names) {
        let path = bucket.path(&format!("findings/{hash}"));
        let some = findings::decode(bytes)
            .ok_or_else(|| StateError::damaged(&path, "it holds no findings"))?;
        all.extend(some);
    }
    Ok(Ok(all))
}

/// A snapshot over shards in memory.
pub(super) fn of_shards(
    header: Header,
    shards: Vec<(PathBuf, Bytes)>,
) -> Result<Snapshot, StateError> {
    let views = shards
        .par_iter()
        .map(|(path, bytes)| {
            View::of(bytes).ok_or_else(|| StateError::damaged(path, "it holds no records"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let too_many = || StateError::Misuse("more than 4 GiB of addresses".to_owned());
    let small = |number: usize| u32::try_from(number).map_err(|_| too_many());
    let count = views.iter().map(|view| view.entries.len()).sum();
    let (mut arena, mut slots) = (String::new(), Vec::with_capacity(count));
    let (mut blocks, mut files) = (Vec::new(), Vec::new());
    for ((path, bytes), view) in shards.iter().zip(&views) {
        let block = small(blocks.len())?;
        blocks.push(BlockRef {
            file: small(files.len())?,
            length: small(view.block.len())?,
            raw_len: view.raw_len,
            offset: (bytes.len() - view.block.len()) as u64,
            sum: view.sum,
        });
        files.push(Arc::new(Source::memory(path.clone(), bytes.clone())));
        for (at, (address, spec_hash, protect)) in view.entries.iter().enumerate() {
            slots.push(Slot {
                start: small(arena.len())?,
                length: small(address.len())?,
                block,
                slot: u16::try_from(at).map_err(|_| too_many())?,
                protect: *protect,
                spec_hash: *spec_hash,
            });
            arena.push_str(address);
        }
    }
    let text = |slot: &Slot| {
        let start = slot.start as usize;
        arena
            .get(start..start + slot.length as usize)
            .unwrap_or_default()
    };
    slots.par_sort_unstable_by(|left, right| text(left).cmp(text(right)));
    Ok(Snapshot::of(Parts {
        header,
        arena,
        slots,
        blocks,
        files,
    }))
}
