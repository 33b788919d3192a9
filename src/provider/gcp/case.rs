//! A case: one resource with what is declared around it, and the way to whoever answers for it.

use std::sync::Arc;

use super::client::{DISABLED, Session, Signed, Unsigned};
use super::export::Place;
use super::probe::Gcp;
use crate::model::address::Kind;
use crate::model::finding::Check;
use crate::model::spec::{Export, Payer};
use crate::provider::answer::Answer;
use crate::provider::online::Asking;
use crate::provider::probe::Run;
use crate::provider::subject::{Subject, What};
use crate::provider::trouble::Trouble;

/// One check that asks Google Cloud.
pub struct OnlineCheck {
    pub check: Check,
    /// None where the check does not apply to the subject.
    pub ask: for<'a> fn(&'a Case<'a>) -> Asking<'a>,
}

/// One resource that is asked about.
pub struct Case<'a> {
    pub gcp: &'a Gcp<'a>,
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

    /// The id of the organization around the subject.
    #[must_use]
    pub fn organization(&self) -> Option<&'a str> {
        let (_, organization) = self.subject.around.organization?;
        Some(organization.id.as_str())
    }

    /// The payer whose bill the subject is on is somebody else's: known, but not readable.
    #[must_use]
    pub fn external(&self) -> bool {
        self.payer().is_some_and(|(_, payer)| payer.external)
    }

    /// Whether all bills of the organization are somebody else's.
    #[must_use]
    pub fn all_external(&self) -> bool {
        let payers = self.subject.around.payers;
        !payers.is_empty() && payers.iter().all(|(_, payer)| payer.external)
    }

    /// Whether the subject is an account that names its credential itself.
    #[must_use]
    pub fn has_own_credential(&self) -> bool {
        matches!(self.subject.what, What::Account { account, .. } if account.credentials.is_some())
    }

    /// The place that the export is delivered to; none where the subject is no export of Google's.
    #[must_use]
    pub fn place(&self) -> Option<Place<'a>> {
        let What::Export {
            export: Export::BigQuery(export),
            ..
        } = self.subject.what
        else {
            return None;
        };
        Place::of(self.payer()?.0, export)
    }

    /// The credential that the payer is reached with.
    #[must_use]
    pub fn payer_way(&self) -> Option<&'a str> {
        let own = self
            .payer()
            .and_then(|(_, payer)| payer.credentials.as_deref());
        own.or_else(|| self.of_organization())
    }

    /// The credential that lists the organization's projects: its own, or that of its first payer.
    #[must_use]
    pub fn lister_way(&self) -> Option<&'a str> {
        self.of_organization().or_else(|| {
            let payers = self
                .subject
                .around
                .payers
                .iter()
                .copied()
                .chain(self.payer());
            let mut own = payers.filter(|(_, payer)| !payer.external);
            own.find_map(|(_, payer)| payer.credentials.as_deref())
        })
    }

    fn of_organization(&self) -> Option<&'a str> {
        let (_, organization) = self.subject.around.organization?;
        organization.credentials.as_deref()
    }

    /// The credential that reads the exported table: the payer's, where the export names none.
    #[must_use]
    pub fn reader_way(&self) -> Option<&'a str> {
        match self.subject.what {
            What::Export { export, .. } => export.read_with().or_else(|| self.payer_way()),
            _ => None,
        }
    }

    /// Whether anybody here could read the table: of a bill that is somebody else's, only with a
    /// credential of its own.
    #[must_use]
    pub fn readable(&self) -> bool {
        let own = matches!(self.subject.what, What::Export { export, .. } if export.read_with().is_some());
        own || !self.external()
    }

    /// Signs in with a credential.
    pub async fn sign_in(&self, credential: &str) -> Signed {
        self.gcp.sessions.get(credential).await
    }

    /// The session of a credential, or the skipped answer of a check that needs one.
    pub async fn along(&self, credential: Option<&str>) -> Result<Arc<Session>, Answer> {
        let Some(credential) = credential else {
            return Err(Answer::skipped("no credential is declared for this"));
        };
        self.sign_in(credential).await.map_err(|unsigned| {
            Answer::skipped(match unsigned {
                Unsigned::Secret(error) => format!("not looked at: {error}"),
                Unsigned::Unclear(why) => format!("not asked: {why}"),
                Unsigned::Trouble(_) => format!("not asked: `{credential}` cannot sign in"),
            })
        })
    }

    /// The session that reads the exported table.
    pub async fn reader(&self) -> Result<Arc<Session>, Answer> {
        self.along(self.reader_way()).await
    }

    /// What a call that failed means. That an API is not enabled, or a token not accepted, is told once,
    /// where the credential is.
    pub async fn told(&self, session: &Session, trouble: &Trouble, doing: &str) -> Answer {
        use crate::provider::trouble::Kind;
        if trouble.kind == Kind::Unauthenticated {
            return Answer::skipped(format!(
                "not asked: Google Cloud does not accept `{}`",
                session.credential
            ));
        }
        if trouble.is(DISABLED)
            && let Some(Ok(_)) = self.gcp.home_apis(session).await
        {
            return Answer::skipped("not asked: an API is not enabled, as `gcp.apis` says");
        }
        trouble.answer(doing)
    }
}
