//! Sessions: one for each credential (and for the machine's own chain one for each tenant), made when
//! first needed and shared by all questions of a run.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_identity::{
    ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions,
    ClientSecretCredential, ClientSecretCredentialOptions,
};

use super::chain::Chain;
use super::cloud::Cloud;
use super::federated::Federated;
use super::session::{Session, Shared};
use super::transport::{ENTRA, Sender, carried};
use super::voice;
use crate::credential::assertion::Signer;
use crate::credential::{CredentialError, Resolver, Secret};
use crate::env;
use crate::model::secret_ref::SecretRef;
use crate::model::spec::Credential;
use crate::provider::Credentials;
use crate::provider::http::Http;
use crate::provider::once::Once;
use crate::provider::trouble::{Kind, Trouble};

/// Why there is no session.
#[derive(Debug, Clone)]
pub enum Unsigned {
    /// A secret is not at hand: another check speaks about that.
    Secret(CredentialError),
    /// Entra gave no token.
    Trouble(Trouble),
    /// The declaration does not say enough, or something that cannot be.
    Unclear {
        why: String,
        what_to_do: &'static str,
    },
}

/// The outcome of signing in.
pub type Signed = Result<Arc<Session>, Unsigned>;

/// All sessions of a run.
pub struct Sessions<'a> {
    credentials: &'a dyn Credentials,
    resolver: &'a Resolver,
    shared: Arc<Shared>,
    sender: Arc<Sender>,
    made: Once<(String, Option<String>), Signed>,
}

impl<'a> Sessions<'a> {
    #[must_use]
    pub fn new(credentials: &'a dyn Credentials, resolver: &'a Resolver, http: Arc<Http>) -> Self {
        let cloud = Arc::new(Cloud::from_env());
        Self {
            credentials,
            resolver,
            sender: Arc::new(Sender {
                http: Arc::clone(&http),
                cloud: Arc::clone(&cloud),
            }),
            shared: Arc::new(Shared { http, cloud }),
            made: Once::default(),
        }
    }

    /// What all sessions share.
    #[must_use]
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The session of a credential. `tenant` is the one that it is used for, where it names none.
    pub async fn get(&self, name: &str, tenant: Option<&str>) -> Signed {
        let declared = self.credentials.credential(name);
        let own = match declared {
            Some(Credential::AzureDefault(one)) => one.tenant_id.as_deref().or(tenant),
            _ => None,
        };
        let key = (name.to_owned(), own.map(str::to_owned));
        let make = || async {
            let source = self.source(declared, own)?;
            Session::sign_in(Arc::clone(&self.shared), source)
                .await
                .map(Arc::new)
                .map_err(Unsigned::Trouble)
        };
        self.made.get(key, make).await
    }

    fn source(
        &self,
        declared: Option<&Credential>,
        tenant: Option<&str>,
    ) -> Result<Arc<dyn TokenCredential>, Unsigned> {
        match declared {
            Some(Credential::AzureClientSecret(one)) => {
                let secret = self.text(&one.client_secret)?;
                let secret = secret.expose_text().unwrap_or_default().to_owned();
                let options = ClientSecretCredentialOptions {
                    client_options: self.sender.options(),
                };
                ClientSecretCredential::new(
                    &one.tenant_id,
                    one.client_id.clone(),
                    secret.into(),
                    Some(options),
                )
                .map(|one| one as Arc<dyn TokenCredential>)
                .map_err(unclear)
            }
            Some(Credential::AzureCertificate(one)) => {
                let file = self.text(&one.certificate)?;
                let password = one.password.as_ref().map(|at| self.text(at)).transpose()?;
                let signer = Signer::read(&file, password.as_ref());
                let signer = signer.map_err(|unusable| Unsigned::Unclear {
                    why: unusable.why().to_owned(),
                    what_to_do: unusable.what_to_do(),
                })?;
                let authority = &self.shared.cloud.authority;
                let certificate = Certificate {
                    signer,
                    client_id: one.client_id.clone(),
                    audience: format!("{authority}/{}/oauth2/v2.0/token", one.tenant_id),
                };
                self.assertion(&one.tenant_id, &one.client_id, certificate)
            }
            Some(Credential::AzureFederated(one)) => {
                let federated = match &one.token {
                    Some(reference) => Federated::Declared(self.text(reference)?),
                    None => Federated::of_runner(&self.shared.http).map_err(Unsigned::Trouble)?,
                };
                self.assertion(&one.tenant_id, &one.client_id, federated)
            }
            Some(Credential::AzureDefault(_)) => {
                Chain::new(tenant, &self.sender, &self.shared.http)
                    .map(|chain| Arc::new(chain) as Arc<dyn TokenCredential>)
                    .map_err(unclear)
            }
            Some(Credential::AzureSas(_)) => Err(Unsigned::Unclear {
                why: "a shared access signature reads a container, and signs in to nothing else"
                    .to_owned(),
                what_to_do: "name it as `read_with` of an export, and another credential here",
            }),
            _ => Err(Unsigned::Unclear {
                why: "it is no credential for Azure".to_owned(),
                what_to_do: "name one: `azure_client_secret`, `azure_federated` and others",
            }),
        }
    }

    fn assertion<C: ClientAssertion + 'static>(
        &self,
        tenant: &str,
        client: &str,
        assertion: C,
    ) -> Result<Arc<dyn TokenCredential>, Unsigned> {
        let options = ClientAssertionCredentialOptions {
            client_options: self.sender.options(),
        };
        ClientAssertionCredential::new(
            tenant.to_owned(),
            client.to_owned(),
            assertion,
            Some(options),
        )
        .map(|one| one as Arc<dyn TokenCredential>)
        .map_err(unclear)
    }

    /// The secret behind a reference.
    ///
    /// # Errors
    /// Where it is not at hand.
    pub fn text(&self, reference: &SecretRef) -> Result<Secret, Unsigned> {
        self.resolver.resolve(reference).map_err(Unsigned::Secret)
    }
}

/// What azure_identity refuses before it asks anybody.
fn unclear(error: azure_core::Error) -> Unsigned {
    match carried(&error) {
        Some(trouble) => Unsigned::Trouble(trouble),
        None => Unsigned::Unclear {
            why: error.to_string(),
            what_to_do: "correct the credential in `bursar.yaml`",
        },
    }
}

/// An application that proves itself with its certificate.
struct Certificate {
    signer: Signer,
    client_id: String,
    audience: String,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate(***)")
    }
}

#[async_trait::async_trait]
impl ClientAssertion for Certificate {
    async fn secret(
        &self,
        _: Option<azure_core::http::ClientMethodOptions<'_>>,
    ) -> azure_core::Result<String> {
        let id = azure_core::Uuid::new_v4().to_string();
        let signed = self
            .signer
            .sign(&self.client_id, &self.audience, env::wall_clock(), &id);
        let signed = signed.map_err(|unusable| {
            let trouble = voice::new(Kind::NoCredentials, ENTRA.action, unusable.why());
            super::transport::carry(trouble)
        })?;
        Ok(signed.expose_text().unwrap_or_default().to_owned())
    }
}
