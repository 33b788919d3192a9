//! The chain behind `azure_default`: what Azure's own tools look for, in their order. An application in
//! the environment, a workload's token file, a managed identity, the Azure CLI.

use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
};

use super::federated::Federated;
use super::transport::{Sender, carried, carry};
use super::voice;
use crate::credential::Secret;
use crate::env;
use crate::provider::http::Http;
use crate::provider::trouble::{Kind, Trouble};

type Credential = Arc<dyn TokenCredential>;

/// Who is asked, one after the other, until one has a token.
pub struct Chain {
    links: Vec<(&'static str, Credential)>,
    /// The one that had a token.
    chosen: OnceLock<usize>,
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chain")
    }
}

impl Chain {
    /// The chain of this machine, for a tenant.
    ///
    /// # Errors
    /// Where a tenant or client id has no form of one.
    pub fn new(
        tenant: Option<&str>,
        sender: &Arc<Sender>,
        http: &Arc<Http>,
    ) -> azure_core::Result<Self> {
        let mut links: Vec<(&'static str, Credential)> = Vec::new();
        let client = env::get(env::AZURE_CLIENT_ID);
        let of_tenant = tenant
            .map(str::to_owned)
            .or_else(|| env::get(env::AZURE_TENANT_ID));
        if let (Some(tenant), Some(client)) = (&of_tenant, &client) {
            if let Some(secret) = env::get(env::AZURE_CLIENT_SECRET) {
                // Known to the net against secrets from here on.
                let secret = Secret::issued(secret);
                let text = secret.expose_text().unwrap_or_default().to_owned();
                let options = ClientSecretCredentialOptions {
                    client_options: sender.options(),
                };
                links.push((
                    "environment",
                    ClientSecretCredential::new(
                        tenant,
                        client.clone(),
                        text.into(),
                        Some(options),
                    )?,
                ));
            }
            if env::get(env::AZURE_FEDERATED_TOKEN_FILE).is_some()
                && let Ok(federated) = Federated::of_runner(http)
            {
                let options = ClientAssertionCredentialOptions {
                    client_options: sender.options(),
                };
                links.push((
                    "workload identity",
                    ClientAssertionCredential::new(
                        tenant.clone(),
                        client.clone(),
                        federated,
                        Some(options),
                    )?,
                ));
            }
        }
        let managed = || {
            let options = ManagedIdentityCredentialOptions {
                user_assigned_id: client.clone().map(UserAssignedId::ClientId),
                client_options: sender.options(),
            };
            ManagedIdentityCredential::new(Some(options))
        };
        // App Service and the like say that they have one; for a machine one has to ask, and wait.
        let said = env::get(env::IDENTITY_ENDPOINT).is_some();
        if said {
            links.push(("managed identity", managed()?));
        }
        let options = AzureCliCredentialOptions {
            tenant_id: tenant.map(str::to_owned),
            ..AzureCliCredentialOptions::default()
        };
        links.push(("Azure CLI", AzureCliCredential::new(Some(options))?));
        if !said && let Ok(managed) = managed() {
            links.push(("managed identity", managed));
        }
        Ok(Self {
            links,
            chosen: OnceLock::new(),
        })
    }
}

#[async_trait]
impl TokenCredential for Chain {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        if let Some((_, link)) = self.chosen.get().and_then(|at| self.links.get(*at)) {
            return link.get_token(scopes, options).await;
        }
        let mut said: Vec<String> = Vec::new();
        for (at, (name, link)) in self.links.iter().enumerate() {
            match link.get_token(scopes, options.clone()).await {
                Ok(token) => {
                    let _ = self.chosen.set(at);
                    return Ok(token);
                }
                Err(error) => match carried(&error) {
                    // Somebody is there and is refused: that is the answer.
                    Some(trouble) if *name != "managed identity" => return Err(carry(trouble)),
                    Some(trouble) => said.push(format!("{name}: {}", trouble.message)),
                    None => said.push(format!("{name}: {}", line(&error.to_string()))),
                },
            }
        }
        Err(carry(nobody(&said)))
    }
}

fn nobody(said: &[String]) -> Trouble {
    voice::new(
        Kind::NoCredentials,
        super::transport::ENTRA.action,
        said.join("; "),
    )
}

/// The first line of what a tool said.
fn line(text: &str) -> String {
    let text = text
        .trim_start_matches("AzureCliCredential authentication failed.")
        .trim();
    text.lines().next().unwrap_or_default().to_owned()
}
