//! A whole good world: an organization with its payer and members, a legacy report and two data
//! exports delivered into a bucket, the role that reads them, and the user `ci` that may assume it.
//! All made by real requests, in accounts that no other world has; spoil.rs takes things away again.

mod deliveries;
pub mod policies;
mod spoil;
mod text;

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::billing::Billing;
use super::billing::hub::{Enrolment, Recommendation};
use super::billing::keys::{Caller, Policy, root_key};
use super::billing::optimizer;
use super::billing::organization::Organization;
use super::client::{Answer, Client};
use super::front::Front;
use super::ministack::Ministack;
use super::sigv4::Key;
use super::web::runtime;
use policies::{BucketPolicy, ROLE};

const CUR: &str = "AWSOrigamiServiceGatewayService";
const DATA_EXPORTS: &str = "AWSBillingAndCostManagementDataExports";

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
    /// The legacy report `hourly`: CSV, every version kept.
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
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let account = |which: u64| format!("{:012}", 110_000_000_000 + number * 10_000 + which);
        let billing = Billing::new(Some(ministack.url()));
        let others = 2..2 + u64::try_from(setup.members).unwrap();
        let mut world = Self {
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
        world.front.forget_calls();
        world
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

    fn make_organization(&self) {
        let mut organization = Organization::new(&self.organization, &self.payer, "Acme");
        let root = organization.root.clone();
        let unit = organization.unit("Workloads", &root);
        let inner = organization.unit("Production", &unit);
        organization.join(&self.tools, "Tools", &root);
        for (number, account) in self.members.iter().enumerate() {
            let parent = if number % 2 == 0 { &inner } else { &unit };
            let name = format!("Account {}", number + 1);
            let member = organization.join(account, &name, parent);
            member.tags.insert("team".to_owned(), "payments".to_owned());
        }
        for account in self.accounts() {
            self.billing.keys().learn_root(&account);
        }
        let recommendation = Recommendation {
            account: self.tools.clone(),
            region: "eu-west-1".to_owned(),
            action: "Rightsize".to_owned(),
            resource_type: "Ec2Instance".to_owned(),
            monthly_savings: 42.0,
        };
        let in_hub = Enrolment {
            members: true,
            recommendations: vec![recommendation],
        };
        let in_optimizer = optimizer::Enrolment {
            status: "Active",
            reason: None,
            members: true,
        };
        let mut state = self.billing.state();
        state.organizations.push(organization);
        state.hub.enrolled.insert(self.payer.clone(), in_hub);
        state
            .optimizer
            .enrolled
            .insert(self.payer.clone(), in_optimizer);
        state.support.subscribed.insert(self.payer.clone());
    }

    async fn make_user(&mut self) {
        let root = self.root(&self.tools);
        iam(&root, "CreateUser", &[("UserName", "ci")]).await;
        let policy = policies::user().to_string();
        let fields = [
            ("UserName", "ci"),
            ("PolicyName", "assume"),
            ("PolicyDocument", &*policy),
        ];
        iam(&root, "PutUserPolicy", &fields).await;
        let made = iam(&root, "CreateAccessKey", &[("UserName", "ci")]).await;
        self.ci = Key {
            id: made.element("AccessKeyId").unwrap(),
            secret: made.element("SecretAccessKey").unwrap(),
            token: None,
        };
        let caller = Caller {
            arn: self.user(),
            account: self.tools.clone(),
            policy: Policy::Of(self.user()),
        };
        self.billing.keys().learn(self.ci.clone(), caller, None);
    }

    async fn make_role(&self, account: &str) {
        let root = self.root(account);
        let trust = policies::trust(&self.user(), Some(self.setup.external_id)).to_string();
        let fields = [("RoleName", ROLE), ("AssumeRolePolicyDocument", &*trust)];
        iam(&root, "CreateRole", &fields).await;
        self.put_policy(account, &[]).await;
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

    async fn make_bucket(&self) {
        let region = self.setup.bucket_region;
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        );
        let body = if region == "us-east-1" {
            String::new()
        } else {
            place
        };
        self.s3("PUT", "", body).await.ok();
        let policy = self.setup.bucket_policy.document(&self.payer, &self.bucket);
        self.s3("PUT", "?policy", policy.to_string()).await.ok();
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
            "ReportVersioning": "CREATE_NEW_REPORT",
            "ReportStatus": {
                "lastDelivery": self.made.strftime("%Y%m%dT%H%M%SZ").to_string(),
                "lastStatus": "SUCCESS",
            },
        })
    }

    async fn make_report(&self) {
        let input = json!({"ReportDefinition": self.report()});
        self.cur("PutReportDefinition", &input).await.ok();
    }

    async fn cur(&self, operation: &str, input: &Value) -> Answer {
        let target = format!("{CUR}.{operation}");
        self.root(&self.payer)
            .json("cur", "1.1", &target, input)
            .await
    }

    async fn make_exports(&self) {
        let of = |delivery: Delivery, query: &str, configuration: Value, format: [&str; 2]| {
            json!({"Export": {
                "Name": delivery.name(),
                "DataQuery": {"QueryStatement": query, "TableConfigurations": configuration},
                "DestinationConfigurations": {"S3Destination": {
                    "S3Bucket": self.bucket,
                    "S3Prefix": delivery.prefix(),
                    "S3Region": self.setup.bucket_region,
                    "S3OutputConfigurations": {
                        "OutputType": "CUSTOM", "Format": format[0], "Compression": format[1],
                        "Overwrite": "OVERWRITE_REPORT",
                    },
                }},
                "RefreshCadence": {"Frequency": "SYNCHRONOUS"},
            }})
        };
        let cur2 = of(
            Delivery::Cur2,
            "SELECT bill_payer_account_id, line_item_unblended_cost, line_item_usage_account_id FROM COST_AND_USAGE_REPORT",
            json!({"COST_AND_USAGE_REPORT": {"TIME_GRANULARITY": "HOURLY", "INCLUDE_RESOURCES": "TRUE"}}),
            ["PARQUET", "PARQUET"],
        );
        let focus = of(
            Delivery::Focus,
            "SELECT BilledCost, BillingAccountId, SubAccountId FROM FOCUS_1_2_AWS",
            json!({"FOCUS_1_2_AWS": {"TIME_GRANULARITY": "DAILY"}}),
            ["TEXT_OR_CSV", "GZIP"],
        );
        for definition in [cur2, focus] {
            let target = format!("{DATA_EXPORTS}.CreateExport");
            let root = self.root(&self.payer);
            root.json("bcm-data-exports", "1.1", &target, &definition)
                .await
                .ok();
        }
        // They were made some days ago: what was made today may still wait for its first delivery.
        for export in &mut self.billing.state().exports {
            export.created = self.made - SignedDuration::from_hours(24 * 60);
            export.updated = export.created;
            export.delivered(self.made);
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let wrong = self.billing.wrong();
            assert!(
                wrong.is_empty(),
                "the stand-in broke the vendor's model: {wrong:#?}"
            );
        }
    }
}

/// # Panics
/// If IAM refuses.
async fn iam(root: &Client, action: &str, fields: &[(&str, &str)]) -> Answer {
    root.query("iam", action, fields).await.ok()
}
