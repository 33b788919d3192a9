//! `azure_csp.recommendations.advisor`: can the savings recommendations of a customer be read?
//!
//! Advisor is asked in the customer's own tenant, for the partner's user (GDAP). One active Azure
//! subscription of one customer stands for all: asking each would be a sign-in for each customer.

use std::sync::Arc;

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::{Resource, Token, Unsigned, manager};
use super::listing::{self, Sold};
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::{self, Trouble};

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Recs,
        "azure_csp.recommendations.advisor",
        "Can Azure Advisor be read for a customer's subscription?",
        &["entra:Token", "advisor:ListRecommendations"],
        &[
            "Azure Service Management: user_impersonation",
            "Microsoft.Advisor/recommendations/read",
        ],
        "have the customer grant the partner's group access (GDAP), and give that group the role \
         Reader on the subscription",
    ),
    ask,
};

/// So many customers are looked at for one with an active Azure subscription.
const CUSTOMERS: usize = 10;

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != Kind::Recommendations {
            return None;
        }
        let (lister, listing_token) = match case.application(Resource::PartnerCenter).await {
            Ok(signed) => signed,
            Err(skipped) => return Some(skipped),
        };
        // What is wrong with the user at home is told at the credential.
        let user = match case.user(Resource::PartnerCenter).await {
            Ok((way, _)) => way,
            Err(skipped) => return Some(skipped),
        };
        let found = match active(case, lister, &listing_token).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Some(Answer::skipped(
                    "no customer has an active Azure subscription that could be asked",
                ));
            }
            Err(_) => {
                return Some(Answer::skipped(
                    "not asked: the partner's customers cannot be listed",
                ));
            }
        };
        Some(judged(case, user, &found).await)
    })
}

/// The first active Azure subscription.
async fn active(case: &Case<'_>, way: &str, token: &Arc<Token>) -> Result<Option<Sold>, Trouble> {
    let customers = case.csp.customers(way, token).await?;
    let buying = customers.iter().filter(|customer| customer.buys());
    for customer in buying.take(CUSTOMERS) {
        let sold = listing::sold(case, way, token, &customer.id).await?;
        let good = |one: &Sold| one.azure && one.status == "active";
        if let Some(one) = sold.into_iter().find(good) {
            return Ok(Some(one));
        }
    }
    Ok(None)
}

async fn judged(case: &Case<'_>, user: &str, found: &Sold) -> Answer {
    let tenant = Some(found.customer.as_str());
    let signed = case.sign_in_user(user, Resource::Manager, tenant).await;
    let answer = match signed {
        Ok(token) => {
            let http = &case.csp.client.manager;
            match manager::recommendations(http, &token, &found.id).await {
                Ok(_) => Answer::pass("Advisor can be read for a customer's subscription"),
                Err(trouble) if trouble.kind == trouble::Kind::Denied => {
                    trouble.answer("read Advisor").remedy(CHECK.check.remedy)
                }
                Err(trouble) => trouble.answer("read Advisor"),
            }
        }
        Err(Unsigned::Trouble { trouble, .. }) => {
            let answer = trouble.answer("sign in to the customer's tenant");
            match trouble.kind {
                trouble::Kind::Denied | trouble::Kind::Unauthenticated => answer.remedy(format!(
                    "have an administrator of the customer consent to the application {} there, or \
                     consent for the customer in advance (Partner Center, application consents)",
                    case.client_id(user)
                )),
                _ => answer,
            }
        }
        Err(unsigned) => super::case::skipped(user, &unsigned),
    };
    answer
        .evidence("customer", &found.customer)
        .evidence("subscription", &found.id)
}
