//! A case: one resource with what is declared around it, and the way to whoever answers for it.

use std::sync::Arc;

use super::client::{Session, Signed, Unsigned};
use super::probe::Oci;
use crate::model::address::Kind;
use crate::model::finding::Check;
use crate::model::spec::{Export, Payer, Reports};
use crate::provider::answer::Answer;
pub use crate::provider::online::{Asking, check};
use crate::provider::probe::Run;
use crate::provider::subject::{Subject, What};

/// One check that asks OCI.
pub struct OnlineCheck {
    pub check: Check,
    /// None where the check does not apply to the subject.
    pub ask: for<'a> fn(&'a Case<'a>) -> Asking<'a>,
}

/// One resource that is asked about.
pub struct Case<'a> {
    pub oci: &'a Oci<'a>,
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

    /// The subject as an export of OCI.
    #[must_use]
    pub fn reports(&self) -> Option<&'a Reports> {
        match self.subject.what {
            What::Export {
                export: Export::Reports(reports),
                ..
            } => Some(reports),
            _ => None,
        }
    }

    /// The payer whose bill the subject is on is somebody else's: known, but not readable.
    #[must_use]
    pub fn external(&self) -> bool {
        self.payer().is_some_and(|(_, payer)| payer.external)
    }

    /// All payers of the subject's organization are somebody else's.
    #[must_use]
    pub fn all_external(&self) -> bool {
        let payers = self.subject.around.payers;
        !payers.is_empty() && payers.iter().all(|(_, payer)| payer.external)
    }

    /// The credential that the subject is reached with: its own, its payer's, its organization's.
    #[must_use]
    pub fn credential(&self) -> Option<&'a str> {
        match self.subject.what {
            What::Account { account, .. } => account
                .credentials
                .as_deref()
                .or_else(|| self.through(self.payer())),
            What::Payer { .. } | What::Export { .. } => self.through(self.payer()),
            What::Organization(_) | What::Recommendations(_) => self.lister(),
            What::Credential(_) => None,
        }
    }

    /// The credential of the one that lists what is in the subject's organization.
    #[must_use]
    pub fn lister(&self) -> Option<&'a str> {
        let around = &self.subject.around;
        let readable = |payer: &(&str, &Payer)| !payer.1.external;
        let payer = around
            .payer
            .filter(readable)
            .or_else(|| around.payers.iter().copied().find(readable));
        self.through(payer)
    }

    /// Through a payer: its own credential, or its organization's.
    fn through(&self, payer: Option<(&'a str, &'a Payer)>) -> Option<&'a str> {
        let own = payer.and_then(|(_, payer)| payer.credentials.as_deref());
        let organization = self.subject.around.organization;
        own.or_else(|| organization?.1.credentials.as_deref())
    }

    /// Signs in with a credential.
    pub async fn sign_in(&self, credential: &str) -> Signed {
        self.oci.sessions.get(credential).await
    }

    /// The session that the subject is reached with.
    ///
    /// # Errors
    /// Where there is none: the skipped answer of a check that needs one.
    pub async fn session(&self) -> Result<Arc<Session>, Answer> {
        match self.credential() {
            Some(credential) => self.along(credential).await,
            None => Err(Answer::skipped("no credential is declared for this")),
        }
    }

    /// The session of a credential, or the skipped answer of a check that needs one.
    ///
    /// # Errors
    /// As said.
    pub async fn along(&self, credential: &str) -> Result<Arc<Session>, Answer> {
        self.sign_in(credential).await.map_err(|unsigned| {
            Answer::skipped(match unsigned {
                Unsigned::Secret(error) => format!("not looked at: {error}"),
                Unsigned::Unopened => "not asked: the private key cannot be opened".to_owned(),
                Unsigned::Unclear(why) => format!("not asked: {why}"),
                Unsigned::Trouble(_) => format!("not asked: `{credential}` cannot sign in"),
            })
        })
    }

    /// The session of the subject, where it is of the tenancy that pays.
    ///
    /// # Errors
    /// The skipped answer of a check that needs it: `oci.identity` says why.
    pub async fn of_payer(&self) -> Result<Arc<Session>, Answer> {
        let session = self.session().await?;
        match self.payer() {
            Some((payer, _)) if !payer.eq_ignore_ascii_case(&session.tenancy) => {
                Err(Answer::skipped(format!(
                    "not asked: `{}` is of another tenancy",
                    session.credential
                )))
            }
            _ => Ok(session),
        }
    }
}
