//! Sessions: one for each credential, made when first needed and shared by all questions of a run.

use std::sync::Arc;

use super::dialect::DIALECT;
use super::signature::Signature;
use super::{Region, Session, identity};
use crate::credential::{CredentialError, Resolver, SigningKey};
use crate::env;
use crate::model::spec::{Credential, OciApiKey};
use crate::provider::Credentials;
use crate::provider::http::Http;
use crate::provider::once::Once;
use crate::provider::trouble::{Kind, Trouble};

/// Why there is no session.
#[derive(Debug, Clone)]
pub enum Unsigned {
    /// A secret is not at hand: another check speaks about that.
    Secret(CredentialError),
    /// The private key cannot be opened: checks that need no network say why.
    Unopened,
    /// The declaration does not say whom to ask.
    Unclear(String),
    /// OCI was asked.
    Trouble(Trouble),
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
            http: Arc::new(Http::new(&DIALECT, parallelism)),
            made: Once::default(),
        }
    }

    #[must_use]
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// The session of a credential.
    pub async fn get(&self, credential: &str) -> Signed {
        let make = || self.make(credential);
        self.made.get(credential.to_owned(), make).await
    }

    async fn make(&self, credential: &str) -> Signed {
        let Some(Credential::OciApiKey(declared)) = self.credentials.credential(credential) else {
            return Err(Unsigned::Unclear(format!(
                "`{credential}` is no credential for OCI"
            )));
        };
        let mut session = self.unasked(credential, declared)?;
        match identity::tenancy(&session).await {
            Ok((tenancy, reply)) => {
                session.facts = Some(tenancy);
                let date = reply.date();
                session.ahead = date.map(|theirs| env::wall_clock().duration_since(theirs));
            }
            // The signature was accepted: what the user may see is another question.
            Err(trouble) if trouble.kind == Kind::Denied => {}
            Err(trouble) => return Err(Unsigned::Trouble(trouble)),
        }
        Ok(Arc::new(session))
    }

    fn unasked(&self, credential: &str, declared: &OciApiKey) -> Result<Session, Unsigned> {
        let region = Region::find(&declared.region, &declared.tenancy).ok_or_else(|| {
            let message = format!("no region of OCI is called `{}`", declared.region);
            Unsigned::Unclear(message)
        })?;
        let secret = |reference| self.resolver.resolve(reference).map_err(Unsigned::Secret);
        let private = secret(&declared.private_key)?;
        let passphrase = declared.passphrase.as_ref().map(secret).transpose()?;
        let key = SigningKey::open(&private, passphrase.as_ref()).ok_or(Unsigned::Unopened)?;
        let fingerprint = declared.fingerprint.to_ascii_lowercase();
        let (tenancy, user) = (declared.tenancy.clone(), declared.user.clone());
        Ok(Session {
            credential: credential.to_owned(),
            signature: Signature {
                key_id: format!("{tenancy}/{user}/{fingerprint}"),
                key,
            },
            tenancy,
            user,
            fingerprint,
            region,
            facts: None,
            ahead: None,
            http: Arc::clone(&self.http),
        })
    }
}
