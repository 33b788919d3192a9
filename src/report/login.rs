//! How a sign-in went: for people, and as JSON. Never the token.

use schemars::JsonSchema;
use serde::Serialize;

use super::Look;

/// A sign-in that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The address of the credential.
    pub credential: String,
    pub name: String,
    pub client_id: String,
    pub tenant: String,
    pub user: Option<String>,
    pub mfa: Option<bool>,
    /// Where the token is stored.
    pub stored: String,
}

/// A sign-in: printed by `login partner --json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document {
    pub format_version: u32,
    /// The address of the credential.
    pub credential: String,
    pub client_id: String,
    pub tenant: String,
    /// Who signed in; null where the token does not say.
    pub user: Option<String>,
    /// Whether there was multifactor authentication; null where the token does not say.
    pub mfa: Option<bool>,
    /// Where the refresh token is stored.
    pub stored: String,
}

#[must_use]
pub fn document(done: &Done) -> Document {
    Document {
        format_version: 1,
        credential: done.credential.clone(),
        client_id: done.client_id.clone(),
        tenant: done.tenant.clone(),
        user: done.user.clone(),
        mfa: done.mfa,
        stored: done.stored.clone(),
    }
}

#[must_use]
pub fn render(done: &Done, _look: Look) -> String {
    let user = done.user.as_deref().map_or_else(
        || "Signed in".to_owned(),
        |user| format!("Signed in as {}", super::text::clean(user)),
    );
    let mut text = format!("{user}; the refresh token is stored ({})\n", done.stored);
    if done.mfa == Some(false) {
        text += "Warning: this was without multifactor authentication, and Partner Center refuses such \
                 tokens: demand MFA of the user in Entra, and sign in again\n";
    }
    text + &format!("Next: bursar check credential/{}\n", done.name)
}
