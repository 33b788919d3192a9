//! A whole good world: an organization with its payer and members, a legacy report and two data
//! exports delivered into a bucket, the role that reads them, and the user `ci` that may assume it.
//! All made by real requests, in accounts that no other world has; spoil.rs takes things away again.

mod deliveries;
mod make;
pub mod policies;
mod spoil;
mod text;

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::billing::Billing;
use super::billing::keys::root_key;
use super::client::{Answer, Client};
use super::front::Front;
use super::ministack::Ministack;
use super::sigv4::Key;
use super::web::runtime;
use policies::{BucketPolicy, ROLE};

const CUR: &str = "AWSOrigamiServiceGatewayService";

/// What is built.
#[derive(Debug, Clone)]
pub struct Setup {
    /// How many accounts there are beside the payer and the account of `ci`.
    pub members: usize,
    /// What every role demands.
    pub external_id: &'static str,
    pub bucket_region: &'static str,
    pub bucket_policy: BucketPolicy,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            members: 2,
            external_id: "acme-7f3k",
            bucket_region: "eu-west-1",
            bucket_policy: BucketPolicy::CheckPolicy,
        }
    }
}

/// One way in which cost data is delivered here, under the name that it has everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The legacy report `hourly`: CSV, overwritten.
    Hourly,
    /// The CUR 2.0 export `cur2`: Parquet, overwritten.
    Cur2,
    /// The FOCUS 1.2 export `focus`: CSV, overwritten.
    Focus,
}

impl Delivery {
    pub const ALL: [Self; 3] = [Self::Hourly, Self::Cur2, Self::Focus];

    pub fn name(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Cur2 => "cur2",
            Self::Focus => "focus",
        }
    }

    /// The prefix of its objects, as it is configured.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Hourly => "cur",
            Self::Cur2 => "exports",
            Self::Focus => "exports/focus",
        }
    }
}

pub struct World {
    /// What its accounts are numbered from.
    base: usize,
    pub front: Front,
    pub billing: Billing,
    pub setup: Setup,
    /// The id of the organization.
    pub organization: String,
    /// The management account.
    pub payer: String,
    /// The member with the user `ci`.
    pub tools: String,
    /// The other members.
    pub members: Vec<String>,
    pub bucket: String,
    /// The key of `ci`.
    pub ci: Key,
    /// When everything was made and delivered.
    pub made: Timestamp,
}

impl World {
    pub fn good() -> Self {
        Self::build(Setup::default())
    }

    /// # Panics
    /// If anything cannot be made.
    pub fn build(setup: Setup) -> Self {
        runtime().block_on(Self::made(setup, Ministack::shared()))
    }

    async fn made(setup: Setup, ministack: &Ministack) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let base = 110_000_000_000 + number * 10_000;
        let account = |which: usize| format!("{:012}", base + which);
        let billing = Billing::new(Some(ministack.url()));
        let others = 2..2 + setup.members;
        let mut world = Self {
            base,
            front: Front::new(&ministack.url(), &billing),
            billing,
            organization: format!("o-acme{number:06}"),
            payer: account(0),
            tools: account(1),
            members: others.map(account).collect(),
            bucket: format!("acme-costs-{number}"),
            ci: root_key("nobody"),
            made: Timestamp::now(),
            setup,
        };
        world.make_organization();
        world.make_user().await;
        for account in world.accounts() {
            world.make_role(&account).await;
        }
        world.make_bucket().await;
        world.make_report().await;
        world.make_exports().await;
        for delivery in Delivery::ALL {
            world.deliver(delivery).await;
        }
        // Keys that AWS knows were used, and some weeks old.
        let month = SignedDuration::from_hours(30 * 24);
        world.key_history(world.made - month, Some(world.made));
        world.front.forget_calls();
        world
    }

    /// The id of its nth account.
    ///
    /// # Panics
    /// If the world has no room for it.
    pub fn account(&self, which: usize) -> String {
        assert!(which < 10_000);
        format!("{:012}", self.base + which)
    }

    /// Every account: the payer, the one of `ci`, the others.
    pub fn accounts(&self) -> Vec<String> {
        let first = [self.payer.clone(), self.tools.clone()];
        first
            .into_iter()
            .chain(self.members.iter().cloned())
            .collect()
    }

    /// The ARN of the role in an account.
    pub fn role(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:role/{ROLE}")
    }

    /// The ARN of the user `ci`.
    pub fn user(&self) -> String {
        format!("arn:aws:iam::{}:user/ci", self.tools)
    }

    /// The root user of an account, through the front.
    pub fn root(&self, account: &str) -> Client {
        Client::new(&self.front.url(), root_key(account))
    }

    /// Gives the role of an account its policy, without these actions.
    async fn put_policy(&self, account: &str, without: &[&str]) {
        let policy = if account == self.payer {
            policies::payer(account, &self.bucket, without)
        } else {
            policies::member(without)
        };
        let policy = policy.to_string();
        let fields = [
            ("RoleName", ROLE),
            ("PolicyName", "read"),
            ("PolicyDocument", &*policy),
        ];
        iam(&self.root(account), "PutRolePolicy", &fields).await;
    }

    /// A request to the bucket by the payer's root user; `rest` follows the bucket's name.
    async fn s3(&self, method: &str, rest: &str, body: impl Into<Bytes>) -> Answer {
        let root = self.root(&self.payer).in_region(self.setup.bucket_region);
        root.s3(method, &format!("/{}{rest}", self.bucket), body)
            .await
    }

    /// The legacy report as it is declared and made.
    pub fn report(&self) -> Value {
        json!({
            "ReportName": Delivery::Hourly.name(),
            "TimeUnit": "HOURLY",
            "Format": "textORcsv",
            "Compression": "GZIP",
            "AdditionalSchemaElements": ["RESOURCES"],
            "S3Bucket": self.bucket,
            "S3Prefix": Delivery::Hourly.prefix(),
            "S3Region": self.setup.bucket_region,
            "AdditionalArtifacts": [],
            "RefreshClosedReports": true,
            "ReportVersioning": "OVERWRITE_REPORT",
            "ReportStatus": {
                "lastDelivery": self.made.strftime("%Y%m%dT%H%M%SZ").to_string(),
                "lastStatus": "SUCCESS",
            },
        })
    }

    async fn cur(&self, operation: &str, input: &Value) -> Answer {
        let target = format!("{CUR}.{operation}");
        self.root(&self.payer)
            .json("cur", "1.1", &target, input)
            .await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let wrong = self.billing.wrong();
        if std::thread::panicking() {
            eprintln!("requests:");
            for call in self.front.calls() {
                eprintln!("  {} {} {}", call.service, call.operation, call.status);
            }
            eprintln!("answers against the vendor's model: {wrong:#?}");
            eprintln!("{}", Ministack::shared().last_words());
        } else {
            assert!(
                wrong.is_empty(),
                "answers against the vendor's model: {wrong:#?}"
            );
        }
    }
}

/// # Panics
/// If IAM refuses.
async fn iam(root: &Client, action: &str, fields: &[(&str, &str)]) -> Answer {
    root.query("iam", action, fields).await.ok()
}
