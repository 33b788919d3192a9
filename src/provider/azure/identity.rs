//! `azure.identity`: does Entra know the credential, does it give tokens for what is asked with them,
//! and are they for the tenant that is declared?

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::{Resource, Session, Unsigned};
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::model::spec::{Credential, Export};
use crate::provider::answer::Answer;
use crate::provider::subject::What;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "azure.identity",
        "Does Entra give the credential a token for each service that is asked, of the declared tenant?",
        &["Entra:Token"],
        &[],
        "correct the credential in `bursar.yaml`, or the application in Entra",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        match case.subject.what {
            What::Credential(Credential::AzureSas(_)) => None,
            What::Credential(credential) => credential_itself(case, credential).await,
            What::Organization(_) => tenant(case).await,
            _ => None,
        }
    })
}

async fn credential_itself(case: &Case<'_>, credential: &Credential) -> Option<Answer> {
    let name = case.subject.address.last();
    // The machine's own chain signs in to the tenant that it is used for.
    let tenant = case.subject.around.organization.map(|(_, one)| &*one.id);
    let session = match case.azure.sessions.get(&name, tenant).await {
        Ok(session) => session,
        Err(unsigned) => return Some(failed(&unsigned)),
    };
    if let Some(wrong) = object(credential, &session) {
        return Some(wrong);
    }
    let mut tokens = vec![Resource::Arm];
    if reads_blobs(case) {
        if let Err(trouble) = session.token(Resource::Storage).await {
            let doing = format!("get a token for {}", Resource::Storage.name());
            return Some(trouble.answer(&doing));
        }
        tokens.push(Resource::Storage);
    }
    let tokens: Vec<&str> = tokens.into_iter().map(Resource::name).collect();
    Some(known(&session).evidence("tokens", tokens.join(", ")))
}

/// The organization is a tenant: its credential must be signed in there.
async fn tenant(case: &Case<'_>) -> Option<Answer> {
    let organization = case.organization()?;
    let way = organization.credentials.as_deref()?;
    let session = match case.along(way).await {
        Ok(session) => session,
        Err(skipped) => return Some(skipped),
    };
    let found = &session.claims.tid;
    Some(if found.eq_ignore_ascii_case(&organization.id) {
        known(&session)
    } else {
        Answer::fail(format!(
            "`{way}` is signed in to tenant {found}, and the organization is {}",
            organization.id
        ))
        .remedy("correct `tenant_id` of the credential, or the organization's `id`")
        .evidence("found.tenant", found)
        .evidence("wanted.tenant", &organization.id)
    })
}

fn known(session: &Session) -> Answer {
    let claims = &session.claims;
    let answer = Answer::pass(format!("signed in as {}", session.who()))
        .evidence("tenant", &claims.tid)
        .evidence("object_id", &claims.oid);
    match session.application() {
        Some(application) => answer.evidence("client_id", application),
        None => answer,
    }
}

/// Whether the declared object is another than the one that signed in.
fn object(credential: &Credential, session: &Session) -> Option<Answer> {
    let Credential::AzureClientSecret(declared) = credential else {
        return None;
    };
    let wanted = declared.object_id.as_deref()?;
    let found = &session.claims.oid;
    if found.is_empty() || wanted.eq_ignore_ascii_case(found) {
        return None;
    }
    Some(
        Answer::fail(format!(
            "the service principal's object id is {found}, and {wanted} is declared"
        ))
        .remedy(format!(
            "write `object_id: {found}`: it is the one under Enterprise applications, and the one that \
             roles are assigned to; App registrations shows another object's"
        ))
        .evidence("found.object_id", found)
        .evidence("wanted.object_id", wanted),
    )
}

/// Whether blobs are read with the credential: as `read_with` of an export, or as its payer's.
fn reads_blobs(case: &Case<'_>) -> bool {
    let named = case.subject.named_by.iter();
    let mut named = named.filter(|address| address.kind() == Kind::Export);
    let through_payer = || {
        let payers = case.subject.around.payers.iter();
        payers
            .filter(|(_, payer)| !payer.external)
            .flat_map(|(_, payer)| payer.exports.values())
            .any(|export| {
                matches!(export, Export::CostManagement(_)) && export.read_with().is_none()
            })
    };
    named.next().is_some() || through_payer()
}

fn failed(unsigned: &Unsigned) -> Answer {
    match unsigned {
        // `azure.credential.present` says so.
        Unsigned::Secret(error) => Answer::skipped(format!("not looked at: {error}")),
        Unsigned::Unclear { why, what_to_do } => {
            Answer::fail(format!("cannot sign in: {why}")).remedy(*what_to_do)
        }
        Unsigned::Trouble(trouble) => trouble.answer("sign in"),
    }
}
