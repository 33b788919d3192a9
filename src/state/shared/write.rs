//! The one writer of a shared state: uploads what is new, then replaces the manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;

use super::bucket::Bucket;
use super::lease::{Accept, Held};
use super::manifest::{Announced, Lease, Manifest, Segment};
use super::name::{Mark, Name};
use super::shards::{self, Changed, Shard};
use super::{SharedStore, load, probe, tidy};
use crate::model::record::{Author, Entry, Intent};
use crate::state::codec::short_sum;
use crate::state::error::StateError;
use crate::state::findings::{self, Findings};
use crate::state::lock::Holder;
use crate::state::log::frame;
use crate::state::payload::{CommitHead, Header, Item, Payload, encode_commit, encode_intents};
use crate::state::snapshot::{Serial, Snapshot};
use crate::state::source::Source;
use crate::state::{Permit, StateWriter};
use crate::testkit;

pub(super) struct SharedWriter {
    bucket: Bucket,
    store: SharedStore,
    held: Held,
    shards: Vec<Shard>,
    snapshot: Arc<Snapshot>,
}

impl SharedWriter {
    pub(super) fn open(store: &SharedStore, holder: &Holder) -> Result<Self, StateError> {
        let bucket = store.bucket()?.clone();
        let held = take(store, holder, Accept::default())?;
        let manifest = held.manifest();
        // Nobody else writes: nothing that it names can go.
        let loaded = load::named(&bucket, manifest.clone())?.map_err(|(path, _)| {
            StateError::damaged(&path, "it is missing, and the manifest names it")
        })?;
        let shards = manifest
            .shards
            .iter()
            .zip(loaded.shards)
            .map(|(name, bytes)| Shard { name: *name, bytes })
            .collect();
        Ok(Self {
            bucket,
            store: store.clone(),
            held,
            shards,
            snapshot: Arc::new(loaded.snapshot),
        })
    }
}

/// Asks whether conditions are honoured, and takes the lease.
pub(super) fn take(
    store: &SharedStore,
    holder: &Holder,
    accept: Accept,
) -> Result<Held, StateError> {
    let bucket = store.bucket()?;
    probe::ask(bucket)?;
    let waiting = |lease: &Lease| {
        let seconds = lease.term_ms.saturating_mul(6).div_ceil(5).div_ceil(1000);
        (store.waiting)(&format!(
            "{} left its lease of the state in {}: waiting up to {seconds} s to see whether it is \
             still at work",
            lease.holder, store.place.name
        ));
    };
    let times = (store.term, store.patience);
    Held::take(bucket, &store.binding, holder, times, accept, &waiting)
}

impl StateWriter for SharedWriter {
    fn snapshot(&mut self) -> Arc<Snapshot> {
        if !self.snapshot.is_settled() {
            Arc::make_mut(&mut self.snapshot).settle();
        }
        Arc::clone(&self.snapshot)
    }

    fn serial(&self) -> Serial {
        self.snapshot.serial()
    }

    fn open_intents(&self) -> &[Intent] {
        self.snapshot.open_intents()
    }

    fn permit(&self) -> Permit {
        Permit::until(self.held.deadline())
    }

    fn hold(&mut self) -> Result<(), StateError> {
        self.held.renew()
    }

    fn announce(&mut self, intents: &[Intent]) -> Result<(), StateError> {
        if intents.is_empty() {
            return Ok(());
        }
        let (name, object) = object("intents", encode_intents(intents)?, Some(self.held.mark()));
        testkit::reach("shared.intents.before");
        self.bucket.put_all(vec![object])?;
        testkit::reach("shared.intents.uploaded");
        let announced = Announced {
            object: name,
            open: intents.iter().map(|intent| intent.id).collect(),
        };
        self.held
            .replace(|manifest| manifest.intents.push(announced))?;
        testkit::reach("shared.intents.announced");
        Arc::make_mut(&mut self.snapshot)
            .intents
            .extend_from_slice(intents);
        Ok(())
    }

    fn drop_intents(&mut self, ids: &[u64]) -> Result<(), StateError> {
        if ids.is_empty() {
            return Ok(());
        }
        let gone: BTreeSet<u64> = ids.iter().copied().collect();
        self.held.replace(|manifest| settle(manifest, &gone))?;
        Arc::make_mut(&mut self.snapshot)
            .intents
            .retain(|intent| !gone.contains(&intent.id));
        Ok(())
    }

    fn commit(&mut self, author: &Author, entries: &[Entry]) -> Result<Serial, StateError> {
        let items = Item::all(entries)?;
        let serial = self.serial() + 1;
        let mut header = Header {
            serial,
            guard: author.guard.or(self.snapshot.header.guard),
            ..self.snapshot.header.clone()
        };
        if header.project.is_none() {
            header.project.clone_from(&self.store.binding.project);
        }
        let changed = shards::apply(&self.shards, &mut header, &items, self.held.mark())
            .ok_or_else(|| StateError::damaged(&self.bucket.name(), "a shard is not readable"))?;
        let head = CommitHead {
            serial,
            after: serial - 1,
            digest: header.digest,
            records: header.records,
        };
        let payload = encode_commit(head, author, &items)?;
        let too_long =
            || StateError::Misuse("a commit of more than 4 GiB: apply in parts".to_owned());
        let framed = frame(&payload).ok_or_else(too_long)?;
        let bytes = framed.len() as u64;
        let (name, commit) = object("history", framed, Some(self.held.mark()));
        let Changed {
            shards,
            new,
            dropped,
        } = changed;
        let mut uploads: Vec<(String, Bytes)> = new
            .iter()
            .map(|at| &shards[*at])
            .map(|shard| (format!("shards/{}", shard.name), shard.bytes.clone()))
            .collect();
        uploads.push(commit);
        testkit::reach("shared.commit.before");
        self.held.deadline().check()?;
        self.bucket.put_all(uploads)?;
        testkit::reach("shared.commit.uploaded");
        let settled: BTreeSet<u64> = items.iter().filter_map(|item| item.intent).collect();
        let names: Vec<Name> = shards.iter().map(|shard| shard.name).collect();
        self.held.replace(|manifest| {
            manifest.header = header.clone();
            manifest.shards = names;
            manifest.litter += dropped;
            manifest.history.push(Segment {
                object: name,
                first: serial,
                last: serial,
                bytes,
            });
            settle(manifest, &settled);
        })?;
        testkit::reach("shared.commit.done");
        self.shards = shards;
        let snapshot = Arc::make_mut(&mut self.snapshot);
        let path = self.bucket.path(&format!("history/{name}"));
        let payload = Bytes::from(payload);
        if let Payload::Commit(commit) = Payload::decode(&path, &payload)? {
            let source = Arc::new(Source::memory(path.clone(), payload.clone()));
            let file = snapshot.add_source(source);
            snapshot.push(&commit, file, 0)?;
        }
        snapshot.header = header;
        snapshot
            .intents
            .retain(|intent| !settled.contains(&intent.id));
        Ok(serial)
    }

    fn findings(&self) -> Result<Findings, StateError> {
        load::findings(&self.bucket, &self.store.binding, self.held.manifest())
    }

    fn put_findings(&mut self, findings: &Findings) -> Result<(), StateError> {
        let known = self.held.manifest().findings;
        let (mut names, objects) = findings_objects(findings, self.held.mark());
        let mut new = Vec::new();
        for (name, object) in names.iter_mut().zip(objects) {
            // What is stored already keeps its name.
            match known.iter().find(|known| known.hash == name.hash) {
                Some(known) => *name = *known,
                None => new.push(object),
            }
        }
        let dropped = known.iter().filter(|name| !names.contains(name)).count() as u64;
        self.bucket.put_all(new)?;
        self.held.replace(|manifest| {
            manifest.findings = names;
            manifest.litter += dropped;
        })
    }

    fn close(self: Box<Self>) -> Result<(), StateError> {
        let tidied = tidy::tidy(&self.store, &self.bucket, &self.held);
        // What could not be tidied is tidied by the next writer; the lease is given back anyway.
        self.held.release()?;
        tidied
    }
}

/// Takes ids from the intents that are open.
fn settle(manifest: &mut Manifest, ids: &BTreeSet<u64>) {
    if ids.is_empty() {
        return;
    }
    for announced in &mut manifest.intents {
        announced.open.retain(|id| !ids.contains(id));
    }
    let before = manifest.intents.len();
    manifest.intents.retain(|one| !one.open.is_empty());
    manifest.litter += (before - manifest.intents.len()) as u64;
}

/// Bytes under the hash of their content: the name, and the object.
pub(super) fn object(folder: &str, bytes: Vec<u8>, mark: Option<Mark>) -> (Name, (String, Bytes)) {
    let name = Name::of(&bytes, mark);
    (name, (format!("{folder}/{name}"), bytes.into()))
}

/// Findings in parts, each under its hash: which part one stands in depends on its name, so that new
/// answers change few.
pub(super) fn findings_objects(
    findings: &Findings,
    mark: Mark,
) -> (Vec<Name>, Vec<(String, Bytes)>) {
    const EACH: usize = 256;
    if findings.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let count = (findings.len() / EACH + 1).next_power_of_two() as u64;
    let mut parts: BTreeMap<u64, Findings> = BTreeMap::new();
    for (name, text) in findings {
        let part = u64::from_le_bytes(short_sum(name.as_bytes())) % count;
        let part = parts.entry(part).or_default();
        part.insert(name.clone(), text.clone());
    }
    parts
        .values()
        .map(|part| object("findings", findings::encode(part), Some(mark)))
        .unzip()
}
