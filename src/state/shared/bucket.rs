//! The edge to an object store: whole objects in and out, with conditions, from code that does not
//! wait for anything else. Sorts what went wrong; knows nothing of what the objects hold.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion,
};
use tokio::runtime::{Builder, Runtime};

use super::trouble;
use crate::model::hash::ContentHash;
use crate::state::codec::sum;
use crate::state::error::StateError;

/// Where a shared state is kept.
#[derive(Clone)]
pub struct Place {
    /// As people write it: `s3://acme-state/prod`.
    pub name: String,
    /// Signed in and ready; nothing was asked yet.
    pub objects: Arc<dyn ObjectStore>,
    /// What all names of objects begin with.
    pub prefix: Path,
    /// What this machine's clock says: only ever told to people, and a hint whether waiting for a
    /// lease is worth it.
    pub wall: fn() -> jiff::Timestamp,
}

/// Requests under way at once.
pub(super) const AT_ONCE: usize = 24;

/// No object of a state is larger.
const LARGEST: u64 = 1 << 30;

/// Which version of an object was read or written.
pub(super) type Version = UpdateVersion;

/// What became of a conditional write.
#[derive(Debug)]
pub(super) enum Written {
    Done(Version),
    /// The condition does not hold: somebody else wrote.
    Refused,
}

/// A place, and the threads that talk to it.
#[derive(Clone)]
pub(super) struct Bucket {
    place: Arc<Place>,
    edge: Arc<Edge>,
    /// How long one object may take to be read, or to be written under a condition.
    patience: Option<Duration>,
}

struct Edge(Option<Runtime>);

impl Drop for Edge {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Bucket {
    pub(super) fn open(place: &Place) -> Result<Self, StateError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("state")
            .enable_all()
            .build()
            .map_err(|cause| StateError::io("start threads for", &path_of(place, ""), cause))?;
        Ok(Self {
            place: Arc::new(place.clone()),
            edge: Arc::new(Edge(Some(runtime))),
            patience: None,
        })
    }

    /// The same place, for requests that are of no use when they take longer: what is given up may
    /// still have arrived, or arrive later.
    pub(super) fn within(&self, patience: Duration) -> Self {
        Self {
            patience: Some(patience),
            ..self.clone()
        }
    }

    /// An object's full name, for people.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        path_of(&self.place, name)
    }

    /// The place as a whole, for people.
    pub(super) fn name(&self) -> PathBuf {
        PathBuf::from(&self.place.name)
    }

    pub(super) fn wall(&self) -> jiff::Timestamp {
        (self.place.wall)()
    }

    /// The object and its version; none where there is none.
    pub(super) fn get(&self, name: &str) -> Result<Option<(Bytes, Version)>, StateError> {
        let (objects, at) = (self.objects(), self.at(name));
        let patience = self.patience;
        let answer = self.wait(async move { in_time(patience, read(&*objects, &at)).await })?;
        match answer {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { source, .. }) if !trouble::no_bucket(&source) => Ok(None),
            Err(error) => Err(self.failed("read", name, &error)),
        }
    }

    /// Content-addressed objects below a folder, in the order of their names; none for each that is
    /// not there.
    pub(super) fn get_all(
        &self,
        folder: &'static str,
        names: &[ContentHash],
    ) -> Result<Vec<Option<Bytes>>, StateError> {
        let reads: Vec<(ContentHash, String)> = names
            .iter()
            .map(|hash| (*hash, format!("{folder}/{hash}")))
            .collect();
        let bucket = self.clone();
        self.wait(async move {
            let one = |(hash, name): (ContentHash, String)| {
                let (objects, bucket) = (bucket.objects(), bucket.clone());
                let task = tokio::spawn(async move {
                    match read(&*objects, &bucket.at(&name)).await {
                        Ok((bytes, _)) if ContentHash(sum(&bytes)) == hash => Ok(Some(bytes)),
                        Ok(_) => Err(StateError::damaged(
                            &bucket.path(&name),
                            "its content is not what its name says",
                        )),
                        Err(Error::NotFound { source, .. }) if !trouble::no_bucket(&source) => {
                            Ok(None)
                        }
                        Err(error) => Err(bucket.failed("read", &name, &error)),
                    }
                });
                async move { task.await.map_err(|cause| ended(&cause))? }
            };
            stream::iter(reads)
                .map(one)
                .buffered(AT_ONCE)
                .try_collect()
                .await
        })?
    }

    /// Writes an object that must not be there yet.
    pub(super) fn create(&self, name: &str, bytes: Bytes) -> Result<Written, StateError> {
        self.conditional(name, bytes, PutMode::Create)
    }

    /// Replaces an object that must still be of this version.
    pub(super) fn replace(
        &self,
        name: &str,
        bytes: Bytes,
        version: &Version,
    ) -> Result<Written, StateError> {
        self.conditional(name, bytes, PutMode::Update(version.clone()))
    }

    fn conditional(&self, name: &str, bytes: Bytes, mode: PutMode) -> Result<Written, StateError> {
        let (objects, at) = (self.objects(), self.at(name));
        let patience = self.patience;
        let answer = self.wait(async move {
            let payload = PutPayload::from_bytes(bytes);
            let put = objects.put_opts(&at, payload, PutOptions::from(mode));
            in_time(patience, put).await
        })?;
        match answer {
            Ok(done) => Ok(Written::Done(UpdateVersion {
                e_tag: done.e_tag,
                version: done.version,
            })),
            Err(
                Error::AlreadyExists { .. }
                | Error::Precondition { .. }
                | Error::NotModified { .. },
            ) => Ok(Written::Refused),
            Err(error) => Err(self.failed("write", name, &error)),
        }
    }

    /// Writes objects whose names say what they hold, so that writing them twice is one.
    pub(super) fn put_all(&self, objects: Vec<(String, Bytes)>) -> Result<(), StateError> {
        let bucket = self.clone();
        self.wait(async move {
            let one = |(name, bytes): (String, Bytes)| {
                let bucket = bucket.clone();
                async move {
                    let put = bucket
                        .objects()
                        .put(&bucket.at(&name), PutPayload::from_bytes(bytes))
                        .await;
                    put.map(drop)
                        .map_err(|error| bucket.failed("write", &name, &error))
                }
            };
            stream::iter(objects)
                .map(one)
                .buffer_unordered(AT_ONCE)
                .try_collect()
                .await
        })?
    }

    /// Names of the objects below a folder, with when they were written: seconds since 1970 by the
    /// store's clock.
    pub(super) fn list(&self, folder: &str) -> Result<Vec<(String, i64)>, StateError> {
        let (objects, at) = (self.objects(), self.at(folder));
        let found =
            self.wait(async move { objects.list(Some(&at)).try_collect::<Vec<_>>().await })?;
        let found = found.map_err(|error| self.failed("list", folder, &error))?;
        Ok(found
            .into_iter()
            .filter_map(|object| {
                let name = object.location.filename()?.to_owned();
                Some((name, object.last_modified.timestamp()))
            })
            .collect())
    }

    /// Deletes objects; one that is not there is deleted already.
    pub(super) fn delete_all(&self, names: Vec<String>) -> Result<(), StateError> {
        let bucket = self.clone();
        self.wait(async move {
            let one = |name: String| {
                let bucket = bucket.clone();
                async move {
                    match bucket.objects().delete(&bucket.at(&name)).await {
                        Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
                        Err(error) => Err(bucket.failed("delete", &name, &error)),
                    }
                }
            };
            stream::iter(names)
                .map(one)
                .buffer_unordered(AT_ONCE)
                .try_collect()
                .await
        })?
    }

    fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.place.objects)
    }

    fn at(&self, name: &str) -> Path {
        Path::from_iter(self.place.prefix.parts().chain(Path::from(name).parts()))
    }

    fn failed(&self, action: &'static str, name: &str, error: &Error) -> StateError {
        trouble::of(action, self.path(name), error)
    }

    /// Waits from wherever it is called: a caller may itself stand inside another runtime.
    fn wait<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, StateError> {
        let gone = || StateError::Misuse("the threads of the state ended".to_owned());
        let runtime = self.edge.0.as_ref().ok_or_else(gone)?;
        let (answer, answered) = mpsc::sync_channel(1);
        runtime.spawn(async move {
            let _ = answer.send(future.await);
        });
        answered.recv().map_err(|_| gone())
    }
}

/// The answer of a request, if it comes in time.
async fn in_time<T>(
    patience: Option<Duration>,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(patience) = patience else {
        return request.await;
    };
    let late = |_| Error::Generic {
        store: "state",
        source: format!("operation timed out: no answer within {patience:?}").into(),
    };
    tokio::time::timeout(patience, request)
        .await
        .map_err(late)?
}

async fn read(objects: &dyn ObjectStore, at: &Path) -> Result<(Bytes, Version), Error> {
    let found = objects.get(at).await?;
    if found.meta.size > LARGEST {
        return Err(Error::Generic {
            store: "state",
            source: format!("it has {} bytes: nothing of bursar's", found.meta.size).into(),
        });
    }
    let version = UpdateVersion {
        e_tag: found.meta.e_tag.clone(),
        version: found.meta.version.clone(),
    };
    Ok((found.bytes().await?, version))
}

fn path_of(place: &Place, name: &str) -> PathBuf {
    PathBuf::from(format!("{}/{name}", place.name.trim_end_matches('/')))
}

fn ended(cause: &tokio::task::JoinError) -> StateError {
    StateError::Misuse(format!("a read of the state ended early: {cause}"))
}
