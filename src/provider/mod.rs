//! Providers: read-only questions about access, and their answers.
//!
//! One folder a provider, one check a file, listed in the folder's `mod.rs`. Checks that need no
//! network run through the same [`Probe`] as those that will. Never writes to a provider, never
//! prints, never blocks anything: what a finding blocks is decided elsewhere.

mod answer;
mod aws;
mod azure;
mod azure_csp;
mod badge;
mod catalog;
pub mod entra;
mod expiry;
mod gcp;
mod http;
mod listing;
mod local;
mod oci;
mod once;
mod online;
mod probe;
mod shared;
mod subject;
#[cfg(test)]
mod tests;
mod traffic;
mod trouble;
mod waiver;

pub use answer::Answer;
pub use azure_csp::login as partner_login;
pub use badge::{Badges, Behind, badges};
pub use catalog::{checks, table};
pub use listing::{Listed, Listing, State, Unlisted};
pub use probe::{Mode, Probe, Question, Run, ask, local_probes, online_probes};
pub use shared::access::name;
pub use subject::{Around, Credentials, Subject, What};
pub use traffic::AT_ONCE;
pub use waiver::apply_waivers;
