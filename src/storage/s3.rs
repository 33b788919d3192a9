//! Amazon S3 and what is compatible with it, signed in as AWS's own tools are: environment, profile,
//! SSO, web identity, container, instance.

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sts::config::{ProvideCredentials, SharedCredentialsProvider};
use object_store::CredentialProvider;
use object_store::aws::{AmazonS3Builder, AwsCredential};
use tokio::sync::OnceCell;

use super::{endpoint, of, prefix, retries, unfit, web};
use crate::env;
use crate::http::causes;
use crate::model::settings::S3State;
use crate::state::{NO_CREDENTIALS, Place, StateError};

pub fn place(declared: &S3State) -> Result<Place, StateError> {
    let name = format!("s3://{}", declared.bucket);
    let set = env::endpoint("S3")
        .or_else(|| env::get(env::AWS_ENDPOINT_URL_S3))
        .or_else(|| env::get(env::AWS_ENDPOINT_URL));
    let own = endpoint(set, &name)?;
    // Certificates stand for one label before the service's name; own endpoints are in no DNS.
    let by_host = own.is_none() && !declared.bucket.contains('.');
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&declared.bucket)
        .with_region(&declared.region)
        .with_http_connector(web::Web)
        // One by one: not every compatible store knows the other way.
        .with_disable_bulk_delete(true)
        .with_retry(retries())
        .with_credentials(Arc::new(Chain {
            region: declared.region.clone(),
            provider: OnceCell::new(),
        }));
    let address = match own {
        Some(own) => Some(own.as_str().trim_end_matches('/').to_owned()),
        None if declared.region.starts_with("cn-") => Some(match by_host {
            true => format!(
                "https://{}.s3.{}.amazonaws.com.cn",
                declared.bucket, declared.region
            ),
            false => format!("https://s3.{}.amazonaws.com.cn", declared.region),
        }),
        None => None,
    };
    if let Some(address) = address {
        let plain = address.starts_with("http://");
        builder = builder.with_endpoint(address).with_allow_http(plain);
    }
    let store = builder
        .with_virtual_hosted_style_request(by_host)
        .build()
        .map_err(|cause| unfit(&name, &cause))?;
    Ok(of(name, store, &prefix(declared.prefix.as_deref())))
}

/// The SDK's own chain; it keeps what it found until that ends.
#[derive(Debug)]
struct Chain {
    region: String,
    provider: OnceCell<Option<SharedCredentialsProvider>>,
}

impl Chain {
    async fn load(&self) -> Option<SharedCredentialsProvider> {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .load()
            .await;
        config.credentials_provider()
    }
}

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let none = |why: String| object_store::Error::Generic {
            store: "S3",
            source: format!("{NO_CREDENTIALS} {why}").into(),
        };
        let provider = self.provider.get_or_init(|| self.load()).await;
        let provider = provider
            .as_ref()
            .ok_or_else(|| none("the chain is empty".to_owned()))?;
        let found = provider
            .provide_credentials()
            .await
            .map_err(|error| none(causes(&error, &[])))?;
        Ok(Arc::new(AwsCredential {
            key_id: found.access_key_id().to_owned(),
            secret_key: found.secret_access_key().to_owned(),
            token: found.session_token().map(str::to_owned),
        }))
    }
}
