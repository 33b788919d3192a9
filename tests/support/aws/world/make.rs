//! Builds a world, by the requests that a person would make.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::policies::{self, ROLE};
use super::{Delivery, World, iam};
use crate::aws::billing::hub::{Enrolment, Recommendation};
use crate::aws::billing::keys::{Caller, Policy};
use crate::aws::billing::optimizer;
use crate::aws::billing::organization::Organization;
use crate::aws::sigv4::Key;

const DATA_EXPORTS: &str = "AWSBillingAndCostManagementDataExports";

impl World {
    pub(super) fn make_organization(&self) {
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

    pub(super) async fn make_user(&mut self) {
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

    pub(super) async fn make_role(&self, account: &str) {
        let root = self.root(account);
        let trust = policies::trust(&self.user(), Some(self.setup.external_id)).to_string();
        let fields = [("RoleName", ROLE), ("AssumeRolePolicyDocument", &*trust)];
        iam(&root, "CreateRole", &fields).await;
        self.put_policy(account, &[]).await;
    }

    pub(super) async fn make_bucket(&self) {
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

    pub(super) async fn make_report(&self) {
        let input = json!({"ReportDefinition": self.report()});
        self.cur("PutReportDefinition", &input).await.ok();
    }

    pub(super) async fn make_exports(&self) {
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
