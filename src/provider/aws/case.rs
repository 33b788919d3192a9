//! A case: one resource with what is declared around it, and the way to whoever answers for it.

use std::sync::Arc;

use super::client::{Partition, Place, Session, Signed, Unsigned};
use super::probe::Aws;
use crate::model::address::Kind;
use crate::model::finding::Check;
use crate::model::spec::{AwsRole, Credential, Export, Organization, Payer};
use crate::provider::answer::Answer;
pub use crate::provider::online::{Asking, check};
use crate::provider::probe::Run;
use crate::provider::subject::{Subject, What};

/// One check that asks AWS.
pub struct OnlineCheck {
    pub check: Check,
    /// None where the check does not apply to the subject.
    pub ask: for<'a> fn(&'a Case<'a>) -> Asking<'a>,
}

/// One resource that is asked about.
pub struct Case<'a> {
    pub aws: &'a Aws<'a>,
    pub subject: Subject<'a>,
    pub run: &'a Run<'a>,
}

impl<'a> Case<'a> {
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.subject.address.kind()
    }

    /// The payer around the subject.
    #[must_use]
    pub fn payer(&self) -> Option<(&'a str, &'a Payer)> {
        self.subject.around.payer
    }

    /// The subject as an export.
    #[must_use]
    pub fn export(&self) -> Option<&'a Export> {
        match self.subject.what {
            What::Export { export, .. } => Some(export),
            _ => None,
        }
    }

    /// The name that the export is declared under.
    #[must_use]
    pub fn export_name(&self) -> Option<&'a str> {
        let export = self.export()?;
        let (_, payer) = self.payer()?;
        let named = |(_, one): &(&String, &Export)| std::ptr::eq(*one, export);
        payer
            .exports
            .iter()
            .find(named)
            .map(|(name, _)| name.as_str())
    }

    /// The payer whose bill the subject is on is somebody else's: known, but not readable.
    #[must_use]
    pub fn external(&self) -> bool {
        self.payer().is_some_and(|(_, payer)| payer.external)
    }

    /// The credential that the subject is reached with, and where. An account without one of its
    /// own is reached through its payer.
    #[must_use]
    pub fn way(&self) -> Option<Way<'a>> {
        let around = &self.subject.around;
        let organization = around.organization.map(|(_, organization)| organization);
        match self.subject.what {
            What::Account { account, .. } => match account.credentials.as_deref() {
                Some(own) => Some(Way {
                    credential: own,
                    // An AWS account's id needs no encoding, so it stands in the address as it is.
                    account: self.subject.address.as_str().rsplit('/').next(),
                }),
                None => through_payer(around.payer, organization),
            },
            What::Payer { .. } | What::Export { .. } => through_payer(around.payer, organization),
            What::Organization(_) | What::Recommendations(_) => {
                let own = around
                    .payers
                    .iter()
                    .copied()
                    .find(|(_, payer)| !payer.external);
                through_payer(own, organization)
            }
            What::Credential(_) => None,
        }
    }

    /// The credential that the export's bucket is read with, and where: the payer's, where the export
    /// names none. A role by name is looked for in the account that owns the bucket.
    #[must_use]
    pub fn reader(&self) -> Option<Way<'a>> {
        let export = self.export()?;
        let Some(credential) = export.read_with() else {
            return self.way();
        };
        let by_name = self
            .role(credential)
            .is_some_and(|role| role.role_arn.is_none());
        let owner = || export.bucket_owner().or(self.payer().map(|(id, _)| id));
        Some(Way {
            credential,
            account: if by_name { owner() } else { None },
        })
    }

    /// Whether the subject names the credential that it is reached with, or a payer does it for
    /// itself through its organization: then it answers for its own session.
    #[must_use]
    pub fn signs_in(&self) -> bool {
        match self.subject.what {
            What::Account { account, .. } => account.credentials.is_some(),
            What::Payer { .. } => true,
            _ => false,
        }
    }

    /// The partition that the declaration speaks of: that of the exports' buckets.
    fn partition(&self) -> Option<Partition> {
        let around = &self.subject.around;
        around
            .payer
            .iter()
            .chain(around.payers)
            .flat_map(|(_, payer)| payer.exports.values())
            .find_map(|export| match export {
                Export::Cur(export) => Some(Partition::of_region(&export.bucket_region)),
                Export::DataExport(export) => Some(Partition::of_region(&export.bucket_region)),
                _ => None,
            })
    }

    /// Signs in along a way.
    pub async fn sign_in(&self, way: Way<'_>) -> Signed {
        self.aws.sessions.get(way.credential, self.place(way)).await
    }

    #[must_use]
    pub fn place<'w>(&self, way: Way<'w>) -> Place<'w> {
        Place {
            account: way.account,
            partition: self.partition(),
        }
    }

    /// The session that the subject is reached with.
    ///
    /// # Errors
    /// Where there is none: the skipped answer of a check that needs one.
    pub async fn session(&self) -> Result<Arc<Session>, Answer> {
        let Some(way) = self.way() else {
            return Err(Answer::skipped("no credential is declared for this"));
        };
        self.along(way).await
    }

    /// The session along a way, or the skipped answer of a check that needs one.
    pub async fn along(&self, way: Way<'_>) -> Result<Arc<Session>, Answer> {
        let session = self.sign_in(way).await.map_err(|unsigned| {
            Answer::skipped(match unsigned {
                Unsigned::Secret(error) => format!("not looked at: {error}"),
                Unsigned::Unclear(why) => format!("not asked: {why}"),
                Unsigned::Trouble { .. } => {
                    format!("not asked: `{}` cannot sign in", way.credential)
                }
            })
        })?;
        match way.account {
            Some(account) if account != session.account => Err(Answer::skipped(format!(
                "not asked: `{}` reaches account {}, not {account}",
                way.credential, session.account
            ))),
            _ => Ok(session),
        }
    }

    /// The way to the one that lists the accounts of the subject's organization: its payer, or a
    /// delegated administrator.
    #[must_use]
    pub fn lister_way(&self) -> Option<Way<'a>> {
        let around = &self.subject.around;
        let readable = |payer: &(&str, &Payer)| !payer.1.external;
        let payer = around
            .payer
            .filter(readable)
            .or_else(|| around.payers.iter().copied().find(readable));
        let organization = around.organization.map(|(_, organization)| organization);
        through_payer(payer, organization)
    }

    /// The session that lists the accounts of the subject's organization; none where it cannot sign
    /// in.
    pub async fn lister(&self) -> Option<Arc<Session>> {
        self.sign_in(self.lister_way()?).await.ok()
    }

    /// The credential with this name, where it is a role.
    #[must_use]
    pub fn role(&self, credential: &str) -> Option<&'a AwsRole> {
        match self.run.credentials.credential(credential) {
            Some(Credential::AwsRole(role)) => Some(role),
            _ => None,
        }
    }
}

/// A credential, and the account that it is used for.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    pub credential: &'a str,
    pub account: Option<&'a str>,
}

/// The way through a payer: with its own credential, or its organization's.
fn through_payer<'a>(
    payer: Option<(&'a str, &'a Payer)>,
    organization: Option<&'a Organization>,
) -> Option<Way<'a>> {
    let own = payer.and_then(|(_, payer)| payer.credentials.as_deref());
    Some(Way {
        credential: own.or_else(|| organization?.credentials.as_deref())?,
        account: payer.map(|(id, _)| id),
    })
}
