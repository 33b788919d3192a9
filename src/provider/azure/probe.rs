//! The probe for Azure: what its checks share during a run, and the order in which they are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::case::{Case, Reader};
use super::client::billing::{self, Billed};
use super::client::exports::{self, Definition};
use super::client::subscriptions::{self, Subscription};
use super::client::voice::AZURE;
use super::client::{Session, Sessions, authorization, providers};
use super::export::delivery::Deliveries;
use super::export::target::Target;
use super::permissions::Permission;
use super::{ONLINE, listing};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;
use crate::provider::http::Http;
use crate::provider::listing::{Listing, Unlisted};
use crate::provider::once::Once;
use crate::provider::online::ask_all;
use crate::provider::probe::{Probe, Question, Run};
use crate::provider::trouble::Trouble;

type Shared<T> = Result<Arc<T>, Trouble>;

/// Asks Azure. One for each run.
pub struct Azure<'a> {
    run: Run<'a>,
    http: Arc<Http>,
    pub(super) sessions: Sessions<'a>,
    subscriptions: Once<String, Shared<Vec<Subscription>>>,
    accounts: Once<(String, String), Shared<billing::Account>>,
    profiles: Once<(String, String), Shared<billing::Profile>>,
    billed: Once<(String, String), Shared<Vec<Billed>>>,
    exports: Once<(String, String), Shared<Vec<Definition>>>,
    permissions: Once<(String, String), Shared<Vec<Permission>>>,
    registrations: Once<(String, String), Result<String, Trouble>>,
    deliveries: Once<(String, String), Shared<Deliveries>>,
    pub(super) known: Once<(String, String), Shared<listing::Known>>,
}

impl<'a> Azure<'a> {
    #[must_use]
    pub fn new(run: Run<'a>) -> Self {
        let http = Arc::new(Http::new(&AZURE, run.parallelism));
        Self {
            sessions: Sessions::new(run.credentials, run.resolver, Arc::clone(&http)),
            http,
            run,
            subscriptions: Once::default(),
            accounts: Once::default(),
            profiles: Once::default(),
            billed: Once::default(),
            exports: Once::default(),
            permissions: Once::default(),
            registrations: Once::default(),
            deliveries: Once::default(),
            known: Once::default(),
        }
    }

    /// The subscriptions that a session sees.
    pub(super) async fn subscriptions(&self, session: &Session) -> Shared<Vec<Subscription>> {
        let ask = || async { subscriptions::list(session).await.map(Arc::new) };
        self.subscriptions.get(session.key(), ask).await
    }

    /// A billing account.
    pub(super) async fn account(&self, session: &Session, id: &str) -> Shared<billing::Account> {
        let ask = || async { billing::account(session, id).await.map(Arc::new) };
        self.accounts.get((session.key(), id.to_owned()), ask).await
    }

    /// A billing profile, by its scope.
    pub(super) async fn profile(&self, session: &Session, scope: &str) -> Shared<billing::Profile> {
        let ask = || async { billing::profile(session, scope).await.map(Arc::new) };
        self.profiles
            .get((session.key(), scope.to_owned()), ask)
            .await
    }

    /// The subscriptions on a bill.
    pub(super) async fn billed(&self, session: &Session, scope: &str) -> Shared<Vec<Billed>> {
        let ask = || async { billing::subscriptions(session, scope).await.map(Arc::new) };
        self.billed
            .get((session.key(), scope.to_owned()), ask)
            .await
    }

    /// The exports at a scope, with their runs.
    pub(super) async fn exports(&self, session: &Session, scope: &str) -> Shared<Vec<Definition>> {
        let ask = || async { exports::list(session, scope).await.map(Arc::new) };
        let key = (session.key(), scope.to_ascii_lowercase());
        self.exports.get(key, ask).await
    }

    /// What a session may do at a scope.
    pub(super) async fn permissions(
        &self,
        session: &Session,
        scope: &str,
    ) -> Shared<Vec<Permission>> {
        let ask = || async {
            authorization::permissions(session, scope)
                .await
                .map(Arc::new)
        };
        let key = (session.key(), scope.to_ascii_lowercase());
        self.permissions.get(key, ask).await
    }

    /// How far the resource provider of exports is registered in a subscription.
    pub(super) async fn registration(
        &self,
        session: &Session,
        subscription: &str,
    ) -> Result<String, Trouble> {
        let ask =
            || providers::registration(session, subscription, super::export::provider::NAMESPACE);
        let key = (session.key(), subscription.to_ascii_lowercase());
        self.registrations.get(key, ask).await
    }

    /// What was delivered to a folder of a target's container.
    pub(super) async fn deliveries(
        &self,
        reader: &Reader,
        target: &Target<'_>,
        folder: &str,
    ) -> Shared<Deliveries> {
        let shared = self.sessions.shared();
        let ask = || async {
            let container = target.container(reader, shared);
            Deliveries::list(&container, folder).await.map(Arc::new)
        };
        let at = format!("{}/{}/{folder}", target.account(), target.container);
        self.deliveries.get((reader.key(), at), ask).await
    }

    fn case<'c>(&'c self, question: &Question<'c>) -> Case<'c> {
        Case {
            azure: self,
            subject: question.subject,
            run: question.run,
        }
    }

    /// Fetches what many cases share, outside of any one check's deadline: it takes as long as a
    /// tenant is large. Each call of it has its own.
    async fn prepare(&self, case: &Case<'_>) {
        use crate::model::address::Kind;
        if matches!(case.kind(), Kind::Account | Kind::Organization)
            && let Some(session) = case.lister().await
        {
            let _ = listing::known(case, &session).await;
        }
    }
}

#[async_trait]
impl Probe for Azure<'_> {
    fn provider(&self) -> Provider {
        Provider::Azure
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

    async fn tags(
        &self,
        question: &Question<'_>,
        accounts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
        listing::tags(&self.case(question), accounts).await
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.http.traffic().counts()
    }
}

/// All checks that ask Azure.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    ONLINE.iter().map(|online| &online.check)
}
