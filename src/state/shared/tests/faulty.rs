//! A store in memory whose network can be cut, whose answers can get lost, and whose uploads can tear.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

#[derive(Debug, Default)]
pub(super) struct Faulty {
    pub(super) inner: Arc<InMemory>,
    /// Nothing arrives any more.
    pub(super) cut: AtomicBool,
    /// The next write of a manifest arrives, and its answer does not.
    pub(super) deaf: AtomicBool,
    /// The next write of a manifest arrives and is answered with a refusal; the read after it breaks.
    pub(super) refused: AtomicBool,
    pub(super) blind: AtomicBool,
    /// So many requests for the manifest get no answer for a minute, and never arrive …
    pub(super) hangs: AtomicUsize,
    /// … or arrive after so many milliseconds.
    pub(super) arrives: AtomicU64,
    /// Uploads of shards stop in the middle, and leave what had arrived.
    pub(super) torn: AtomicBool,
    /// Bytes that were uploaded.
    pub(super) sent: AtomicU64,
}

impl Faulty {
    pub(super) fn over(inner: &Arc<InMemory>) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::clone(inner),
            ..Self::default()
        })
    }

    /// Hangs, if this one shall; what is written then may arrive on its own.
    async fn hang(&self, location: &Path, write: Option<(PutPayload, PutOptions)>) {
        let next = |left: usize| left.checked_sub(1);
        let (set, get) = (Ordering::SeqCst, Ordering::SeqCst);
        if !location.as_ref().ends_with("/manifest")
            || self.hangs.fetch_update(set, get, next).is_err()
        {
            return;
        }
        let after = self.arrives.load(Ordering::SeqCst);
        if let Some((payload, opts)) = write.filter(|_| after > 0) {
            let (inner, location) = (Arc::clone(&self.inner), location.clone());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                let _ = inner.put_opts(&location, payload, opts).await;
            });
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    fn dead(&self) -> Result<()> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(broken());
        }
        Ok(())
    }
}

fn broken() -> Error {
    Error::Generic {
        store: "test",
        source: "HTTP error: error sending request".into(),
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        self.dead()?;
        self.hang(location, Some((payload.clone(), opts.clone())))
            .await;
        self.sent
            .fetch_add(payload.content_length() as u64, Ordering::SeqCst);
        if self.torn.load(Ordering::SeqCst) && location.as_ref().contains("/shards/") {
            let bytes: Vec<u8> = payload.iter().flat_map(|part| part.to_vec()).collect();
            let half = bytes[..bytes.len() / 2].to_vec();
            self.inner.put_opts(location, half.into(), opts).await?;
            return Err(broken());
        }
        let done = self.inner.put_opts(location, payload, opts).await?;
        let manifest = location.as_ref().ends_with("/manifest");
        if manifest && self.refused.swap(false, Ordering::SeqCst) {
            self.blind.store(true, Ordering::SeqCst);
            return Err(Error::Precondition {
                path: location.to_string(),
                source: "another version stands".into(),
            });
        }
        if manifest && self.deaf.swap(false, Ordering::SeqCst) {
            return Err(broken());
        }
        Ok(done)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.dead()?;
        if location.as_ref().ends_with("/manifest") && self.blind.swap(false, Ordering::SeqCst) {
            return Err(broken());
        }
        self.hang(location, None).await;
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
