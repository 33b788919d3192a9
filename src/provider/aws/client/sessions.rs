//! Sessions: one for each credential, and for roles by name one for each account, made when first
//! needed and shared by all questions of a run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials as Keys, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_types::timeout::TimeoutConfig;
use tokio::sync::OnceCell;

use super::{Arn, Kind, Partition, Principal, Session, Traffic, Trouble, sts, traffic, trouble};
use crate::credential::{CredentialError, Resolver, Secret};
use crate::model::spec::{AwsAccessKey, AwsRole, Credential};
use crate::provider::Credentials;

/// Why there is no session.
#[derive(Debug, Clone)]
pub enum Unsigned {
    /// A secret is not at hand: another check speaks about that.
    Secret(CredentialError),
    /// Signing in failed at this credential: the one that was asked for, or one that it builds on.
    Trouble {
        credential: String,
        trouble: Trouble,
    },
    /// The declaration does not say enough.
    Unclear(String),
}

/// The outcome of signing in.
pub type Signed = Result<Arc<Session>, Unsigned>;

/// What a session is made for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    credential: String,
    /// The account, where the credential is a role by name.
    account: Option<String>,
}

/// All sessions of a run.
pub struct Sessions<'a> {
    credentials: &'a dyn Credentials,
    resolver: &'a Resolver,
    traffic: Traffic,
    http: SharedHttpClient,
    made: Mutex<HashMap<Key, Arc<OnceCell<Signed>>>>,
    base: OnceCell<SdkConfig>,
}

/// Where a credential is used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The account, for roles by name.
    pub account: Option<&'a str>,
    /// The partition that the declaration speaks of, where the credential itself names none.
    pub partition: Option<Partition>,
}

impl<'a> Sessions<'a> {
    #[must_use]
    pub fn new(credentials: &'a dyn Credentials, resolver: &'a Resolver, traffic: Traffic) -> Self {
        Self {
            credentials,
            resolver,
            http: traffic::http(&traffic),
            traffic,
            made: Mutex::default(),
            base: OnceCell::new(),
        }
    }

    /// The session of a credential, where it is used.
    pub async fn get(&self, credential: &str, place: Place<'_>) -> Signed {
        let by_name = matches!(
            self.credentials.credential(credential),
            Some(Credential::AwsRole(role)) if role.role_arn.is_none()
        );
        let key = Key {
            credential: credential.to_owned(),
            account: place.account.filter(|_| by_name).map(str::to_owned),
        };
        self.cell(&key)
            .get_or_init(|| self.make(&key, place))
            .await
            .clone()
    }

    fn cell(&self, key: &Key) -> Arc<OnceCell<Signed>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(key.clone()).or_default())
    }

    async fn make(&self, key: &Key, place: Place<'_>) -> Signed {
        let here = |trouble| Unsigned::Trouble {
            credential: key.credential.clone(),
            trouble,
        };
        match self.credentials.credential(&key.credential) {
            Some(Credential::AwsDefault(declared)) => {
                let profile = declared.profile.as_deref();
                self.chain(profile, place.partition).await.map_err(here)
            }
            Some(Credential::AwsAccessKey(declared)) => {
                self.key(declared, place.partition, here).await
            }
            Some(Credential::AwsRole(declared)) => {
                let role_arn = self.role_arn(declared, place).await?;
                let source = self.source(declared, place).await?;
                self.role(&source, &role_arn, declared.external_id.as_deref())
                    .await
                    .map_err(here)
            }
            _ => Err(Unsigned::Unclear(format!(
                "`{}` is no credential for AWS",
                key.credential
            ))),
        }
    }

    /// The SDK's own chain.
    async fn chain(
        &self,
        profile: Option<&str>,
        partition: Option<Partition>,
    ) -> Result<Arc<Session>, Trouble> {
        let config = match profile {
            None => self.base().await.clone(),
            Some(_) => self.load(profile).await,
        };
        self.known(within(config, partition)).await
    }

    async fn key(
        &self,
        declared: &AwsAccessKey,
        near: Option<Partition>,
        here: impl Fn(Trouble) -> Unsigned,
    ) -> Signed {
        let halves =
            super::super::halves_of(declared, &|reference| self.resolver.resolve(reference));
        let (id, secret) = match halves {
            Ok(Some(halves)) => halves,
            Ok(None) => return Err(Unsigned::Unclear("the key has no secret half".to_owned())),
            Err(error) => return Err(Unsigned::Secret(error)),
        };
        let text = |secret: &Secret| secret.expose_text().map(str::to_owned);
        let (Some(id), Some(secret)) = (text(&id), text(&secret)) else {
            return Err(Unsigned::Unclear("the key is not text".to_owned()));
        };
        let keys = Keys::new(id.trim(), secret.trim(), None, None, "bursar");
        let user = declared.user_arn.as_deref().and_then(Arn::parse);
        let partition = user.map(|user| user.partition).or(near);
        let config = within(self.with(keys).await, partition);
        self.known(config).await.map_err(here)
    }

    /// The ARN of a role, from its name where need be.
    ///
    /// # Errors
    /// Where it has a name only and no account.
    pub async fn role_arn(&self, declared: &AwsRole, place: Place<'_>) -> Result<String, Unsigned> {
        if let Some(arn) = &declared.role_arn {
            return Ok(arn.clone());
        }
        let (Some(name), Some(account)) = (&declared.role_name, place.account) else {
            return Err(Unsigned::Unclear(
                "the role is given by its name, and there is no account to look for it in"
                    .to_owned(),
            ));
        };
        let partition = self.source(declared, place).await?.partition.word();
        Ok(format!("arn:{partition}:iam::{account}:role/{name}"))
    }

    /// The session that assumes a role.
    pub async fn source(&self, declared: &AwsRole, place: Place<'_>) -> Signed {
        let role = declared.role_arn.as_deref().and_then(Arn::parse);
        let place = Place {
            account: None,
            partition: role.map(|role| role.partition).or(place.partition),
        };
        if let Some(source) = &declared.source {
            return Box::pin(self.get(source, place)).await;
        }
        // The SDK's own chain, under a name that no credential has.
        let key = Key {
            credential: String::new(),
            account: None,
        };
        let chain = || async {
            let signed = self.chain(None, place.partition).await;
            signed.map_err(|trouble| Unsigned::Trouble {
                credential: String::new(),
                trouble,
            })
        };
        self.cell(&key).get_or_init(chain).await.clone()
    }

    async fn role(
        &self,
        source: &Session,
        role_arn: &str,
        external_id: Option<&str>,
    ) -> Result<Arc<Session>, Trouble> {
        let assumed = sts::assume_role(source, role_arn, external_id).await?;
        let config = within(self.with(assumed.credentials).await, Some(source.partition));
        self.session(config, assumed.arn, Some(role_arn.to_owned()))
    }

    /// Whether a role can be assumed without its external id: the trouble of trying.
    pub async fn assume_without(&self, source: &Session, role_arn: &str) -> Result<(), Trouble> {
        sts::assume_role(source, role_arn, None).await.map(|_| ())
    }

    async fn known(&self, config: SdkConfig) -> Result<Arc<Session>, Trouble> {
        let arn = sts::caller(&config, &self.traffic).await?;
        self.session(config, arn, None)
    }

    fn session(
        &self,
        config: SdkConfig,
        arn: String,
        role_arn: Option<String>,
    ) -> Result<Arc<Session>, Trouble> {
        let Some(read) = Arn::parse(&arn) else {
            return Err(trouble::new(
                Kind::Malformed,
                "sts:GetCallerIdentity",
                format!("`{arn}` is no ARN"),
            ));
        };
        Ok(Arc::new(Session {
            account: read.account.to_owned(),
            principal: Principal::of(&read),
            partition: read.partition,
            role_arn,
            config,
            traffic: self.traffic.clone(),
            arn,
        }))
    }

    /// The shared configuration with other keys.
    async fn with(&self, keys: Keys) -> SdkConfig {
        self.base()
            .await
            .to_builder()
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .build()
    }

    async fn base(&self) -> &SdkConfig {
        self.base.get_or_init(|| self.load(None)).await
    }

    async fn load(&self, profile: Option<&str>) -> SdkConfig {
        // Links of the chain that ask STS themselves, such as web identity, need some region.
        let home = Partition::Commercial.global();
        let mut usual = DefaultRegionChain::builder();
        if let Some(profile) = profile {
            usual = usual.profile_name(profile);
        }
        let region =
            RegionProviderChain::first_try(usual.build()).or_else(Region::from_static(home));
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(region)
            .http_client(self.http.clone())
            .timeout_config(timeouts());
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        loader.load().await
    }
}

/// The configuration in a region of the partition: one of another would be asked about keys that it
/// cannot know.
fn within(config: SdkConfig, partition: Option<Partition>) -> SdkConfig {
    let home = config.region().map(AsRef::as_ref).map(Partition::of_region);
    let region = match (home, partition) {
        (Some(home), Some(wanted)) if home != wanted => wanted.global(),
        (Some(_), _) => return config,
        (None, wanted) => wanted.unwrap_or(Partition::Commercial).global(),
    };
    config
        .into_builder()
        .region(Region::new(region.to_owned()))
        .build()
}

/// How long is waited: for a connection, for one try, and for all tries of one call.
fn timeouts() -> TimeoutConfig {
    let call = crate::env::call_timeout();
    let once = call / 3;
    TimeoutConfig::builder()
        .connect_timeout(once.min(std::time::Duration::from_secs(5)))
        .operation_attempt_timeout(once)
        .operation_timeout(call)
        .build()
}
