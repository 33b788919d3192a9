//! Exports: is the table there that Google writes the costs into, as declared, and can it be read?
//!
//! No API can switch an export on (hashicorp/terraform-provider-google issue 4848): that a person must
//! do, and `gate` says how. Checks of one export share their calls: see [`Gcp`](super::probe::Gcp).

pub mod age;
mod columns;
pub mod dataset;
mod gate;
mod newest;
mod place;
pub mod read;
pub mod table;

use std::sync::Arc;

use jiff::SignedDuration;

use super::case::Case;
use super::client::Session;
use super::client::bigquery::{Dataset, Table};
use crate::provider::answer::Answer;

pub use place::Place;

/// Google loads what it charged before, for the current and the last month, within five days ("Cloud
/// Billing data tables", frequency of data loads); the first rows come within hours.
const BACKFILL: SignedDuration = SignedDuration::from_hours(120);

impl Case<'_> {
    /// The export's dataset, or the skipped answer of a check that needs it.
    async fn known_dataset(
        &self,
        session: &Session,
        place: &Place<'_>,
    ) -> Result<Arc<Dataset>, Answer> {
        let dataset = self.gcp.dataset(session, place).await;
        dataset.map_err(|_| Answer::skipped("not asked: `gcp.export.dataset` says why"))
    }

    /// The export's table, or the skipped answer of a check that needs it.
    async fn known_table(
        &self,
        session: &Session,
        place: &Place<'_>,
    ) -> Result<Arc<Table>, Answer> {
        let dataset = self.known_dataset(session, place).await?;
        if !dataset.location.eq_ignore_ascii_case(place.location) {
            return Err(Answer::skipped(
                "not asked: `location` is another, as `gcp.export.dataset` says",
            ));
        }
        let table = self.gcp.table(session, place).await;
        table.map_err(|_| Answer::skipped("not asked: `gcp.export.table` says why"))
    }
}
