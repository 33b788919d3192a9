//! What is there: an organization with folders and projects, billing accounts, service accounts with
//! keys, datasets with tables, and who may do what. Tests look at it and change it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rsa::RsaPublicKey;
use serde_json::{Value, json};

use super::token::Given;

/// The permissions of the roles that are granted here, as far as anything here asks for them. Source:
/// "IAM roles and permissions index".
const ROLES: &[(&str, &[&str])] = &[
    (
        "roles/browser",
        &[
            "resourcemanager.folders.get",
            "resourcemanager.folders.list",
            "resourcemanager.organizations.get",
            "resourcemanager.projects.get",
            "resourcemanager.projects.list",
        ],
    ),
    (
        "roles/billing.viewer",
        &["billing.accounts.get", "billing.resourceAssociations.list"],
    ),
    ("roles/bigquery.jobUser", &["bigquery.jobs.create"]),
    (
        "roles/bigquery.dataViewer",
        &[
            "bigquery.datasets.get",
            "bigquery.tables.get",
            "bigquery.tables.getData",
            "bigquery.tables.list",
        ],
    ),
    (
        "roles/serviceusage.serviceUsageViewer",
        &["serviceusage.services.get", "serviceusage.services.list"],
    ),
    (
        "roles/iam.serviceAccountViewer",
        &[
            "iam.serviceAccountKeys.get",
            "iam.serviceAccountKeys.list",
            "iam.serviceAccounts.get",
        ],
    ),
    (
        "roles/iam.serviceAccountTokenCreator",
        &["iam.serviceAccounts.getAccessToken"],
    ),
    (
        "roles/iam.workloadIdentityUser",
        &["iam.serviceAccounts.getAccessToken"],
    ),
    (
        "roles/recommender.billingAccountCudViewer",
        &["recommender.spendBasedCommitmentRecommendations.list"],
    ),
    (
        "roles/recommender.projectUtilViewer",
        &["recommender.resourcemanagerProjectUtilizationRecommendations.list"],
    ),
];

#[derive(Debug, Clone)]
pub struct Folder {
    pub number: String,
    pub name: String,
    /// `organizations/N` or `folders/N`.
    pub parent: String,
}

#[derive(Debug, Clone)]
pub struct Project {
    pub id: String,
    pub number: String,
    pub name: String,
    pub parent: String,
    pub labels: BTreeMap<String, String>,
    pub deleted: Option<Timestamp>,
    /// The billing account that pays for it.
    pub billed: Option<String>,
    pub apis: BTreeSet<String>,
}

#[derive(Debug, Clone)]
pub struct BillingAccount {
    pub id: String,
    pub name: String,
    pub open: bool,
    pub currency: String,
}

#[derive(Debug, Clone)]
pub struct Key {
    pub id: String,
    pub public: RsaPublicKey,
    pub made: Timestamp,
    pub ends: Option<Timestamp>,
    /// Why it is disabled, where it is.
    pub disabled: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub struct ServiceAccount {
    pub email: String,
    pub project: String,
    pub keys: Vec<Key>,
}

/// A workload identity provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// `//iam.googleapis.com/projects/N/…/providers/P`.
    pub name: String,
    pub issuer: String,
    pub public: RsaPublicKey,
    /// What `repository` must be, as its attribute condition says.
    pub repository: String,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    /// Names and types.
    pub columns: Vec<(String, &'static str)>,
    /// `DAY`, where it is partitioned.
    pub partitioned: Option<&'static str>,
    pub made: Timestamp,
    pub written: Timestamp,
    /// When each row was exported, and until when it is charged for.
    pub rows: Vec<(Timestamp, Timestamp)>,
    /// What reading it would take.
    pub bytes: u64,
}

#[derive(Debug, Clone)]
pub struct Dataset {
    pub project: String,
    pub name: String,
    pub location: String,
    pub linked: bool,
    pub owners: Vec<String>,
    pub tables: Vec<Table>,
}

/// A role that a member has on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub member: String,
    /// `organizations/N`, `folders/N`, `projects/ID`, `billingAccounts/ID`, `datasets/P.D`,
    /// `serviceAccounts/EMAIL`.
    pub resource: String,
    pub role: &'static str,
}

#[derive(Default)]
pub struct State {
    pub folders: Vec<Folder>,
    pub projects: Vec<Project>,
    pub billing_accounts: Vec<BillingAccount>,
    pub service_accounts: Vec<ServiceAccount>,
    pub providers: Vec<Provider>,
    pub datasets: Vec<Dataset>,
    pub grants: BTreeSet<Grant>,
    /// Permissions that nobody has, whatever their role: a custom role without them.
    pub withheld: BTreeSet<String>,
    pub tokens: Vec<Given>,
    /// How long a token lives that is given out.
    pub lives: SignedDuration,
    /// Refresh tokens of people, with their addresses.
    pub people: BTreeMap<String, String>,
    /// How many entries a page of a list has.
    pub page: usize,
    /// Where lists are cut, by the tokens that were given for it.
    pub pages: BTreeMap<String, usize>,
    /// The queries that ran, dry ones too: text and whether it was dry.
    pub queries: Vec<(String, bool)>,
}

impl State {
    pub fn project(&self, id: &str) -> Option<&Project> {
        self.projects
            .iter()
            .find(|one| one.id == id || one.number == id)
    }

    pub fn dataset(&self, project: &str, name: &str) -> Option<&Dataset> {
        let is = |one: &&Dataset| one.project == project && one.name == name;
        self.datasets.iter().find(is)
    }

    /// Whether a member has a permission on a resource or on what it is in.
    pub fn allows(&self, member: &str, permission: &str, resource: &str) -> bool {
        if self.withheld.contains(permission) {
            return false;
        }
        let mut at = Some(resource.to_owned());
        while let Some(resource) = at {
            let has = |grant: &&Grant| {
                let role = ROLES.iter().find(|(role, _)| *role == grant.role);
                grant.resource == resource
                    && fits(&grant.member, member)
                    && role.is_some_and(|(_, permissions)| permissions.contains(&permission))
            };
            if self.grants.iter().any(|grant| has(&grant)) {
                return true;
            }
            at = self.parent(&resource);
        }
        false
    }

    /// What a resource is in: grants there hold for it too.
    fn parent(&self, resource: &str) -> Option<String> {
        let (kind, id) = resource.split_once('/')?;
        match kind {
            "projects" => {
                let parent = &self.project(id)?.parent;
                (!parent.is_empty()).then(|| parent.clone())
            }
            "folders" => {
                let folder = self.folders.iter().find(|one| one.number == id)?;
                Some(folder.parent.clone())
            }
            "datasets" => Some(format!("projects/{}", id.rsplit_once('.')?.0)),
            "serviceAccounts" => {
                let account = self.service_accounts.iter().find(|one| one.email == id)?;
                Some(format!("projects/{}", account.project))
            }
            _ => None,
        }
    }

    /// One page of a list, and the token for the next.
    pub fn cut(&mut self, items: Vec<Value>, token: Option<&str>, name: &str) -> Option<Value> {
        let start = match token {
            None => 0,
            Some(token) => *self.pages.get(token)?,
        };
        let end = (start + self.page).min(items.len());
        let mut page = json!({ name: items.get(start..end).unwrap_or_default() });
        if end < items.len() {
            let token = format!("page-{name}-{end}");
            page["nextPageToken"] = token.clone().into();
            self.pages.insert(token, end);
        }
        Some(page)
    }
}

/// Whether a grant to `granted` holds for `member`: a pool's grants hold for all that come through it.
fn fits(granted: &str, member: &str) -> bool {
    match granted.strip_prefix("principalSet:") {
        Some(set) => member
            .strip_prefix("principal:")
            .is_some_and(|member| member.starts_with(set.trim_end_matches('*'))),
        None => granted == member,
    }
}
