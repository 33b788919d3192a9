//! Azure Resource Manager, in the tenant of a customer: Advisor.
//!
//! <https://learn.microsoft.com/rest/api/advisor/recommendations/list>

use serde::Deserialize;

use super::address;
use super::token::Token;
use crate::env;
use crate::provider::http::{Call, Http, Request};
use crate::provider::trouble::Trouble;

const RECOMMENDATIONS: Call = Call {
    name: "advisor:ListRecommendations",
    action: "Microsoft.Advisor/recommendations/read",
};

#[derive(Deserialize)]
struct Page {
    value: Vec<serde_json::Value>,
}

/// How many cost recommendations the first page of a subscription has.
pub async fn recommendations(
    http: &Http,
    token: &Token,
    subscription: &str,
) -> Result<usize, Trouble> {
    let base =
        env::endpoint("AZURE_ARM").unwrap_or_else(|| "https://management.azure.com".to_owned());
    let segments = [
        "subscriptions",
        subscription,
        "providers",
        "Microsoft.Advisor",
        "recommendations",
    ];
    let mut url = address(http, &RECOMMENDATIONS, &base, &segments)?;
    url.query_pairs_mut()
        .append_pair("api-version", "2023-01-01")
        .append_pair("$filter", "Category eq 'Cost'")
        .append_pair("$top", "1");
    let page: Page = http
        .json(&RECOMMENDATIONS, Request::get(url), token)
        .await?;
    Ok(page.value.len())
}
