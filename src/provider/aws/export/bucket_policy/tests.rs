//! Policies that people have, and what is said of each.

use serde_json::{Value, json};

use super::*;
use crate::model::finding::Status;

const PAYER: &str = "111122223333";

fn target(deliverers: &[Deliverer]) -> Target<'static> {
    Target {
        partition: Partition::Commercial,
        billing: "us-east-1",
        payer: PAYER,
        organization: Some("o-abcdefghij"),
        bucket: "acme-cur",
        folder: "cur/hourly/".to_owned(),
        name: "hourly",
        deliverers: deliverers.to_vec(),
    }
}

fn policy(statements: Value) -> Document {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Document::parse(&text).unwrap()
}

fn reports(statements: Value) -> Answer {
    judged(&target(&[Deliverer::Reports]), &policy(statements))
}

fn exports(statements: Value) -> Answer {
    judged(&target(&[Deliverer::Exports]), &policy(statements))
}

/// What AWS's console wrote for legacy reports.
fn form_a() -> Value {
    let condition = json!({"StringEquals": {
        "aws:SourceArn": "arn:aws:cur:us-east-1:111122223333:definition/*",
        "aws:SourceAccount": PAYER,
    }});
    json!([
        {"Effect": "Allow", "Principal": {"Service": "billingreports.amazonaws.com"},
         "Action": ["s3:GetBucketAcl", "s3:GetBucketPolicy"],
         "Resource": "arn:aws:s3:::acme-cur", "Condition": condition},
        {"Sid": "Stmt1335892526596", "Effect": "Allow",
         "Principal": {"Service": "billingreports.amazonaws.com"},
         "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-cur/*", "Condition": condition},
    ])
}

/// What it wrote for both kinds.
fn form_b() -> Value {
    json!([{
        "Sid": "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
        "Effect": "Allow",
        "Principal": {"Service": ["billingreports.amazonaws.com", "bcm-data-exports.amazonaws.com"]},
        "Action": ["s3:PutObject", "s3:GetBucketPolicy"],
        "Resource": ["arn:aws:s3:::acme-cur/*", "arn:aws:s3:::acme-cur"],
        "Condition": {"StringLike": {
            "aws:SourceAccount": PAYER,
            "aws:SourceArn": [
                "arn:aws:cur:us-east-1:111122223333:definition/*",
                "arn:aws:bcm-data-exports:us-east-1:111122223333:export/*",
            ],
        }},
    }])
}

/// What it writes for Data Exports.
fn form_c() -> Value {
    json!([{
        "Sid": "EnableAWSDataExportsToWriteToS3",
        "Effect": "Allow",
        "Principal": {"Service": ["bcm-data-exports.amazonaws.com"]},
        "Action": ["s3:PutObject"],
        "Resource": "arn:aws:s3:::acme-cur/*",
        "Condition": {
            "ArnLike": {"aws:SourceArn": "arn:aws:bcm-data-exports:us-east-1:111122223333:export/*"},
            "StringEquals": {"aws:SourceAccount": PAYER},
        },
    }])
}

/// The policy with one value of its last statement set.
fn with(mut statements: Value, path: &str, value: Value) -> Value {
    let last = statements.as_array().unwrap().len() - 1;
    *statements.pointer_mut(&format!("/{last}/{path}")).unwrap() = value;
    statements
}

/// The policy with another statement.
fn and(mut statements: Value, statement: Value) -> Value {
    statements.as_array_mut().unwrap().push(statement);
    statements
}

#[track_caller]
fn fails(answer: &Answer, says: &str) {
    assert_eq!(answer.status, Status::Fail, "{}", answer.message);
    assert!(answer.message.contains(says), "{}", answer.message);
}

/// What is to be pasted must be right by our own judgement.
#[track_caller]
fn pasted(answer: &Answer, deliverers: &[Deliverer]) -> Value {
    let document = Document::parse(&answer.paste).unwrap();
    for deliverer in deliverers {
        let judged = judged(&target(&[*deliverer]), &document);
        assert_eq!(
            judged.status,
            Status::Pass,
            "{}: {}",
            judged.message,
            answer.paste
        );
    }
    serde_json::from_str(&answer.paste).unwrap()
}

#[test]
fn the_three_forms_are_right_for_what_they_are_for() {
    assert_eq!(reports(form_a()).status, Status::Pass);
    assert_eq!(reports(form_b()).status, Status::Pass);
    assert_eq!(exports(form_b()).status, Status::Pass);
    assert_eq!(exports(form_c()).status, Status::Pass);
    fails(
        &reports(form_c()),
        "no statement is for the service `billingreports.amazonaws.com`",
    );
    fails(
        &exports(form_a()),
        "no statement is for the service `bcm-data-exports.amazonaws.com`",
    );
}

#[test]
fn writing_makes_no_difference() {
    let one_by_one = json!([
        {"Effect": "Allow", "Principal": {"Service": "billingreports.amazonaws.com"},
         "Action": "s3:Get*", "Resource": "arn:aws:s3:::acme-*",
         "Condition": {"StringLike": {"AWS:SOURCEACCOUNT": ["999900001111", PAYER]}}},
        {"Effect": "Allow", "Principal": {"Service": ["billingreports.amazonaws.com"]},
         "Action": ["S3:PUTOBJECT"], "Resource": ["arn:aws:s3:::acme-cur/cur/*"],
         "Condition": {"ArnLike": {"aws:SourceArn": ["arn:aws:cur:us-east-1:111122223333:definition/hourly"]}}},
    ]);
    assert_eq!(reports(one_by_one).status, Status::Pass);
    let one = form_c().as_array().unwrap()[0].clone();
    assert_eq!(exports(one).status, Status::Pass);
    let organization = with(
        form_c(),
        "Condition",
        json!({"StringEquals": {"aws:SourceOrgID": "o-abcdefghij"}}),
    );
    assert_eq!(exports(organization).status, Status::Pass);
}

#[test]
fn a_missing_action_is_named() {
    let answer = reports(with(form_b(), "Action", json!("s3:PutObject")));
    fails(
        &answer,
        "statement `EnableAWSDataExportsToWriteToS3AndCheckPolicy` lacks the action `s3:GetBucketPolicy`",
    );
    pasted(&answer, &[Deliverer::Reports, Deliverer::Exports]);
    fails(
        &exports(with(form_c(), "Action", json!(["s3:GetBucketPolicy"]))),
        "lacks the action `s3:PutObject`",
    );
}

#[test]
fn a_missing_resource_is_named() {
    let answer = reports(with(form_b(), "Resource", json!("arn:aws:s3:::acme-cur")));
    fails(&answer, "lacks the resource `arn:aws:s3:::acme-cur/*`");
    fails(
        &exports(with(
            form_c(),
            "Resource",
            json!("arn:aws:s3:::acme-cur/other/*"),
        )),
        "lacks the resource `arn:aws:s3:::acme-cur/*`",
    );
}

#[test]
fn another_account_is_named() {
    let answer = exports(with(
        form_c(),
        "Condition/StringEquals",
        json!({"aws:SourceAccount": "999900001111"}),
    ));
    fails(
        &answer,
        "is for account `999900001111`, and the payer is 111122223333",
    );
    let arn = "arn:aws:bcm-data-exports:us-east-1:999900001111:export/*";
    let answer = exports(with(
        form_c(),
        "Condition/ArnLike",
        json!({"aws:SourceArn": arn}),
    ));
    fails(&answer, "has account `999900001111` in `aws:SourceArn`");
}

#[test]
fn the_buckets_region_in_the_source_is_the_classic_mistake() {
    let arn = "arn:aws:bcm-data-exports:eu-west-1:111122223333:export/*";
    let answer = exports(with(
        form_c(),
        "Condition/ArnLike",
        json!({"aws:SourceArn": arn}),
    ));
    fails(
        &answer,
        "has region `eu-west-1` in `aws:SourceArn`: billing is in us-east-1, wherever the bucket is",
    );
    let pasted = pasted(&answer, &[Deliverer::Exports]);
    assert_eq!(pasted["Statement"].as_array().unwrap().len(), 1, "{pasted}");
    assert_eq!(
        pasted["Statement"][0]["Condition"]["StringLike"]["aws:SourceArn"],
        "arn:aws:bcm-data-exports:us-east-1:111122223333:export/*"
    );
}

#[test]
fn the_source_of_the_other_kind_is_named() {
    let only = "arn:aws:cur:us-east-1:111122223333:definition/*";
    let answer = exports(with(
        form_b(),
        "Condition/StringLike/aws:SourceArn",
        json!([only]),
    ));
    fails(
        &answer,
        "and not for `arn:aws:bcm-data-exports:us-east-1:111122223333:export/*`",
    );
    // What was allowed before stays allowed.
    pasted(&answer, &[Deliverer::Reports, Deliverer::Exports]);
}

#[test]
fn a_policy_for_anybody_is_a_warning() {
    let answer = exports(with(form_c(), "Condition", json!({})));
    assert_eq!(answer.status, Status::Warn);
    assert!(
        answer.message.contains("for any account"),
        "{}",
        answer.message
    );
    pasted(&answer, &[Deliverer::Exports]);
    let star = with(
        form_c(),
        "Condition",
        json!({"StringLike": {"aws:SourceAccount": "*"}}),
    );
    assert_eq!(exports(star).status, Status::Warn);
    // An open statement beside a closed one adds nothing that the closed one is needed for.
    let both = and(form_c(), with(form_c(), "Condition", json!({}))[0].clone());
    assert_eq!(exports(both).status, Status::Pass);
}

#[test]
fn what_is_pasted_keeps_everything_else() {
    let secure = json!({"Sid": "SecureTransport", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::acme-cur", "arn:aws:s3:::acme-cur/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
    let reader = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999900001111:role/Reader"},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-cur/*"});
    let other = with(
        form_c(),
        "Condition",
        json!({"StringEquals": {"aws:SourceAccount": "999900001111"}}),
    );
    let answer = exports(json!([secure, reader, other[0]]));
    fails(&answer, "is for account `999900001111`");
    let pasted = pasted(&answer, &[Deliverer::Exports]);
    let statements = pasted["Statement"].as_array().unwrap();
    assert_eq!(statements[..3], [secure, reader, other[0].clone()]);
    // Sids are unique in a policy.
    assert_eq!(
        statements[3]["Sid"],
        "EnableAWSDataExportsToWriteToS3111122223333"
    );
}

#[test]
fn denials_that_reach_aws_are_found_and_excepted() {
    let network = json!({"Sid": "OnlyOurNetwork", "Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "s3:*", "Resource": "arn:aws:s3:::acme-cur/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}});
    let answer = exports(and(form_c(), network));
    fails(&answer, "statement `OnlyOurNetwork` denies it");
    let pasted = pasted(&answer, &[Deliverer::Exports]);
    assert_eq!(
        pasted["Statement"][0]["Condition"]["Bool"]["aws:PrincipalIsAWSService"], "false",
        "{pasted}"
    );
    let organization = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}});
    fails(
        &exports(and(form_c(), organization)),
        "statement 2 denies it",
    );
}

#[test]
fn denials_that_do_not_reach_aws_are_none() {
    let insecure = json!({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
    let perimeter = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"},
                      "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}});
    let deputy = json!({"Effect": "Deny", "Principal": {"Service": "bcm-data-exports.amazonaws.com"},
        "NotAction": "s3:List*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:SourceAccount": PAYER}}});
    let deletion =
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:Delete*", "Resource": "*"});
    for statement in [insecure, perimeter, deputy, deletion] {
        let answer = exports(and(form_c(), statement));
        assert_eq!(answer.status, Status::Pass, "{}", answer.message);
    }
}

#[test]
fn what_hangs_on_the_unknown_is_a_warning() {
    let encrypted = json!({"Sid": "Encrypted", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "*", "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}});
    let answer = exports(and(form_c(), encrypted));
    assert_eq!(answer.status, Status::Warn);
    assert!(
        answer.message.contains(
            "statement `Encrypted` denies depending on `s3:x-amz-server-side-encryption`"
        ),
        "{}",
        answer.message
    );
}

#[test]
fn a_bucket_without_a_policy_gets_one_for_all_that_is_declared() {
    for deliverers in [
        &[Deliverer::Reports][..],
        &[Deliverer::Exports],
        &[Deliverer::Exports, Deliverer::Reports],
    ] {
        let answer = none(&target(deliverers));
        assert_eq!(answer.status, Status::Fail);
        pasted(&answer, deliverers);
    }
    let newest: Value = serde_json::from_str(&none(&target(&[Deliverer::Exports])).paste).unwrap();
    assert_eq!(
        newest["Statement"][0]["Sid"],
        "EnableAWSDataExportsToWriteToS3"
    );
}

#[test]
fn china_has_its_own_arns_and_the_same_services() {
    let china = Target {
        partition: Partition::China,
        billing: "cn-northwest-1",
        ..target(&[Deliverer::Reports])
    };
    let statement = |service: &str, region: &str| {
        policy(json!([{
            "Effect": "Allow", "Principal": {"Service": service},
            "Action": ["s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:PutObject"],
            "Resource": ["arn:aws-cn:s3:::acme-cur", "arn:aws-cn:s3:::acme-cur/*"],
            "Condition": {"StringLike": {
                "aws:SourceArn": format!("arn:aws-cn:cur:{region}:111122223333:definition/*")
            }},
        }]))
    };
    let service = "billingreports.amazonaws.com";
    assert_eq!(
        judged(&china, &statement(service, "cn-northwest-1")).status,
        Status::Pass
    );
    assert_eq!(
        judged(
            &china,
            &statement("billingreports.amazonaws.com.cn", "cn-northwest-1")
        )
        .status,
        Status::Pass
    );
    fails(
        &judged(&china, &statement(service, "us-east-1")),
        "billing is in cn-northwest-1",
    );
    let pasted = Document::parse(&none(&china).paste).unwrap();
    assert_eq!(judged(&china, &pasted).status, Status::Pass);
}
