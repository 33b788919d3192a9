//! The servers that keep a state here, each started once for this process, and stores on them.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bursar::state::{Binding, Place, SharedStore, StateStore};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};
use object_store::{ObjectStore, StaticCredentialProvider};

use crate::aws::client::Client;
use crate::aws::ministack::{ACCOUNT, Ministack, ROOT_SECRET};
use crate::aws::moto::Moto;
use crate::aws::sigv4::Key;
use crate::aws::web::runtime;
use crate::azurite::{self, Azurite};
use crate::gcs::Gcs;

pub const BUCKET: &str = "acme-state";

/// A store of this name below a server's bucket: the same for the same folder.
pub fn store(objects: Arc<dyn ObjectStore>, folder: &Path) -> Box<dyn StateStore> {
    let name = folder.display().to_string();
    let place = Place {
        name: format!("test://{BUCKET}{name}"),
        objects,
        prefix: name.trim_matches('/').into(),
        wall: jiff::Timestamp::now,
    };
    let binding = Binding {
        project: Some("acme".to_owned()),
        platform: "local".to_owned(),
    };
    Box::new(SharedStore::new(place, binding, Arc::new(|_| ())))
}

fn patient() -> object_store::RetryConfig {
    object_store::RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(30),
        ..object_store::RetryConfig::default()
    }
}

pub fn s3(url: &str, id: &str, secret: &str) -> Arc<dyn ObjectStore> {
    Arc::new(
        AmazonS3Builder::new()
            .with_bucket_name(BUCKET)
            .with_region("us-east-1")
            .with_endpoint(url)
            .with_allow_http(true)
            .with_access_key_id(id)
            .with_secret_access_key(secret)
            .with_retry(patient())
            .build()
            .unwrap(),
    )
}

pub fn make_bucket(url: &str, id: &str) {
    let key = Key {
        id: id.to_owned(),
        secret: ROOT_SECRET.to_owned(),
        token: None,
    };
    let client = Client::new(url, key);
    let made = async { client.s3("PUT", &format!("/{BUCKET}"), "").await };
    runtime().block_on(made).ok();
}

pub fn ministack(folder: &Path) -> Box<dyn StateStore> {
    static MADE: LazyLock<()> = LazyLock::new(|| make_bucket(&Ministack::shared().url(), ACCOUNT));
    LazyLock::force(&MADE);
    store(s3(&Ministack::shared().url(), ACCOUNT, ROOT_SECRET), folder)
}

pub fn moto(folder: &Path) -> Box<dyn StateStore> {
    static MOTO: LazyLock<Moto> = LazyLock::new(|| {
        let moto = Moto::start();
        make_bucket(&moto.url(), "test");
        moto
    });
    store(s3(&MOTO.url(), "test", ROOT_SECRET), folder)
}

pub fn azurite_url() -> String {
    static AZURITE: LazyLock<Azurite> = LazyLock::new(|| {
        let azurite = Azurite::start();
        azurite.make_container(BUCKET);
        azurite
    });
    format!("{}/{}", AZURITE.url(), azurite::ACCOUNT)
}

pub fn gcs_url() -> String {
    static GCS: LazyLock<Gcs> = LazyLock::new(|| Gcs::start(&[BUCKET]));
    GCS.url()
}

pub fn azurite(folder: &Path) -> Box<dyn StateStore> {
    let objects = MicrosoftAzureBuilder::new()
        .with_account(azurite::ACCOUNT)
        .with_access_key(azurite::KEY)
        .with_container_name(BUCKET)
        .with_endpoint(azurite_url())
        .with_allow_http(true)
        .with_retry(patient())
        .build()
        .unwrap();
    store(Arc::new(objects), folder)
}

pub fn gcs(folder: &Path) -> Box<dyn StateStore> {
    store(gcs_at(&gcs_url()), folder)
}

pub fn gcs_at(url: &str) -> Arc<dyn ObjectStore> {
    let objects = GoogleCloudStorageBuilder::new()
        .with_bucket_name(BUCKET)
        .with_base_url(url)
        .with_credentials(Arc::new(StaticCredentialProvider::new(GcpCredential {
            bearer: "none".to_owned(),
        })))
        .with_client_options(object_store::ClientOptions::new().with_allow_http(true))
        .with_retry(patient())
        .build()
        .unwrap();
    Arc::new(objects)
}
