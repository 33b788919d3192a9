//! Partner Center's REST API, version 1: the partner, its customers and their subscriptions.
//!
//! <https://learn.microsoft.com/partner-center/developer/get-a-list-of-customers>,
//! <https://learn.microsoft.com/partner-center/developer/get-all-of-a-customer-s-subscriptions>,
//! <https://learn.microsoft.com/partner-center/developer/get-a-list-of-azure-entitlements-for-subscription>

use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::address;
use super::token::Token;
use crate::env;
use crate::provider::http::{Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

const PROFILE: Call = Call {
    name: "partnercenter:GetMpnProfile",
    action: "Partner Center: read the MPN profile",
};
const BILLING: Call = Call {
    name: "partnercenter:GetBillingProfile",
    action: "Partner Center: read the billing profile",
};
const CUSTOMERS: Call = Call {
    name: "partnercenter:ListCustomers",
    action: "Partner Center: list customers",
};
const SUBSCRIPTIONS: Call = Call {
    name: "partnercenter:ListSubscriptions",
    action: "Partner Center: list a customer's subscriptions",
};
const ENTITLEMENTS: Call = Call {
    name: "partnercenter:ListAzureEntitlements",
    action: "Partner Center: list an Azure plan's subscriptions",
};

/// Customers on a page: as many as Partner Center gives.
const PAGE: &str = "500";
/// More pages than any partner has.
const PAGES: usize = 4_000;

/// The partner's profile in Microsoft's partner programme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MpnProfile {
    pub mpn_id: String,
    #[serde(default)]
    pub partner_name: Option<String>,
}

/// How the partner itself is billed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillingProfile {
    #[serde(default)]
    pub billing_currency: Option<String>,
}

/// A customer of the partner.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The customer's tenant.
    pub id: String,
    #[serde(default)]
    pub company_profile: Company,
    /// `reseller` of a customer that buys through the partner.
    #[serde(default)]
    pub relationship_to_partner: Option<String>,
}

impl Customer {
    /// Whether it buys through the partner: only then there are subscriptions here.
    #[must_use]
    pub fn buys(&self) -> bool {
        let relation = self.relationship_to_partner.as_deref();
        relation.is_none_or(|relation| relation == "reseller")
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    #[serde(default)]
    pub company_name: Option<String>,
    #[serde(default)]
    pub domain: Option<String>,
}

/// What a customer bought: an Azure plan, an Azure subscription of the old kind, or something else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    pub id: String,
    /// Of an Azure subscription of the old kind: its id in Azure.
    #[serde(default)]
    pub entitlement_id: Option<String>,
    #[serde(default)]
    pub friendly_name: Option<String>,
    #[serde(default)]
    pub offer_id: Option<String>,
    #[serde(default)]
    pub offer_name: Option<String>,
    /// `none`, `active`, `suspended`, `deleted`, `expired`, `pending`, `disabled`.
    #[serde(default)]
    pub status: Option<String>,
    /// `usage` of what is billed by use, as Azure is.
    #[serde(default)]
    pub billing_type: Option<String>,
}

impl Subscription {
    /// Whether it is an Azure plan: Azure subscriptions are then its entitlements.
    #[must_use]
    pub fn is_azure_plan(&self) -> bool {
        let offer = self.offer_id.as_deref().unwrap_or_default();
        offer.to_ascii_uppercase().starts_with("DZH318Z0BPS6")
    }
}

/// An Azure subscription below an Azure plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entitlement {
    pub id: String,
    #[serde(default)]
    pub friendly_name: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
}

/// A collection of resources, or a page of one.
#[derive(Deserialize)]
struct Collection<T> {
    items: Vec<T>,
    #[serde(default)]
    links: Links,
}

#[derive(Default, Deserialize)]
struct Links {
    next: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    uri: String,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
struct Header {
    key: String,
    value: String,
}

fn base() -> String {
    env::endpoint("PARTNER_CENTER")
        .unwrap_or_else(|| "https://api.partnercenter.microsoft.com".to_owned())
}

fn at(http: &Http, call: &Call, segments: &[&str]) -> Result<Url, Trouble> {
    let mut all = vec!["v1"];
    all.extend(segments);
    address(http, call, &base(), &all)
}

fn request(url: Url) -> Request {
    Request::get(url).header(ACCEPT, HeaderValue::from_static("application/json"))
}

/// The profile of the partner that the user belongs to; only for an application and its user.
pub async fn mpn_profile(http: &Http, token: &Token) -> Result<MpnProfile, Trouble> {
    let url = at(http, &PROFILE, &["profiles", "mpn"])?;
    http.json(&PROFILE, request(url), token).await
}

/// How the partner is billed; only for an application and its user.
pub async fn billing_profile(http: &Http, token: &Token) -> Result<BillingProfile, Trouble> {
    let url = at(http, &BILLING, &["profiles", "billing"])?;
    http.json(&BILLING, request(url), token).await
}

/// All customers of the partner.
pub async fn customers(http: &Http, token: &Token) -> Result<Vec<Customer>, Trouble> {
    let mut url = at(http, &CUSTOMERS, &["customers"])?;
    url.query_pairs_mut().append_pair("size", PAGE);
    all(http, &CUSTOMERS, url, token).await
}

/// What a customer bought.
pub async fn subscriptions(
    http: &Http,
    token: &Token,
    customer: &str,
) -> Result<Vec<Subscription>, Trouble> {
    let url = at(
        http,
        &SUBSCRIPTIONS,
        &["customers", customer, "subscriptions"],
    )?;
    all(http, &SUBSCRIPTIONS, url, token).await
}

/// The Azure subscriptions of an Azure plan.
pub async fn entitlements(
    http: &Http,
    token: &Token,
    customer: &str,
    plan: &str,
) -> Result<Vec<Entitlement>, Trouble> {
    let segments = [
        "customers",
        customer,
        "subscriptions",
        plan,
        "azureEntitlements",
    ];
    let url = at(http, &ENTITLEMENTS, &segments)?;
    all(http, &ENTITLEMENTS, url, token).await
}

/// All pages of a collection.
async fn all<T: DeserializeOwned>(
    http: &Http,
    call: &'static Call,
    first: Url,
    token: &Token,
) -> Result<Vec<T>, Trouble> {
    let mut items = Vec::new();
    let mut page = request(first);
    for _ in 0..PAGES {
        let mut collection: Collection<T> = http.json(call, page, token).await?;
        let none = collection.items.is_empty();
        items.append(&mut collection.items);
        match collection.links.next {
            // A page without items after which there are more would never end.
            Some(next) if !none => page = follow(http, call, &next)?,
            _ => return Ok(items),
        }
    }
    Err(http.trouble(Kind::Malformed, call, "the list has no end"))
}

/// The next page. Its address is one below Partner Center's own, whatever it says.
fn follow(http: &Http, call: &'static Call, link: &Link) -> Result<Request, Trouble> {
    let strange = || {
        http.trouble(
            Kind::Malformed,
            call,
            "the address of the next page is strange",
        )
    };
    let (path, query) = link.uri.split_once('?').unwrap_or((&link.uri, ""));
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("v1/").unwrap_or(path);
    let segments: Vec<&str> = path.split('/').collect();
    if segments.iter().any(|part| part.is_empty() || *part == "..") || path.contains(':') {
        return Err(strange());
    }
    let mut url = at(http, call, &segments)?;
    url.set_query(Some(query).filter(|query| !query.is_empty()));
    let mut next = request(url);
    for header in &link.headers {
        // Only what continues the list: a server sets no other header of ours.
        if header.key.eq_ignore_ascii_case("MS-ContinuationToken") {
            let value = HeaderValue::from_str(&header.value).map_err(|_| strange())?;
            next = next.header(HeaderName::from_static("ms-continuationtoken"), value);
        }
    }
    Ok(next)
}
