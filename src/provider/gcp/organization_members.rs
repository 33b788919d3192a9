//! `gcp.organization.members`: can the organization's projects and folders be listed? One listing of
//! each serves all projects.

use super::case::{Case, OnlineCheck};
use super::permissions::{On, SEE_FOLDERS, SEE_PROJECTS};
use super::tree::{Home, Tree};
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "gcp.organization.members",
        "Can the projects of the organization be listed?",
        &[
            "cloudresourcemanager.projects.search",
            "cloudresourcemanager.folders.search",
        ],
        &[SEE_PROJECTS, SEE_FOLDERS],
        "grant roles/browser on the organization",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != Kind::Organization {
            return None;
        }
        let organization = case.organization()?;
        if case.all_external() {
            return Some(Answer::skipped(
                "the bill is somebody else's, and so are the organization's projects",
            ));
        }
        let session = match case.along(case.lister_way()).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        // Google lists what may be seen, and says nothing of the rest.
        if case
            .lacks(&session, On::Organization(organization), SEE_PROJECTS)
            .await
        {
            return Some(Answer::skipped(
                "not asked: not all projects can be seen, as `gcp.permissions` says",
            ));
        }
        Some(match case.gcp.tree(&session).await {
            Ok(tree) => judged(&tree, organization),
            Err(trouble) => {
                case.told(&session, &trouble, "list the organization's projects")
                    .await
            }
        })
    })
}

fn judged(tree: &Tree, organization: &str) -> Answer {
    let (mut active, mut all, mut unseen) = (0, 0, 0);
    for project in tree.of(organization) {
        all += 1;
        active += usize::from(project.state == "ACTIVE");
        unseen += usize::from(matches!(tree.way(project).0, Home::Unseen(_)));
    }
    let answer = match (all, unseen) {
        (0, _) => Answer::warn(format!("organization {organization} has no project")).remedy(
            "see that this is the organization's number, as `gcloud organizations list` shows it",
        ),
        (_, 0) => Answer::pass(format!("{all} projects, {active} of them ACTIVE")),
        _ => Answer::warn(format!(
            "{unseen} of {all} projects are in folders that cannot be seen: they may belong to \
             another organization"
        ))
        .remedy("grant roles/browser on the organization, not on some folders of it"),
    };
    answer
        .evidence("projects", all.to_string())
        .evidence("active", active.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::client::resource_manager::Project;
    use super::*;
    use crate::model::finding::Status;

    fn project(id: &str, parent: &str, state: &str) -> Project {
        Project {
            project_id: id.to_owned(),
            parent: parent.to_owned(),
            state: state.to_owned(),
            ..Project::default()
        }
    }

    #[test]
    fn projects_are_counted_and_what_is_not_seen_is_said() {
        let tree = |projects| Tree::new(projects, Vec::new());
        let here = project("a", "organizations/7", "ACTIVE");
        let gone = project("b", "organizations/7", "DELETE_REQUESTED");
        let good = judged(&tree(vec![here.clone(), gone]), "7");
        assert_eq!(good.message, "2 projects, 1 of them ACTIVE");
        let hidden = judged(&tree(vec![here, project("c", "folders/1", "ACTIVE")]), "7");
        assert_eq!(hidden.status, Status::Warn);
        assert!(
            hidden.message.starts_with("1 of 2 projects"),
            "{}",
            hidden.message
        );
        assert_eq!(judged(&tree(vec![]), "7").status, Status::Warn);
    }
}
