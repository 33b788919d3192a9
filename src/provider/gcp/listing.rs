//! The projects of an organization, and what its folders and labels are called. All of it comes from
//! the two listings that the checks share too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::case::Case;
use super::client::resource_manager::Project;
use super::client::{Session, Unsigned};
use super::grant::{self, To};
use super::permissions::{On, SEE_PROJECTS};
use super::tree::{Home, Tree};
use crate::model::time::Date;
use crate::provider::answer::Answer;
use crate::provider::listing::{Listed, Listing, State, Unlisted};

/// The projects of the subject's organization.
pub(super) async fn members(case: &Case<'_>) -> Result<Listing, Unlisted> {
    if case.all_external() {
        return Err(Unlisted::Nothing(
            "the bill is somebody else's, and so are the organization's projects".to_owned(),
        ));
    }
    let organization = case.organization().unwrap_or_default();
    let session = session(case).await?;
    // Google lists what may be seen: without this a part would look like all.
    if case
        .lacks(&session, On::Organization(organization), SEE_PROJECTS)
        .await
    {
        let role = grant::role(SEE_PROJECTS);
        let answer = Answer::fail(format!(
            "cannot list the organization's projects: {SEE_PROJECTS} is missing"
        ))
        .remedy(format!("grant {role} on the organization:"))
        .paste(grant::command(
            &session,
            role,
            To::Organization(organization),
        ));
        return Err(answer.into());
    }
    let tree = tree(case, &session).await?;
    // With one payer in the project, that is who pays; with several, each project says it.
    let payer = match case.subject.around.payers {
        [(id, _)] => Some((*id).to_owned()),
        _ => None,
    };
    let accounts = tree.of(organization).map(|project| listed(&tree, project));
    Ok(Listing {
        payer,
        accounts: accounts.collect(),
    })
}

fn listed(tree: &Tree, project: &Project) -> Listed {
    let (home, folders) = tree.way(project);
    let day = |at: jiff::Timestamp| Date::new(at.to_zoned(TimeZone::UTC).date());
    Listed {
        id: project.project_id.clone(),
        name: match project.display_name.as_str() {
            "" => project.project_id.clone(),
            name => name.to_owned(),
        },
        state: match project.state.as_str() {
            "ACTIVE" => State::Active,
            "DELETE_REQUESTED" => State::Closed,
            _ => State::Other,
        },
        closed: project.delete_time.map(day),
        units: (!matches!(home, Home::Unseen(_)))
            .then(|| folders.into_iter().map(str::to_owned).collect()),
        account_type: None,
        within: None,
    }
}

/// The names of folders, by their numbers.
pub(super) async fn unit_names(
    case: &Case<'_>,
    units: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Unlisted> {
    let session = session(case).await?;
    let tree = tree(case, &session).await?;
    let named = |unit: &String| Some((unit.clone(), tree.folder(unit)?.to_owned()));
    Ok(units.iter().filter_map(named).collect())
}

/// The labels of projects, by their ids.
pub(super) async fn labels(
    case: &Case<'_>,
    projects: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
    let session = session(case).await?;
    let tree = tree(case, &session).await?;
    let labels = |id: &String| Some((id.clone(), tree.project(id)?.labels.clone()));
    Ok(projects.iter().filter_map(labels).collect())
}

/// Who pays for projects, by their ids: one listing for each billing account that is declared.
pub(super) async fn payers(
    case: &Case<'_>,
    projects: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Unlisted> {
    let mut found = BTreeMap::new();
    for (id, payer) in case.subject.around.payers {
        if payer.external {
            continue;
        }
        let session = match payer.credentials.as_deref() {
            Some(own) => case.along(Some(own)).await.map_err(Unlisted::from)?,
            None => session(case).await?,
        };
        let billed = case.gcp.billed(&session, id).await;
        let billed = billed.map_err(|trouble| {
            Unlisted::from(trouble.answer("list the projects of a billing account"))
        })?;
        let of_it = projects
            .iter()
            .filter(|project| billed.contains_key(*project));
        found.extend(of_it.map(|project| (project.clone(), (*id).to_owned())));
    }
    Ok(found)
}

async fn tree(case: &Case<'_>, session: &Session) -> Result<Arc<Tree>, Unlisted> {
    let tree = case.gcp.tree(session).await;
    tree.map_err(|trouble| trouble.answer("list the organization's projects").into())
}

/// The session that lists.
async fn session(case: &Case<'_>) -> Result<Arc<Session>, Unlisted> {
    let Some(credential) = case.lister_way() else {
        let answer = Answer::skipped("no credential is declared for it")
            .remedy("name one: `credentials:` of the organization, or of its payer");
        return Err(answer.into());
    };
    case.sign_in(credential).await.map_err(|unsigned| {
        let why = match unsigned {
            Unsigned::Secret(error) => error.to_string(),
            Unsigned::Unclear(why) => why,
            Unsigned::Trouble(trouble) => trouble.explained(),
        };
        let answer = Answer::skipped(format!("`{credential}` cannot sign in: {why}")).remedy(
            format!("`bursar check credential/{credential}` says what to do"),
        );
        Unlisted::Unsigned {
            credential: credential.to_owned(),
            answer: Box::new(answer.clean()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deleted_project_is_closed_since_a_day() {
        let project = Project {
            project_id: "acme-shop".to_owned(),
            parent: "organizations/7".to_owned(),
            state: "DELETE_REQUESTED".to_owned(),
            delete_time: "2026-11-02T23:59:59Z".parse().ok(),
            ..Project::default()
        };
        let tree = Tree::default();
        let one = listed(&tree, &project);
        assert_eq!((one.state, one.name.as_str()), (State::Closed, "acme-shop"));
        assert_eq!(one.closed.unwrap().to_string(), "2026-11-02");
        assert_eq!(one.units, Some(Vec::new()));
        let hidden = Project {
            parent: "folders/9".to_owned(),
            ..project
        };
        assert_eq!(listed(&tree, &hidden).units, None);
    }
}
