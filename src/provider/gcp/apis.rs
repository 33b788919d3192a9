//! `gcp.apis`: are the APIs that are asked enabled? Those of Google count against the project of who
//! asks, BigQuery's queries against the one that pays for them.

use super::case::{Case, OnlineCheck};
use super::client::Session;
use super::grant::{self, To};
use crate::model::address::Kind as Subject;
use crate::model::finding::Badge;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::subject::What;
use crate::provider::trouble::{Kind, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "gcp.apis",
        "Are the APIs enabled that are asked?",
        &["serviceusage.services.batchGet"],
        &["serviceusage.services.get"],
        "enable them (APIs & Services, Library)",
    ),
    ask,
};

const BIGQUERY: &str = "bigquery.googleapis.com";
const BASE: &[&str] = &[
    BIGQUERY,
    "cloudbilling.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "serviceusage.googleapis.com",
];

/// All APIs that are asked for ever: one call tells of all of them.
pub(super) const ALL: &[&str] = &[
    BIGQUERY,
    "cloudbilling.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "recommender.googleapis.com",
    "serviceusage.googleapis.com",
    "sts.googleapis.com",
];

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        match case.subject.what {
            What::Credential(credential) => {
                let name = case.subject.address.last();
                let session = match case.along(Some(&name)).await {
                    Ok(session) => session,
                    Err(skipped) => return Some(skipped),
                };
                let Some(home) = session.home.as_deref() else {
                    return Some(Answer::skipped(
                        "Google does not say which project the calls count against",
                    ));
                };
                Some(asked(case, &session, home, &wanted(credential)).await)
            }
            What::Export { .. } if case.readable() => {
                let place = case.place()?;
                let session = match case.reader().await {
                    Ok(session) => session,
                    Err(skipped) => return Some(skipped),
                };
                if session.home.as_deref() == Some(place.query_project) {
                    return None;
                }
                Some(asked(case, &session, place.query_project, &[BIGQUERY]).await)
            }
            _ => None,
        }
    })
}

fn wanted(credential: &Credential) -> Vec<&'static str> {
    let mut wanted = BASE.to_vec();
    match credential {
        Credential::GcpServiceAccount(_) => wanted.push("iam.googleapis.com"),
        Credential::GcpWorkloadIdentity(declared) => {
            wanted.push("sts.googleapis.com");
            if declared.impersonate.is_some() {
                wanted.push("iamcredentials.googleapis.com");
            }
        }
        Credential::GcpDefault(declared) if declared.impersonate.is_some() => {
            wanted.push("iamcredentials.googleapis.com");
        }
        _ => {}
    }
    wanted
}

async fn asked(case: &Case<'_>, session: &Session, project: &str, wanted: &[&str]) -> Answer {
    match case.gcp.apis(session, project).await {
        Ok(enabled) => {
            let missing: Vec<&str> = wanted
                .iter()
                .copied()
                .filter(|api| !enabled.contains(*api))
                .collect();
            judged(project, wanted.len(), &missing)
        }
        Err(trouble) if case.kind() == Subject::Credential => hidden(session, project, &trouble),
        // At the credential it is told already.
        Err(trouble) if trouble.kind == Kind::Unauthenticated => {
            Answer::skipped("not asked: Google Cloud does not accept the credential")
        }
        Err(trouble) => hidden(session, project, &trouble),
    }
}

fn judged(project: &str, count: usize, missing: &[&str]) -> Answer {
    let names = missing.join(" ");
    let answer = match missing.len() {
        0 if count == 1 => Answer::pass(format!("BigQuery's API is enabled in {project}")),
        0 => Answer::pass(format!("all {count} APIs are enabled in {project}")),
        _ => Answer::fail(format!(
            "not enabled in project {project}: {}",
            missing.join(", ")
        ))
        .remedy("enable what is missing; it takes a few minutes to hold:")
        .paste(format!(
            "gcloud services enable {names} --project={project}"
        ))
        .evidence("missing", missing.join(", ")),
    };
    answer.evidence("project", project)
}

fn hidden(session: &Session, project: &str, trouble: &Trouble) -> Answer {
    match trouble.kind {
        // `gcp.identity` says so.
        Kind::Unauthenticated => Answer::skipped("not asked: the credential is not accepted"),
        Kind::Denied if !trouble.is(super::client::DISABLED) => {
            let permission = "serviceusage.services.get";
            trouble.evidence(
                Answer::warn(format!(
                    "it cannot be seen which APIs are enabled in {project}: {permission} is missing"
                ))
                .remedy(
                    "grant it, so that an API that is not enabled is named before it is needed:",
                )
                .paste(grant::command(
                    session,
                    grant::role(permission),
                    To::Project(project),
                )),
            )
        }
        _ => trouble.answer(&format!("ask which APIs are enabled in {project}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn what_is_not_enabled_is_named_with_one_command() {
        assert_eq!(judged("acme", 5, &[]).status, Status::Pass);
        let missing = ["bigquery.googleapis.com", "cloudbilling.googleapis.com"];
        let answer = judged("acme", 5, &missing);
        assert_eq!(answer.status, Status::Fail);
        assert_eq!(
            answer.paste,
            "gcloud services enable bigquery.googleapis.com cloudbilling.googleapis.com --project=acme"
        );
    }

    #[test]
    fn all_that_any_credential_needs_is_asked_for() {
        for api in BASE {
            assert!(ALL.contains(api));
        }
        assert!(ALL.len() <= 30, "one batch holds no more");
    }
}
