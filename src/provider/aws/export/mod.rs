//! Exports: are they there as declared, does AWS deliver them, and can what it delivers be read?
//!
//! What AWS knows of an export is asked with the payer's credential; the bucket with that of
//! `read_with`. Checks of one export share their calls: see [`Aws`](super::probe::Aws).

pub mod age;
pub mod bucket;
pub mod bucket_policy;
mod compare;
pub mod definition;
mod delivery;
pub mod health;
mod manifest;
mod period;
mod place;
pub mod read;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::client::cost_reports::Report;
use super::client::data_exports::Listed;
use super::client::{Denial, Kind, Session, Statement, Trouble, Why, policy};
use crate::model::address;
use crate::provider::answer::Answer;
use crate::provider::shared::lasting::lasting;

pub use bucket::Located;
pub use delivery::Deliveries;
pub use place::{Layout, Place};

/// How long the first delivery may take (user guide, "Creating reports": up to 24 hours).
const FIRST_DELIVERY: SignedDuration = SignedDuration::from_hours(24);

/// What the billing service has under an export's name.
pub enum Entry {
    Report(Report),
    Export(Listed),
}

impl Entry {
    /// When the export was made, where AWS says so: of legacy reports it does not.
    fn created(&self) -> Option<Timestamp> {
        match self {
            Self::Report(_) => None,
            Self::Export(listed) => listed.health.created,
        }
    }

    /// Whether AWS itself says that it delivered.
    fn delivered(&self) -> bool {
        match self {
            Self::Report(report) => report.last_delivery.is_some() || report.last_status.is_some(),
            Self::Export(listed) => listed.health.refreshed.is_some(),
        }
    }

    /// Whether a first delivery need not be there yet.
    fn young(&self, now: Timestamp) -> bool {
        match self.created() {
            Some(created) => now.duration_since(created) < FIRST_DELIVERY,
            None => !self.delivered(),
        }
    }
}

/// Nobody could be asked: another check says why.
struct Unknown;

impl<'a> Case<'a> {
    /// Where the export is delivered to; none where the subject is no export in S3.
    fn destination(&self) -> Option<Place<'a>> {
        if self.kind() != address::Kind::Export {
            return None;
        }
        Place::of(self.export_name()?, self.export()?)
    }

    /// What the billing service has under the export's name.
    async fn entry(&self, session: &Session, place: &Place<'_>) -> Result<Option<Entry>, Trouble> {
        Ok(match place.layout {
            Layout::Legacy => {
                let reports = self.aws.reports(session).await?;
                let found = reports.iter().find(|report| report.name == place.name);
                found.cloned().map(Entry::Report)
            }
            Layout::DataExports => {
                let exports = self.aws.exports(session).await?;
                let found = exports.iter().find(|export| export.name == place.name);
                found.cloned().map(Entry::Export)
            }
        })
    }

    /// What the billing service has under the export's name, for checks that build on it.
    async fn known_entry(&self, place: &Place<'_>) -> Result<Option<Entry>, Unknown> {
        if self.external() {
            return Err(Unknown);
        }
        let session = self.session().await.map_err(|_| Unknown)?;
        self.entry(&session, place).await.map_err(|_| Unknown)
    }

    /// The account that the bucket should belong to.
    fn bucket_owner(&self) -> Option<&'a str> {
        let own = self.export()?.bucket_owner();
        own.or_else(|| self.payer().map(|(id, _)| id))
    }

    /// Whether anybody here could read the bucket: of a bill that is somebody else's, only with a
    /// credential of its own.
    fn readable(&self) -> bool {
        !self.external()
            || self
                .export()
                .is_some_and(|export| export.read_with().is_some())
    }

    /// The session that the bucket is read with, and the bucket's region.
    ///
    /// # Errors
    /// The skipped answer of a check that needs the bucket: `aws.export.bucket` says why.
    async fn open(&self, place: &Place<'_>) -> Result<(Arc<Session>, String), Answer> {
        let Some(way) = self.reader() else {
            return Err(Answer::skipped("no credential is declared for this"));
        };
        let session = self.along(way).await?;
        let owner = self.bucket_owner().unwrap_or_default();
        let unclear = || Answer::skipped("not asked: `aws.export.bucket` says why");
        match self.aws.bucket(&session, place.bucket, owner).await {
            Ok(located) if located.foreign => Err(unclear()),
            Ok(located) => Ok((session, located.region.clone())),
            // Whoever may not ask where it is may be allowed to read it all the same.
            Err(trouble) if trouble.kind == Kind::Denied => Ok((session, place.region.to_owned())),
            Err(_) => Err(unclear()),
        }
    }
}

/// The answer where something in a bucket may not be read: what is missing, and where to add it.
fn denied(
    session: &Session,
    owner: Option<&str>,
    trouble: &Trouble,
    doing: &str,
    statements: &[Statement],
) -> Answer {
    let answer = trouble.answer(doing);
    let why = Denial::of(trouble).map_or(Why::Unsaid, |denial| denial.why);
    let foreign = owner.is_some_and(|owner| owner != session.account);
    match why {
        Why::ServiceControlPolicy | Why::Boundary | Why::Session => {
            answer.remedy("allow it in that policy too")
        }
        Why::Denied => answer.remedy("take the explicit deny out of that policy"),
        Why::ResourcePolicy => answer
            .remedy("add a statement to the bucket's policy:")
            .paste(for_principal(session, statements)),
        Why::NotAllowed | Why::Unsaid if !foreign => answer
            .remedy("add this to a policy of the principal:")
            .paste(policy(statements)),
        Why::NotAllowed => answer
            .remedy(
                "the bucket is in another account: add this to a policy of the principal, and see \
                 that the bucket's policy allows the principal the same:",
            )
            .paste(policy(statements)),
        Why::Unsaid => answer
            .remedy(
                "the bucket is in another account: both a policy of the principal and the bucket's \
                 policy must allow this; in the bucket's policy:",
            )
            .paste(for_principal(session, statements)),
    }
}

/// Statements as a bucket's policy has them: with the principal that they are for.
fn for_principal(session: &Session, statements: &[Statement]) -> String {
    let who = session.role_arn.as_deref().unwrap_or(&session.arn);
    let who = super::identity::principal(who);
    let statements: Vec<_> = statements
        .iter()
        .map(|statement| statement.clone().to(&who))
        .collect();
    policy(&statements)
}

/// `s3://bucket/prefix/name/`.
fn address_of(place: &Place<'_>) -> String {
    format!("s3://{}/{}", place.bucket, place.folder())
}
