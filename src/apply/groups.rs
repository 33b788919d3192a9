//! Groups: which changes run side by side, and what is written down before and after them.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};

use crate::engine::change::{Change, Plan};
use crate::engine::order;
use crate::model::record::{Action, Entry, Intent};
use crate::platform::{Operation, PlatformError, PlatformWriter};
use crate::state::StateError;
use crate::testkit;

use super::{Outcome, Result, Run, entry, record, refresh_entry, settle_blocked};

/// The most changes in one group: as many intents are synced at once.
pub const GROUP: usize = 256;

/// How many platform writes run side by side.
#[derive(Debug, Clone, Copy)]
pub struct Parallelism(pub usize);

impl Default for Parallelism {
    fn default() -> Self {
        Self(10)
    }
}

/// Runs the changes in groups: those whose needs are met, up to [`GROUP`] at a time.
pub(super) async fn run(
    plan: &Plan,
    platform: &dyn PlatformWriter,
    run: &mut Run<'_>,
) -> std::result::Result<Outcome, StateError> {
    let changes = &plan.changes;
    let needs = order::dependencies(changes);
    let mut results = settle_blocked(changes);
    loop {
        skip_dependents(changes, &needs, &mut results);
        let done = |at: &usize| results[*at] == Some(Result::Done);
        let ready: Vec<usize> = (0..changes.len())
            .filter(|at| results[*at].is_none() && needs[*at].iter().all(done))
            .take(GROUP)
            .collect();
        if ready.is_empty() {
            break;
        }
        group(changes, &ready, platform, run, &mut results).await?;
        (run.progress)(results.iter().flatten().count());
    }
    let entries: Vec<Entry> = plan
        .refreshes
        .iter()
        .map(|refresh| refresh_entry(refresh, run.provenance))
        .collect();
    if !entries.is_empty() {
        run.writer.commit(run.author, &entries)?;
    }
    let stuck = |at: usize| Result::Skipped {
        needs: changes[needs[at].first().copied().unwrap_or(at)]
            .address
            .clone(),
    };
    let results = results
        .into_iter()
        .enumerate()
        .map(|(at, result)| result.unwrap_or_else(|| stuck(at)))
        .collect();
    Ok(Outcome {
        results,
        serial: run.writer.serial(),
    })
}

/// Whatever needs something that will not be done is not done either.
fn skip_dependents(changes: &[Change], needs: &[Vec<usize>], results: &mut [Option<Result>]) {
    loop {
        let mut moved = false;
        for at in 0..changes.len() {
            if results[at].is_some() {
                continue;
            }
            let lost = needs[at].iter().find(|need| {
                results[**need]
                    .as_ref()
                    .is_some_and(|result| *result != Result::Done)
            });
            if let Some(lost) = lost {
                results[at] = Some(Result::Skipped {
                    needs: changes[*lost].address.clone(),
                });
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

async fn group(
    changes: &[Change],
    ready: &[usize],
    platform: &dyn PlatformWriter,
    run: &mut Run<'_>,
    results: &mut [Option<Result>],
) -> std::result::Result<(), StateError> {
    let intents = announce(changes, ready, run)?;
    let writes = ready
        .iter()
        .map(|at| async move { (*at, write(&changes[*at], platform).await) });
    let written: Vec<_> = stream::iter(writes)
        .buffer_unordered(run.parallelism.0.max(1))
        .collect()
        .await;
    testkit::reach("group.written");
    let mut entries = Vec::new();
    let mut dropped = Vec::new();
    for (at, result) in written {
        let intent = intents.get(&at).copied();
        match result {
            Ok(ids) => {
                let mut done = entry(&changes[at], ids, run.provenance);
                done.intent = intent;
                entries.push(done);
                results[at] = Some(Result::Done);
            }
            Err(error) => {
                // An ambiguous write keeps its intent: the next run asks the platform.
                if matches!(error, PlatformError::Refused { .. }) {
                    dropped.extend(intent);
                }
                results[at] = Some(Result::Failed(error));
            }
        }
    }
    entries.sort_by(|a, b| a.address.cmp(&b.address));
    if !entries.is_empty() {
        run.writer.commit(run.author, &entries)?;
        testkit::reach("group.committed");
    }
    if !dropped.is_empty() {
        run.writer.drop_intents(&dropped)?;
    }
    Ok(())
}

/// Writes down what is about to be written to the platform. Returns the intents' ids by change.
fn announce(
    changes: &[Change],
    ready: &[usize],
    run: &mut Run<'_>,
) -> std::result::Result<BTreeMap<usize, u64>, StateError> {
    let next = run
        .writer
        .open_intents()
        .iter()
        .map(|intent| intent.id + 1)
        .max()
        .unwrap_or(0);
    let mut ids = BTreeMap::new();
    let mut intents = Vec::new();
    let written = |at: &&usize| !matches!(changes[**at].action, Action::Forget | Action::Wait);
    for (at, id) in ready.iter().filter(written).zip(next..) {
        let change = &changes[*at];
        ids.insert(*at, id);
        intents.push(Intent {
            id,
            address: change.address.clone(),
            action: change.action,
            from: change.from.clone(),
            record: record(change, BTreeMap::new(), run.provenance),
        });
    }
    testkit::reach("group.before");
    if !intents.is_empty() {
        run.writer.announce(&intents)?;
        testkit::reach("group.announced");
    }
    Ok(ids)
}

async fn write(
    change: &Change,
    platform: &dyn PlatformWriter,
) -> std::result::Result<BTreeMap<String, String>, PlatformError> {
    if matches!(change.action, Action::Forget | Action::Wait) {
        return Ok(BTreeMap::new());
    }
    let ids = change
        .before
        .as_ref()
        .map(|record| record.platform.clone())
        .unwrap_or_default();
    let operation = Operation {
        action: change.action,
        address: change.address.clone(),
        from: change.from.clone(),
        spec: change.spec.clone(),
        ids,
    };
    platform.write(&operation).await
}
