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
use crate::http::private;
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
    let told = bare(&text);
    let url =
        Url::parse(&text).map_err(|cause| refused(format!("`{told}` is no address: {cause}")))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(refused(format!(
            "the address for `{told}` has a user, a password or a query in it; what to sign in with \
             is found as docs/state.md says"
        )));
    }
    if private(&url) {
        return Ok(Some(url));
    }
    Err(refused(format!(
        "`{told}` would be asked over http, readable to all between"
    )))
}

/// An address without what could be a secret in it: user, password, query.
fn bare(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    // Whatever stands in front of the last of them: a password may have a slash or one of its own in it.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    format!("{scheme}{rest}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_told_without_what_could_be_secret() {
        for wrong in [
            "http://ana:hunter2@storage.acme.example",
            "https://ana:hunter2@storage.acme.example",
            "https://hunter2@storage.acme.example",
            "https://storage.acme.example?sig=hunter2",
            "http://ana:hunter2/x@storage.acme.example:port",
            "ana:hunter2@storage.acme.example",
            "http://ana:hun@ter2@storage.acme.example",
        ] {
            let refused = endpoint(Some(wrong.to_owned()), "s3://acme").unwrap_err();
            let text = format!("{refused} {refused:?}");
            for secret in ["hunter2", "hun@", "ter2", "ana"] {
                assert!(!text.contains(secret), "{wrong}: {text}");
            }
            assert!(text.contains("storage.acme.example"), "{wrong}: {text}");
        }
        let right = endpoint(
            Some("https://storage.acme.example/x".to_owned()),
            "s3://acme",
        );
        assert!(right.unwrap().is_some());
    }
}
