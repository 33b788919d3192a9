//! `oci.identity`: does OCI accept the key, and is it of the tenancy that it is used for?

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::{Session, Unsigned};
use crate::model::address;
use crate::model::finding::Badge;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::subject::What;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "oci.identity",
        "Does OCI accept the key, and is it of the tenancy that it is used for?",
        &["identity:GetTenancy"],
        &[],
        "correct the credential in `bursar.yaml`, or add the key to the user: User settings, API keys",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        match case.subject.what {
            What::Credential(Credential::OciApiKey(_)) => Some(key(case).await),
            What::Credential(_) | What::Export { .. } | What::Recommendations(_) => None,
            What::Account { account, .. } if account.credentials.is_none() => None,
            _ if case.external() => None,
            _ => Some(place(case).await),
        }
    })
}

/// The key by itself.
async fn key(case: &Case<'_>) -> Answer {
    let name = case.subject.address.last();
    match case.sign_in(&name).await {
        Ok(session) => known(&session),
        Err(Unsigned::Secret(error)) => Answer::skipped(format!("not looked at: {error}")),
        Err(Unsigned::Unopened) => Answer::skipped("not asked: the private key cannot be opened"),
        Err(Unsigned::Unclear(why)) => Answer::fail(why),
        Err(Unsigned::Trouble(trouble)) => {
            let answer = trouble.answer("sign in");
            match (trouble.kind, case.subject.what) {
                (Kind::Unauthenticated, What::Credential(Credential::OciApiKey(key))) => answer
                    .evidence("fingerprint", key.fingerprint.as_str())
                    .evidence("user", key.user.as_str())
                    .evidence("tenancy", key.tenancy.as_str())
                    .evidence("region", key.region.as_str()),
                _ => answer,
            }
        }
    }
}

/// The key where it is used.
async fn place(case: &Case<'_>) -> Answer {
    let session = match case.session().await {
        Ok(session) => session,
        Err(skipped) => return skipped,
    };
    let wanted = match case.subject.what {
        What::Organization(organization) => organization.id.clone(),
        _ => case.subject.address.last().into_owned(),
    };
    // A compartment is looked for in the listing of its tenancy.
    let compartment =
        case.kind() == address::Kind::Account && !wanted.starts_with("ocid1.tenancy.");
    if compartment || wanted.eq_ignore_ascii_case(&session.tenancy) {
        return known(&session);
    }
    Answer::fail(format!(
        "`{}` is of tenancy {}, and is used for {wanted}",
        session.credential, session.tenancy
    ))
    .remedy(
        "a key reaches the tenancy of its user alone: declare one of a user of that tenancy, or \
         correct the id",
    )
    .evidence("tenancy", &session.tenancy)
    .evidence("wanted", wanted)
}

fn known(session: &Session) -> Answer {
    let tenancy = session
        .facts
        .as_ref()
        .map_or(session.tenancy.as_str(), |facts| facts.name.as_str());
    Answer::pass(format!("OCI accepts the key, of tenancy {tenancy}"))
        .evidence("tenancy", &session.tenancy)
        .evidence("user", &session.user)
}
