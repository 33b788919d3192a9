//! Google Cloud Storage, signed in with application default credentials.

use std::sync::Arc;

use async_trait::async_trait;
use google_cloud_auth::credentials::{Builder, CacheableResource, Credentials};
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};
use object_store::{CredentialProvider, StaticCredentialProvider};
use tokio::sync::OnceCell;

use super::{endpoint, of, prefix, retries, unfit, web};
use crate::env;
use crate::model::settings::GcsState;
use crate::state::{NO_CREDENTIALS, Place, StateError};

const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_write";

pub fn place(declared: &GcsState) -> Result<Place, StateError> {
    let name = format!("gs://{}", declared.bucket);
    let own = endpoint(env::endpoint("GCS"), &name)?;
    let mut builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(&declared.bucket)
        .with_http_connector(web::Web)
        .with_retry(retries());
    // A token is worth as much as what it opens: it goes over no plain http, not even on this
    // machine. Stand-ins look at none.
    let plain = own.as_ref().is_some_and(|own| own.scheme() == "http");
    if let Some(own) = own {
        builder = builder.with_base_url(own.as_str().trim_end_matches('/'));
    }
    builder = if plain {
        builder.with_credentials(Arc::new(StaticCredentialProvider::new(GcpCredential {
            bearer: "none".to_owned(),
        })))
    } else {
        builder.with_credentials(Arc::new(Chain(OnceCell::new())))
    };
    let store = builder.build().map_err(|cause| unfit(&name, &cause))?;
    Ok(of(name, store, &prefix(declared.prefix.as_deref())))
}

/// Application default credentials; the crate keeps their token and renews it.
#[derive(Debug)]
struct Chain(OnceCell<Credentials>);

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = GcpCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<GcpCredential>> {
        let none = |why: String| object_store::Error::Generic {
            store: "GCS",
            source: format!("{NO_CREDENTIALS} {why}").into(),
        };
        let build = || async { Builder::default().with_scopes([SCOPE]).build() };
        let found = self
            .0
            .get_or_try_init(build)
            .await
            .map_err(|error| none(error.to_string()))?;
        let headers = match found.headers(http::Extensions::new()).await {
            Ok(CacheableResource::New { data, .. }) => data,
            Ok(CacheableResource::NotModified) => return Err(none("there is no token".to_owned())),
            Err(error) => return Err(none(error.to_string())),
        };
        let bearer = headers
            .get(http::header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .ok_or_else(|| none("there is no token".to_owned()))?;
        Ok(Arc::new(GcpCredential {
            bearer: bearer.to_owned(),
        }))
    }
}
