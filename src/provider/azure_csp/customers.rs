//! `azure_csp.customers`: can the partner's customers be listed? One listing serves all accounts.

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::Resource;
use crate::model::address;
use crate::model::finding::Badge;
use crate::provider::answer::Answer;
use crate::provider::trouble::Kind;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "azure_csp.customers",
        "Can the partner's customers be listed?",
        &["partnercenter:ListCustomers"],
        &["Partner Center: App management"],
        "register the application in Partner Center: Account settings, App management, Web app",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != address::Kind::Organization {
            return None;
        }
        let (way, token) = match case.application(Resource::PartnerCenter).await {
            Ok(signed) => signed,
            Err(skipped) => return Some(skipped),
        };
        Some(match case.csp.customers(way, &token).await {
            Ok(customers) => {
                let count = customers.len();
                Answer::pass(format!("{count} customers")).evidence("customers", count.to_string())
            }
            Err(trouble) => {
                let client = case.client_id(way);
                let answer = trouble.answer("list the partner's customers");
                let answer = match trouble.kind {
                    Kind::Unauthenticated | Kind::Denied => answer.remedy(format!(
                        "register the application {client} in Partner Center: Account settings, App \
                         management, Web app; a new registration takes some minutes to hold"
                    )),
                    _ => answer,
                };
                answer.evidence("client_id", client)
            }
        })
    })
}
