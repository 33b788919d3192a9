//! Taking up an interrupted apply: intents without receipts are settled by asking the platform.

use futures::stream::{self, StreamExt, TryStreamExt};

use crate::engine::fields;
use crate::model::canonical::Canonical;
use crate::model::record::{Action, Author, Entry, Intent};
use crate::platform::{Found, PlatformError, PlatformReader};
use crate::state::{StateError, StateWriter};
use crate::testkit;

use super::Parallelism;

/// Why an interrupted apply could not be taken up.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

/// Asks the platform about each open intent: what was written is committed, what was not is taken
/// back, so that the plan that follows sees things as they are. Returns how many were written.
///
/// # Errors
/// Where the platform or the state does not answer: nothing was settled that is not known.
pub async fn resume(
    writer: &mut dyn StateWriter,
    platform: &dyn PlatformReader,
    author: &Author,
    parallelism: Parallelism,
) -> Result<usize, ResumeError> {
    let intents = writer.open_intents().to_vec();
    if intents.is_empty() {
        return Ok(0);
    }
    let questions = intents
        .iter()
        .map(|intent| async move { platform.find(&intent.address).await });
    let answers: Vec<Option<Found>> = stream::iter(questions)
        .buffered(parallelism.0.max(1))
        .try_collect()
        .await?;
    let snapshot = writer.snapshot();
    let mut done = Vec::new();
    let mut dropped = Vec::new();
    for (intent, found) in intents.into_iter().zip(answers) {
        let before = snapshot.get(intent.from.as_ref().unwrap_or(&intent.address))?;
        if was_written(
            &intent,
            before.as_ref().map(|record| &record.spec),
            found.as_ref(),
        ) {
            done.push(receipt(intent, found));
        } else {
            dropped.push(intent.id);
        }
    }
    testkit::reach("resume.asked");
    if !done.is_empty() {
        writer.commit(author, &done)?;
        testkit::reach("resume.committed");
    }
    if !dropped.is_empty() {
        writer.drop_intents(&dropped)?;
    }
    Ok(done.len())
}

/// Whether the platform has what the intent announced, in all fields that are ours: those of the
/// new spec, and those of the old one, which a write may have taken away.
fn was_written(intent: &Intent, before: Option<&Canonical>, found: Option<&Found>) -> bool {
    match (&intent.record, found) {
        (Some(record), Some(found)) => {
            let wanted = record.spec.value();
            let before = before.map(Canonical::value);
            let owned: Vec<_> = std::iter::once(&wanted).chain(&before).collect();
            fields::owned_part(&owned, &found.spec) == wanted
        }
        (None, None) => intent.action == Action::Delete,
        _ => false,
    }
}

fn receipt(intent: Intent, found: Option<Found>) -> Entry {
    let mut record = intent.record;
    if let (Some(record), Some(found)) = (&mut record, found) {
        record.platform.extend(found.ids);
    }
    Entry {
        address: intent.address,
        action: intent.action,
        from: intent.from,
        record,
        intent: Some(intent.id),
        reason: intent.reason,
        pull_request: intent.pull_request,
    }
}
