//! A case: one resource with what is declared around it, and the way to whoever answers for it.

use std::sync::Arc;

use super::client::sas::Sas;
use super::client::{Session, Unsigned};
use super::export::target::Target;
use super::probe::Azure;
use super::scope;
use crate::credential::inspect::sas;
use crate::model::address::Kind;
use crate::model::finding::Check;
use crate::model::spec::{CostManagement, Credential, Export, Organization, Payer};
use crate::provider::answer::Answer;
pub use crate::provider::online::{Asking, check};
use crate::provider::probe::Run;
use crate::provider::subject::{Subject, What};

/// One check that asks Azure.
pub struct OnlineCheck {
    pub check: Check,
    /// None where the check does not apply to the subject.
    pub ask: for<'a> fn(&'a Case<'a>) -> Asking<'a>,
}

/// One resource that is asked about.
pub struct Case<'a> {
    pub azure: &'a Azure<'a>,
    pub subject: Subject<'a>,
    pub run: &'a Run<'a>,
}

/// What a container is read with.
pub enum Reader {
    Session(Arc<Session>),
    Sas {
        /// The credential's name.
        name: String,
        sas: Arc<Sas>,
        /// The storage account that it is for, where it says so.
        account: Option<String>,
    },
}

impl Reader {
    /// What tells it from others.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Session(session) => session.key(),
            Self::Sas { name, .. } => format!("sas/{name}"),
        }
    }
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

    /// The organization around the subject.
    #[must_use]
    pub fn organization(&self) -> Option<&'a Organization> {
        self.subject
            .around
            .organization
            .map(|(_, organization)| organization)
    }

    /// The tenant that the organization is.
    #[must_use]
    pub fn tenant(&self) -> Option<&'a str> {
        self.organization()
            .map(|organization| organization.id.as_str())
    }

    /// The payer whose bill the subject is on is somebody else's: known, but not readable.
    #[must_use]
    pub fn external(&self) -> bool {
        self.payer().is_some_and(|(_, payer)| payer.external)
    }

    /// The scope of the payer's bill.
    #[must_use]
    pub fn bill(&self) -> String {
        self.payer()
            .map(|(id, payer)| scope::of_bill(id, payer))
            .unwrap_or_default()
    }

    /// The subject as an export.
    #[must_use]
    pub fn export(&self) -> Option<&'a Export> {
        match self.subject.what {
            What::Export { export, .. } => Some(export),
            _ => None,
        }
    }

    /// The subject as a Cost Management export.
    #[must_use]
    pub fn cost_management(&self) -> Option<&'a CostManagement> {
        match self.export()? {
            Export::CostManagement(export) => Some(export),
            _ => None,
        }
    }

    /// Where the export is defined and delivered to.
    #[must_use]
    pub fn target(&self) -> Option<Target<'a>> {
        let declared = self.cost_management()?;
        Some(Target::of(declared, || self.bill()))
    }

    /// The credential that the subject is reached with.
    #[must_use]
    pub fn way(&self) -> Option<&'a str> {
        let around = &self.subject.around;
        match self.subject.what {
            What::Account { account, .. } => account
                .credentials
                .as_deref()
                .or_else(|| through_payer(around.payer, self.organization())),
            What::Payer { .. } | What::Export { .. } => {
                through_payer(around.payer, self.organization())
            }
            What::Organization(_) | What::Recommendations(_) => self.lister_way(),
            What::Credential(_) => None,
        }
    }

    /// The credential that lists the subscriptions of the subject's organization.
    #[must_use]
    pub fn lister_way(&self) -> Option<&'a str> {
        let around = &self.subject.around;
        let readable = |payer: &(&str, &Payer)| !payer.1.external;
        let payer = around
            .payer
            .filter(readable)
            .or_else(|| around.payers.iter().copied().find(readable));
        // The organization's own reaches what is in it; a payer's stands in where there is none.
        let own = self
            .organization()
            .and_then(|organization| organization.credentials.as_deref());
        own.or_else(|| through_payer(payer, self.organization()))
    }

    /// The credential that the export's container is read with.
    #[must_use]
    pub fn reader_way(&self) -> Option<&'a str> {
        self.export()?.read_with().or_else(|| self.way())
    }

    /// Whether a shared access signature reads the export's container.
    #[must_use]
    pub fn reads_with_sas(&self) -> bool {
        let credential = self
            .reader_way()
            .and_then(|name| self.run.credentials.credential(name));
        matches!(credential, Some(Credential::AzureSas(_)))
    }

    /// Whether anybody here could read the container: of a bill that is somebody else's, only with a
    /// credential of its own.
    #[must_use]
    pub fn readable(&self) -> bool {
        !self.external()
            || self
                .export()
                .is_some_and(|export| export.read_with().is_some())
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

    /// The session of a credential, or the skipped answer of a check that needs one.
    pub async fn along(&self, way: &str) -> Result<Arc<Session>, Answer> {
        let signed = self.azure.sessions.get(way, self.tenant()).await;
        signed.map_err(|unsigned| {
            Answer::skipped(match unsigned {
                Unsigned::Secret(error) => format!("not looked at: {error}"),
                Unsigned::Unclear { .. } | Unsigned::Trouble(_) => {
                    format!("not asked: `{way}` cannot sign in")
                }
            })
        })
    }

    /// What reads the export's container, or the skipped answer of a check that needs it.
    pub async fn reader(&self) -> Result<Reader, Answer> {
        let Some(way) = self.reader_way() else {
            return Err(Answer::skipped("no credential is declared for this"));
        };
        let Some(Credential::AzureSas(declared)) = self.run.credentials.credential(way) else {
            return self.along(way).await.map(Reader::Session);
        };
        let reference = declared
            .token
            .as_ref()
            .or(declared.connection_string.as_ref())
            .ok_or_else(|| Answer::skipped("the credential names no signature"))?;
        let secret = self.run.resolver.resolve(reference);
        let secret = secret.map_err(|error| Answer::skipped(format!("not looked at: {error}")))?;
        let sas = Sas::read(&secret)
            .ok_or_else(|| Answer::skipped("not asked: `azure.sas.form` says why"))?;
        let account = match sas::inspect(&secret) {
            sas::Sas::Token(facts) => facts.account,
            _ => None,
        };
        Ok(Reader::Sas {
            name: way.to_owned(),
            sas: Arc::new(sas),
            account,
        })
    }

    /// The session that lists the subscriptions of the subject's organization; none where it cannot
    /// sign in.
    pub async fn lister(&self) -> Option<Arc<Session>> {
        let way = self.lister_way()?;
        self.azure.sessions.get(way, self.tenant()).await.ok()
    }
}

/// The credential of a payer, or its organization's.
fn through_payer<'a>(
    payer: Option<(&'a str, &'a Payer)>,
    organization: Option<&'a Organization>,
) -> Option<&'a str> {
    let own = payer.and_then(|(_, payer)| payer.credentials.as_deref());
    own.or_else(|| organization?.credentials.as_deref())
}
