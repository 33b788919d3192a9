//! Signing in: tokens by credential and resource, each had once a run and renewed before it ends.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use tokio::sync::Mutex as AsyncMutex;

use super::entra::{self, Application};
use super::token::{Renewal, Token};
use super::voice;
use crate::credential::{CredentialError, Resolver, Secret, Writer};
use crate::env;
use crate::model::secret_ref::SecretRef;
use crate::model::spec::Credential;
use crate::provider::entra::Cause;
use crate::provider::http::Http;
use crate::provider::subject::Credentials;
use crate::provider::trouble::Trouble;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    PartnerCenter,
    Graph,
    Manager,
}

impl Resource {
    /// For an application by itself.
    const fn of_application(self) -> &'static str {
        match self {
            Self::PartnerCenter => "https://api.partnercenter.microsoft.com/.default",
            Self::Graph => "https://graph.microsoft.com/.default",
            Self::Manager => "https://management.azure.com/.default",
        }
    }

    /// For an application and its user. `offline_access` asks for the next refresh token.
    #[must_use]
    pub const fn of_user(self) -> &'static str {
        match self {
            Self::PartnerCenter => {
                "https://api.partnercenter.microsoft.com/user_impersonation offline_access"
            }
            Self::Graph => "https://graph.microsoft.com/.default offline_access",
            Self::Manager => "https://management.azure.com/user_impersonation offline_access",
        }
    }
}

/// Why there is no token.
#[derive(Debug, Clone)]
pub enum Unsigned {
    /// Its secret is not at hand.
    Secret(CredentialError),
    /// It is not asked for here: why.
    Unasked(String),
    /// Entra gave none.
    Trouble {
        trouble: Trouble,
        /// The secret belongs to `application_id`, not to `client_id`: the ids are exchanged.
        exchanged: bool,
    },
}

impl From<CredentialError> for Unsigned {
    fn from(error: CredentialError) -> Self {
        Self::Secret(error)
    }
}

/// A token, or why there is none; the same for all who ask.
pub type Signed = Result<Arc<Token>, Unsigned>;

/// A token is renewed this long before it ends.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    credential: String,
    resource: Resource,
    /// The tenant of a customer, where it is not the partner's own; of users only.
    tenant: Option<String>,
    user: bool,
}

/// Signs in with the credentials of a project.
pub struct Sessions<'a> {
    credentials: &'a dyn Credentials,
    resolver: &'a Resolver,
    tokens: Cells<Key, Option<Signed>>,
    /// The newest refresh token of each credential that was redeemed, and one redemption at a time.
    refresh: Cells<String, Option<Secret>>,
}

type Cells<K, V> = Mutex<HashMap<K, Arc<AsyncMutex<V>>>>;

fn cell<K: Hash + Eq, V: Default>(cells: &Cells<K, V>, key: K) -> Arc<AsyncMutex<V>> {
    let mut cells = cells.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(cells.entry(key).or_default())
}

/// The parts that both kinds of credential share.
struct Parts<'a> {
    tenant: &'a str,
    client: &'a str,
    application: &'a str,
    secret: &'a SecretRef,
}

impl<'a> Parts<'a> {
    fn of(credential: &'a Credential) -> Option<Self> {
        match credential {
            Credential::PartnerCenter(c) => Some(Self {
                tenant: &c.tenant_id,
                client: &c.client_id,
                application: &c.application_id,
                secret: &c.secret_key,
            }),
            Credential::PartnerApi(c) => Some(Self {
                tenant: &c.tenant_id,
                client: &c.client_id,
                application: &c.application_id,
                secret: &c.secret_key,
            }),
            _ => None,
        }
    }
}

impl<'a> Sessions<'a> {
    pub fn new(credentials: &'a dyn Credentials, resolver: &'a Resolver) -> Self {
        Self {
            credentials,
            resolver,
            tokens: Mutex::default(),
            refresh: Mutex::default(),
        }
    }

    /// The token of a credential's application by itself.
    pub async fn application(&self, http: &Http, credential: &str, resource: Resource) -> Signed {
        let key = Key {
            credential: credential.to_owned(),
            resource,
            tenant: None,
            user: false,
        };
        self.get(key, async || {
            self.of_application(http, credential, resource).await
        })
        .await
    }

    /// The token of a `partner_api`'s application and its user; in the tenant of a customer, where
    /// one is given. Redeems the refresh token, and writes the renewed one back.
    pub async fn user(
        &self,
        http: &Http,
        credential: &str,
        resource: Resource,
        tenant: Option<&str>,
    ) -> Signed {
        let key = Key {
            credential: credential.to_owned(),
            resource,
            tenant: tenant.map(str::to_owned),
            user: true,
        };
        self.get(key, async || {
            self.of_user(http, credential, resource, tenant).await
        })
        .await
    }

    /// What was had before, as long as it is good; else what asking brings. A refusal stands for the
    /// whole run.
    async fn get(&self, key: Key, ask: impl AsyncFnOnce() -> Signed) -> Signed {
        let cell = cell(&self.tokens, key);
        let mut held = cell.lock().await;
        match &*held {
            Some(Ok(token)) if token.expires - MARGIN <= env::wall_clock() => {}
            Some(known) => return known.clone(),
            None => {}
        }
        let signed = ask().await;
        *held = Some(signed.clone());
        signed
    }

    fn declared(&self, name: &str) -> Result<&'a Credential, Unsigned> {
        let none = || Unsigned::Unasked(format!("`{name}` is not declared"));
        self.credentials.credential(name).ok_or_else(none)
    }

    fn parts(&self, name: &str) -> Result<Parts<'a>, Unsigned> {
        let other = || Unsigned::Unasked(format!("`{name}` is none of a partner's credentials"));
        Parts::of(self.declared(name)?).ok_or_else(other)
    }

    async fn of_application(&self, http: &Http, name: &str, resource: Resource) -> Signed {
        let parts = self.parts(name)?;
        let secret = self.resolver.resolve(parts.secret)?;
        let application = Application {
            tenant: parts.tenant,
            client: parts.client,
            secret: &secret,
        };
        let scope = resource.of_application();
        match entra::of_application(http, application, scope).await {
            Ok(token) => Ok(Arc::new(token)),
            Err(trouble) => Err(self.told(http, &parts, &secret, trouble).await),
        }
    }

    async fn of_user(
        &self,
        http: &Http,
        name: &str,
        resource: Resource,
        tenant: Option<&str>,
    ) -> Signed {
        let Credential::PartnerApi(credential) = self.declared(name)? else {
            let why = format!("`{name}` has no refresh token, so there is no user");
            return Err(Unsigned::Unasked(why));
        };
        if self.resolver.for_pull_request() {
            return Err(Unsigned::Unasked(
                "plans of pull requests redeem no refresh token".to_owned(),
            ));
        }
        let newest = cell(&self.refresh, name.to_owned());
        let mut newest = newest.lock().await;
        let parts = self.parts(name)?;
        let secret = self.resolver.resolve(parts.secret)?;
        let spent = match &*newest {
            Some(renewed) => renewed.clone(),
            None => self.resolver.resolve(&credential.refresh_token)?,
        };
        // Before the old one is spent it is known where the new one goes.
        let place = Writer::beside(self.resolver).prepare(&credential.refresh_token);
        let application = Application {
            tenant: tenant.unwrap_or(parts.tenant),
            client: parts.client,
            secret: &secret,
        };
        let granted = entra::of_user(http, application, &spent, resource.of_user()).await;
        let mut granted = match granted {
            Ok(granted) => granted,
            Err(trouble) => return Err(self.told(http, &parts, &secret, trouble).await),
        };
        let renewal = match granted.refresh_token.take() {
            None => Renewal::Kept,
            Some(renewed) => {
                let stored = place.map_err(Renewal::Unstored).and_then(|place| {
                    let name = place.place().to_owned();
                    place.write(&renewed).map_err(Renewal::Lost).map(|()| name)
                });
                *newest = Some(renewed);
                if stored.is_ok() {
                    self.resolver.forget(&credential.refresh_token);
                }
                stored.map_or_else(|renewal| renewal, Renewal::Stored)
            }
        };
        granted.token.renewal = Some(Arc::new(renewal));
        Ok(Arc::new(granted.token))
    }

    /// A trouble, with what another try says about it: where Entra does not know the application or its
    /// secret, the two ids of the credential may be exchanged.
    async fn told(
        &self,
        http: &Http,
        parts: &Parts<'_>,
        secret: &Secret,
        trouble: Trouble,
    ) -> Unsigned {
        let doubtful = matches!(
            voice::cause(&trouble),
            Some(Cause::Secret | Cause::Application)
        );
        let two = !parts.client.eq_ignore_ascii_case(parts.application);
        let exchanged = doubtful && two && {
            let other = Application {
                tenant: parts.tenant,
                client: parts.application,
                secret,
            };
            let scope = Resource::Graph.of_application();
            entra::of_application(http, other, scope).await.is_ok()
        };
        Unsigned::Trouble { trouble, exchanged }
    }
}
