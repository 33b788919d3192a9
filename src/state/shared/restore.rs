//! Putting a backup in place of a shared state, and making its shards anew from its history.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;

use super::bucket::Bucket;
use super::history::SharedCommits;
use super::lease::Accept;
use super::manifest::{ASIDE, Announced, Manifest, Segment};
use super::name::Name;
use super::shards::{self, Shard};
use super::tidy::LARGE;
use super::write::{findings_objects, object, take};
use super::{SharedStore, load};
use crate::state::backup::{self, Backup, Pulled};
use crate::state::error::StateError;
use crate::state::folder::{Moved, check};
use crate::state::history::Commits;
use crate::state::lock::Holder;
use crate::state::payload::{Header, RecordText, encode_intents};
use crate::state::rebuild::{Origin, Rebuilt, is_of, replay};
use crate::state::snapshot::Serial;
use crate::testkit;

impl SharedStore {
    /// Writes a backup into a file, as [`crate::state::EmbeddedStore::pull`].
    ///
    /// # Errors
    /// As [`crate::state::StateReader::load`]; errors of the file system.
    pub fn pull(&self, out: &Path, holder: &Holder) -> Result<Pulled, StateError> {
        let (manifest, commits) = self.whole()?;
        let snapshot = self.snapshot_of(manifest.clone())?;
        let findings = load::findings(self.bucket()?, &self.binding, manifest)?;
        backup::pull(&snapshot, &findings, &commits, out, holder)
    }

    /// Restores a backup. `force` allows another lineage and an older serial, and whatever is
    /// damaged; what stood before is set aside.
    ///
    /// # Errors
    /// As [`crate::state::EmbeddedStore::push`].
    pub fn push(&self, from: &Path, force: bool, holder: &Holder) -> Result<Serial, StateError> {
        self.push_backup(from, &Backup::read(from)?, force, holder)
    }

    /// As [`Self::push`], of a backup in memory; `from` names it in errors.
    pub(in crate::state) fn push_backup(
        &self,
        from: &Path,
        backup: &Backup,
        force: bool,
        holder: &Holder,
    ) -> Result<Serial, StateError> {
        check(from, &backup.header, &self.binding)?;
        let records = backup.records(from)?;
        let history = backup.history(LARGE)?;
        // It has to be said before anything is locked, or waited for.
        if !force
            && let Some((bytes, _)) = self.bucket()?.get(super::manifest::NAME)?
            && let Some(standing) = Manifest::loose(&bytes)
        {
            standing.may_become(backup, from)?;
        }
        let accept = Accept {
            moved: true,
            anything: force,
        };
        let held = take(self, holder, accept)?;
        let standing = held.manifest();
        if !force {
            standing.may_become(backup, from)?;
        }
        let bucket = self.bucket()?;
        set_aside(bucket, &standing)?;
        let mark = held.mark();
        let shards = shards::fresh(records.into_values(), backup.header.records, mark);
        let mut uploads = Vec::new();
        let mut segments = Vec::new();
        for part in history {
            let bytes = part.frames.len() as u64;
            let (name, object) = object("history", part.frames, Some(mark));
            segments.push(Segment {
                object: name,
                first: part.first,
                last: part.last,
                bytes,
            });
            uploads.push(object);
        }
        let mut announced = Vec::new();
        if !backup.intents.is_empty() {
            let (name, object) = object("intents", encode_intents(&backup.intents)?, Some(mark));
            announced.push(Announced {
                object: name,
                open: backup.intents.iter().map(|intent| intent.id).collect(),
            });
            uploads.push(object);
        }
        let (findings, objects) = findings_objects(&backup.findings, mark);
        uploads.extend(objects);
        uploads.extend(objects_of(&shards));
        bucket.put_all(uploads)?;
        testkit::reach("shared.push.uploaded");
        let header = Header {
            format: crate::state::FORMAT,
            ..backup.header.clone()
        };
        let next = Manifest {
            header,
            shards: shards.iter().map(|shard| shard.name).collect(),
            history: segments,
            intents: announced,
            findings,
            moved: None,
            ..standing
        };
        // Before it counts: all of it must be there to be read.
        arrived(bucket, &next)?;
        held.replace(|manifest| {
            *manifest = Manifest {
                lease: manifest.lease.clone(),
                ..next
            }
        })?;
        held.release()?;
        Ok(backup.header.serial)
    }

    /// Makes all shards anew from the history, and lets go of stored findings that cannot be read.
    /// `force` also forgets announced changes that cannot be read.
    ///
    /// # Errors
    /// Where the history is not whole, or does not lead to the digest that the manifest tells;
    /// [`StateError::Unknown`].
    pub fn rebuild(&self, force: bool, holder: &Holder) -> Result<Rebuilt, StateError> {
        let held = take(self, holder, Accept::default())?;
        let bucket = self.bucket()?;
        let manifest = held.manifest();
        let lost = Lost::of(bucket, &manifest)?;
        if let Some(first) = lost.intents.first()
            && !force
        {
            return Err(StateError::Unknown {
                path: bucket.path(&format!("intents/{}", first.object)),
                open: lost.open(),
            });
        }
        let commits = SharedCommits::of(bucket, &manifest)
            .and_then(|found| found.map_err(|path| StateError::damaged(&path, "it is missing")))
            .map_err(|error| match error {
                StateError::Damaged { path, what } => StateError::damaged(
                    &path,
                    format!(
                        "{what}; without it nothing can be made anew. Where `bursar accounts` \
                         still works, `bursar state pull FILE` and `bursar state push --force FILE` \
                         begin a new history"
                    ),
                ),
                error => error,
            })?;
        let mut records: BTreeMap<Box<str>, RecordText> = BTreeMap::new();
        commits.commits(&mut |path, commit| {
            replay(commit, &mut records)
                .ok_or_else(|| StateError::damaged(path, "a commit's records are not readable"))
        })?;
        if !is_of(&records, &manifest.header) {
            return Err(StateError::damaged(
                &bucket.path("history"),
                "it does not lead to the digest of the manifest; restore a backup with `bursar \
                 state push`",
            ));
        }
        let shards = shards::fresh(records.into_values(), manifest.header.records, held.mark());
        bucket.put_all(objects_of(&shards))?;
        let names = shards.iter().map(|shard| shard.name).collect();
        held.replace(|manifest| {
            manifest.shards = names;
            manifest.intents.retain(|one| !lost.intents.contains(one));
            manifest.findings.retain(|one| !lost.findings.contains(one));
        })?;
        held.release()?;
        Ok(Rebuilt {
            serial: manifest.header.serial,
            records: manifest.header.records,
            lost: 0,
            forgotten: lost.open(),
            findings_lost: !lost.findings.is_empty(),
            from: Origin::History,
            set_aside: Vec::new(),
        })
    }

    /// Holds the state still while it is copied elsewhere; `copy` is given a backup, and what it
    /// returns is noted as the place where the state is from then on.
    pub(in crate::state) fn move_away(
        &self,
        holder: &Holder,
        copy: &mut dyn FnMut(Backup, &Path) -> Result<Moved, StateError>,
    ) -> Result<(), StateError> {
        let held = take(self, holder, Accept::default())?;
        let manifest = held.manifest();
        let bucket = self.bucket()?;
        let commits = SharedCommits::or_broken(bucket, &manifest)?;
        let snapshot = self.snapshot_of(manifest.clone())?;
        let findings = load::findings(bucket, &self.binding, manifest)?;
        let name = bucket.name();
        let backup = backup::held(&name, &snapshot, &findings, &commits, holder)?;
        let moved = copy(backup, &name)?;
        held.replace(|manifest| manifest.moved = Some(moved))?;
        held.release()
    }

    /// The manifest with all commits that it names.
    fn whole(&self) -> Result<(Manifest, SharedCommits), StateError> {
        let nothing = || StateError::damaged(Path::new(self.name()), "there is no state in it");
        let bucket = self.bucket()?;
        let mut last = None;
        loop {
            let manifest = self.manifest()?.ok_or_else(nothing)?;
            match SharedCommits::of(bucket, &manifest) {
                Ok(Ok(commits)) => return Ok((manifest, commits)),
                // Segments were put together meanwhile, or something is damaged.
                Ok(Err(_)) if last != Some(manifest.write) => last = Some(manifest.write),
                Ok(Err(_)) | Err(StateError::Damaged { .. }) => {
                    let commits = SharedCommits::or_broken(bucket, &manifest)?;
                    return Ok((manifest, commits));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn snapshot_of(&self, manifest: Manifest) -> Result<crate::state::Snapshot, StateError> {
        load::named(self.bucket()?, manifest)?
            .map(|loaded| loaded.snapshot)
            .map_err(|(path, _)| StateError::damaged(&path, "it is missing: run this again"))
    }
}

/// What a manifest names beside records and history, and nobody can read.
struct Lost {
    intents: Vec<Announced>,
    findings: Vec<Name>,
}

impl Lost {
    fn of(bucket: &Bucket, manifest: &Manifest) -> Result<Self, StateError> {
        let mut lost = Self {
            intents: Vec::new(),
            findings: Vec::new(),
        };
        for one in &manifest.intents {
            if !is_there(load::intents(bucket, std::slice::from_ref(one)))? {
                lost.intents.push(one.clone());
            }
        }
        for name in &manifest.findings {
            if !is_there(load::stored(bucket, std::slice::from_ref(name)))? {
                lost.findings.push(*name);
            }
        }
        Ok(lost)
    }

    fn open(&self) -> usize {
        self.intents.iter().map(|one| one.open.len()).sum()
    }
}

/// Whether something could be read; damage is no error here.
fn is_there<T>(
    found: Result<Result<T, std::path::PathBuf>, StateError>,
) -> Result<bool, StateError> {
    match found {
        Ok(found) => Ok(found.is_ok()),
        Err(StateError::Damaged { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

impl Manifest {
    /// Whether anything was ever written here.
    fn is_empty(&self) -> bool {
        self.header.serial == 0 && self.history.is_empty() && self.intents.is_empty()
    }

    fn may_become(&self, backup: &Backup, from: &Path) -> Result<(), StateError> {
        if self.is_empty() {
            return Ok(());
        }
        let open = self.intents.iter().flat_map(|one| one.open.iter().copied());
        let open = open.collect();
        // Those of a state that was moved away were settled elsewhere.
        let open = self.moved.is_none().then_some(&open);
        backup.may_replace(from, &self.header, open)
    }
}

/// # Errors
/// Where what a manifest names is not what was uploaded.
fn arrived(bucket: &Bucket, manifest: &Manifest) -> Result<(), StateError> {
    let missing = |path: std::path::PathBuf| StateError::damaged(&path, "it did not arrive");
    load::named(bucket, manifest.clone())?.map_err(|(path, _)| missing(path))?;
    load::stored(bucket, &manifest.findings)?.map_err(missing)?;
    let commits = SharedCommits::of(bucket, manifest)?.map_err(missing)?;
    commits.commits(&mut |_, _| Ok(()))
}

/// Keeps a manifest, and so what it names.
fn set_aside(bucket: &Bucket, manifest: &Manifest) -> Result<(), StateError> {
    if manifest.is_empty() {
        return Ok(());
    }
    let (_, object) = object(ASIDE, manifest.encode()?.to_vec(), None);
    bucket.put_all(vec![object])
}

fn objects_of(shards: &[Shard]) -> Vec<(String, Bytes)> {
    shards
        .iter()
        .filter(|shard| shard.name.is_some())
        .map(|shard| (format!("shards/{}", shard.name), shard.bytes.clone()))
        .collect()
}
