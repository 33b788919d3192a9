//! A case: one resource with what is declared around it, and the way to whoever answers for it.

use std::sync::Arc;

use super::client::{Resource, Signed, Token, Unsigned};
use super::probe::Csp;
use crate::model::address::Kind;
use crate::model::finding::Check;
use crate::model::spec::{Credential, Organization, Payer};
use crate::provider::answer::Answer;
pub use crate::provider::online::{Asking, check};
use crate::provider::probe::Run;
use crate::provider::subject::{Subject, What};

/// One check that asks Microsoft for a partner.
pub struct OnlineCheck {
    pub check: Check,
    /// None where the check does not apply to the subject.
    pub ask: for<'a> fn(&'a Case<'a>) -> Asking<'a>,
}

/// One resource that is asked about.
pub struct Case<'a> {
    pub csp: &'a Csp<'a>,
    pub subject: Subject<'a>,
    pub run: &'a Run<'a>,
}

impl<'a> Case<'a> {
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.subject.address.kind()
    }

    #[must_use]
    pub fn organization(&self) -> Option<&'a Organization> {
        self.subject
            .around
            .organization
            .map(|(_, organization)| organization)
    }

    /// The payer that the subject is.
    #[must_use]
    pub fn own_payer(&self) -> Option<(&'a str, &'a Payer)> {
        match self.subject.what {
            What::Payer { .. } => self.subject.around.payer,
            _ => None,
        }
    }

    /// The bill is somebody else's: known, but not readable.
    #[must_use]
    pub fn external(&self) -> bool {
        let payer = self.subject.around.payer;
        payer.is_some_and(|(_, payer)| payer.external)
    }

    /// Both credentials of the partner, that for Partner Center first.
    #[must_use]
    pub fn credentials(&self) -> Vec<&'a str> {
        let organization = self.organization();
        let center = organization.and_then(|one| one.partner_center.as_deref());
        let api = organization.and_then(|one| one.partner_api.as_deref());
        let mut both: Vec<&str> = center.into_iter().chain(api).collect();
        both.dedup();
        both
    }

    /// The credential whose application asks by itself.
    ///
    /// # Errors
    /// Where there is none: the skipped answer of a check that needs one.
    pub fn application_way(&self) -> Result<&'a str, Answer> {
        self.credentials()
            .into_iter()
            .next()
            .ok_or_else(|| Answer::skipped("no credential is declared for this"))
    }

    /// The credential whose application asks for its user.
    ///
    /// # Errors
    /// Where there is none: the skipped answer of a check that needs one.
    pub fn user_way(&self) -> Result<&'a str, Answer> {
        let organization = self.organization();
        organization
            .and_then(|one| one.partner_api.as_deref())
            .ok_or_else(|| {
                Answer::skipped("not asked: this takes a user, and no `partner_api` is declared")
            })
    }

    /// The token of an application by itself.
    pub async fn sign_in(&self, credential: &str, resource: Resource) -> Signed {
        let http = &self.csp.client.entra;
        self.csp
            .sessions
            .application(http, credential, resource)
            .await
    }

    /// The token of an application and its user.
    pub async fn sign_in_user(
        &self,
        credential: &str,
        resource: Resource,
        tenant: Option<&str>,
    ) -> Signed {
        let http = &self.csp.client.entra;
        self.csp
            .sessions
            .user(http, credential, resource, tenant)
            .await
    }

    /// The token that customers are listed with, or the skipped answer of a check that needs it.
    pub async fn application(&self, resource: Resource) -> Result<(&'a str, Arc<Token>), Answer> {
        let way = self.application_way()?;
        let signed = self.sign_in(way, resource).await;
        let token = signed.map_err(|unsigned| skipped(way, &unsigned))?;
        Ok((way, token))
    }

    /// The token that a user's calls need, or the skipped answer of a check that needs it.
    pub async fn user(&self, resource: Resource) -> Result<(&'a str, Arc<Token>), Answer> {
        let way = self.user_way()?;
        let signed = self.sign_in_user(way, resource, None).await;
        let token = signed.map_err(|unsigned| skipped(way, &unsigned))?;
        if token.lacks_mfa() {
            let message =
                format!("not asked: `{way}` signed in without multifactor authentication");
            return Err(Answer::skipped(message));
        }
        Ok((way, token))
    }

    /// The client id of a credential, for people.
    #[must_use]
    pub fn client_id(&self, credential: &str) -> &'a str {
        match self.run.credentials.credential(credential) {
            Some(Credential::PartnerCenter(c)) => &c.client_id,
            Some(Credential::PartnerApi(c)) => &c.client_id,
            _ => "",
        }
    }
}

/// What a check says that needs a token where there is none. Why is told at the credential.
pub fn skipped(credential: &str, unsigned: &Unsigned) -> Answer {
    Answer::skipped(match unsigned {
        Unsigned::Secret(error) => format!("not looked at: {error}"),
        Unsigned::Unasked(why) => format!("not asked: {why}"),
        Unsigned::Trouble { .. } => format!("not asked: `{credential}` cannot sign in"),
    })
}
