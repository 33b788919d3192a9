//! The lease: who may write, held by renewing it. The manifest carries it, so that whoever lost it
//! cannot replace the manifest either; the deadline is for everything else, such as a platform.
//!
//! No two clocks are compared. The holder stops before its term is over since the last renewal was
//! *sent*; an heir waits for more than a whole term in which it *saw* no renewal.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::bucket::{Bucket, Version, Written};
use super::deadline::{Deadline, elapsed, millis};
use super::heart::{Shared, Standing, passes};
use super::manifest::{self, Lease, Manifest, nonce};
use super::name::Mark;
use super::write::object;
use crate::model::hash::ContentHash;
use crate::state::embedded::new_lineage;
use crate::state::error::StateError;
use crate::state::folder::{Binding, unborn};
use crate::state::lock::Holder;
use crate::state::payload::Header;

/// How often a write of the manifest is sent where nobody says what became of it.
pub(super) const TRIES: usize = 6;

/// What may stand where a lease is taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Accept {
    /// A state that was moved away.
    pub(super) moved: bool,
    /// Also what is damaged, or belongs to something else: it is about to be replaced.
    pub(super) anything: bool,
}

/// The held lease, with the manifest that it stands in.
pub(super) struct Held {
    shared: Arc<Shared>,
    heart: Option<JoinHandle<()>>,
}

impl Held {
    /// Becomes the writer: takes a free lease, or one whose holder is silent for a whole term.
    ///
    /// # Errors
    /// [`StateError::Locked`] says who writes.
    pub(super) fn take(
        bucket: &Bucket,
        binding: &Binding,
        holder: &Holder,
        (term, patience): (Duration, Duration),
        accept: Accept,
        waiting: &dyn Fn(&Lease),
    ) -> Result<Self, StateError> {
        let whole = bucket;
        let bucket = &bucket.within(patience);
        let path = bucket.path(manifest::NAME);
        loop {
            let Some((bytes, version)) = bucket.get(manifest::NAME)? else {
                let header = Header {
                    lineage: new_lineage(),
                    ..unborn(binding)
                };
                if let Some(held) =
                    Self::swap(bucket, binding, Manifest::first(header), None, holder, term)?
                {
                    return Ok(held);
                }
                continue;
            };
            let found = match Manifest::decode(&path, &bytes, binding) {
                Err(StateError::Damaged { .. } | StateError::Foreign { .. }) if accept.anything => {
                    if let Some(found) = Manifest::loose(&bytes)
                        && let Some(lease) = &found.lease
                    {
                        wait_for(bucket, lease, &found.write, waiting)?;
                    }
                    // Before it is written over: it may be somebody's whole state.
                    whole.put_all(vec![object(manifest::ASIDE, bytes.to_vec(), None).1])?;
                    Manifest::restoring(unborn(binding), holder)
                }
                found => found?,
            };
            if !accept.moved {
                found.stays(&bucket.name())?;
            }
            if let Some(lease) = &found.lease {
                wait_for(bucket, lease, &found.write, waiting)?;
            }
            if let Some(held) = Self::swap(bucket, binding, found, Some(version), holder, term)? {
                return Ok(held);
            }
        }
    }

    /// Puts a lease of ours in place of what stands; none where somebody else was faster.
    fn swap(
        bucket: &Bucket,
        binding: &Binding,
        mut manifest: Manifest,
        version: Option<Version>,
        holder: &Holder,
        term: Duration,
    ) -> Result<Option<Self>, StateError> {
        let sent = elapsed();
        let lease = Lease {
            id: nonce(),
            holder: Holder {
                pid: std::process::id(),
                ..holder.clone()
            },
            term_ms: millis(term),
            beat: 0,
            until: until(bucket, term),
        };
        let deadline = Arc::new(Deadline::new(bucket.name(), lease.id));
        deadline.extend(sent, term);
        manifest.lease = Some(lease);
        manifest.write = nonce();
        let Some(version) = written(bucket, &manifest, version.as_ref())? else {
            return Ok(None);
        };
        let shared = Arc::new(Shared {
            bucket: bucket.clone(),
            binding: binding.clone(),
            deadline,
            term,
            standing: Mutex::new(Standing {
                manifest,
                version,
                unanswered: Vec::new(),
                stuck: None,
                stop: false,
            }),
            bell: Condvar::new(),
        });
        let heart = {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name("lease".to_owned())
                .spawn(move || shared.beat())
                .map_err(|cause| StateError::io("start a thread for", &bucket.name(), cause))?
        };
        Ok(Some(Self {
            shared,
            heart: Some(heart),
        }))
    }

    pub(super) fn deadline(&self) -> Arc<Deadline> {
        Arc::clone(&self.shared.deadline)
    }

    /// What the objects are marked with that are written under this lease.
    pub(super) fn mark(&self) -> Mark {
        Mark::of(self.shared.deadline.lease)
    }

    /// What stands now.
    pub(super) fn manifest(&self) -> Manifest {
        self.shared.standing().manifest.clone()
    }

    /// Replaces the manifest by what `change` makes of it: the one moment in which everything that was
    /// uploaded before begins to count.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`]; what the store says. Then nothing was changed, or nobody knows: in
    /// that case nothing more is written, and the next writer sees what stands.
    pub(super) fn replace(&self, change: impl FnOnce(&mut Manifest)) -> Result<(), StateError> {
        self.shared.deadline.check()?;
        let mut standing = self.shared.standing();
        if let Some(why) = &standing.stuck {
            return Err(self.shared.deadline.gone(why));
        }
        let mut next = standing.manifest.clone();
        change(&mut next);
        self.shared.put(&mut standing, next)
    }

    /// Renews the lease at once.
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub(super) fn renew(&self) -> Result<(), StateError> {
        loop {
            match self.replace(|_| ()) {
                Err(error) if passes(&error) && self.shared.deadline.check().is_ok() => {
                    std::thread::sleep(self.shared.term / 64);
                }
                done => return done,
            }
        }
    }

    /// Gives the lease back.
    pub(super) fn release(mut self) -> Result<(), StateError> {
        self.stop();
        self.replace(|manifest| manifest.lease = None)
    }

    fn stop(&mut self) {
        self.shared.standing().stop = true;
        self.shared.bell.notify_all();
        if let Some(heart) = self.heart.take() {
            let _ = heart.join();
        }
    }
}

impl Drop for Held {
    /// Gives the lease back, if that is possible: else it ends by itself.
    fn drop(&mut self) {
        if self.heart.is_some() {
            self.stop();
            let _ = self.replace(|manifest| manifest.lease = None);
        }
    }
}

/// Writes a manifest over this version; none where somebody else was faster. A request that hangs is
/// sent again: the same bytes under the same condition, so that one of them counts at most.
fn written(
    bucket: &Bucket,
    manifest: &Manifest,
    version: Option<&Version>,
) -> Result<Option<Version>, StateError> {
    let bytes = manifest.encode()?;
    let mut last = None;
    // Few: the term began with the first.
    for _ in 0..TRIES / 2 {
        let answer = match version {
            Some(version) => bucket.replace(manifest::NAME, bytes.clone(), version),
            None => bucket.create(manifest::NAME, bytes.clone()),
        };
        match answer {
            Ok(Written::Done(version)) => return Ok(Some(version)),
            // A try of ours may have arrived before the one that was refused.
            Ok(Written::Refused) => {
                return Ok(bucket.get(manifest::NAME)?.and_then(|(bytes, version)| {
                    (Manifest::write_of(&bytes) == Some(manifest.write)).then_some(version)
                }));
            }
            Err(error) if passes(&error) => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| StateError::Misuse("no try to write".to_owned())))
}

/// Returns once the holder of a lease was silent for more than its whole term.
///
/// # Errors
/// [`StateError::Locked`] where it lives, or where its end is still ahead.
fn wait_for(
    bucket: &Bucket,
    lease: &Lease,
    write: &ContentHash,
    waiting: &dyn Fn(&Lease),
) -> Result<(), StateError> {
    let locked = |lease: &Lease| StateError::Locked {
        folder: bucket.name(),
        holder: Some(Box::new(lease.holder.clone())),
        lease: Some(Box::new(lease.terms())),
    };
    // A clock that is wrong only makes the wait longer, or needless: it decides nothing.
    let ahead = lease
        .until
        .parse::<jiff::Timestamp>()
        .is_ok_and(|until| bucket.wall() < until);
    if ahead {
        return Err(locked(lease));
    }
    waiting(lease);
    let term = Duration::from_millis(lease.term_ms);
    let since = elapsed();
    let silence = term + term / 5;
    loop {
        let rest = silence.saturating_sub(elapsed().saturating_sub(since));
        std::thread::sleep(rest.min((term / 10).max(Duration::from_millis(50))));
        let Some((bytes, _)) = bucket.get(manifest::NAME)? else {
            return Ok(());
        };
        if Manifest::write_of(&bytes) != Some(*write) {
            // Alive, or somebody else's by now, or free: whoever asks looks again.
            return match Manifest::lease_of(&bytes) {
                Some(lease) => Err(locked(&lease)),
                None => Ok(()),
            };
        }
        if elapsed().saturating_sub(since) > silence {
            return Ok(());
        }
    }
}

/// The end of a term that begins now, by this machine's clock.
pub(super) fn until(bucket: &Bucket, term: Duration) -> String {
    let end = jiff::SignedDuration::try_from(term)
        .ok()
        .and_then(|term| bucket.wall().checked_add(term).ok());
    end.unwrap_or_else(|| bucket.wall())
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// Ends the lease of this id, whoever holds it.
///
/// # Errors
/// [`StateError::OtherLease`] where another one stands, or none.
pub(super) fn unlock(bucket: &Bucket, binding: &Binding, id: &str) -> Result<Lease, StateError> {
    let path = bucket.path(manifest::NAME);
    loop {
        let found = bucket.get(manifest::NAME)?;
        let found = match found {
            Some((bytes, version)) => Some((Manifest::decode(&path, &bytes, binding)?, version)),
            None => None,
        };
        let lease = found.as_ref().and_then(|(found, _)| found.lease.clone());
        let (Some((mut found, version)), Some(lease)) = (
            found,
            lease.clone().filter(|lease| lease.id.to_string() == id),
        ) else {
            return Err(StateError::OtherLease {
                place: bucket.name(),
                asked: id.to_owned(),
                found: lease.map(|lease| lease.id.to_string()),
            });
        };
        found.lease = None;
        found.write = nonce();
        if written(bucket, &found, Some(&version))?.is_some() {
            return Ok(lease);
        }
    }
}
