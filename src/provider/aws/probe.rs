//! The probe for AWS: what its checks share during a run, and the order in which they are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::case::Case;
use super::client::cost_reports::{self, Report};
use super::client::data_exports::{self, Definition, Listed};
use super::client::organizations::{self, Member, Organization};
use super::client::{Session, Sessions, Traffic, Trouble, s3};
use super::export::{Deliveries, Located, Place};
use super::{ONLINE, listing};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;
use crate::provider::listing::{Listing, Unlisted};
use crate::provider::once::Once;
use crate::provider::online::ask_all;
use crate::provider::probe::{Probe, Question, Run};

/// Asks AWS. One for each run.
pub struct Aws<'a> {
    run: Run<'a>,
    pub(super) sessions: Sessions<'a>,
    traffic: Traffic,
    organizations: Once<String, Result<Arc<Organization>, Trouble>>,
    members: Once<String, Result<Arc<Vec<Member>>, Trouble>>,
    reports: Once<String, Result<Arc<Vec<Report>>, Trouble>>,
    exports: Once<String, Result<Arc<Vec<Listed>>, Trouble>>,
    definitions: Once<(String, String), Result<Arc<Definition>, Trouble>>,
    buckets: Once<(String, String, String), Result<Arc<Located>, Trouble>>,
    policies: Once<(String, String), Result<Arc<str>, Trouble>>,
    deliveries: Once<(String, String), Result<Arc<Deliveries>, Trouble>>,
    units: Once<String, Result<String, Trouble>>,
}

impl<'a> Aws<'a> {
    #[must_use]
    pub fn new(run: Run<'a>) -> Self {
        let traffic = Traffic::new(run.parallelism);
        Self {
            sessions: Sessions::new(run.credentials, run.resolver, traffic.clone()),
            run,
            traffic,
            organizations: Once::default(),
            members: Once::default(),
            reports: Once::default(),
            exports: Once::default(),
            definitions: Once::default(),
            buckets: Once::default(),
            policies: Once::default(),
            deliveries: Once::default(),
            units: Once::default(),
        }
    }

    /// The organization that a session's account is in.
    pub(super) async fn organization(
        &self,
        session: &Session,
    ) -> Result<Arc<Organization>, Trouble> {
        let ask = || async { organizations::organization(session).await.map(Arc::new) };
        self.organizations.get(session.arn.clone(), ask).await
    }

    /// The members of the organization that a session's account manages.
    pub(super) async fn members(&self, session: &Session) -> Result<Arc<Vec<Member>>, Trouble> {
        let ask = || async { organizations::members(session).await.map(Arc::new) };
        self.members.get(session.arn.clone(), ask).await
    }

    /// The legacy reports of a session's account.
    pub(super) async fn reports(&self, session: &Session) -> Result<Arc<Vec<Report>>, Trouble> {
        let ask = || async { cost_reports::reports(session).await.map(Arc::new) };
        self.reports.get(session.arn.clone(), ask).await
    }

    /// The Data Exports of a session's account.
    pub(super) async fn exports(&self, session: &Session) -> Result<Arc<Vec<Listed>>, Trouble> {
        let ask = || async { data_exports::exports(session).await.map(Arc::new) };
        self.exports.get(session.arn.clone(), ask).await
    }

    /// A Data Export in full.
    pub(super) async fn definition(
        &self,
        session: &Session,
        arn: &str,
    ) -> Result<Arc<Definition>, Trouble> {
        let ask = || async { data_exports::definition(session, arn).await.map(Arc::new) };
        let key = (session.arn.clone(), arn.to_owned());
        self.definitions.get(key, ask).await
    }

    /// Where a bucket of an account is.
    pub(super) async fn bucket(
        &self,
        session: &Session,
        bucket: &str,
        owner: &str,
    ) -> Result<Arc<Located>, Trouble> {
        let ask = || async { Located::find(session, bucket, owner).await.map(Arc::new) };
        let key = (session.arn.clone(), bucket.to_owned(), owner.to_owned());
        self.buckets.get(key, ask).await
    }

    /// The policy of a bucket.
    pub(super) async fn bucket_policy(
        &self,
        session: &Session,
        region: &str,
        bucket: &str,
    ) -> Result<Arc<str>, Trouble> {
        let ask = || async { s3::policy(session, region, bucket).await.map(Arc::from) };
        let key = (session.arn.clone(), bucket.to_owned());
        self.policies.get(key, ask).await
    }

    /// What was delivered to a place.
    pub(super) async fn deliveries(
        &self,
        session: &Session,
        region: &str,
        place: &Place<'_>,
    ) -> Result<Arc<Deliveries>, Trouble> {
        let ask = || async { Deliveries::list(session, region, place).await.map(Arc::new) };
        let at = format!("{}/{}", place.bucket, place.folder());
        self.deliveries.get((session.arn.clone(), at), ask).await
    }

    /// The name of an organizational unit.
    pub(super) async fn unit_name(&self, session: &Session, id: &str) -> Result<String, Trouble> {
        let ask = || organizations::unit_name(session, id);
        self.units.get(id.to_owned(), ask).await
    }

    fn case<'c>(&'c self, question: &Question<'c>) -> Case<'c> {
        Case {
            aws: self,
            subject: question.subject,
            run: question.run,
        }
    }

    /// Fetches what many cases share, outside of any one check's deadline: it takes as long as an
    /// organization is large. Each call of it has its own.
    async fn prepare(&self, case: &Case<'_>) {
        use crate::model::address::Kind;
        if matches!(case.kind(), Kind::Account | Kind::Organization)
            && !case.external()
            && let Some(session) = case.lister().await
        {
            let _ = self.members(&session).await;
        }
    }
}

#[async_trait]
impl Probe for Aws<'_> {
    fn provider(&self) -> Provider {
        Provider::Aws
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
        self.traffic.counts()
    }
}

/// All checks that ask AWS.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    ONLINE.iter().map(|online| &online.check)
}
