//! Apply: runs a plan. Intents before platform writes, receipts and records before anything that
//! depends on them; a failure stops only what needs what failed.
//!
//! # Guarantees
//! After `kill -9` at any instant the next run finds the intents without receipts, asks the
//! platform by natural key and goes on: nothing is done twice, nothing is lost. Where the state is
//! the register, everything is one atomic commit.

mod groups;
mod resume;

pub use groups::{GROUP, Parallelism};
pub use resume::{ResumeError, resume};

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::change::{Change, Plan, Refresh};
use crate::engine::desired::SourceRef;
use crate::engine::reference;
use crate::model::address::Address;
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Author, Entry, Provenance, Record};
use crate::platform::{PlatformError, PlatformWriter};
use crate::state::{Serial, StateError, StateWriter};

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Result {
    Done,
    /// Not tried: its access is not proven.
    Blocked,
    /// Not tried: what it needs was not done.
    Skipped {
        needs: Address,
    },
    Failed(PlatformError),
}

/// What an apply did.
#[derive(Debug)]
pub struct Outcome {
    /// One for each change of the plan, in its order.
    pub results: Vec<Result>,
    /// What should have followed a rename, and did not.
    pub behind: Vec<(Address, Result)>,
    /// Number of the last commit.
    pub serial: Serial,
}

impl Outcome {
    #[must_use]
    pub fn done(&self) -> usize {
        self.results
            .iter()
            .filter(|result| **result == Result::Done)
            .count()
    }

    /// Whether every change was made.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.done() == self.results.len() && self.behind.is_empty()
    }
}

/// What a run needs beside the plan.
pub struct Run<'a> {
    pub writer: &'a mut dyn StateWriter,
    /// None where the state is the register.
    pub platform: Option<&'a dyn PlatformWriter>,
    pub author: &'a Author,
    pub origins: Origins<'a>,
    pub parallelism: Parallelism,
    /// Told after each group: done so far.
    pub progress: &'a mut dyn FnMut(usize),
}

/// From where changes came: asked about each that is made.
#[derive(Clone, Copy)]
pub struct Origins<'a> {
    /// File and line of a declaration.
    pub provenance: &'a (dyn Fn(&SourceRef) -> Provenance + Sync),
    /// The pull request that a change came with, for example `#41`; none where it is not known for this
    /// change alone.
    pub pull_request: &'a (dyn Fn(&Change) -> Option<String> + Sync),
}

impl Origins<'_> {
    fn of(self, change: &Change) -> Provenance {
        let place = change.source.as_ref().map(self.provenance);
        let before = change.before.as_ref();
        // What only follows a rename has no digest: its spec is that of before.
        let follows = change.digest == ContentHash::default() && change.action == Action::Update;
        let kept = before.filter(|_| follows);
        let kept = || kept.and_then(|record| record.provenance.pull_request.clone());
        Provenance {
            pull_request: (self.pull_request)(change).or_else(kept),
            ..place.unwrap_or_default()
        }
    }

    /// Of what leaves no record that could say it.
    fn of_removal(self, change: &Change) -> Option<String> {
        match change.spec {
            None => (self.pull_request)(change),
            Some(_) => None,
        }
    }

    fn of_refresh(self, refresh: &Refresh, moved: bool) -> Provenance {
        let place = refresh.source.as_ref().map(self.provenance);
        let before = Some(&refresh.before.provenance).filter(|_| !moved);
        Provenance {
            pull_request: before.and_then(|before| before.pull_request.clone()),
            ..place.unwrap_or_default()
        }
    }
}

/// Runs a plan.
///
/// # Errors
/// Where the state could not be written: what was committed before stands, the next run goes on.
pub async fn run(plan: &Plan, run: &mut Run<'_>) -> std::result::Result<Outcome, StateError> {
    match run.platform {
        None => local(plan, run),
        Some(platform) => groups::run(plan, platform, run).await,
    }
}

/// Runs a plan where the state is the register: one commit holds everything.
///
/// # Errors
/// Where the state could not be written: then nothing was.
pub fn local(plan: &Plan, run: &mut Run<'_>) -> std::result::Result<Outcome, StateError> {
    let results = settle_blocked(&plan.changes);
    let mut entries: Vec<Entry> = plan
        .changes
        .iter()
        .zip(&results)
        .filter(|(change, result)| result.is_none() && change.action != Action::Wait)
        .map(|(change, _)| entry(change, BTreeMap::new(), run.origins))
        .collect();
    let undone = undone_renames(&plan.changes, |at| results[at].is_none());
    let stands = plan
        .refreshes
        .iter()
        .filter(|refresh| !follows(refresh, &undone));
    entries.extend(stands.map(|refresh| refresh_entry(refresh, run.origins)));
    let serial = if entries.is_empty() {
        run.writer.serial()
    } else {
        run.writer.commit(run.author, &entries)?
    };
    (run.progress)(plan.changes.len());
    let results = results
        .into_iter()
        .map(|result| result.unwrap_or(Result::Done))
        .collect();
    Ok(Outcome {
        results,
        behind: Vec::new(),
        serial,
    })
}

/// What is blocked, and what needs something blocked, is settled before anything runs.
fn settle_blocked(changes: &[Change]) -> Vec<Option<Result>> {
    changes
        .iter()
        .map(|change| change.blocked.as_ref().map(|_| Result::Blocked))
        .collect()
}

/// The former names of what should have been renamed and is not.
fn undone_renames(changes: &[Change], done: impl Fn(usize) -> bool) -> BTreeSet<Address> {
    let renames = changes.iter().enumerate().filter(|(at, _)| !done(*at));
    renames
        .filter_map(|(_, change)| change.from.clone())
        .collect()
}

/// Whether a record follows one of these renames: itself, or through what its spec names.
fn follows(refresh: &Refresh, renamed: &BTreeSet<Address>) -> bool {
    !renamed.is_empty()
        && reference::names(&refresh.from, &refresh.before.spec.value())
            .iter()
            .any(|name| renamed.contains(name))
}

/// What the state keeps of a change.
fn entry(change: &Change, ids: BTreeMap<String, String>, origins: Origins<'_>) -> Entry {
    Entry {
        address: change.address.clone(),
        action: change.action,
        from: change.from.clone(),
        record: record(change, ids, origins),
        intent: None,
        reason: change.reason.clone(),
        pull_request: origins.of_removal(change),
    }
}

fn record(change: &Change, ids: BTreeMap<String, String>, origins: Origins<'_>) -> Option<Record> {
    let spec = change.spec.clone()?;
    // What is created again has nothing of what it was on the platform before.
    let mut platform = change
        .before
        .as_ref()
        .filter(|_| change.action != Action::Create)
        .map(|before| before.platform.clone())
        .unwrap_or_default();
    platform.extend(ids);
    Some(Record {
        address: change.address.clone(),
        spec,
        platform,
        protect: change.protect,
        provenance: origins.of(change),
    })
}

fn refresh_entry(refresh: &Refresh, origins: Origins<'_>) -> Entry {
    let moved = refresh.from != refresh.address;
    Entry {
        address: refresh.address.clone(),
        action: if moved {
            Action::Rename
        } else {
            Action::Update
        },
        from: moved.then(|| refresh.from.clone()),
        record: Some(Record {
            address: refresh.address.clone(),
            spec: refresh.spec.clone(),
            platform: refresh.before.platform.clone(),
            protect: refresh.protect,
            provenance: origins.of_refresh(refresh, moved),
        }),
        intent: None,
        reason: None,
        pull_request: None,
    }
}
