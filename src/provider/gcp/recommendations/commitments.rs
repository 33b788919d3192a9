//! `gcp.recommendations.commitments`: can recommendations for committed use discounts be read, for each
//! billing account?

use super::super::case::{Case, OnlineCheck};
use super::super::client::recommender::Kind;
use super::super::grant::To;
use super::{readable, session};
use crate::model::finding::{Badge, Status};
use crate::provider::answer::Answer;
use crate::provider::http::Call;
use crate::provider::online::{Asking, check};

const PERMISSION: &str = "recommender.spendBasedCommitmentRecommendations.list";

const COMMITMENTS: Kind = Kind {
    call: Call {
        name: "Recommender:ListRecommendations",
        action: PERMISSION,
    },
    id: "google.cloudbilling.commitment.SpendBasedCommitmentRecommender",
};

pub const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "gcp.recommendations.commitments",
        "Can recommendations for committed use discounts be read?",
        &["recommender.billingAccounts.locations.recommenders.recommendations.list"],
        &[PERMISSION],
        "grant roles/recommender.billingAccountCudViewer on the billing account",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        let session = match session(case, case.lister_way()).await? {
            Ok(session) => session,
            Err(skipped) => return Some(skipped),
        };
        let mut worst: Option<Answer> = None;
        for (id, payer) in case.subject.around.payers {
            if payer.external {
                continue;
            }
            // A payer with a credential of its own is asked with that.
            let session = match payer.credentials.as_deref() {
                Some(own) => match case.along(Some(own)).await {
                    Ok(session) => session,
                    Err(skipped) => return Some(skipped),
                },
                None => session.clone(),
            };
            let resource = format!("billingAccounts/{id}");
            let answer = readable(&session, &resource, COMMITMENTS, To::BillingAccount(id)).await;
            if worst
                .as_ref()
                .is_none_or(|worst| worse(answer.status, worst.status))
            {
                worst = Some(answer);
            }
        }
        Some(worst.unwrap_or_else(|| Answer::skipped("no billing account is declared")))
    })
}

fn worse(one: Status, other: Status) -> bool {
    one > other
}
