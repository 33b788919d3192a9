//! `azure_csp.refresh_token.age`: will the refresh token still be good in a while?
//!
//! Entra gives refresh tokens 90 days without use, and says nothing about their age. Of a file its
//! last change is known: whoever puts a token there, bursar or a person, changes it. Elsewhere only
//! `rotated` tells.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::model::finding::Check;
use crate::model::spec::Credential;
use crate::provider::answer::Answer;
use crate::provider::probe::Question;
use crate::provider::{expiry, local};

pub(super) const CHECK: Check = local::api(
    "azure_csp.refresh_token.age",
    "Will the refresh token still be good in a while?",
    "renew it: any `bursar check` does where it can be written back, else `bursar login partner \
     CREDENTIAL`",
);

/// How long a refresh token lives that nobody uses.
/// <https://learn.microsoft.com/entra/identity-platform/refresh-tokens>
const DAYS: i64 = 90;

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let Credential::PartnerApi(credential) = question.subject.credential()? else {
        return None;
    };
    let resolver = question.run.resolver;
    let changed = match &credential.refresh_token.file {
        Some(_) => match resolver.resolve_with_origin(&credential.refresh_token) {
            Ok((_, origin)) => origin.modified,
            Err(error) => return Some(Answer::skipped(format!("not looked at: {error}"))),
        },
        None => None,
    };
    let declared = credential.rotated.and_then(|day| {
        let start = day.civil().to_zoned(TimeZone::UTC).ok()?;
        Some(start.timestamp())
    });
    let (since, known) = match (changed, declared) {
        (Some(changed), _) => (changed, "the file's last change"),
        (None, Some(declared)) => (declared, "`rotated`"),
        (None, None) => {
            return Some(
                Answer::skipped("nobody knows how old the refresh token is").remedy(
                    "add `rotated: YYYY-MM-DD` to the credential, or keep the token in a file",
                ),
            );
        }
    };
    let end = since
        .checked_add(SignedDuration::from_hours(24 * DAYS))
        .ok()?;
    let name = question.subject.address.last();
    let answer = expiry::of_moment("the refresh token, unless it is used,", end, question.run)
        .evidence("since", since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .evidence("known_from", known);
    let remedy = CHECK.remedy.replace("CREDENTIAL", &name);
    Some(match answer.status {
        crate::model::finding::Status::Pass => answer,
        _ => answer.remedy(remedy),
    })
}
