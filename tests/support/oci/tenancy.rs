//! What there is: a tenancy with its users, groups, policies, compartments and reports.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rsa::RsaPublicKey;

#[derive(Debug, Clone)]
pub struct Key {
    pub public: RsaPublicKey,
    pub state: &'static str,
    pub created: Timestamp,
}

#[derive(Debug, Clone, Default)]
pub struct User {
    /// By fingerprint.
    pub keys: BTreeMap<String, Key>,
    /// By id.
    pub groups: BTreeSet<String>,
}

#[derive(Debug, Clone)]
pub struct Policy {
    pub name: String,
    pub statements: Vec<String>,
    pub created: Timestamp,
    /// Whether it holds already: that takes minutes.
    pub holds: bool,
}

#[derive(Debug, Clone)]
pub struct Compartment {
    pub parent: String,
    pub name: String,
    pub state: &'static str,
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub struct Report {
    pub created: Timestamp,
    pub size: u64,
}

/// An organization of tenancies.
#[derive(Debug, Clone)]
pub struct Organization {
    pub id: String,
    pub parent: String,
    pub parent_name: String,
    /// Children: name and state, by id.
    pub children: BTreeMap<String, (String, &'static str)>,
}

#[derive(Debug, Clone)]
pub struct Tenancy {
    pub id: String,
    pub name: String,
    pub made: Timestamp,
    /// Name and key of the home region.
    pub home: (&'static str, &'static str),
    /// Others that it is subscribed to.
    pub subscribed: Vec<(&'static str, &'static str)>,
    pub users: BTreeMap<String, User>,
    /// Names by id.
    pub groups: BTreeMap<String, String>,
    pub policies: Vec<Policy>,
    /// By id.
    pub compartments: BTreeMap<String, Compartment>,
    pub organization: Option<Organization>,
    /// Whether Oracle makes reports for it, and the bucket is there.
    pub metered: bool,
    /// By name.
    pub reports: BTreeMap<String, Report>,
    /// Of Cloud Advisor; none where nobody ever opened it.
    pub enrolment: Option<&'static str>,
    /// The currencies of its costs.
    pub currencies: Vec<&'static str>,
    /// Entries on a page at most.
    pub page: usize,
}

impl Tenancy {
    /// Whether it is subscribed to a region.
    pub fn reaches(&self, region: &str) -> bool {
        self.home.0 == region || self.subscribed.iter().any(|(name, _)| *name == region)
    }
}
