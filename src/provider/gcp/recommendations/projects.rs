//! `gcp.recommendations.projects`: can recommendations for projects that nobody uses be read?

use super::super::case::{Case, OnlineCheck};
use super::super::client::recommender::Kind;
use super::super::grant::To;
use super::{readable, session};
use crate::model::finding::Badge;
use crate::provider::http::Call;
use crate::provider::online::{Asking, check};

const PERMISSION: &str = "recommender.resourcemanagerProjectUtilizationRecommendations.list";

const UNUSED: Kind = Kind {
    call: Call {
        name: "Recommender:ListRecommendations",
        action: PERMISSION,
    },
    id: "google.resourcemanager.projectUtilization.Recommender",
};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "gcp.recommendations.projects",
        "Can recommendations for projects that nobody uses be read?",
        &["recommender.organizations.locations.recommenders.recommendations.list"],
        &[PERMISSION],
        "grant roles/recommender.projectUtilViewer on the organization",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let session = match session(case, case.lister_way()).await? {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let organization = case.organization()?;
        let resource = format!("organizations/{organization}");
        Some(readable(&session, &resource, UNUSED, To::Organization(organization)).await)
    })
}
