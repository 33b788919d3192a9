//! The token of a GitHub runner: who the workflow is, signed by GitHub. Source: GitHub's page "OpenID
//! Connect reference", with the two variables that a job gets under `permissions: id-token: write`.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use url::Url;

use crate::credential::Secret;
use crate::env;
use crate::provider::http::{Anonymous, Call, Http, Request};
use crate::provider::trouble::{Kind, Trouble};

use super::GOOGLE;

const CALL: Call = Call {
    name: "GitHub:IdToken",
    action: "id-token: write",
};

/// Asks the runner for a token with this audience.
pub(super) async fn token(http: &Http, audience: &str) -> Result<Secret, Trouble> {
    #[derive(Deserialize)]
    struct Given {
        value: String,
    }
    let none = |message: &str| Trouble::new(&GOOGLE, Kind::NoCredentials, CALL.action, message);
    let (Some(at), Some(pass)) = (
        env::get(env::ACTIONS_ID_TOKEN_REQUEST_URL),
        env::get(env::ACTIONS_ID_TOKEN_REQUEST_TOKEN),
    ) else {
        return Err(none(
            "this is no GitHub runner, or its job lacks `permissions: id-token: write`, and the \
             credential has no `token` of its own",
        ));
    };
    let pass = Secret::issued(pass);
    let mut url = Url::parse(&at).map_err(|_| none("the runner's address for tokens is none"))?;
    url.query_pairs_mut().append_pair("audience", audience);
    let text = format!("Bearer {}", pass.expose_text().unwrap_or_default());
    let mut value =
        HeaderValue::from_str(&text).map_err(|_| none("the runner's pass is no text"))?;
    value.set_sensitive(true);
    let request = Request::get(url).header(AUTHORIZATION, value);
    let given: Given = http.json(&CALL, request, &Anonymous).await?;
    Ok(Secret::issued(given.value))
}
