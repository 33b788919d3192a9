//! `gcp.permissions`: may the credential do what the checks need? Asked at each place by
//! testIamPermissions, which needs no permission itself. Datasets have no such call: they are probed.

use std::collections::BTreeMap;

use super::case::{Case, OnlineCheck};
use super::client::{Session, bigquery, billing, resource_manager};
use super::export::Place;
use super::grant::{self, To};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::subject::What;
use crate::provider::trouble::{Kind, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "gcp.permissions",
        "May the credential do everything that is asked of it?",
        &[
            "cloudresourcemanager.organizations.testIamPermissions",
            "cloudresourcemanager.projects.testIamPermissions",
            "cloudbilling.billingAccounts.testIamPermissions",
            "bigquery.tables.testIamPermissions",
        ],
        &[],
        "grant the roles that are named",
    ),
    ask,
};

pub(super) const SEE_PROJECTS: &str = "resourcemanager.projects.get";
pub(super) const SEE_FOLDERS: &str = "resourcemanager.folders.get";
pub(super) const SEE_ACCOUNT: &str = "billing.accounts.get";
pub(super) const LIST_BILLED: &str = "billing.resourceAssociations.list";
pub(super) const RUN_QUERIES: &str = "bigquery.jobs.create";
pub(super) const READ_TABLE: &str = "bigquery.tables.getData";

/// A place where permissions are needed.
#[derive(Debug, Clone, Copy)]
pub enum On<'a> {
    Organization(&'a str),
    BillingAccount(&'a str),
    /// The project that queries run in.
    Project(&'a str),
    Table(&'a Place<'a>),
}

impl<'a> On<'a> {
    /// What is needed there.
    #[must_use]
    pub const fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Organization(_) => &[SEE_PROJECTS, SEE_FOLDERS],
            Self::BillingAccount(_) => &[SEE_ACCOUNT, LIST_BILLED],
            Self::Project(_) => &[RUN_QUERIES],
            Self::Table(_) => &["bigquery.tables.get", READ_TABLE],
        }
    }

    /// As people name it.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Organization(id) => format!("organization {id}"),
            Self::BillingAccount(id) => format!("billing account {id}"),
            Self::Project(id) => format!("project {id}"),
            Self::Table(place) => format!("table {}", place.full()),
        }
    }

    fn to(self) -> To<'a> {
        match self {
            Self::Organization(id) => To::Organization(id),
            Self::BillingAccount(id) => To::BillingAccount(id),
            Self::Project(id) => To::Project(id),
            Self::Table(place) => place.grant(),
        }
    }

    pub(super) async fn ask(self, session: &Session) -> Result<Vec<String>, Trouble> {
        let needed = self.needed();
        match self {
            Self::Organization(id) => {
                resource_manager::test_organization(session, id, needed).await
            }
            Self::BillingAccount(id) => billing::test(session, id, needed).await,
            Self::Project(id) => resource_manager::test_project(session, id, needed).await,
            Self::Table(at) => {
                bigquery::test_table(session, at.project, at.dataset, &at.table, needed).await
            }
        }
    }
}

impl Case<'_> {
    /// Whether a permission is known to be missing: then this check says so, and others need not.
    pub(super) async fn lacks(&self, session: &Session, on: On<'_>, permission: &str) -> bool {
        let held = self.gcp.held(session, on).await;
        held.is_ok_and(|held| !held.contains(permission))
    }
}

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let place;
        let (way, places): (_, Vec<On<'_>>) = match case.subject.what {
            What::Organization(organization) if !case.all_external() => {
                (case.lister_way(), vec![On::Organization(&organization.id)])
            }
            What::Payer { .. } if !case.external() => {
                (case.payer_way(), vec![On::BillingAccount(case.payer()?.0)])
            }
            What::Export { .. } if case.readable() => {
                place = case.place()?;
                let places = vec![On::Project(place.query_project), On::Table(&place)];
                (case.reader_way(), places)
            }
            _ => return None,
        };
        let session = match case.along(way).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(asked(case, &session, &places).await)
    })
}

async fn asked(case: &Case<'_>, session: &Session, places: &[On<'_>]) -> Answer {
    let mut count = 0;
    let mut missing: Vec<(On<'_>, &'static str)> = Vec::new();
    for on in places {
        // What may not even be seen is told, with the same role, where it is looked for.
        if let On::Table(place) = on
            && case.gcp.dataset(session, place).await.is_err()
        {
            continue;
        }
        let held = match case.gcp.held(session, *on).await {
            Ok(held) => held,
            // Other checks say that the table is not there, or that the dataset may not be seen.
            Err(trouble)
                if matches!(on, On::Table(_))
                    && matches!(trouble.kind, Kind::Missing | Kind::Denied) =>
            {
                continue;
            }
            Err(trouble) => {
                let doing = format!("ask what may be done with {}", on.name());
                return case.told(session, &trouble, &doing).await;
            }
        };
        count += on.needed().len();
        let lacks = on.needed().iter().filter(|one| !held.contains(**one));
        missing.extend(lacks.map(|one| (*on, *one)));
    }
    judged(session, count, &missing)
}

fn judged(session: &Session, count: usize, missing: &[(On<'_>, &'static str)]) -> Answer {
    let answer = if missing.is_empty() {
        Answer::pass(match count {
            1 => "the permission is there".to_owned(),
            count => format!("all {count} permissions are there"),
        })
    } else {
        let named: Vec<String> = missing
            .iter()
            .map(|(on, permission)| format!("{permission} on {}", on.name()))
            .collect();
        let mut roles: BTreeMap<&str, String> = BTreeMap::new();
        for (on, permission) in missing {
            let role = grant::role(permission);
            roles.insert(role, grant::command(session, role, on.to()));
        }
        let names: Vec<&str> = roles.keys().copied().collect();
        let commands: Vec<&str> = roles.values().map(String::as_str).collect();
        Answer::fail(format!(
            "{} of {count} permissions {} missing: {}",
            missing.len(),
            if missing.len() == 1 { "is" } else { "are" },
            named.join(", ")
        ))
        .remedy(format!(
            "grant {}, or a custom role with what is missing; it takes a few minutes to hold:",
            names.join(" and ")
        ))
        .paste(commands.join("\n"))
        .evidence("missing", named.join(", "))
    };
    match &session.member {
        Some(member) => answer.evidence("member", member),
        None => answer,
    }
}
