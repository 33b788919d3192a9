//! Where a shared state lies: from what `bursar.yaml` says to a store that is signed in with the
//! vendor's own chain. Makes clients and nothing else: what is kept there is the state's business.
//!
//! Endpoints come from the environment, as everywhere: `BURSAR_ENDPOINT_S3`, `BURSAR_ENDPOINT_GCS`,
//! `BURSAR_ENDPOINT_AZURE_BLOB`. Nothing is sent over plain http to another machine.

mod azure_blob;
mod gcs;
mod s3;
mod web;

use object_store::RetryConfig;
use object_store::path::Path;
use url::Url;

use crate::env;
use crate::model::settings::StateSettings;
use crate::state::{Place, RemoteTrouble, StateError};

/// What names of objects begin with where `prefix` is left out.
const PREFIX: &str = "bursar";

/// The place that the settings name; none for an embedded state. Asks nobody.
///
/// # Errors
/// An endpoint that must not be used, a name that is none.
pub fn place(settings: &StateSettings) -> Result<Option<Place>, StateError> {
    if let Some(declared) = &settings.s3 {
        return s3::place(declared).map(Some);
    }
    if let Some(declared) = &settings.gcs {
        return gcs::place(declared).map(Some);
    }
    if let Some(declared) = &settings.azure_blob {
        return azure_blob::place(declared).map(Some);
    }
    Ok(None)
}

fn prefix(declared: Option<&str>) -> String {
    declared.unwrap_or(PREFIX).trim_matches('/').to_owned()
}

/// A place by its name, over a store that is ready.
fn of(name: String, objects: impl object_store::ObjectStore, prefix: &str) -> Place {
    let name = if prefix.is_empty() {
        name
    } else {
        format!("{name}/{prefix}")
    };
    Place {
        name,
        objects: std::sync::Arc::new(objects),
        prefix: Path::from(prefix),
        wall: env::wall_clock,
    }
}

/// The endpoint that is set for one of these services.
///
/// # Errors
/// Where it is no address, or plain http to another machine.
fn endpoint(set: Option<String>, name: &str) -> Result<Option<Url>, StateError> {
    let Some(text) = set else {
        return Ok(None);
    };
    let refused = |cause: String| StateError::Remote {
        action: "use the endpoint of",
        path: name.into(),
        kind: RemoteTrouble::Other,
        cause,
    };
    let url =
        Url::parse(&text).map_err(|cause| refused(format!("`{text}` is no address: {cause}")))?;
    if web::private(&url) {
        return Ok(Some(url));
    }
    Err(refused(format!(
        "`{text}` would be asked over http, readable to all between"
    )))
}

fn unfit(name: &str, cause: &object_store::Error) -> StateError {
    StateError::Remote {
        action: "use",
        path: name.into(),
        kind: RemoteTrouble::Other,
        cause: cause.to_string(),
    }
}

/// How often something is tried again, and for how long: as with providers.
fn retries() -> RetryConfig {
    RetryConfig {
        max_retries: usize::try_from(env::call_tries().saturating_sub(1)).unwrap_or(3),
        retry_timeout: env::call_timeout(),
        ..RetryConfig::default()
    }
}
