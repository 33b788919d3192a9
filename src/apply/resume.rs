//! Taking up an interrupted apply: intents without receipts are settled by asking the platform.

use crate::engine::fields;
use crate::model::record::{Action, Author, Entry, Intent};
use crate::platform::{Found, PlatformError, PlatformReader};
use crate::state::{StateError, StateWriter};

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
) -> Result<usize, ResumeError> {
    let intents = writer.open_intents().to_vec();
    if intents.is_empty() {
        return Ok(0);
    }
    let mut done = Vec::new();
    let mut dropped = Vec::new();
    for intent in intents {
        let found = platform.find(&intent.address).await?;
        if was_written(&intent, found.as_ref()) {
            done.push(receipt(intent, found));
        } else {
            dropped.push(intent.id);
        }
    }
    if !done.is_empty() {
        writer.commit(author, &done)?;
    }
    if !dropped.is_empty() {
        writer.drop_intents(&dropped)?;
    }
    Ok(done.len())
}

fn was_written(intent: &Intent, found: Option<&Found>) -> bool {
    match (&intent.record, found) {
        (Some(record), Some(found)) => {
            let wanted = record.spec.value();
            fields::owned_part(&[&wanted], &found.spec) == wanted
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
    }
}
