//! `azure_csp.refresh_token.form`: is the refresh token one?

use crate::credential::inspect::refresh_token::{self, RefreshToken};
use crate::model::finding::Check;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;
use crate::provider::shared::miscopied;

pub(super) const CHECK: Check = local::api(
    "azure_csp.refresh_token.form",
    "Does the refresh token look like one?",
    "consent again as a partner user with MFA, and store the `refresh_token` of the answer, not its \
     `access_token` or `id_token`",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let Credential::PartnerApi(credential) = question.subject.credential()? else {
        return None;
    };
    let token = match question.secret(&credential.refresh_token) {
        Ok(token) => token,
        Err(skipped) => return Some(skipped),
    };
    Some(match refresh_token::inspect(&token) {
        RefreshToken::Plausible => Answer::pass("the refresh token looks like one"),
        RefreshToken::Guid => Answer::fail("the refresh token is a GUID: the id of something"),
        RefreshToken::AccessToken => Answer::fail(
            "this is an access token or an id token, which ends within hours, not a refresh token",
        ),
        RefreshToken::Miscopied(copied) => {
            Answer::fail(format!("the refresh token {}", miscopied(copied))).remedy(format!(
                "store {} again, without them",
                credential.refresh_token
            ))
        }
        RefreshToken::Short => Answer::fail("the refresh token is too short to be one"),
    })
}
