//! The client: everything that goes to Azure, Microsoft Graph and Azure Storage goes through here.
//!
//! One function a call, in one file a service, with plain types as results and
//! [`Trouble`](crate::provider::trouble::Trouble) as the only error. It signs in and shares tokens. It
//! never judges what it read, and calls nothing that changes anything.
//!
//! Endpoints: `AZURE_AUTHORITY_HOST` chooses the cloud, as in all of Azure's tools;
//! `BURSAR_ENDPOINT_AZURE_…` names single services (see [`cloud`]).

pub mod advisor;
pub mod authorization;
pub mod billing;
pub mod blobs;
mod chain;
mod cloud;
pub mod exports;
mod federated;
pub mod graph;
pub mod providers;
pub mod sas;
mod session;
mod sessions;
pub mod subscriptions;
mod token;
mod transport;
pub mod voice;

use serde::{Deserialize, Deserializer};

pub use cloud::Resource;
pub use session::{Session, Shared};
pub use sessions::{Sessions, Unsigned};

/// A text that Azure may leave out, or write as `null`.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}
