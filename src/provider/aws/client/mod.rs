//! The client: everything that goes to AWS goes through here, over the vendor's SDKs.
//!
//! One function a call, in one file a service, with plain types as results and [`Trouble`] as the
//! only error. It counts and limits requests, and shares sessions. It never judges what it read,
//! and calls nothing that changes anything.
//!
//! Endpoints: `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>` as in all of AWS's tools. Retries:
//! the SDK's own (`AWS_MAX_ATTEMPTS`, `AWS_RETRY_MODE`), with backoff, jitter and the waiting time
//! that a server asks for.

mod arn;
pub mod cost_reports;
pub mod data_exports;
pub mod iam;
pub mod organizations;
mod partition;
mod policy;
pub mod recommendations;
pub mod s3;
mod session;
mod sessions;
pub mod sts;
mod traffic;
pub mod trouble;

pub use arn::{Arn, Principal};
pub use partition::Partition;
pub use policy::{Statement, policy};
pub use session::Session;
pub use sessions::{Place, Sessions, Signed, Unsigned};
pub use trouble::{Denial, Why};

pub use crate::provider::traffic::Traffic;
pub use crate::provider::trouble::{Kind, Trouble};

/// A moment as AWS sends it.
fn moment(time: &aws_smithy_types::DateTime) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(time.secs()).ok()
}
