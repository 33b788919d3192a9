//! Signing in as a partner's user: the consent address, what the browser brings back, and the
//! exchange for a refresh token. RFC 6749 with PKCE (RFC 7636) and a loopback redirect (RFC 8252).
//!
//! Never prints, opens no browser, listens on nothing: that is the command's work.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::client::{self, Exchange, Resource, Token};
use crate::credential::Secret;
use crate::model::spec::PartnerApi;
use crate::provider::entra::Refusal;
use crate::provider::trouble::Trouble;

pub use super::client::Client;

/// A sign-in that was begun.
pub struct SignIn {
    /// Where the user consents. No secret: the state and the challenge are good for nothing alone.
    pub address: Url,
    /// Where the browser is sent afterwards.
    pub redirect: String,
    state: String,
    verifier: Secret,
}

/// What the browser brought back.
#[derive(Debug)]
pub enum Brought {
    /// The code that is exchanged for tokens.
    Code(Secret),
    /// Entra said no, or the user did.
    Refused(Refusal),
    /// It does not belong to this sign-in: why.
    Foreign(&'static str),
}

/// A user who signed in.
pub struct SignedIn {
    /// Entra gives none where the scope `offline_access` was refused.
    pub refresh_token: Option<Secret>,
    pub user: Option<String>,
    pub tenant: Option<String>,
    /// Whether there was a second factor; none where the token does not say.
    pub mfa: Option<bool>,
}

/// Random bytes as text that fits into addresses.
fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Why a sign-in could not begin.
#[derive(Debug, thiserror::Error)]
pub enum CannotBegin {
    #[error("this machine gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("{}", .0.explained())]
    Address(Trouble),
}

impl SignIn {
    /// Begins one, for a redirect address that the application knows.
    ///
    /// # Errors
    /// Without random bytes, or with an authority that is no address.
    pub fn begin(
        client: &Client,
        credential: &PartnerApi,
        redirect: &str,
    ) -> Result<Self, CannotBegin> {
        let state = random()?;
        let verifier = random()?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let scope = Resource::PartnerCenter.of_user();
        let fields = [
            ("client_id", credential.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", redirect),
            ("response_mode", "query"),
            ("scope", scope),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("prompt", "select_account"),
        ];
        let address = client::authorize_address(&client.entra, &credential.tenant_id, &fields)
            .map_err(CannotBegin::Address)?;
        Ok(Self {
            address,
            redirect: redirect.to_owned(),
            state,
            verifier: Secret::issued(verifier),
        })
    }

    /// What the query of a redirect brings. Only this sign-in's state makes it count.
    #[must_use]
    pub fn brought(&self, query: &str) -> Brought {
        let mut code = None;
        let mut state = None;
        let mut error = None;
        let mut description = String::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                // Whatever it is worth, it is nobody else's business.
                "code" => code = Some(Secret::issued(value)),
                "state" => state = Some(value),
                "error" => error = Some(value),
                "error_description" => description = value,
                _ => {}
            }
        }
        match (state, error, code) {
            (None, ..) => Brought::Foreign("it carries no state"),
            (Some(state), ..) if state != self.state => {
                Brought::Foreign("its state is not the one of this sign-in")
            }
            (_, Some(error), _) => Brought::Refused(Refusal::of_redirect(&error, &description)),
            (_, None, Some(code)) if !code.expose().is_empty() => Brought::Code(code),
            _ => Brought::Foreign("it carries no code"),
        }
    }

    /// What somebody pasted: the whole address that the browser was sent to, or the code alone. The
    /// code alone has no state; PKCE still ties it to this sign-in.
    #[must_use]
    pub fn pasted(&self, text: &str) -> Brought {
        let text = text.trim().trim_matches(['"', '\'']);
        if let Some((_, query)) = text.split_once('?') {
            return self.brought(query.split('#').next().unwrap_or_default());
        }
        if text.contains("code=") {
            return self.brought(text);
        }
        if text.is_empty() || text.contains("://") || text.contains(char::is_whitespace) {
            return Brought::Foreign("it is neither the address with the code nor the code");
        }
        Brought::Code(Secret::issued(text.to_owned()))
    }

    /// Exchanges a code. It is good once.
    ///
    /// # Errors
    /// Where Entra gives nothing for it.
    pub async fn exchange(
        &self,
        client: &Client,
        credential: &PartnerApi,
        secret: &Secret,
        code: &Secret,
    ) -> Result<SignedIn, Trouble> {
        let exchange = Exchange {
            code,
            verifier: &self.verifier,
            redirect: &self.redirect,
            scope: Resource::PartnerCenter.of_user(),
        };
        let application = client::Application {
            tenant: &credential.tenant_id,
            client: &credential.client_id,
            secret,
        };
        let granted = client::of_code(&client.entra, application, exchange).await?;
        Ok(signed_in(&granted.token, granted.refresh_token))
    }
}

fn signed_in(token: &Token, refresh_token: Option<Secret>) -> SignedIn {
    let claims = token.claims.as_ref();
    SignedIn {
        refresh_token,
        user: claims.and_then(|claims| claims.user.clone()),
        tenant: claims.and_then(|claims| claims.tenant.clone()),
        mfa: claims
            .and_then(|claims| claims.methods.as_ref())
            .map(|methods| methods.iter().any(|method| method == "mfa")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in() -> SignIn {
        let credential: PartnerApi = serde_json::from_value(serde_json::json!({
            "tenant_id": "t", "client_id": "c", "application_id": "a",
            "secret_key": {"env": "S"}, "refresh_token": {"file": "r"},
        }))
        .unwrap();
        SignIn::begin(&Client::new(1), &credential, "http://localhost:4711").unwrap()
    }

    fn query(sign_in: &SignIn, name: &str) -> String {
        let mut pairs = sign_in.address.query_pairs();
        pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
    }

    #[test]
    fn the_address_holds_state_and_challenge_but_no_verifier() {
        let (one, two) = (sign_in(), sign_in());
        assert_ne!(query(&one, "state"), query(&two, "state"));
        assert_eq!(query(&one, "code_challenge_method"), "S256");
        // RFC 7636: 43 characters are the digest of SHA-256.
        assert_eq!(query(&one, "code_challenge").len(), 43);
        let verifier = one.verifier.expose_text().unwrap();
        assert!(verifier.len() >= 43 && !one.address.as_str().contains(verifier));
        let digest = Sha256::digest(verifier.as_bytes());
        assert_eq!(
            query(&one, "code_challenge"),
            URL_SAFE_NO_PAD.encode(digest)
        );
        assert!(query(&one, "scope").contains("offline_access"));
        assert!(one.address.path().ends_with("/t/oauth2/v2.0/authorize"));
    }

    #[test]
    fn only_what_carries_the_state_counts() {
        let one = sign_in();
        let state = query(&one, "state");
        let brought = |query: &str| one.brought(query);
        let good = brought(&format!("code=abc%2B1&state={state}&session_state=x"));
        assert!(matches!(good, Brought::Code(code) if code.expose() == b"abc+1"));
        for foreign in [
            "code=abc",
            "code=abc&state=other",
            "error=access_denied&state=other",
            "",
            &format!("state={state}"),
            &format!("state={state}&code="),
        ] {
            assert!(matches!(brought(foreign), Brought::Foreign(_)), "{foreign}");
        }
        let no = brought(&format!(
            "error=access_denied&error_description=AADSTS65004%3A+no&state={state}"
        ));
        assert!(matches!(no, Brought::Refused(refusal) if refusal.code == Some(65_004)));
    }

    #[test]
    fn an_address_or_a_code_can_be_pasted() {
        let one = sign_in();
        let state = query(&one, "state");
        let address = format!("  http://localhost:4711/?code=abc&state={state}#frag \r\n");
        assert!(matches!(one.pasted(&address), Brought::Code(code) if code.expose() == b"abc"));
        assert!(matches!(one.pasted("0.AXkA-abc_1"), Brought::Code(_)));
        for wrong in [
            "",
            " ",
            "two words",
            "https://example.com/",
            "http://localhost/?code=abc&state=other",
            "code=abc",
        ] {
            assert!(matches!(one.pasted(wrong), Brought::Foreign(_)), "{wrong}");
        }
    }
}
