//! Oracle's reports: can they be listed, can they be read, how old is the newest?
//!
//! Oracle keeps them in a bucket of its own, in namespace `bling`, named after the tenancy, in its home
//! region. Nothing has to be made for it: only a policy lets a group read there.

pub mod age;
mod blocked;
pub mod bucket;
mod newest;
mod policy;
pub mod read;

use std::sync::Arc;

use super::case::Case;
use super::client::Session;
use crate::model::spec::ReportFormat;
use crate::provider::answer::Answer;
use crate::provider::trouble::Trouble;

pub use newest::{Newest, newest};

/// What the format is called.
const fn word(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Focus => "FOCUS",
        ReportFormat::Cost => "cost",
    }
}

/// The session that the reports are read with, and the newest of them.
type Opened = (Arc<Session>, Result<Arc<Newest>, Trouble>);

impl Case<'_> {
    /// The reports of the subject; none where it has none, or where they are somebody else's.
    ///
    /// # Errors
    /// The skipped answer of a check that needs them.
    async fn opened(&self) -> Option<Result<Opened, Answer>> {
        let format = self.reports()?.format;
        if self.external() {
            return None;
        }
        let session = match self.of_payer().await {
            Ok(session) => session,
            Err(skipped) => return Some(Err(skipped)),
        };
        let newest = self.oci.newest(&session, format).await;
        Some(Ok((session, newest)))
    }
}
