//! `gcp.key.project`: is it the key of the declared service account, and of one project?

use super::key_facts;
use crate::model::finding::Check;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "gcp.key.project",
    "Is it the key of the declared service account, and of that account's project?",
    "point `key` to the key of the declared service account, or correct `email`",
);

/// Accounts that a user made end in this, with their project before it.
const USER_MANAGED: &str = ".iam.gserviceaccount.com";

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    key_facts(question, |declared, facts| {
        let (Some(email), Some(project)) = (facts.email, facts.project) else {
            return Answer::fail("the key names no service account (`client_email`) or no project");
        };
        // In domain-scoped projects (`example.com:name`) the domain stands behind the name.
        let own = match project.split_once(':') {
            Some((domain, name)) => format!("{name}.{domain}"),
            None => project.clone(),
        };
        let home = email
            .split_once('@')
            .and_then(|(_, domain)| domain.strip_suffix(USER_MANAGED));
        let answer = match (&declared.email, home) {
            (Some(wanted), _) if !wanted.eq_ignore_ascii_case(&email) => {
                Answer::fail(format!("the key is of {email}, and {wanted} is declared"))
            }
            (_, Some(home)) if home != own => Answer::fail(format!(
                "the key says project {project}, and its service account lives in {home}"
            ))
            .remedy("the file was changed by hand: create a new key"),
            _ => Answer::pass(format!("the key is of {email}")),
        };
        answer
            .evidence("client_email", email)
            .evidence("project_id", project)
    })
}
