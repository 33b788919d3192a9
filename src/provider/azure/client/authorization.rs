//! What the caller may do at a scope, API version 2022-04-01
//! (<https://learn.microsoft.com/rest/api/authorization/permissions>).

use serde::Deserialize;

use super::Session;
use crate::provider::azure::permissions::Permission;
use crate::provider::http::Call;
use crate::provider::trouble::Trouble;

const LIST: Call = Call {
    name: "Authorization:Permissions_List",
    action: "Microsoft.Authorization/permissions/read",
};

/// The permissions that the caller has at a scope, from all of its roles.
///
/// # Errors
/// Where they cannot be read.
pub async fn permissions(session: &Session, scope: &str) -> Result<Vec<Permission>, Trouble> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct One {
        actions: Option<Vec<String>>,
        not_actions: Option<Vec<String>>,
        data_actions: Option<Vec<String>>,
        not_data_actions: Option<Vec<String>>,
    }
    let path = format!("{scope}/providers/Microsoft.Authorization/permissions");
    let found: Vec<One> = session.list(&LIST, &path, "2022-04-01", &[]).await?;
    let permission = |one: One| Permission {
        actions: one.actions.unwrap_or_default(),
        not_actions: one.not_actions.unwrap_or_default(),
        data_actions: one.data_actions.unwrap_or_default(),
        not_data_actions: one.not_data_actions.unwrap_or_default(),
    };
    Ok(found.into_iter().map(permission).collect())
}
