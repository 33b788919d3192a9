//! The probe for Google Cloud: what its checks share during a run, and the order in which they are
//! asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::case::Case;
use super::client::bigquery::{self, Dataset, Table};
use super::client::billing::{self, Account, Billed};
use super::client::{Session, Sessions, resource_manager, service_usage};
use super::export::Place;
use super::tree::Tree;
use super::{ONLINE, apis, listing, permissions};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;
use crate::provider::listing::{Listing, Unlisted};
use crate::provider::once::Once;
use crate::provider::online;
use crate::provider::probe::{Probe, Question, Run};
use crate::provider::trouble::Trouble;

/// What is asked of a credential about a resource.
type Key = (String, String);
type Kept<T> = Once<Key, Result<Arc<T>, Trouble>>;

/// Asks Google Cloud. One for each run.
pub struct Gcp<'a> {
    run: Run<'a>,
    pub(super) sessions: Sessions<'a>,
    trees: Kept<Tree>,
    accounts: Kept<Account>,
    billed: Kept<BTreeMap<String, Billed>>,
    apis: Kept<BTreeSet<String>>,
    held: Kept<BTreeSet<String>>,
    datasets: Kept<Dataset>,
    names: Kept<Vec<String>>,
    tables: Kept<Table>,
}

fn key(session: &Session, resource: impl Into<String>) -> Key {
    (session.credential.clone(), resource.into())
}

impl<'a> Gcp<'a> {
    #[must_use]
    pub fn new(run: Run<'a>) -> Self {
        Self {
            sessions: Sessions::new(run.credentials, run.resolver, run.parallelism),
            run,
            trees: Once::default(),
            accounts: Once::default(),
            billed: Once::default(),
            apis: Once::default(),
            held: Once::default(),
            datasets: Once::default(),
            names: Once::default(),
            tables: Once::default(),
        }
    }

    /// All projects and folders that a session sees.
    pub(super) async fn tree(&self, session: &Session) -> Result<Arc<Tree>, Trouble> {
        let ask = || async {
            let (projects, folders) = futures::future::try_join(
                resource_manager::projects(session),
                resource_manager::folders(session),
            )
            .await?;
            Ok(Arc::new(Tree::new(projects, folders)))
        };
        self.trees.get(key(session, ""), ask).await
    }

    /// A billing account.
    pub(super) async fn account(
        &self,
        session: &Session,
        id: &str,
    ) -> Result<Arc<Account>, Trouble> {
        let ask = || async { billing::account(session, id).await.map(Arc::new) };
        self.accounts.get(key(session, id), ask).await
    }

    /// The projects that a billing account pays for, by their ids.
    pub(super) async fn billed(
        &self,
        session: &Session,
        id: &str,
    ) -> Result<Arc<BTreeMap<String, Billed>>, Trouble> {
        let ask = || async {
            let billed = billing::projects(session, id).await?;
            let by_id = |one: Billed| (one.project_id.clone(), one);
            Ok(Arc::new(billed.into_iter().map(by_id).collect()))
        };
        self.billed.get(key(session, id), ask).await
    }

    /// Which of the APIs that are asked for ever are enabled in a project.
    pub(super) async fn apis(
        &self,
        session: &Session,
        project: &str,
    ) -> Result<Arc<BTreeSet<String>>, Trouble> {
        let ask = || async {
            let enabled = service_usage::enabled(session, project, apis::ALL).await;
            enabled.map(Arc::new)
        };
        self.apis.get(key(session, project), ask).await
    }

    /// The same in the project that a session's calls are counted against; none where nobody says which
    /// that is.
    pub(super) async fn home_apis(
        &self,
        session: &Session,
    ) -> Option<Result<Arc<BTreeSet<String>>, Trouble>> {
        let home = session.home.as_deref()?;
        Some(self.apis(session, home).await)
    }

    /// Which of the permissions that are needed a session has on a resource.
    pub(super) async fn held(
        &self,
        session: &Session,
        on: permissions::On<'_>,
    ) -> Result<Arc<BTreeSet<String>>, Trouble> {
        let ask = || async {
            let held = on.ask(session).await?;
            Ok(Arc::new(held.into_iter().collect()))
        };
        self.held.get(key(session, on.name()), ask).await
    }

    pub(super) async fn dataset(
        &self,
        session: &Session,
        place: &Place<'_>,
    ) -> Result<Arc<Dataset>, Trouble> {
        let ask = || async {
            let dataset = bigquery::dataset(session, place.project, place.dataset).await;
            dataset.map(Arc::new)
        };
        self.datasets.get(key(session, place.declared()), ask).await
    }

    /// The names of the tables in an export's dataset.
    pub(super) async fn table_names(
        &self,
        session: &Session,
        place: &Place<'_>,
    ) -> Result<Arc<Vec<String>>, Trouble> {
        let ask = || async {
            let names = bigquery::tables(session, place.project, place.dataset).await;
            names.map(Arc::new)
        };
        self.names.get(key(session, place.declared()), ask).await
    }

    /// The table of an export.
    pub(super) async fn table(
        &self,
        session: &Session,
        place: &Place<'_>,
    ) -> Result<Arc<Table>, Trouble> {
        let ask = || async {
            let table = bigquery::table(session, place.project, place.dataset, &place.table).await;
            table.map(Arc::new)
        };
        self.tables.get(key(session, place.full()), ask).await
    }

    fn case<'c>(&'c self, question: &Question<'c>) -> Case<'c> {
        Case {
            gcp: self,
            subject: question.subject,
            run: question.run,
        }
    }

    /// Fetches what many cases share, outside of any one check's deadline: it takes as long as an
    /// organization is large. Each call of it has its own.
    async fn prepare(&self, case: &Case<'_>) {
        use crate::model::address::Kind;
        if !matches!(case.kind(), Kind::Account | Kind::Organization) {
            return;
        }
        if let Ok(session) = case.along(case.lister_way()).await {
            let _ = self.tree(&session).await;
        }
        if let Some((payer, spec)) = case.payer()
            && !spec.external
            && let Ok(session) = case.along(case.payer_way()).await
        {
            let _ = self.billed(&session, payer).await;
        }
    }
}

#[async_trait]
impl Probe for Gcp<'_> {
    fn provider(&self) -> Provider {
        Provider::Gcp
    }

    fn checks(&self) -> Vec<&'static Check> {
        checks().collect()
    }

    async fn ask(&self, question: &Question<'_>) -> Vec<Finding> {
        let case = self.case(question);
        self.prepare(&case).await;
        let asked = ONLINE.iter().map(|one| (&one.check, (one.ask)(&case)));
        online::ask_all(asked, case.subject.address, &self.run.at()).await
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
        listing::labels(&self.case(question), accounts).await
    }

    async fn payers(
        &self,
        question: &Question<'_>,
        accounts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Unlisted> {
        listing::payers(&self.case(question), accounts).await
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.sessions.http().traffic().counts()
    }
}

/// All checks that ask Google Cloud.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    ONLINE.iter().map(|online| &online.check)
}
