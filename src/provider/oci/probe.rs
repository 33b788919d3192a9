//! The probe for OCI: what its checks share during a run, and the order in which they are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::case::Case;
use super::client::identity::{self, Compartment};
use super::client::organizations::{self, Organization};
use super::client::{Session, Sessions};
use super::export::{Newest, newest};
use super::{ONLINE, listing};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;
use crate::model::spec::ReportFormat;
use crate::provider::answer::Answer;
use crate::provider::listing::{Listing, Unlisted};
use crate::provider::once::Once;
use crate::provider::online::ask_all;
use crate::provider::probe::{Probe, Question, Run};
use crate::provider::trouble::Trouble;

/// What is asked once, and how that went.
type Shared<T> = Once<String, Result<Arc<T>, Trouble>>;

/// Asks OCI. One for each run.
pub struct Oci<'a> {
    run: Run<'a>,
    pub(super) sessions: Sessions<'a>,
    compartments: Shared<Vec<Compartment>>,
    organizations: Shared<Vec<Organization>>,
    members: Shared<Vec<organizations::Member>>,
    newest: Once<(String, bool), Result<Arc<Newest>, Trouble>>,
    /// Why the bucket of reports is not shown: one bucket for all formats.
    blocked: Once<String, Answer>,
}

impl<'a> Oci<'a> {
    #[must_use]
    pub fn new(run: Run<'a>) -> Self {
        Self {
            sessions: Sessions::new(run.credentials, run.resolver, run.parallelism),
            run,
            compartments: Once::default(),
            organizations: Once::default(),
            members: Once::default(),
            newest: Once::default(),
            blocked: Once::default(),
        }
    }

    /// The compartments of a session's tenancy.
    pub(super) async fn compartments(
        &self,
        session: &Session,
    ) -> Result<Arc<Vec<Compartment>>, Trouble> {
        let ask = || async { identity::compartments(session).await.map(Arc::new) };
        self.compartments.get(session.credential.clone(), ask).await
    }

    /// The organization that a session's tenancy is in; none where it stands alone.
    pub(super) async fn organization(
        &self,
        session: &Session,
    ) -> Result<Option<Organization>, Trouble> {
        let ask = || async { organizations::organizations(session).await.map(Arc::new) };
        let found = self
            .organizations
            .get(session.credential.clone(), ask)
            .await?;
        let gone = |one: &&Organization| !matches!(one.state.as_str(), "DELETED" | "FAILED");
        Ok(found.iter().find(gone).cloned())
    }

    /// The tenancies of an organization.
    pub(super) async fn tenancies(
        &self,
        session: &Session,
        organization: &Organization,
    ) -> Result<Arc<Vec<organizations::Member>>, Trouble> {
        let ask = || async {
            let members = organizations::members(session, &organization.id).await;
            members.map(Arc::new)
        };
        self.members.get(session.credential.clone(), ask).await
    }

    /// The newest reports of a format.
    pub(super) async fn newest(
        &self,
        session: &Session,
        format: ReportFormat,
    ) -> Result<Arc<Newest>, Trouble> {
        let today = self.run.today().civil();
        let ask = || async { newest(session, format, today).await.map(Arc::new) };
        let key = (session.credential.clone(), format == ReportFormat::Focus);
        self.newest.get(key, ask).await
    }

    /// Why a session is shown no bucket of reports.
    pub(super) async fn blocked(
        &self,
        session: &Session,
        why: impl Future<Output = Answer>,
    ) -> Answer {
        self.blocked.get(session.credential.clone(), || why).await
    }

    fn case<'c>(&'c self, question: &Question<'c>) -> Case<'c> {
        Case {
            oci: self,
            subject: question.subject,
            run: question.run,
        }
    }

    /// Fetches what many cases share, outside of any one check's deadline: it takes as long as a
    /// tenancy is large. Each call of it has its own.
    async fn prepare(&self, case: &Case<'_>) {
        use crate::model::address::Kind;
        if matches!(case.kind(), Kind::Account | Kind::Organization)
            && !case.external()
            && !case.all_external()
            && let Some(credential) = case.lister()
            && let Ok(session) = case.sign_in(credential).await
        {
            let _ = self.compartments(&session).await;
        }
    }
}

#[async_trait]
impl Probe for Oci<'_> {
    fn provider(&self) -> Provider {
        Provider::Oci
    }

    fn checks(&self) -> Vec<&'static Check> {
        checks().collect()
    }

    async fn ask(&self, question: &Question<'_>) -> Vec<Finding> {
        let case = self.case(question);
        self.prepare(&case).await;
        let asked = ONLINE
            .iter()
            .map(|online| (&online.check, (online.ask)(&case)));
        ask_all(asked, case.subject.address, &self.run.at()).await
    }

    async fn members(&self, question: &Question<'_>) -> Option<Result<Listing, Unlisted>> {
        Some(listing::members(&self.case(question)).await)
    }

    async fn unit_names(
        &self,
        question: &Question<'_>,
        units: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Unlisted> {
        listing::unit_names(&self.case(question), units).await
    }

    async fn tags(
        &self,
        question: &Question<'_>,
        accounts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
        listing::tags(&self.case(question), accounts).await
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.sessions.http().traffic().counts()
    }
}

/// All checks that ask OCI.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    ONLINE.iter().map(|online| &online.check)
}
