//! `oci.recommendations.cloud_advisor`: is Cloud Advisor switched on, and can what it advises be read?

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::{Session, optimizer};
use super::statements::allow;
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::{Kind, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "oci.recommendations.cloud_advisor",
        "Is Cloud Advisor switched on, and can what it advises be read?",
        &[
            "optimizer:ListEnrollmentStatuses",
            "optimizer:ListRecommendations",
        ],
        &["read optimizer-api-family"],
        "switch it on in the home region: Governance & Administration, Cloud Advisor",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Recommendations {
            return None;
        }
        if case.all_external() {
            return Some(Answer::skipped(
                "the bill is somebody else's, and so are its recommendations",
            ));
        }
        let session = match case.session().await {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        Some(match asked(&session).await {
            Ok(answer) => answer,
            Err(trouble) if trouble.kind == Kind::Denied => trouble
                .answer("ask Cloud Advisor")
                .remedy("add this to a policy in the root compartment:")
                .paste(allow(&["read optimizer-api-family"])),
            Err(trouble) => trouble.answer("ask Cloud Advisor"),
        })
    })
}

async fn asked(session: &Session) -> Result<Answer, Trouble> {
    let status = optimizer::enrolment(session).await?;
    let answer = match status.as_deref() {
        Some("ACTIVE") => {
            let kinds = optimizer::recommendations(session).await?;
            Answer::pass("Cloud Advisor is switched on, and can be read")
                .evidence("recommendations", kinds.to_string())
        }
        _ => Answer::fail("Cloud Advisor is not switched on").remedy(
            "switch it on in the home region: Governance & Administration, Cloud Advisor, Settings; \
             the first recommendations take up to a day",
        ),
    };
    Ok(answer.evidence("status", status.as_deref().unwrap_or("none")))
}
