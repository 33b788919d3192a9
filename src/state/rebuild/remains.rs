//! Remains: the undamaged beginning of the log.

use crate::model::record::Intent;
use crate::state::base;
use crate::state::embedded::EmbeddedStore;
use crate::state::error::StateError;
use crate::state::files;
use crate::state::folder::{OpenIntents, check};
use crate::state::log::{HEAD, Scan};
use crate::state::payload::{Header, Payload};
use crate::state::snapshot::Serial;

/// The undamaged beginning of the log.
pub(super) struct LogRemains {
    pub(super) header: Option<Header>,
    pub(super) good: Vec<u8>,
    pub(super) damaged: bool,
    /// Serial before the log, and after its last good commit; the first commit in it.
    pub(super) started: Serial,
    pub(super) last: Serial,
    pub(super) first: Option<Serial>,
    pub(super) intents: Vec<Intent>,
}

impl LogRemains {
    pub(super) fn read(store: &EmbeddedStore) -> Result<Self, StateError> {
        let folder = &store.folder;
        let path = folder.log();
        let bytes = files::read(&path)?.unwrap_or_default();
        let (scan, next) = Scan::until_damage(&bytes);
        let mut remains = Self {
            header: None,
            good: Vec::new(),
            damaged: next.is_some(),
            started: 0,
            last: 0,
            first: None,
            intents: Vec::new(),
        };
        let mut open = OpenIntents::default();
        for range in scan.payloads {
            let Ok(payload) = refuse_only_newer(Payload::decode(&path, &bytes[range.clone()]))?
            else {
                remains.damaged = true;
                break;
            };
            match &payload {
                Payload::Header(header) => {
                    check(&path, header, &store.binding)?;
                    if remains.header.is_none() {
                        (remains.started, remains.last) = (header.serial, header.serial);
                    }
                    remains.header = Some(header.clone());
                }
                Payload::Commit(commit) => {
                    if remains.header.is_none() || commit.head.after != remains.last {
                        remains.damaged = true;
                        break;
                    }
                    remains.last = commit.head.serial;
                    remains.first.get_or_insert(commit.head.serial);
                }
                _ => {}
            }
            open.see(&payload);
            remains
                .good
                .extend_from_slice(&bytes[range.start - HEAD..range.end]);
        }
        remains.intents = open.into_intents().unwrap_or_default();
        if remains.header.is_none() {
            remains.damaged = !bytes.is_empty();
            let base = refuse_only_newer(base::read(&folder.base()))?;
            if let Ok(Some(parts)) = base {
                check(&folder.base(), &parts.header, &store.binding)?;
                (remains.started, remains.last) = (parts.header.serial, parts.header.serial);
                remains.header = Some(parts.header);
            }
        }
        Ok(remains)
    }
}

/// Keeps damage as a value, and lets go of nothing that is merely too new.
fn refuse_only_newer<T>(found: Result<T, StateError>) -> Result<Result<T, StateError>, StateError> {
    match found {
        Err(error @ StateError::NewerFormat { .. }) => Err(error),
        other => Ok(other),
    }
}
