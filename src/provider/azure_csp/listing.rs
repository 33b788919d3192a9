//! The accounts of a partner: its customers, and the subscriptions of each.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt, TryStreamExt};

use super::case::Case;
use super::client::partner_center::{Customer, Subscription};
use super::client::{Resource, Token, Unsigned};
use crate::model::spec::AccountType;
use crate::provider::answer::Answer;
use crate::provider::listing::{Listed, Listing, State, Unlisted};
use crate::provider::trouble::Trouble;

/// Customers that are asked about at a time; requests are limited for each host anyway.
const AT_ONCE: usize = 16;

/// Something that a customer bought and that can have costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    pub customer: String,
    pub id: String,
    pub name: String,
    /// In Partner Center's word, in lower case.
    pub status: String,
    /// Whether it is a subscription in Azure.
    pub azure: bool,
}

/// The customers of the partner with their subscriptions: one call a customer, and one for each Azure
/// plan.
pub async fn members(case: &Case<'_>) -> Result<Listing, Unlisted> {
    let payers = case.subject.around.payers;
    if !payers.is_empty() && payers.iter().all(|(_, payer)| payer.external) {
        return Err(Unlisted::Nothing(
            "the bill is somebody else's, and so are the customers".to_owned(),
        ));
    }
    let (way, token) = session(case).await?;
    let customers = case.csp.customers(way, &token).await;
    let customers = customers
        .map_err(|trouble| Unlisted::from(trouble.answer("list the partner's customers")))?;
    let ask = async |customer: &Customer| {
        let mut listed = vec![of_customer(customer)];
        if customer.buys() {
            let sold = sold(case, way, &token, &customer.id).await;
            let sold = sold.map_err(|trouble| {
                let doing = format!("list the subscriptions of customer {}", customer.id);
                Unlisted::from(trouble.answer(&doing))
            })?;
            listed.extend(sold.iter().map(of_sold));
        }
        Ok::<_, Unlisted>(listed)
    };
    let lists = stream::iter(customers.iter()).map(ask).buffered(AT_ONCE);
    let lists: Vec<Vec<Listed>> = lists.try_collect().await?;
    let partner = payers.iter().find(|(_, payer)| !payer.external);
    Ok(Listing {
        payer: partner.map(|(id, _)| (*id).to_owned()),
        accounts: lists.into_iter().flatten().collect(),
    })
}

/// What a customer bought. An Azure plan is not listed itself: its Azure subscriptions are.
pub async fn sold(
    case: &Case<'_>,
    way: &str,
    token: &Token,
    customer: &str,
) -> Result<Vec<Sold>, Trouble> {
    let bought = case.csp.subscriptions(way, token, customer).await?;
    let mut all = Vec::new();
    for one in bought.iter() {
        if one.is_azure_plan() {
            let below = case.csp.entitlements(way, token, customer, &one.id);
            all.extend(below.await?.iter().map(|entitlement| Sold {
                customer: customer.to_ascii_lowercase(),
                id: entitlement.id.to_ascii_lowercase(),
                name: entitlement.friendly_name.clone().unwrap_or_default(),
                status: word(&entitlement.status),
                azure: true,
            }));
        } else {
            all.push(of_subscription(customer, one));
        }
    }
    Ok(all)
}

fn word(status: &Option<String>) -> String {
    status.as_deref().unwrap_or("none").to_ascii_lowercase()
}

fn of_subscription(customer: &str, one: &Subscription) -> Sold {
    // What is billed by use is a subscription in Azure, and has an id there: costs name that one.
    let by_use = one.billing_type.as_deref() == Some("usage");
    let azure = one.entitlement_id.as_ref().filter(|_| by_use);
    let names = [&one.friendly_name, &one.offer_name];
    let name = names.into_iter().flatten().find(|name| !name.is_empty());
    Sold {
        customer: customer.to_ascii_lowercase(),
        id: azure.unwrap_or(&one.id).to_ascii_lowercase(),
        name: name.cloned().unwrap_or_default(),
        status: word(&one.status),
        azure: azure.is_some(),
    }
}

fn of_customer(customer: &Customer) -> Listed {
    let company = &customer.company_profile;
    let name = company.company_name.as_ref().or(company.domain.as_ref());
    let id = customer.id.to_ascii_lowercase();
    Listed {
        name: name.cloned().unwrap_or_default(),
        state: State::Active,
        closed: None,
        units: Some(vec![id.clone()]),
        account_type: Some(AccountType::Customer),
        within: None,
        id,
    }
}

fn of_sold(sold: &Sold) -> Listed {
    Listed {
        id: sold.id.clone(),
        name: sold.name.clone(),
        state: match sold.status.as_str() {
            "active" => State::Active,
            "pending" => State::Pending,
            "suspended" => State::Suspended,
            "deleted" | "expired" | "disabled" => State::Closed,
            _ => State::Other,
        },
        closed: None,
        units: Some(vec![sold.customer.clone()]),
        account_type: None,
        within: Some(sold.customer.clone()),
    }
}

/// The names of customers: no call beyond the listing.
pub async fn unit_names(
    case: &Case<'_>,
    units: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Unlisted> {
    let (way, token) = session(case).await?;
    let customers = case.csp.customers(way, &token).await;
    let customers =
        customers.map_err(|trouble| Unlisted::from(trouble.answer("list customers")))?;
    let named = customers.iter().map(|customer| {
        let listed = of_customer(customer);
        (listed.id, listed.name)
    });
    Ok(named.filter(|(id, _)| units.contains(id)).collect())
}

/// The token that lists.
async fn session<'a>(case: &Case<'a>) -> Result<(&'a str, std::sync::Arc<Token>), Unlisted> {
    let Some(way) = case.credentials().into_iter().next() else {
        let answer = Answer::skipped("no credential is declared for it")
            .remedy("name one: `partner_center:` or `partner_api:` of the organization");
        return Err(answer.into());
    };
    let signed = case.sign_in(way, Resource::PartnerCenter).await;
    let token = signed.map_err(|unsigned| {
        let why = match unsigned {
            Unsigned::Secret(error) => error.to_string(),
            Unsigned::Unasked(why) => why,
            Unsigned::Trouble { trouble, .. } => trouble.explained(),
        };
        let answer = Answer::skipped(format!("`{way}` cannot sign in: {why}"))
            .remedy(format!("`bursar check credential/{way}` says what to do"));
        Unlisted::Unsigned {
            credential: way.to_owned(),
            answer: Box::new(answer.clean()),
        }
    })?;
    Ok((way, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bought(value: serde_json::Value) -> Subscription {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_billed_by_use_goes_by_its_id_in_azure() {
        use serde_json::json;
        let old = bought(json!({
            "id": "AA", "entitlementId": "BB", "billingType": "usage", "status": "active",
        }));
        let licence = bought(json!({
            "id": "CC", "entitlementId": "DD", "billingType": "license", "status": "suspended",
            "offerName": "Microsoft 365",
        }));
        let old = of_subscription("T", &old);
        assert_eq!((old.id.as_str(), old.azure), ("bb", true));
        let licence = of_subscription("T", &licence);
        assert_eq!((licence.id.as_str(), licence.azure), ("cc", false));
        let listed = of_sold(&licence);
        assert_eq!(listed.name, "Microsoft 365");
        assert_eq!(listed.within.as_deref(), Some("t"));
        assert!(listed.state.is_inactive());
    }

    #[test]
    fn an_azure_plan_is_known_by_its_offer() {
        use serde_json::json;
        let plan = json!({"id": "x", "offerId": "DZH318Z0BPS6:0001:DZH318Z0BMTX"});
        assert!(bought(plan).is_azure_plan());
        assert!(!bought(json!({"id": "x", "offerId": "MS-AZR-0145P"})).is_azure_plan());
    }
}
