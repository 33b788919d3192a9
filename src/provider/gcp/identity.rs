//! `gcp.identity`: does Google Cloud know the credential, and may it be whom it should be?

use super::case::{Case, OnlineCheck};
use super::client::{Session, Unsigned};
use super::grant::{self, To};
use crate::model::finding::Badge;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::online::{Asking, check};
use crate::provider::subject::What;
use crate::provider::trouble::{Kind, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "gcp.identity",
        "Does Google Cloud know the credential, and may it be whom it should be?",
        &[
            "sts.token",
            "iamcredentials.serviceAccounts.generateAccessToken",
            "serviceusage.services.batchGet",
        ],
        &["iam.serviceAccounts.getAccessToken"],
        "correct the credential in `bursar.yaml`, or create a new key",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(credential) = case.subject.what else {
            return None;
        };
        let name = case.subject.address.last();
        Some(match case.sign_in(&name).await {
            Ok(session) => known(case, &session).await,
            // `gcp.credential.present` says so.
            Err(Unsigned::Secret(error)) => Answer::skipped(format!("not looked at: {error}")),
            Err(Unsigned::Unclear(_)) => return None,
            Err(Unsigned::Trouble(trouble)) => unsigned(credential, &trouble),
        })
    })
}

/// A token that a key signed is no proof: only an answer of Google's is. Any answer will do, but that
/// it does not accept the token.
async fn known(case: &Case<'_>, session: &Session) -> Answer {
    let asked = case.gcp.home_apis(session).await;
    if let Some(Err(trouble)) = asked
        && (trouble.passes() || trouble.kind == Kind::Unauthenticated)
    {
        return trouble.answer("sign in");
    }
    let who = session.email.as_deref().or(session.member.as_deref());
    let answer = Answer::pass(match who {
        Some(who) => format!("signed in as {who}"),
        None => "signed in".to_owned(),
    });
    let facts = [
        ("email", &session.email),
        ("member", &session.member),
        ("project", &session.home),
    ];
    facts
        .into_iter()
        .fold(answer, |answer, (name, fact)| match fact {
            Some(fact) => answer.evidence(name, fact),
            None => answer,
        })
}

fn unsigned(credential: &Credential, trouble: &Trouble) -> Answer {
    let target = match credential {
        Credential::GcpDefault(declared) => declared.impersonate.as_deref(),
        Credential::GcpWorkloadIdentity(declared) => declared.impersonate.as_deref(),
        _ => None,
    };
    let Some(target) = target.filter(|_| trouble.action == "iam.serviceAccounts.getAccessToken")
    else {
        return trouble.answer("sign in");
    };
    let answer = trouble.answer(&format!("act as {target}"));
    // IAM says the same of an account that is not there and of one that is not allowed.
    if !matches!(trouble.kind, Kind::Denied | Kind::Missing)
        || trouble.code.as_deref() == Some(super::client::DISABLED)
    {
        return answer;
    }
    let (role, member) = match credential {
        Credential::GcpWorkloadIdentity(declared) => (
            "roles/iam.workloadIdentityUser",
            principal_set(&declared.audience),
        ),
        _ => ("roles/iam.serviceAccountTokenCreator", "MEMBER".to_owned()),
    };
    answer
        .remedy(format!(
            "see that {target} is there, and grant {role} on it to who signs in (narrow a pool by its \
             attributes); a grant takes a few minutes to hold:"
        ))
        .paste(grant::line(&member, role, To::ServiceAccount(target)))
}

/// All that come through a pool.
fn principal_set(audience: &str) -> String {
    let path = audience
        .split("iam.googleapis.com/")
        .nth(1)
        .unwrap_or_default();
    let pool = path.split("/providers/").next().unwrap_or_default();
    format!("principalSet://iam.googleapis.com/{pool}/*")
}

#[cfg(test)]
mod tests {
    use super::super::client::GOOGLE;
    use super::*;
    use crate::model::finding::Status;
    use crate::model::spec::GcpDefault;

    #[test]
    fn who_may_not_impersonate_reads_which_role_to_grant() {
        let credential = Credential::GcpDefault(GcpDefault {
            impersonate: Some("bursar@acme-billing.iam.gserviceaccount.com".to_owned()),
            previously: Vec::new(),
            rotated: None,
        });
        let denied = Trouble::new(
            &GOOGLE,
            Kind::Denied,
            "iam.serviceAccounts.getAccessToken",
            "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        );
        let answer = unsigned(&credential, &denied);
        assert_eq!(answer.status, Status::Fail);
        assert_eq!(
            answer.paste,
            "gcloud iam service-accounts add-iam-policy-binding \
             bursar@acme-billing.iam.gserviceaccount.com --member='MEMBER' \
             --role=roles/iam.serviceAccountTokenCreator"
        );
    }
}
