//! The heart of a lease: renews it, and puts whatever its holder writes into the manifest with it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::bucket::{Bucket, Version, Written};
use super::deadline::{Deadline, elapsed};
use super::lease::{TRIES, until};
use super::manifest::{self, Manifest, nonce};
use crate::model::hash::ContentHash;
use crate::state::error::{RemoteTrouble, StateError};
use crate::state::folder::Binding;

/// The lease as its holder keeps it: shared with the heart that renews it.
pub(super) struct Shared {
    pub(super) bucket: Bucket,
    pub(super) binding: Binding,
    pub(super) deadline: Arc<Deadline>,
    pub(super) term: Duration,
    pub(super) standing: Mutex<Standing>,
    /// Rung when the heart shall stop.
    pub(super) bell: Condvar,
}

/// What became of a write of the manifest.
enum Tried {
    Stands(Version),
    /// Something of ours stands, which nobody had answered: this one belongs on top of it.
    OnTop(Box<Manifest>, Version),
    /// Somebody else wrote: why the lease is lost.
    Lost(String),
}

/// The manifest as it stands, as far as the holder knows.
pub(super) struct Standing {
    pub(super) manifest: Manifest,
    pub(super) version: Version,
    /// Writes whose answer never came: they may stand.
    pub(super) unanswered: Vec<ContentHash>,
    /// Why nothing more is written.
    pub(super) stuck: Option<String>,
    pub(super) stop: bool,
}

impl Shared {
    pub(super) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews the lease until told to stop.
    pub(super) fn beat(&self) {
        let mut standing = self.standing();
        let mut pause = self.term / 4;
        while !standing.stop {
            let (again, waited) = self
                .bell
                .wait_timeout(standing, pause)
                .unwrap_or_else(PoisonError::into_inner);
            standing = again;
            if standing.stop || !waited.timed_out() {
                continue;
            }
            if standing.stuck.is_some() || self.deadline.check().is_err() {
                return;
            }
            let next = standing.manifest.clone();
            // What went wrong is met again by whoever writes next, or the deadline passes.
            pause = match self.put(&mut standing, next) {
                Ok(()) => self.term / 4,
                Err(_) => self.term / 16,
            };
        }
    }

    /// Replaces the manifest, with the lease renewed.
    pub(super) fn put(
        &self,
        standing: &mut Standing,
        mut next: Manifest,
    ) -> Result<(), StateError> {
        let renewal = next == standing.manifest;
        // The term counts from the first try: any of them may be the one that arrived.
        let (mut sent, mut bytes) = self.stamped(&mut next)?;
        let mut tries = 0;
        loop {
            let error = match self.try_put(&bytes, next.write, standing, renewal) {
                Ok(Tried::Stands(version)) => {
                    standing.manifest = next;
                    standing.version = version;
                    standing.unanswered.clear();
                    self.deadline.extend(sent, self.term);
                    return Ok(());
                }
                // A renewal that nobody answered stands after all: on top of it, again.
                Ok(Tried::OnTop(found, version)) => {
                    (standing.manifest, standing.version) = (*found, version);
                    standing.unanswered.clear();
                    (sent, bytes) = self.stamped(&mut next)?;
                    continue;
                }
                Ok(Tried::Lost(why)) => {
                    return Err(self.deadline.lose(why));
                }
                Err(error) => error,
            };
            if renewal {
                standing.unanswered.push(next.write);
                return Err(error);
            }
            tries += 1;
            if tries == TRIES || !passes(&error) || self.deadline.check().is_err() {
                standing.stuck = Some(format!("a write was left without an answer: {error}"));
                return Err(error);
            }
            // The same bytes over the same version: of all tries one can count.
            std::thread::sleep(self.term / 64);
        }
    }

    /// Makes a manifest the next one that is written: when that was, and its bytes.
    fn stamped(&self, next: &mut Manifest) -> Result<(Duration, Bytes), StateError> {
        let now = elapsed();
        if let Some(lease) = &mut next.lease {
            lease.beat += 1;
            lease.until = until(&self.bucket, self.term);
        }
        next.write = nonce();
        Ok((now, next.encode()?))
    }

    /// Sends a write of the manifest once, and finds out what became of it.
    ///
    /// # Errors
    /// Where nobody knows.
    fn try_put(
        &self,
        bytes: &Bytes,
        write: ContentHash,
        standing: &Standing,
        renewal: bool,
    ) -> Result<Tried, StateError> {
        let put = self
            .bucket
            .replace(manifest::NAME, bytes.clone(), &standing.version);
        let refused = match put {
            Ok(Written::Done(version)) => return Ok(Tried::Stands(version)),
            Ok(Written::Refused) => None,
            // No time is lost: the next renewal finds out.
            Err(error) if renewal => return Err(error),
            Err(error) => Some(error),
        };
        let (found, version) = match (self.look(), refused) {
            (Ok(found), None) => found,
            // Not answered, and not there: it may still be on its way.
            (Ok((found, _)), Some(error)) if found.write != write => return Err(error),
            (Ok(found), Some(_)) => found,
            (Err(_), Some(error)) | (Err(error), None) => return Err(error),
        };
        Ok(if found.write == write {
            // This try, or an earlier one, had arrived.
            Tried::Stands(version)
        } else if standing.unanswered.contains(&found.write) {
            Tried::OnTop(Box::new(found), version)
        } else {
            Tried::Lost(match found.lease {
                Some(lease) if lease.id != self.deadline.lease => {
                    format!("{} took it over (lease {})", lease.holder, lease.id)
                }
                _ => "it was ended with `state unlock`".to_owned(),
            })
        })
    }

    fn look(&self) -> Result<(Manifest, Version), StateError> {
        let path = self.bucket.path(manifest::NAME);
        let Some((bytes, version)) = self.bucket.get(manifest::NAME)? else {
            self.deadline.lose("its manifest was deleted".to_owned());
            return Err(StateError::damaged(&path, "it was deleted"));
        };
        Ok((Manifest::decode(&path, &bytes, &self.binding)?, version))
    }
}

/// Whether trying again may help.
pub(super) const fn passes(error: &StateError) -> bool {
    matches!(
        error,
        StateError::Remote {
            kind: RemoteTrouble::Unreachable | RemoteTrouble::Other,
            ..
        }
    )
}
