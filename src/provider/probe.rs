//! The one way to ask: a probe answers for a provider, with or without a network.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::answer::Answer;
use super::listing::{Listing, Unlisted};
use super::local::{Local, LocalCheck};
use super::subject::{Credentials, Subject};
use super::{aws, azure, azure_csp, gcp, oci};
use crate::credential::{Resolver, Secret};
use crate::model::finding::{Check, Finding};
use crate::model::provider::Provider;
use crate::model::secret_ref::SecretRef;
use crate::model::time::{Date, Days};

/// Whether providers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Secrets must be at hand, as they are about to be used.
    Online,
    /// Secrets may be missing: those of a runner are not on a laptop.
    Offline,
}

/// What holds for all questions of a run.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub now: Timestamp,
    pub mode: Mode,
    /// How long before an expiry a warning is given.
    pub expiring_within: Days,
    /// Requests under way to one host of a provider at a time.
    pub parallelism: usize,
    pub resolver: &'a Resolver,
    pub credentials: &'a dyn Credentials,
}

impl Run<'_> {
    /// Today, UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        Date::new(self.now.to_zoned(TimeZone::UTC).date())
    }

    /// `now` as findings write it: UTC, RFC 3339, seconds.
    #[must_use]
    pub fn at(&self) -> String {
        at(self.now)
    }
}

fn at(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Everything that a probe may look at for one resource.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub subject: Subject<'a>,
    pub run: &'a Run<'a>,
}

impl Question<'_> {
    /// The secret behind a reference, for checks that look at its bytes.
    ///
    /// # Errors
    /// Where it is not at hand: a skipped answer, as `credential.present` speaks about that.
    pub fn secret(&self, reference: &SecretRef) -> Result<Secret, Answer> {
        self.run.resolver.resolve(reference).map_err(|error| {
            Answer::skipped(format!("not looked at: {error}")).evidence("code", error.code)
        })
    }
}

/// Answers questions for one provider.
///
/// A probe lives for one run: what it shares among questions (sessions, limits per host, deadlines,
/// counted calls) is its own state. It asks what it has of its own [`checks`](Self::checks) about
/// the subject, in an order that it knows to be sensible, and leaves out what does not apply.
#[async_trait]
pub trait Probe: Send + Sync {
    fn provider(&self) -> Provider;

    /// What it may ask.
    fn checks(&self) -> Vec<&'static Check>;

    /// Asks. Never fails: what could not be answered is a finding too.
    async fn ask(&self, question: &Question<'_>) -> Vec<Finding>;

    /// The accounts of the organization that the question is about; none where this version cannot
    /// list a provider's.
    async fn members(&self, _question: &Question<'_>) -> Option<Result<Listing, Unlisted>> {
        None
    }

    /// The names of the units that [`members`](Self::members) names by their ids: a call for each.
    ///
    /// # Errors
    /// Where one could not be had.
    async fn unit_names(
        &self,
        _question: &Question<'_>,
        _units: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Unlisted> {
        Ok(BTreeMap::new())
    }

    /// The tags of accounts that [`members`](Self::members) listed: a call for each.
    ///
    /// # Errors
    /// Where those of one could not be had.
    async fn tags(
        &self,
        _question: &Question<'_>,
        _accounts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
        Ok(BTreeMap::new())
    }

    /// Who pays for accounts that [`members`](Self::members) listed, where that is not the one payer
    /// that it names.
    ///
    /// # Errors
    /// Where it could not be had.
    async fn payers(
        &self,
        _question: &Question<'_>,
        _accounts: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Unlisted> {
        Ok(BTreeMap::new())
    }

    /// The requests that went out so far, retries included, by `service:Operation`.
    fn calls(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
}

/// The probes that ask providers over the network, one for each.
#[must_use]
pub fn online_probes<'a>(run: Run<'a>) -> Vec<Box<dyn Probe + 'a>> {
    vec![
        Box::new(aws::Aws::new(run)),
        Box::new(azure::Azure::new(run)),
        Box::new(azure_csp::Csp::new(run)),
        Box::new(gcp::Gcp::new(run)),
        Box::new(oci::Oci::new(run)),
    ]
}

/// The checks that ask providers.
pub(super) fn online_checks() -> impl Iterator<Item = &'static Check> {
    aws::online_checks()
        .chain(azure::online_checks())
        .chain(azure_csp::online_checks())
        .chain(gcp::online_checks())
        .chain(oci::online_checks())
}

/// The probes that need no network, one for each provider.
static LOCAL: [Local; 5] = [
    Local {
        provider: Provider::Aws,
        checks: aws::CHECKS,
    },
    Local {
        provider: Provider::Azure,
        checks: azure::CHECKS,
    },
    Local {
        provider: Provider::AzureCsp,
        checks: azure_csp::CHECKS,
    },
    Local {
        provider: Provider::Gcp,
        checks: gcp::CHECKS,
    },
    Local {
        provider: Provider::Oci,
        checks: oci::CHECKS,
    },
];

/// The probes that need no network, one for each provider.
#[must_use]
pub fn local_probes() -> Vec<Box<dyn Probe>> {
    LOCAL
        .iter()
        .map(|local| Box::new(*local) as Box<dyn Probe>)
        .collect()
}

/// The checks that need no network.
pub(super) fn local_checks() -> impl Iterator<Item = &'static LocalCheck> {
    LOCAL.iter().flat_map(|local| local.checks)
}

/// Asks what can be asked about a resource without a network, in the calling thread.
#[must_use]
pub fn ask(question: &Question<'_>) -> Vec<Finding> {
    let provider = question.subject.provider();
    LOCAL
        .iter()
        .filter(|local| local.provider == provider)
        .flat_map(|local| local.answer(question))
        .collect()
}
