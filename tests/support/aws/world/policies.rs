//! The policies of a good world: least privilege, and the three right forms of a bucket's policy.

use serde_json::{Value, json};

/// The role in every account.
pub const ROLE: &str = "BursarReader";

/// Who may assume a role.
pub fn trust(principal: &str, external_id: Option<&str>) -> Value {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    });
    if let Some(external_id) = external_id {
        statement["Condition"] = json!({"StringEquals": {"sts:ExternalId": external_id}});
    }
    document(vec![statement])
}

/// What the user `ci` may do: assume the role everywhere, and look at its own keys. (ministack asks
/// for what concerns keys on `*`; AWS takes the user's own ARN.)
pub fn user() -> Value {
    document(vec![
        json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": format!("arn:aws:iam::*:role/{ROLE}")}),
        json!({"Effect": "Allow", "Action": ["iam:GetAccessKeyLastUsed", "iam:ListAccessKeys"], "Resource": "*"}),
    ])
}

/// What the role may do in a member account. (ministack asks for the simulation on `*`; AWS takes
/// the role's own ARN.)
pub fn member(without: &[&str]) -> Value {
    granted(
        &[(
            &[
                "organizations:DescribeOrganization",
                "iam:SimulatePrincipalPolicy",
            ],
            vec!["*".to_owned()],
            None,
        )],
        without,
    )
}

/// What the role may do in the payer: exactly what is needed, without these actions.
pub fn payer(account: &str, bucket: &str, without: &[&str]) -> Value {
    let everything = || vec!["*".to_owned()];
    let bucket = format!("arn:aws:s3:::{bucket}");
    let prefixes = ["cur/*", "exports/*"];
    let below = json!({"StringLike": {"s3:prefix": prefixes}});
    let objects = prefixes.map(|prefix| format!("{bucket}/{prefix}")).to_vec();
    granted(
        &[
            (
                &["s3:GetBucketLocation", "s3:GetBucketPolicy"],
                vec![bucket.clone()],
                None,
            ),
            (&["s3:ListBucket"], vec![bucket], Some(below)),
            (&["s3:GetObject"], objects, None),
            (&["cur:DescribeReportDefinitions"], everything(), None),
            (&["bcm-data-exports:ListExports"], everything(), None),
            (
                &[
                    "bcm-data-exports:GetExecution",
                    "bcm-data-exports:GetExport",
                    "bcm-data-exports:ListExecutions",
                ],
                vec![format!(
                    "arn:aws:bcm-data-exports:us-east-1:{account}:export/*"
                )],
                None,
            ),
            (
                &[
                    "organizations:DescribeOrganization",
                    "organizations:ListAccounts",
                    // For an import only.
                    "organizations:DescribeOrganizationalUnit",
                    "organizations:ListOrganizationalUnitsForParent",
                    "organizations:ListRoots",
                    "organizations:ListTagsForResource",
                ],
                everything(),
                None,
            ),
            (
                &[
                    "compute-optimizer:GetEnrollmentStatus",
                    "compute-optimizer:GetRecommendationSummaries",
                    "cost-optimization-hub:GetPreferences",
                    "cost-optimization-hub:ListEnrollmentStatuses",
                    "cost-optimization-hub:ListRecommendationSummaries",
                    "cost-optimization-hub:ListRecommendations",
                    "support:DescribeTrustedAdvisorChecks",
                ],
                everything(),
                None,
            ),
            (&["iam:SimulatePrincipalPolicy"], everything(), None),
        ],
        without,
    )
}

type Grant<'a> = (&'a [&'a str], Vec<String>, Option<Value>);

fn granted(grants: &[Grant<'_>], without: &[&str]) -> Value {
    let statement = |(actions, resources, condition): &Grant<'_>| {
        let left: Vec<_> = actions
            .iter()
            .filter(|action| !without.contains(action))
            .collect();
        let mut statement = json!({"Effect": "Allow", "Action": left, "Resource": resources});
        if let Some(condition) = condition {
            statement["Condition"] = condition.clone();
        }
        (!left.is_empty()).then_some(statement)
    };
    let mut statements: Vec<Value> = grants.iter().filter_map(statement).collect();
    if statements.is_empty() {
        // A document without statements is malformed.
        statements.push(json!({"Effect": "Deny", "Action": "none:Nothing", "Resource": "*"}));
    }
    document(statements)
}

/// The right forms of a bucket's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketPolicy {
    /// The one of the legacy report.
    Legacy,
    /// `EnableAWSDataExportsToWriteToS3AndCheckPolicy`, for both services.
    CheckPolicy,
    /// `EnableAWSDataExportsToWriteToS3`, for data exports alone.
    Write,
}

impl BucketPolicy {
    pub fn document(self, payer: &str, bucket: &str) -> Value {
        let bucket = format!("arn:aws:s3:::{bucket}");
        let objects = format!("{bucket}/*");
        let reports = format!("arn:aws:cur:us-east-1:{payer}:definition/*");
        let exports = format!("arn:aws:bcm-data-exports:us-east-1:{payer}:export/*");
        match self {
            Self::Legacy => {
                let allow = |actions: &[&str], resource: &str| {
                    json!({
                        "Effect": "Allow",
                        "Principal": {"Service": "billingreports.amazonaws.com"},
                        "Action": actions,
                        "Resource": resource,
                        "Condition": {"StringEquals": {"aws:SourceArn": reports, "aws:SourceAccount": payer}},
                    })
                };
                document(vec![
                    allow(&["s3:GetBucketAcl", "s3:GetBucketPolicy"], &bucket),
                    allow(&["s3:PutObject"], &objects),
                ])
            }
            Self::CheckPolicy => document(vec![json!({
                "Sid": "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
                "Effect": "Allow",
                "Principal": {"Service": ["billingreports.amazonaws.com", "bcm-data-exports.amazonaws.com"]},
                "Action": ["s3:PutObject", "s3:GetBucketPolicy"],
                "Resource": [bucket, objects],
                "Condition": {"StringLike": {"aws:SourceAccount": payer, "aws:SourceArn": [reports, exports]}},
            })]),
            Self::Write => document(vec![json!({
                "Sid": "EnableAWSDataExportsToWriteToS3",
                "Effect": "Allow",
                "Principal": {"Service": "bcm-data-exports.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": objects,
                "Condition": {"StringEquals": {"aws:SourceAccount": payer}, "ArnLike": {"aws:SourceArn": exports}},
            })]),
        }
    }
}

pub fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}
