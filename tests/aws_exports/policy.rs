//! `aws.export.bucket_policy`: the three right forms, what is wrong with others, and that what is to be
//! pasted heals.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::aws::front::fault::{Fault, Rule};
use crate::aws::world::policies::BucketPolicy;
use crate::aws::world::{Delivery, World};
use crate::project::Project;
use crate::{paste, statuses, told_at};

const POLICY: &str = "aws.export.bucket_policy";

fn of(world: &World, form: BucketPolicy) -> Value {
    form.document(&world.payer, &world.bucket)
}

/// Pastes what a check shows, and checks again.
#[track_caller]
fn heals(world: &World, delivery: Delivery) {
    let project = Project::of(world);
    let pasted = paste(&project.check(), POLICY, delivery);
    world.bucket_policy(&serde_json::from_str(&pasted).unwrap());
    let again = project.check();
    assert_eq!(again.told(), "exit 0\n", "{pasted}");
}

#[test]
fn each_form_is_right_for_what_it_is_for() {
    let world = World::good();
    let project = Project::of(&world);
    let said = |form| {
        world.bucket_policy_of(form);
        let checked = project.check();
        Delivery::ALL.map(|delivery| {
            let address = format!("export/aws/<payer>/{}", delivery.name());
            checked.statuses(POLICY)[&address].clone()
        })
    };
    assert_eq!(said(BucketPolicy::CheckPolicy), ["pass", "pass", "pass"]);
    assert_eq!(said(BucketPolicy::Legacy), ["pass", "fail", "fail"]);
    assert_eq!(said(BucketPolicy::Write), ["fail", "pass", "pass"]);
}

#[test]
fn a_bucket_without_a_policy_gets_one() {
    let world = World::good();
    world.without_policy();
    let checked = Project::of(&world).check();
    assert_snapshot!(told_at(&checked, POLICY, Delivery::Focus), @r##"
    fail aws.export.bucket_policy export/aws/<payer>/focus
      bucket `<bucket>` has no policy, so that AWS may not deliver to it
      said: NoSuchBucketPolicy: The bucket policy does not exist
      help: give the bucket this policy:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Sid": "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
      |       "Effect": "Allow",
      |       "Principal": {
      |         "Service": [
      |           "billingreports.amazonaws.com",
      |           "bcm-data-exports.amazonaws.com"
      |         ]
      |       },
      |       "Action": [
      |         "s3:PutObject",
      |         "s3:GetBucketPolicy"
      |       ],
      |       "Resource": [
      |         "arn:aws:s3:::<bucket>/*",
      |         "arn:aws:s3:::<bucket>"
      |       ],
      |       "Condition": {
      |         "StringLike": {
      |           "aws:SourceAccount": "<payer>",
      |           "aws:SourceArn": [
      |             "arn:aws:cur:us-east-1:<payer>:definition/*",
      |             "arn:aws:bcm-data-exports:us-east-1:<payer>:export/*"
      |           ]
      |         }
      |       }
      |     }
      |   ]
      | }
    "##);
    heals(&world, Delivery::Focus);
}

#[test]
fn the_region_of_the_bucket_in_the_source_is_named() {
    let world = World::good();
    let mut policy = of(&world, BucketPolicy::CheckPolicy);
    let sources = &mut policy["Statement"][0]["Condition"]["StringLike"]["aws:SourceArn"];
    *sources =
        serde_json::from_str(&sources.to_string().replace("us-east-1", "eu-west-1")).unwrap();
    world.bucket_policy(&policy);
    let checked = Project::of(&world).check();
    assert_snapshot!(told_at(&checked, POLICY, Delivery::Hourly), @r##"
    fail aws.export.bucket_policy export/aws/<payer>/hourly
      the policy of bucket `<bucket>` does not let AWS deliver: statement `EnableAWSDataExportsToWriteToS3AndCheckPolicy` has region `eu-west-1` in `aws:SourceArn`: billing is in us-east-1, wherever the bucket is
      help: replace the bucket's policy with this one, which keeps everything else:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Sid": "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
      |       "Effect": "Allow",
      |       "Principal": {
      |         "Service": [
      |           "billingreports.amazonaws.com",
      |           "bcm-data-exports.amazonaws.com"
      |         ]
      |       },
      |       "Action": [
      |         "s3:PutObject",
      |         "s3:GetBucketPolicy"
      |       ],
      |       "Resource": [
      |         "arn:aws:s3:::<bucket>/*",
      |         "arn:aws:s3:::<bucket>"
      |       ],
      |       "Condition": {
      |         "StringLike": {
      |           "aws:SourceAccount": "<payer>",
      |           "aws:SourceArn": [
      |             "arn:aws:cur:us-east-1:<payer>:definition/*",
      |             "arn:aws:bcm-data-exports:us-east-1:<payer>:export/*"
      |           ]
      |         }
      |       }
      |     }
      |   ]
      | }
    "##);
    heals(&world, Delivery::Hourly);
}

#[test]
fn each_part_that_is_missing_is_named_and_healed() {
    let part = |path: &'static str, value: Value, says: &'static str| (path, value, says);
    let parts = [
        part(
            "Action",
            json!("s3:PutObject"),
            "lacks the action `s3:GetBucketPolicy`",
        ),
        part(
            "Principal",
            json!({"Service": "bcm-data-exports.amazonaws.com"}),
            "no statement is for the service `billingreports.amazonaws.com`",
        ),
        part(
            "Condition",
            json!({"StringEquals": {"aws:SourceAccount": "999900001111"}}),
            "is for account `999900001111`, and the payer is <payer>",
        ),
        part("Condition", json!({}), "lets AWS deliver for any account"),
    ];
    for (path, value, says) in parts {
        let world = World::good();
        let mut policy = of(&world, BucketPolicy::CheckPolicy);
        policy["Statement"][0][path] = value;
        world.bucket_policy(&policy);
        let checked = Project::of(&world).check();
        let told = told_at(&checked, POLICY, Delivery::Hourly);
        assert!(told.contains(says), "{told}");
        heals(&world, Delivery::Hourly);
    }
}

#[test]
fn a_denial_that_reaches_aws_is_excepted() {
    let world = World::good();
    let mut policy = of(&world, BucketPolicy::CheckPolicy);
    let ours = json!({
        "Sid": "OnlyOurOrganization", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{}/*", world.bucket),
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": world.organization}},
    });
    policy["Statement"].as_array_mut().unwrap().push(ours);
    world.bucket_policy(&policy);
    let checked = Project::of(&world).check();
    assert_snapshot!(told_at(&checked, POLICY, Delivery::Cur2), @r##"
    fail aws.export.bucket_policy export/aws/<payer>/cur2
      the policy of bucket `<bucket>` does not let AWS deliver: statement `OnlyOurOrganization` denies it
      help: replace the bucket's policy with this one, which keeps everything else:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Sid": "OnlyOurOrganization",
      |       "Effect": "Deny",
      |       "Principal": "*",
      |       "Action": "s3:PutObject",
      |       "Resource": "arn:aws:s3:::<bucket>/*",
      |       "Condition": {
      |         "Bool": {
      |           "aws:PrincipalIsAWSService": "false"
      |         },
      |         "StringNotEquals": {
      |           "aws:PrincipalOrgID": "<organization>"
      |         }
      |       }
      |     },
      |     {
      |       "Sid": "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
      |       "Effect": "Allow",
      |       "Principal": {
      |         "Service": [
      |           "billingreports.amazonaws.com",
      |           "bcm-data-exports.amazonaws.com"
      |         ]
      |       },
      |       "Action": [
      |         "s3:PutObject",
      |         "s3:GetBucketPolicy"
      |       ],
      |       "Resource": [
      |         "arn:aws:s3:::<bucket>/*",
      |         "arn:aws:s3:::<bucket>"
      |       ],
      |       "Condition": {
      |         "StringLike": {
      |           "aws:SourceAccount": "<payer>",
      |           "aws:SourceArn": [
      |             "arn:aws:cur:us-east-1:<payer>:definition/*",
      |             "arn:aws:bcm-data-exports:us-east-1:<payer>:export/*"
      |           ]
      |         }
      |       }
      |     }
      |   ]
      | }
    "##);
    heals(&world, Delivery::Cur2);
}

#[test]
fn a_policy_that_may_not_be_read_is_no_failure() {
    let world = World::good();
    world.without_permission("s3:GetBucketPolicy");
    let checked = Project::of(&world).check();
    assert_snapshot!(told_at(&checked, POLICY, Delivery::Cur2), @r##"
    warn aws.export.bucket_policy export/aws/<payer>/cur2
      cannot read the policy of bucket `<bucket>`: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may not s3:GetBucketPolicy: no policy of it allows that
      said: AccessDenied: User: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar is not authorized to perform: s3:GetBucketPolicy because no identity-based policy allows the s3:GetBucketPolicy action
      help: add this to a policy of the principal:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Action": "s3:GetBucketPolicy",
      |       "Resource": "arn:aws:s3:::<bucket>"
      |     }
      |   ]
      | }
    "##);

    let world = World::good();
    let foreign = Fault::Refused(
        405,
        "MethodNotAllowed".to_owned(),
        "The specified method is not allowed against this resource.".to_owned(),
    );
    world.front.spoil(
        Rule::new(foreign)
            .service("s3")
            .operation("GetBucketPolicy"),
    );
    let checked = Project::of(&world).check();
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(
        statuses(&checked, Delivery::Cur2),
        "pass pass pass skipped pass pass"
    );
}
