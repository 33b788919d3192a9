//! The commits of a shared state, read segment by segment.

use std::cell::RefCell;
use std::path::PathBuf;

use bytes::Bytes;

use super::bucket::Bucket;
use super::manifest::{Manifest, Segment};
use super::name::Name;
use super::{SharedStore, load};
use crate::model::hash::ContentHash;
use crate::state::error::StateError;
use crate::state::history::{Commits, EachCommit, commits_of};

/// The commits that a manifest names.
#[derive(Default)]
pub(super) struct SharedCommits {
    segments: Vec<(PathBuf, Bytes)>,
    /// A segment that is missing or damaged.
    broken: Option<PathBuf>,
}

impl SharedStore {
    /// All commits; read once, for they are gone through more than once.
    pub(super) fn commits(&self) -> Result<SharedCommits, StateError> {
        let bucket = self.bucket()?;
        let mut last: Option<ContentHash> = None;
        loop {
            let Some(manifest) = self.manifest()? else {
                return Ok(SharedCommits::default());
            };
            match SharedCommits::of(bucket, &manifest)? {
                Ok(found) => return Ok(found),
                Err(path) if last == Some(manifest.write) => {
                    return Err(StateError::damaged(
                        &path,
                        "it is missing, and the manifest names it",
                    ));
                }
                // Segments were put together meanwhile.
                Err(_) => last = Some(manifest.write),
            }
        }
    }
}

impl SharedCommits {
    pub(super) fn of(
        bucket: &Bucket,
        manifest: &Manifest,
    ) -> Result<Result<Self, PathBuf>, StateError> {
        let names: Vec<Name> = manifest.history.iter().map(object).collect();
        let path = |name: &Name| bucket.path(&format!("history/{name}"));
        Ok(load::objects(bucket, "history", &names)?.map(|found| Self {
            segments: names.iter().map(path).zip(found).collect(),
            broken: None,
        }))
    }

    /// The same, where damage is known only once somebody reads them.
    pub(super) fn or_broken(bucket: &Bucket, manifest: &Manifest) -> Result<Self, StateError> {
        match Self::of(bucket, manifest) {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(path)) | Err(StateError::Damaged { path, .. }) => Ok(Self {
                broken: Some(path),
                ..Self::default()
            }),
            Err(error) => Err(error),
        }
    }
}

const fn object(segment: &Segment) -> Name {
    segment.object
}

impl Commits for SharedCommits {
    fn commits(&self, each: EachCommit<'_>) -> Result<(), StateError> {
        if let Some(path) = &self.broken {
            return Err(StateError::damaged(
                path,
                "it is not what was written, or missing",
            ));
        }
        let last = RefCell::new(0);
        for (path, bytes) in &self.segments {
            let before = *last.borrow();
            *last.borrow_mut() = commits_of(path, bytes, before, each)?;
        }
        Ok(())
    }
}
