//! Azure Blob Storage, signed in as `object_store` finds it in the environment: an account's key, a
//! shared access signature, an application (secret or federated token), a managed identity; else the
//! Azure CLI.

use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};

use super::{endpoint, of, prefix, retries, unfit, web};
use crate::env;
use crate::model::settings::AzureBlobState;
use crate::state::{Place, StateError};

pub fn place(declared: &AzureBlobState) -> Result<Place, StateError> {
    let name = format!("azure://{}/{}", declared.account, declared.container);
    let set = env::endpoint("AZURE_BLOB")
        .map(|template| template.replace("{account}", &declared.account));
    let own = endpoint(set, &name)?;
    let mut builder = MicrosoftAzureBuilder::from_env()
        .with_account(&declared.account)
        .with_container_name(&declared.container)
        .with_use_emulator(false)
        .with_http_connector(web::Web)
        .with_retry(retries());
    if let Some(own) = own {
        let plain = own.scheme() == "http";
        builder = builder
            .with_endpoint(own.as_str().trim_end_matches('/').to_owned())
            .with_allow_http(plain);
    }
    let set = |key: AzureConfigKey| builder.get_config_value(&key).is_some();
    let signs_in = [
        AzureConfigKey::AccessKey,
        AzureConfigKey::SasKey,
        AzureConfigKey::Token,
        AzureConfigKey::FederatedTokenFile,
        AzureConfigKey::ClientSecret,
        AzureConfigKey::MsiEndpoint,
    ]
    .into_iter()
    .any(set);
    if !signs_in && env::get(env::IDENTITY_ENDPOINT).is_none() {
        builder = builder.with_use_azure_cli(true);
    }
    let store = builder.build().map_err(|cause| unfit(&name, &cause))?;
    Ok(of(name, store, &prefix(declared.prefix.as_deref())))
}
