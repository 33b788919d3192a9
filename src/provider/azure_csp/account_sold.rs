//! `azure_csp.account.sold`: does the customer, or the subscription, belong to the partner?

use super::case::{Asking, Case, OnlineCheck, check};
use super::client::partner_center::{Customer, Entitlement, Subscription};
use super::client::{Resource, Token};
use crate::model::address::Kind;
use crate::model::finding::Badge;
use crate::model::spec::AccountType;
use crate::provider::answer::Answer;
use crate::provider::subject::What;
use crate::provider::trouble::Trouble;

pub(super) const CHECK: OnlineCheck = OnlineCheck {
    check: check(
        Badge::Payer,
        "azure_csp.account.sold",
        "Is the account a customer of the partner, or an active subscription of one?",
        &[
            "partnercenter:ListCustomers",
            "partnercenter:ListSubscriptions",
            "partnercenter:ListAzureEntitlements",
        ],
        &["Partner Center: App management"],
        "correct the account's id, or say since when it is `closed`",
    ),
    ask,
};

fn ask<'a>(case: &'a Case<'a>) -> Asking<'a> {
    Box::pin(async move {
        if case.kind() != Kind::Account {
            return None;
        }
        let What::Account { account, .. } = case.subject.what else {
            return None;
        };
        if case.external() {
            return Some(Answer::skipped("the bill is somebody else's"));
        }
        let (way, token) = match case.application(Resource::PartnerCenter).await {
            Ok(signed) => signed,
            Err(skipped) => return Some(skipped),
        };
        let id = case.subject.address.last();
        let Ok(customers) = case.csp.customers(way, &token).await else {
            return Some(Answer::skipped(
                "not asked: the partner's customers cannot be listed",
            ));
        };
        let of = |wanted: &str| {
            let mut all = customers.iter();
            all.find(|one| one.id.eq_ignore_ascii_case(wanted))
        };
        Some(match (account.account_type, account.within.as_deref()) {
            (Some(AccountType::Customer), _) | (None, None) => of(&id).map_or_else(absent, customer),
            (_, None) => Answer::skipped("not asked: nothing says whose subscription it is"),
            (_, Some(within)) => match of(within) {
                // Told at the customer, where that is declared.
                None => Answer::skipped(format!("not asked: {within} is no customer of the partner")),
                Some(owner) => match find(case, way, &token, owner, &id).await {
                    Ok(Some(found)) => judge(&found),
                    Ok(None) => Answer::fail(format!("no subscription of {}", named(owner)))
                        .remedy(
                            "it belongs to another customer, or left: correct `within` or the id, or \
                             write `closed: YYYY-MM-DD` to keep it with its history",
                        ),
                    Err(trouble) => trouble.answer("list the customer's subscriptions"),
                },
            },
        })
    })
}

/// A subscription as it was found: its state in Partner Center's word, and its name.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    status: String,
    name: Option<String>,
}

impl Found {
    fn of(status: &Option<String>, name: &Option<String>) -> Self {
        Self {
            status: status.as_deref().unwrap_or("none").to_ascii_lowercase(),
            name: name.clone(),
        }
    }
}

/// Looks among what the customer bought first; Azure subscriptions of an Azure plan are below it.
async fn find(
    case: &Case<'_>,
    way: &str,
    token: &Token,
    owner: &Customer,
    id: &str,
) -> Result<Option<Found>, Trouble> {
    let bought = case.csp.subscriptions(way, token, &owner.id).await?;
    if let Some(one) = bought.iter().find(|one| is(one, id)) {
        return Ok(Some(Found::of(&one.status, &one.friendly_name)));
    }
    for plan in bought.iter().filter(|one| one.is_azure_plan()) {
        let below = case.csp.entitlements(way, token, &owner.id, &plan.id);
        let below = below.await?;
        let same = |one: &&Entitlement| one.id.eq_ignore_ascii_case(id);
        if let Some(one) = below.iter().find(same) {
            return Ok(Some(Found::of(&one.status, &one.friendly_name)));
        }
    }
    Ok(None)
}

/// A subscription of the old kind is known by its id in Partner Center, and by that in Azure.
fn is(one: &Subscription, id: &str) -> bool {
    let azure = one.entitlement_id.as_deref();
    one.id.eq_ignore_ascii_case(id) || azure.is_some_and(|azure| azure.eq_ignore_ascii_case(id))
}

fn named(customer: &Customer) -> String {
    match &customer.company_profile.company_name {
        Some(name) => format!("{} ({name})", customer.id),
        None => customer.id.clone(),
    }
}

fn absent() -> Answer {
    Answer::fail("no customer of the partner").remedy(
        "the customer left, or belongs to another partner: correct `organization` or the id, or \
         write `closed: YYYY-MM-DD` to keep it with its history",
    )
}

fn customer(customer: &Customer) -> Answer {
    let relation = customer.relationship_to_partner.as_deref();
    let answer = match relation {
        None | Some("reseller") => Answer::pass("a customer of the partner"),
        Some(other) => Answer::warn(format!(
            "a customer, but the partner's relation is `{other}`"
        ))
        .remedy("only customers that buy through the partner (`reseller`) have costs here"),
    };
    let answer = match relation {
        Some(relation) => answer.evidence("relationship", relation),
        None => answer,
    };
    match &customer.company_profile.company_name {
        Some(name) => answer.evidence("name", name),
        None => answer,
    }
}

fn judge(found: &Found) -> Answer {
    let status = found.status.as_str();
    let answer = match status {
        "active" => Answer::pass("an active subscription of the customer"),
        "suspended" => Answer::fail("the subscription is suspended").remedy(
            "see in Partner Center why (often an unpaid bill or a fraud warning), and activate it; or \
             write `closed: YYYY-MM-DD`",
        ),
        "deleted" | "expired" | "disabled" => {
            Answer::fail(format!("the subscription is {status}")).remedy(
                "write `closed: YYYY-MM-DD`: the account is kept with its history, and no longer asked",
            )
        }
        "pending" => Answer::warn("the subscription is not active yet")
            .remedy("finish its order in Partner Center"),
        other => Answer::warn(format!("the subscription is `{other}`")),
    };
    let answer = answer.evidence("status", status);
    match &found.name {
        Some(name) => answer.evidence("name", name),
        None => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Status;

    #[test]
    fn states_mean_what_partner_center_says() {
        let of = |status: &str| {
            let found = Found::of(&Some(status.to_owned()), &None);
            judge(&found).status
        };
        assert_eq!(of("Active"), Status::Pass);
        for gone in ["suspended", "deleted", "expired", "disabled"] {
            assert_eq!(of(gone), Status::Fail, "{gone}");
        }
        for unclear in ["pending", "none", "something new"] {
            assert_eq!(of(unclear), Status::Warn, "{unclear}");
        }
    }

    #[test]
    fn only_who_buys_through_the_partner_is_a_good_customer() {
        let of = |relation: Option<&str>| {
            let one = serde_json::json!({"id": "c", "relationshipToPartner": relation});
            customer(&serde_json::from_value(one).unwrap()).status
        };
        assert_eq!(of(Some("reseller")), Status::Pass);
        assert_eq!(of(None), Status::Pass);
        assert_eq!(of(Some("advisor")), Status::Warn);
    }
}
