//! Azure Advisor, API version 2023-01-01
//! (<https://learn.microsoft.com/rest/api/advisor/recommendations/list>).

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Session;
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

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
    let path = format!("/subscriptions/{subscription}/providers/Microsoft.Advisor/recommendations");
    let parameters = [("$filter", "Category eq 'Cost'"), ("$top", "1")];
    let page: Page = session
        .get_with(&LIST, &path, "2023-01-01", &parameters)
        .await?;
    Ok(!page.value.is_empty())
}
