//! `<provider>.token.form`: is a federated token what it should be, and not expired?

use crate::credential::inspect::jwt::{self, Jwt};
use crate::model::finding::Check;
use crate::model::secret_ref::SecretRef;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub const fn check(id: &'static str) -> Check {
    local::api(
        id,
        "Is the federated token a signed token that has not expired?",
        "have the runner write a fresh OIDC token to where `token` points, just before bursar runs",
    )
}

/// Looks at the token behind a reference. `audience` is the one that the provider expects.
pub fn ask(question: &Question<'_>, reference: &SecretRef, audience: Option<&str>) -> Answer {
    let token = match question.secret(reference) {
        Ok(token) => token,
        Err(skipped) => return skipped,
    };
    let Jwt::Token(claims) = jwt::inspect(&token) else {
        return Answer::fail("this is no signed token (JWT)");
    };
    let mut answer = match claims.expires {
        None => Answer::warn("the token does not say when it expires"),
        // Tokens live minutes, so that the warning window of credentials means nothing here.
        Some(expires) if expires <= question.run.now => {
            Answer::fail(format!("the token expired at {expires}"))
        }
        Some(expires) => match audience {
            Some(wanted) if !claims.audiences.iter().any(|audience| audience == wanted) => {
                Answer::warn(format!("the token is for another audience than {wanted}")).remedy(
                    format!("ask the runner for a token with the audience `{wanted}`"),
                )
            }
            _ => Answer::pass(format!("the token is valid until {expires}")),
        },
    };
    if let Some(issuer) = claims.issuer {
        answer = answer.evidence("iss", issuer);
    }
    if let Some(subject) = claims.subject {
        answer = answer.evidence("sub", subject);
    }
    if !claims.audiences.is_empty() {
        answer = answer.evidence("aud", claims.audiences.join(", "));
    }
    answer
}
