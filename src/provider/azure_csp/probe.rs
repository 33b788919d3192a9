//! The probe for Azure CSP: what its checks share during a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::case::Case;
use super::client::partner_center::{
    self, BillingProfile, Customer, Entitlement, MpnProfile, Subscription,
};
use super::client::{Client, Sessions, Token};
use super::{ONLINE, listing};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;
use crate::provider::listing::{Listing, Unlisted};
use crate::provider::once::Once;
use crate::provider::online::ask_all;
use crate::provider::probe::{Probe, Question, Run};
use crate::provider::trouble::Trouble;

type Shared<T> = Result<Arc<T>, Trouble>;

/// Asks Microsoft for a partner. One for each run.
pub struct Csp<'a> {
    run: Run<'a>,
    pub client: Client,
    pub sessions: Sessions<'a>,
    profiles: Once<String, Shared<MpnProfile>>,
    billing: Once<String, Shared<BillingProfile>>,
    customers: Once<String, Shared<Vec<Customer>>>,
    subscriptions: Once<(String, String), Shared<Vec<Subscription>>>,
    entitlements: Once<(String, String, String), Shared<Vec<Entitlement>>>,
}

impl<'a> Csp<'a> {
    #[must_use]
    pub fn new(run: Run<'a>) -> Self {
        Self {
            client: Client::new(run.parallelism),
            sessions: Sessions::new(run.credentials, run.resolver),
            run,
            profiles: Once::default(),
            billing: Once::default(),
            customers: Once::default(),
            subscriptions: Once::default(),
            entitlements: Once::default(),
        }
    }

    /// The profile of the partner that a credential's user belongs to.
    pub async fn profile(&self, way: &str, token: &Token) -> Shared<MpnProfile> {
        let http = &self.client.center;
        let ask = || async { partner_center::mpn_profile(http, token).await.map(Arc::new) };
        self.profiles.get(way.to_owned(), ask).await
    }

    /// How the partner of a credential's user is billed.
    pub async fn billing(&self, way: &str, token: &Token) -> Shared<BillingProfile> {
        let http = &self.client.center;
        let ask = || async {
            let profile = partner_center::billing_profile(http, token).await;
            profile.map(Arc::new)
        };
        self.billing.get(way.to_owned(), ask).await
    }

    /// The customers of the partner that a credential belongs to.
    pub async fn customers(&self, way: &str, token: &Token) -> Shared<Vec<Customer>> {
        let http = &self.client.center;
        let ask = || async { partner_center::customers(http, token).await.map(Arc::new) };
        self.customers.get(way.to_owned(), ask).await
    }

    /// What a customer bought.
    pub async fn subscriptions(
        &self,
        way: &str,
        token: &Token,
        customer: &str,
    ) -> Shared<Vec<Subscription>> {
        let http = &self.client.center;
        let ask = || async {
            let listed = partner_center::subscriptions(http, token, customer).await;
            listed.map(Arc::new)
        };
        let key = (way.to_owned(), customer.to_owned());
        self.subscriptions.get(key, ask).await
    }

    /// The Azure subscriptions of a customer's Azure plan.
    pub async fn entitlements(
        &self,
        way: &str,
        token: &Token,
        customer: &str,
        plan: &str,
    ) -> Shared<Vec<Entitlement>> {
        let http = &self.client.center;
        let ask = || async {
            let listed = partner_center::entitlements(http, token, customer, plan).await;
            listed.map(Arc::new)
        };
        let key = (way.to_owned(), customer.to_owned(), plan.to_owned());
        self.entitlements.get(key, ask).await
    }

    fn case<'c>(&'c self, question: &Question<'c>) -> Case<'c> {
        Case {
            csp: self,
            subject: question.subject,
            run: question.run,
        }
    }

    /// Fetches what many cases share, outside of any one check's deadline: it takes as long as a
    /// partner has customers. Each call of it has its own.
    async fn prepare(&self, case: &Case<'_>) {
        use super::client::Resource;
        use crate::model::address::Kind;
        if matches!(case.kind(), Kind::Account | Kind::Organization)
            && !case.external()
            && let Ok((way, token)) = case.application(Resource::PartnerCenter).await
        {
            let _ = self.customers(way, &token).await;
        }
    }
}

#[async_trait]
impl Probe for Csp<'_> {
    fn provider(&self) -> Provider {
        Provider::AzureCsp
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

    fn calls(&self) -> BTreeMap<String, u64> {
        self.client.calls()
    }
}

/// All checks that ask Microsoft for a partner.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    ONLINE.iter().map(|online| &online.check)
}
