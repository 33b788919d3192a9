//! `azure_csp.token`: does Entra give the credential a token that Partner Center will take?

use super::case::{Asking, Case, OnlineCheck, check, skipped};
use super::client::{Renewal, Resource, Token, Unsigned};
use crate::credential::inspect::jwt::Claims;
use crate::model::finding::Badge;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::subject::What;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Api,
        "azure_csp.token",
        "Does Entra give the credential a token for Partner Center?",
        &["entra:Token"],
        &["Microsoft Partner Center: user_impersonation"],
        "correct the credential in `bursar.yaml`, or the application in Entra",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let What::Credential(credential) = case.subject.what else {
            return None;
        };
        let name = case.subject.address.last();
        let (tenant, signed) = match credential {
            Credential::PartnerCenter(c) => {
                let signed = case.sign_in(&name, Resource::PartnerCenter).await;
                (&c.tenant_id, signed)
            }
            Credential::PartnerApi(c) => {
                let signed = case.sign_in_user(&name, Resource::PartnerCenter, None);
                (&c.tenant_id, signed.await)
            }
            _ => return None,
        };
        let answer = match signed {
            Ok(token) => judge(&name, tenant, &token),
            Err(unsigned) => failed(&name, &unsigned),
        };
        Some(answer.evidence("client_id", case.client_id(&name)))
    })
}

fn failed(name: &str, unsigned: &Unsigned) -> Answer {
    let Unsigned::Trouble { trouble, exchanged } = unsigned else {
        // `azure_csp.credential.present` speaks about secrets that are not at hand.
        return skipped(name, unsigned);
    };
    let answer = if *exchanged {
        let message = format!(
            "cannot sign in: {}; with `application_id` in its place the secret is right",
            trouble.explained()
        );
        trouble.evidence(Answer::fail(message).remedy(
            "exchange `client_id` and `application_id` in `bursar.yaml`: the client id is the one of \
             the application that has the secret",
        ))
    } else {
        trouble.answer("sign in")
    };
    let remedy = answer.remedy.replace("CREDENTIAL", name);
    answer.remedy(remedy)
}

/// What a token that was had says about itself.
fn judge(name: &str, tenant: &str, token: &Token) -> Answer {
    let answer = match &token.claims {
        Some(claims) if elsewhere(claims, tenant) => Answer::fail(format!(
            "the token is of tenant {}, not of {tenant}",
            claims.tenant.as_deref().unwrap_or_default()
        ))
        .remedy("correct `tenant_id`, or sign in as a user of the partner's own tenant"),
        Some(claims) if token.lacks_mfa() => Answer::fail(
            "the user signed in without multifactor authentication",
        )
        .remedy(format!(
            "Partner Center refuses such tokens since April 2026: demand MFA of the user in \
                     Entra, then run `bursar login partner {name}`"
        ))
        .evidence(
            "amr",
            claims.methods.as_deref().unwrap_or_default().join(", "),
        ),
        _ => renewed(name, token),
    };
    let user = token.claims.as_ref().and_then(|claims| claims.user.clone());
    match user {
        Some(user) => answer.evidence("user", user),
        None => answer,
    }
    .evidence("tenant", tenant)
}

fn elsewhere(claims: &Claims, tenant: &str) -> bool {
    let other = |found: &String| !found.eq_ignore_ascii_case(tenant);
    claims.tenant.as_ref().is_some_and(other)
}

/// What became of the refresh token.
fn renewed(name: &str, token: &Token) -> Answer {
    match token.renewal.as_deref() {
        None => Answer::pass("Entra gives the application a token"),
        Some(Renewal::Kept) => {
            Answer::pass("Entra gives the user a token, and no new refresh token")
        }
        Some(Renewal::Stored(place)) => {
            Answer::pass("Entra gives the user a token; the renewed refresh token is stored")
                .evidence("stored", place)
        }
        Some(Renewal::Unstored(error)) => Answer::warn(format!(
            "Entra gives the user a token, but the renewed refresh token is lost: {error}"
        ))
        .remedy(format!(
            "{}; else sign in anew at least every 90 days: `bursar login partner {name}`",
            error.help
        ))
        .evidence("code", error.code),
        Some(Renewal::Lost(error)) => Answer::fail(error.message.clone())
            .remedy(error.help.replace("CREDENTIAL", name))
            .evidence("code", error.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::Secret;
    use crate::model::finding::Status;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn token(claims: &serde_json::Value) -> Token {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let text = format!("{}.{}.c2ln", part("{}"), part(&claims.to_string()));
        Token::new(Secret::issued(text), jiff::Timestamp::MAX)
    }

    fn status(claims: &serde_json::Value) -> Status {
        judge("partner", "t-1", &token(claims)).status
    }

    #[test]
    fn a_token_says_whose_it_is_and_how_the_user_signed_in() {
        use serde_json::json;
        let user =
            |amr: serde_json::Value| json!({"tid": "T-1", "scp": "user_impersonation", "amr": amr});
        assert_eq!(status(&user(json!(["pwd", "mfa"]))), Status::Pass);
        assert_eq!(status(&user(json!(["pwd"]))), Status::Fail);
        assert_eq!(status(&json!({"tid": "t-2"})), Status::Fail);
        // An application has no second factor, and a token that says nothing is no proof.
        assert_eq!(status(&json!({"tid": "t-1", "roles": ["x"]})), Status::Pass);
        assert_eq!(
            status(&json!({"tid": "t-1", "scp": "user_impersonation"})),
            Status::Pass
        );
        let opaque = Token::new(Secret::issued("opaque".to_owned()), jiff::Timestamp::MAX);
        assert_eq!(judge("partner", "t-1", &opaque).status, Status::Pass);
    }
}
