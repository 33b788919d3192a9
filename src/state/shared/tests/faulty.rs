//! A store in memory whose network can be cut, whose answers can get lost, and whose uploads can tear.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
