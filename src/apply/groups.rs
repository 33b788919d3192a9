//! Groups: which changes run side by side, and what is written down before and after them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};

use crate::engine::change::{Change, Plan, Refresh};
use crate::engine::{order, reference};
use crate::model::address::Address;
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Entry, Intent};
use crate::platform::{Operation, PlatformError, PlatformWriter};
use crate::state::{StateError, StateWriter};
use crate::testkit;

use super::{
    Outcome, Result, Run, entry, follows, record, refresh_entry, settle_blocked, undone_renames,
};

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
    // What follows a rename is written to the platform like a change, though nobody calls it one.
    let mut changes = Cow::Borrowed(&plan.changes);
    let pushed: Vec<Change> = plan.refreshes.iter().filter_map(pushed).collect();
    if !pushed.is_empty() {
        changes.to_mut().extend(pushed);
    }
    let changes: &[Change] = &changes;
    let needs = needs(changes, plan.changes.len());
    let mut results = settle_blocked(changes);
    let mut ids = Ids::after(run.writer);
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
        group(changes, &ready, platform, run, &mut ids, &mut results).await?;
        let counted = results.iter().take(plan.changes.len());
        (run.progress)(counted.flatten().count());
    }
    let undone = undone_renames(&plan.changes, |at| results[at] == Some(Result::Done));
    let entries: Vec<Entry> = plan
        .refreshes
        .iter()
        .filter(|refresh| !refresh.push && !follows(refresh, &undone))
        .map(|refresh| refresh_entry(refresh, run.origins))
        .collect();
    if !entries.is_empty() {
        run.writer.commit(run.author, &entries)?;
    }
    let stuck = |at: usize| Result::Skipped {
        needs: changes[needs[at].first().copied().unwrap_or(at)]
            .address
            .clone(),
    };
    let mut results: Vec<Result> = results
        .into_iter()
        .enumerate()
        .map(|(at, result)| result.unwrap_or_else(|| stuck(at)))
        .collect();
    let followed = results.split_off(plan.changes.len());
    let behind = changes[plan.changes.len()..].iter().zip(followed);
    Ok(Outcome {
        results,
        behind: behind
            .filter(|(_, result)| *result != Result::Done)
            .map(|(change, result)| (change.address.clone(), result))
            .collect(),
        serial: run.writer.serial(),
    })
}

/// The platform write of a record that follows a rename.
fn pushed(refresh: &Refresh) -> Option<Change> {
    let moved = refresh.from != refresh.address;
    refresh.push.then(|| Change {
        address: refresh.address.clone(),
        action: if moved {
            Action::Rename
        } else {
            Action::Update
        },
        from: moved.then(|| refresh.from.clone()),
        fields: Vec::new(),
        spec: Some(refresh.spec.clone()),
        before: Some(refresh.before.clone()),
        protect: refresh.protect,
        digest: ContentHash::default(),
        source: refresh.source,
        reason: None,
        follows: 0,
        used_by: 0,
        blocked: None,
    })
}

/// What must come before each change; what follows a rename (from `first` on) comes after all
/// that it names.
fn needs(changes: &[Change], first: usize) -> Vec<Vec<usize>> {
    let mut needs = order::dependencies(changes);
    if first == changes.len() {
        return needs;
    }
    let renamed: BTreeMap<&Address, usize> = changes[..first]
        .iter()
        .enumerate()
        .filter(|(_, change)| change.from.is_some())
        .map(|(at, change)| (&change.address, at))
        .collect();
    for (at, change) in changes.iter().enumerate().skip(first) {
        let Some(spec) = &change.spec else { continue };
        for name in reference::names(&change.address, &spec.value()) {
            needs[at].extend(renamed.get(&name));
        }
        needs[at].sort_unstable();
        needs[at].dedup();
    }
    needs
}

/// Numbers of intents: none is used again in a run, and none starts with intents open.
struct Ids(u64);

impl Ids {
    fn after(writer: &dyn StateWriter) -> Self {
        const EACH: u32 = 20;
        let open = writer.open_intents().iter().map(|intent| intent.id + 1);
        Self(open.max().unwrap_or(0).max(writer.serial() << EACH))
    }

    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
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
    ids: &mut Ids,
    results: &mut [Option<Result>],
) -> std::result::Result<(), StateError> {
    let intents = announce(changes, ready, ids, run)?;
    let permit = &run.writer.permit();
    let writes = ready.iter().map(|at| async move {
        // Whoever may not write the state any more must not write to the platform either.
        permit.check()?;
        Ok((*at, write(&changes[*at], platform).await))
    });
    let written: Vec<std::result::Result<_, StateError>> = stream::iter(writes)
        .buffer_unordered(run.parallelism.0.max(1))
        .collect()
        .await;
    // What is under way was waited for; what the platform took meanwhile is announced.
    let written = written
        .into_iter()
        .collect::<std::result::Result<Vec<_>, StateError>>()?;
    testkit::reach("group.written");
    let mut entries = Vec::new();
    let mut dropped = Vec::new();
    for (at, result) in written {
        let intent = intents.get(&at).copied();
        match result {
            Ok(ids) => {
                if changes[at].action != Action::Wait {
                    let mut done = entry(&changes[at], ids, run.origins);
                    done.intent = intent;
                    entries.push(done);
                }
                results[at] = Some(Result::Done);
            }
            Err(error) => {
                // An ambiguous write keeps its intent: the next run asks the platform.
                if !matches!(error, PlatformError::Ambiguous { .. }) {
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
    ids: &mut Ids,
    run: &mut Run<'_>,
) -> std::result::Result<BTreeMap<usize, u64>, StateError> {
    let mut announced = BTreeMap::new();
    let mut intents = Vec::new();
    let written = |at: &&usize| !matches!(changes[**at].action, Action::Forget | Action::Wait);
    for at in ready.iter().filter(written) {
        let change = &changes[*at];
        let id = ids.next();
        announced.insert(*at, id);
        intents.push(Intent {
            id,
            address: change.address.clone(),
            action: change.action,
            from: change.from.clone(),
            record: record(change, BTreeMap::new(), run.origins),
            reason: change.reason.clone(),
            pull_request: run.origins.of_removal(change),
        });
    }
    testkit::reach("group.before");
    if !intents.is_empty() {
        run.writer.announce(&intents)?;
        testkit::reach("group.announced");
    }
    Ok(announced)
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
