//! Sessions: one for each credential, made when first needed and shared by all questions of a run.

use std::sync::Arc;

use google_cloud_auth::credentials::Credentials as Source;
use serde::Deserialize;

use super::session::Tokens;
use super::{GOOGLE, Session, sign_in};
use crate::credential::{CredentialError, Resolver, Secret};
use crate::model::spec::Credential;
use crate::provider::Credentials;
use crate::provider::http::{Call, Http, Request};
use crate::provider::once::Once;
use crate::provider::trouble::Trouble;

const USER_INFO: Call = Call {
    name: "OAuth2:UserInfo",
    action: "userinfo.email",
};

/// Why there is no session.
#[derive(Debug, Clone)]
pub enum Unsigned {
    /// A secret is not at hand: another check speaks about that.
    Secret(CredentialError),
    Trouble(Trouble),
    /// The declaration does not say enough.
    Unclear(String),
}

/// The outcome of signing in.
pub type Signed = Result<Arc<Session>, Unsigned>;

/// All sessions of a run.
pub struct Sessions<'a> {
    credentials: &'a dyn Credentials,
    resolver: &'a Resolver,
    http: Arc<Http>,
    made: Once<String, Signed>,
}

/// Who a credential is, as far as it says so itself.
#[derive(Default)]
struct Who {
    email: Option<String>,
    member: Option<String>,
    home: Option<String>,
    key_id: Option<String>,
}

impl<'a> Sessions<'a> {
    #[must_use]
    pub fn new(
        credentials: &'a dyn Credentials,
        resolver: &'a Resolver,
        parallelism: usize,
    ) -> Self {
        Self {
            credentials,
            resolver,
            http: Arc::new(Http::new(&GOOGLE, parallelism)),
            made: Once::default(),
        }
    }

    /// What all sessions send with.
    #[must_use]
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// The session of a credential; a first token was had for it.
    pub async fn get(&self, credential: &str) -> Signed {
        let make = || self.make(credential);
        self.made.get(credential.to_owned(), make).await
    }

    async fn make(&self, name: &str) -> Signed {
        let (source, impersonate, who) = match self.credentials.credential(name) {
            Some(Credential::GcpDefault(declared)) => {
                let source = sign_in::default().map_err(Unsigned::Trouble)?;
                (source, declared.impersonate.as_deref(), Who::default())
            }
            Some(Credential::GcpServiceAccount(declared)) => {
                let key = self
                    .resolver
                    .resolve(&declared.key)
                    .map_err(Unsigned::Secret)?;
                let who = Who::of_key(&key);
                (sign_in::key(&key).map_err(Unsigned::Trouble)?, None, who)
            }
            Some(Credential::GcpWorkloadIdentity(declared)) => {
                let token = declared.token.as_ref();
                let token =
                    sign_in::Token::of(token, &declared.audience, self.resolver, &self.http)
                        .map_err(Unsigned::Secret)?;
                let source =
                    sign_in::federated(&declared.audience, token).map_err(Unsigned::Trouble)?;
                let who = Who::of_pool(&declared.audience);
                (source, declared.impersonate.as_deref(), who)
            }
            _ => {
                return Err(Unsigned::Unclear(format!(
                    "`{name}` is no credential for Google Cloud"
                )));
            }
        };
        let who = impersonate.map_or(who, Who::of_account);
        self.session(name, source, impersonate, who).await
    }

    async fn session(
        &self,
        name: &str,
        source: Source,
        impersonate: Option<&str>,
        who: Who,
    ) -> Signed {
        let mut session = Session {
            credential: name.to_owned(),
            email: who.email,
            member: who.member,
            home: who.home,
            key_id: who.key_id,
            http: Arc::clone(&self.http),
            tokens: Tokens::new(source, impersonate),
        };
        let ticket = session
            .tokens
            .ticket(&session.http)
            .await
            .map_err(Unsigned::Trouble)?;
        if session.member.is_none() {
            let quota = ticket
                .quota_project
                .as_ref()
                .and_then(|value| value.to_str().ok());
            session.home = quota.map(str::to_owned);
            // Application default credentials don't say who they are; Google may.
            if let Ok(email) = user_info(&session).await {
                let who = Who::of_email(&email);
                session.home = session.home.or(who.home);
                session.email = Some(email);
                session.member = who.member;
            }
        }
        Ok(Arc::new(session))
    }
}

async fn user_info(session: &Session) -> Result<String, Trouble> {
    #[derive(Deserialize)]
    struct Info {
        email: String,
    }
    let url = super::url(&USER_INFO, "www", "/oauth2/v2/userinfo", &[])?;
    let info: Info = session
        .http
        .json(&USER_INFO, Request::get(url), session)
        .await?;
    Ok(info.email)
}

impl Who {
    /// A service account, by its address: made by a user, it ends in its project.
    fn of_account(email: &str) -> Self {
        Self {
            home: home(email),
            member: Some(format!("serviceAccount:{email}")),
            email: Some(email.to_owned()),
            key_id: None,
        }
    }

    fn of_email(email: &str) -> Self {
        if email.ends_with("gserviceaccount.com") {
            Self::of_account(email)
        } else {
            Self {
                member: Some(format!("user:{email}")),
                email: Some(email.to_owned()),
                ..Self::default()
            }
        }
    }

    fn of_key(key: &Secret) -> Self {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Key {
            client_email: String,
            project_id: Option<String>,
            private_key_id: Option<String>,
        }
        let key: Key = serde_json::from_slice(key.expose()).unwrap_or_default();
        Self {
            home: key.project_id,
            key_id: key.private_key_id,
            ..Self::of_account(&key.client_email)
        }
    }

    /// Whoever comes through a pool. IAM grants roles to all of it, or to parts by their attributes.
    fn of_pool(audience: &str) -> Self {
        let path = audience
            .split("iam.googleapis.com/")
            .nth(1)
            .unwrap_or_default();
        let number = path.split('/').nth(1).filter(|number| !number.is_empty());
        let pool = path.split("/providers/").next().unwrap_or_default();
        Self {
            member: Some(format!("principalSet://iam.googleapis.com/{pool}/*")),
            home: number.map(str::to_owned),
            ..Self::default()
        }
    }
}

/// The project of a service account that a user made, `name@PROJECT.iam.gserviceaccount.com`.
fn home(email: &str) -> Option<String> {
    let (_, domain) = email.split_once('@')?;
    let project = domain.strip_suffix(".iam.gserviceaccount.com")?;
    // Of a project with a domain (`example.com:name`) it says `name.example.com`.
    Some(match project.split_once('.') {
        Some((name, domain)) => format!("{domain}:{name}"),
        None => project.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_somebody_is_says_where_calls_are_counted() {
        let account = Who::of_account("bursar@acme-billing.iam.gserviceaccount.com");
        assert_eq!(account.home.as_deref(), Some("acme-billing"));
        assert_eq!(
            home("x@acme.example.com.iam.gserviceaccount.com").as_deref(),
            Some("example.com:acme")
        );
        assert_eq!(home("123-compute@developer.gserviceaccount.com"), None);
        let pool = Who::of_pool(
            "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/providers/oidc",
        );
        assert_eq!(pool.home.as_deref(), Some("123456789012"));
        assert_eq!(
            pool.member.as_deref(),
            Some(
                "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/*"
            )
        );
        assert_eq!(
            Who::of_email("ana@acme.example").member.as_deref(),
            Some("user:ana@acme.example")
        );
    }
}
