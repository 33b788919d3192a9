//! `gcp.account.project`: is the account an active project of its organization, and paid for by its
//! payer?

use super::case::{Case, OnlineCheck};
use super::client::resource_manager::Project;
use super::client::{Session, billing};
use super::permissions::{LIST_BILLED, On, SEE_PROJECTS};
use super::tree::{Home, Tree};
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::subject::What;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "gcp.account.project",
        "Is the account an active project of its organization, on its payer's bill?",
        &[
            "cloudresourcemanager.projects.search",
            "cloudbilling.billingAccounts.projects.list",
            "cloudbilling.projects.getBillingInfo",
        ],
        &[SEE_PROJECTS, LIST_BILLED],
        "correct `organization`, `payer` or the id, or write `closed: YYYY-MM-DD`",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Account { account, .. } = case.subject.what else {
            return None;
        };
        let id = case.subject.address.last();
        let organization = case.organization()?;
        let way = account.credentials.as_deref().or_else(|| case.lister_way());
        let session = match case.along(way).await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let own = case.has_own_credential();
        let tree = match case.gcp.tree(&session).await {
            Ok(tree) => tree,
            // Told once, at the organization.
            Err(_) if !own => {
                return Some(Answer::skipped(
                    "not asked: the projects cannot be listed, as `gcp.organization.members` says",
                ));
            }
            Err(trouble) => {
                return Some(case.told(&session, &trouble, "look for the project").await);
            }
        };
        let Some(project) = tree.project(&id) else {
            let partial = case
                .lacks(&session, On::Organization(organization), SEE_PROJECTS)
                .await;
            return Some(if partial && !own {
                Answer::skipped(
                    "not asked: not all projects can be seen, as `gcp.permissions` says",
                )
            } else {
                absent(&id)
            });
        };
        if let Some(wrong) = misplaced(&tree, project, organization) {
            return Some(wrong);
        }
        Some(match case.payer() {
            Some((payer, spec)) if !spec.external => paid(case, &session, &id, payer).await,
            _ => Answer::pass("an active project of the organization"),
        })
    })
}

fn absent(id: &str) -> Answer {
    Answer::fail(format!("no project {id} can be seen")).remedy(
        "it was deleted, has another id (never its name or number), or the credential may not see it: \
         correct the id, or write `closed: YYYY-MM-DD` to keep it with its history",
    )
}

/// What is wrong with where a project is.
fn misplaced(tree: &Tree, project: &Project, organization: &str) -> Option<Answer> {
    if project.state == "DELETE_REQUESTED" {
        let day = project
            .delete_time
            .map(|at| at.strftime("%Y-%m-%d").to_string());
        let closed = day.as_deref().unwrap_or("YYYY-MM-DD");
        let answer = Answer::fail("the project is being deleted").remedy(format!(
            "write `closed: {closed}`: it is kept with its history, and no longer asked"
        ));
        return Some(match day {
            Some(day) => answer.evidence("deleted", day),
            None => answer,
        });
    }
    match tree.way(project).0 {
        Home::Organization(id) if id != organization => Some(
            Answer::fail(format!(
                "the project belongs to organization {id}, and {organization} is declared"
            ))
            .remedy("correct the account's `organization`")
            .evidence("organization", id)
            .evidence("wanted", organization),
        ),
        Home::Nobody => Some(
            Answer::fail("the project belongs to no organization").remedy(format!(
                "move it into the organization: gcloud projects move {} --organization={organization}",
                project.project_id
            )),
        ),
        _ => None,
    }
}

/// Whether the declared payer pays. One listing tells of all that it pays for; of the others each says
/// itself who does.
async fn paid(case: &Case<'_>, session: &Session, id: &str, payer: &str) -> Answer {
    // Who has a credential of its own may know nothing of the payer.
    if !case.has_own_credential() {
        let payers = match case.along(case.payer_way()).await {
            Ok(payers) => payers,
            Err(skipped) => return skipped,
        };
        match case.gcp.billed(&payers, payer).await {
            Ok(billed) => match billed.get(id) {
                Some(found) if found.billing_enabled => {
                    return judged(id, Some(payer), true, payer);
                }
                Some(_) => {
                    return Answer::skipped(
                        "its billing account is closed, as `gcp.payer.billing_account` says",
                    );
                }
                None => {}
            },
            Err(trouble) if trouble.passes() => {
                return trouble.answer("list the projects of the billing account");
            }
            Err(_) => {
                return Answer::skipped(
                    "not asked: the projects of the billing account cannot be listed, as the payer's \
                     `gcp.permissions` says",
                );
            }
        }
    }
    match billing::info(session, id).await {
        Ok(found) => judged(id, found.account(), found.billing_enabled, payer),
        Err(trouble) => {
            case.told(session, &trouble, "ask who pays for the project")
                .await
        }
    }
}

fn judged(id: &str, found: Option<&str>, enabled: bool, payer: &str) -> Answer {
    let link = format!("gcloud billing projects link {id} --billing-account={payer}");
    let Some(found) = found else {
        return Answer::fail("nobody pays for the project: billing is disabled")
            .remedy("give it its payer again, or write `closed: YYYY-MM-DD` if it is out of use:")
            .paste(link);
    };
    if !found.eq_ignore_ascii_case(payer) {
        return Answer::fail(format!(
            "{found} pays for the project, and {payer} is declared"
        ))
        .remedy(format!("write `payer: {found}`, or move the project:"))
        .paste(link)
        .evidence("found", found)
        .evidence("wanted", payer);
    }
    if !enabled {
        return Answer::warn("the project's billing account is closed: its services are stopped")
            .remedy("see `gcp.payer.billing_account`");
    }
    Answer::pass("an active project of the organization, on the payer's bill")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn who_pays_is_compared() {
        let of = |found, enabled| judged("acme-shop", found, enabled, "01ABCD-234567-89EFAB");
        assert_eq!(of(Some("01abcd-234567-89efab"), true).status, Status::Pass);
        assert_eq!(of(Some("01ABCD-234567-89EFAB"), false).status, Status::Warn);
        let other = of(Some("FFFFFF-000000-111111"), true);
        assert_eq!(other.status, Status::Fail);
        assert!(other.remedy.contains("`payer: FFFFFF-000000-111111`"));
        let none = of(None, false);
        assert!(none.message.starts_with("nobody pays"));
        assert_eq!(
            none.paste,
            "gcloud billing projects link acme-shop --billing-account=01ABCD-234567-89EFAB"
        );
    }

    #[test]
    fn a_project_is_where_it_is_declared() {
        let project = |parent: &str, state: &str| Project {
            project_id: "acme-shop".to_owned(),
            parent: parent.to_owned(),
            state: state.to_owned(),
            delete_time: "2026-11-02T10:00:00Z".parse().ok(),
            ..Project::default()
        };
        let tree = Tree::default();
        let wrong = |parent, state| misplaced(&tree, &project(parent, state), "7");
        assert_eq!(wrong("organizations/7", "ACTIVE"), None);
        assert_eq!(wrong("folders/1", "ACTIVE"), None);
        let elsewhere = wrong("organizations/8", "ACTIVE").unwrap();
        assert!(elsewhere.message.contains("organization 8"));
        assert!(
            wrong("", "ACTIVE")
                .unwrap()
                .remedy
                .contains("gcloud projects move acme-shop")
        );
        let gone = wrong("organizations/7", "DELETE_REQUESTED").unwrap();
        assert!(
            gone.remedy.contains("`closed: 2026-11-02`"),
            "{}",
            gone.remedy
        );
    }
}
