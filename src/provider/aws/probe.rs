//! The probe for AWS: what its checks share during a run, and the order in which they are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;

use super::case::{Case, OnlineCheck};
use super::client::organizations::{self, Member, Organization};
use super::client::{Session, Sessions, Traffic, Trouble};
use super::once::Once;
use super::{ONLINE, listing};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;
use crate::provider::answer::Answer;
use crate::provider::listing::{Listing, Unlisted};
use crate::provider::probe::{Probe, Question, Run};

/// How long one check may take, once what it shares with others is there.
const DEADLINE: Duration = Duration::from_secs(60);

/// Asks AWS. One for each run.
pub struct Aws<'a> {
    run: Run<'a>,
    pub(super) sessions: Sessions<'a>,
    traffic: Traffic,
    organizations: Once<String, Result<Arc<Organization>, Trouble>>,
    members: Once<String, Result<Arc<Vec<Member>>, Trouble>>,
    units: Once<String, Result<String, Trouble>>,
}

impl<'a> Aws<'a> {
    #[must_use]
    pub fn new(run: Run<'a>) -> Self {
        let traffic = Traffic::default();
        Self {
            sessions: Sessions::new(run.credentials, run.resolver, traffic.clone()),
            run,
            traffic,
            organizations: Once::default(),
            members: Once::default(),
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
        let answers = join_all(ONLINE.iter().map(|online| answer(online, &case))).await;
        let at = self.run.at();
        ONLINE
            .iter()
            .zip(answers)
            .filter_map(|(online, answer)| {
                Some(answer?.into_finding(&online.check, case.subject.address, at.clone()))
            })
            .collect()
    }

    async fn members(&self, question: &Question<'_>) -> Option<Result<Listing, Unlisted>> {
        Some(listing::members(&self.case(question)).await)
    }

    async fn unit_names(
        &self,
        question: &Question<'_>,
        units: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Answer> {
        listing::unit_names(&self.case(question), units).await
    }

    async fn tags(
        &self,
        question: &Question<'_>,
        accounts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Answer> {
        listing::tags(&self.case(question), accounts).await
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.traffic.counts()
    }
}

async fn answer(online: &'static OnlineCheck, case: &Case<'_>) -> Option<Answer> {
    match tokio::time::timeout(DEADLINE, (online.ask)(case)).await {
        Ok(answer) => answer,
        Err(_) => Some(
            Answer::unknown(format!("no answer within {} seconds", DEADLINE.as_secs()))
                .remedy("ask again; `BURSAR_LOG=debug` shows which call hangs"),
        ),
    }
}

/// All checks that ask AWS.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    ONLINE.iter().map(|online| &online.check)
}
