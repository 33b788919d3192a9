//! Resource providers of a subscription, API version 2022-09-01
//! (<https://learn.microsoft.com/rest/api/resources/providers/get>).

use serde::Deserialize;

use super::Session;
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

const GET: Call = Call {
    name: "Resources:Providers_Get",
    action: "Microsoft.Resources/subscriptions/providers/read",
};

/// How far a resource provider is registered in a subscription: `Registered`, `Registering`,
/// `NotRegistered`, `Unregistering`.
///
/// # Errors
/// Where it cannot be read.
pub async fn registration(
    session: &Session,
    subscription: &str,
    namespace: &str,
) -> Result<String, Trouble> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Provider {
        registration_state: String,
    }
    let path = format!("/subscriptions/{subscription}/providers/{namespace}");
    let found: Provider = session.get(&GET, &path, "2022-09-01").await?;
    Ok(found.registration_state)
}
