//! Azure Advisor, API version 2023-01-01
//! (<https://learn.microsoft.com/rest/api/advisor/recommendations/list>).

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Resource, Session};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::{Kind, Trouble};

const LIST: Call = Call {
    name: "Advisor:Recommendations_List",
    action: "Microsoft.Advisor/recommendations/read",
};

/// Reads the first recommendation on costs of a subscription; whether there is one.
///
/// # Errors
/// Where they cannot be read.
pub async fn touch(session: &Session, subscription: &str) -> Result<bool, Trouble> {
    #[derive(Deserialize)]
    struct Page {
        value: Vec<IgnoredAny>,
    }
    let base = session.shared.cloud.arm();
    let url =
        format!("{base}/subscriptions/{subscription}/providers/Microsoft.Advisor/recommendations");
    let http = &session.shared.http;
    let mut url: url::Url = url
        .parse()
        .map_err(|_| http.trouble(Kind::Malformed, &LIST, "no address"))?;
    url.query_pairs_mut()
        .append_pair("api-version", "2023-01-01")
        .append_pair("$filter", "Category eq 'Cost'")
        .append_pair("$top", "1");
    let who = session.bearer(Resource::Arm);
    let page: Page = http.json(&LIST, Request::get(url), &who).await?;
    Ok(!page.value.is_empty())
}
