//! Exports: are they there as declared, do they run, and can what they deliver be read?
//!
//! What Cost Management knows of an export is asked with the payer's credential; the container with
//! that of `read_with`. Checks of one export share their calls: see [`Azure`](super::probe::Azure).

pub mod age;
mod compare;
pub mod definition;
pub mod delivery;
pub mod health;
mod manifest;
mod period;
pub mod provider;
pub mod read;
pub mod target;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::client::Session;
use super::client::exports::Definition;
use crate::provider::shared::lasting::lasting;
use target::Target;

/// How long the first delivery of a new export may take.
const FIRST_DELIVERY: SignedDuration = SignedDuration::from_hours(24);

/// The one export that is meant, or why there is not one.
pub enum Meant {
    One(Box<Definition>),
    None,
    /// Their names.
    Several(Vec<String>),
}

/// Nobody could be asked: another check says why.
struct Unknown;

impl Case<'_> {
    /// The export that is meant among those at its scope.
    async fn meant(
        &self,
        session: &Session,
        target: &Target<'_>,
    ) -> Result<(Meant, Arc<Vec<Definition>>), crate::provider::trouble::Trouble> {
        let all = self.azure.exports(session, &target.scope).await?;
        let meant = match target.find(&all).as_slice() {
            [] => Meant::None,
            [one] => Meant::One(Box::new((*one).clone())),
            several => Meant::Several(several.iter().map(|one| one.name.clone()).collect()),
        };
        Ok((meant, all))
    }

    /// The export as Azure has it, for checks that build on it; none where there is not one.
    async fn known_definition(&self, target: &Target<'_>) -> Result<Option<Definition>, Unknown> {
        if self.external() {
            return Err(Unknown);
        }
        let session = self.session().await.map_err(|_| Unknown)?;
        match self.meant(&session, target).await {
            Ok((Meant::One(one), _)) => Ok(Some(*one)),
            Ok(_) => Ok(None),
            Err(_) => Err(Unknown),
        }
    }

    /// The name that the export is delivered under: the declared one, else as Azure has it.
    async fn delivered_as(&self, target: &Target<'_>) -> Option<String> {
        if let Some(name) = target.name {
            // Folders keep the capitals that Azure has.
            let known = self.known_definition(target).await.ok().flatten();
            return Some(known.map_or_else(|| name.to_owned(), |known| known.name));
        }
        Some(self.known_definition(target).await.ok()??.name)
    }
}

impl Definition {
    /// Whether a first delivery need not be there yet: no run has ended, and the schedule has begun
    /// less than a day ago, or not yet.
    fn young(&self, now: Timestamp) -> bool {
        let ran = self.runs.iter().any(|run| run.status == "Completed");
        let begun = self.starts.map(|start| now.duration_since(start));
        !ran && begun.is_some_and(|age| age < FIRST_DELIVERY)
    }
}
