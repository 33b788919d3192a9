//! `aws.export.read`: a manifest and a byte of data, really read.

use insta::assert_snapshot;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::aws::front::fault::{Fault, Rule};
use crate::aws::world::{Delivery, World};
use crate::project::Project;
use crate::{evidence, put, statuses, told_at};

const READ: &str = "aws.export.read";

/// The key of this month's manifest.
fn manifest(delivery: Delivery) -> String {
    let month = Timestamp::now().to_zoned(TimeZone::UTC).strftime("%Y-%m");
    let partition = match delivery {
        Delivery::Focus => "billing_period",
        _ => "BILLING_PERIOD",
    };
    let (prefix, name) = (delivery.prefix(), delivery.name());
    format!("{prefix}/{name}/metadata/{partition}={month}/{name}-Manifest.json")
}

/// An error of S3 on what is read below a folder.
fn refused(world: &World, code: &str, message: &str, containing: &str) {
    let fault = Fault::Refused(403, code.to_owned(), message.to_owned());
    let rule = Rule::new(fault).service("s3").operation("GetObject");
    world.front.spoil(rule.containing(containing));
}

#[test]
fn a_byte_is_read_and_no_more() {
    let world = World::good();
    let checked = Project::of(&world).check();
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "pass pass pass pass pass pass"
    );
    assert!(evidence(&checked, READ, Delivery::Focus, "manifest").ends_with("focus-Manifest.json"));
    assert!(evidence(&checked, READ, Delivery::Focus, "file").ends_with("focus-00001.csv.gz"));
    let calls = world.front.calls();
    let data: Vec<_> = calls
        .iter()
        .filter(|call| call.operation == "GetObject" && !call.path.contains("Manifest"))
        .collect();
    assert_eq!(data.len(), 3);
    // 206: a part.
    assert!(data.iter().all(|call| call.status == 206), "{data:#?}");
}

#[test]
fn nothing_that_was_ever_delivered_is_a_failure() {
    let world = World::good();
    for delivery in Delivery::ALL {
        world.without_deliveries(delivery);
    }
    let checked = Project::of(&world).check();
    for delivery in Delivery::ALL {
        assert_eq!(
            statuses(&checked, delivery),
            "pass pass pass pass fail skipped"
        );
    }
    assert_snapshot!(told_at(&checked, READ, Delivery::Hourly), @r##"
    fail aws.export.read export/aws/<payer>/hourly
      nothing was ever delivered to s3://<bucket>/cur/hourly/
      help: see whether prefix and name are right to the letter, what `aws.export.health` says, and what the folder holds
    "##);
}

#[test]
fn nothing_under_a_wrong_prefix_is_told_once() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/aws.yaml",
        "prefix: exports/focus",
        "prefix: exports/facus",
    );
    project.edit("estate/aws.yaml", "prefix: cur", "prefix: curr");
    let checked = project.check();
    for delivery in [Delivery::Hourly, Delivery::Focus] {
        assert_eq!(
            statuses(&checked, delivery),
            "fail pass pass pass skipped skipped"
        );
    }
}

#[test]
fn a_delivery_that_is_not_whole_is_a_failure() {
    let world = World::good();
    world.without_data(Delivery::Cur2);
    let checked = Project::of(&world).check();
    assert_eq!(
        statuses(&checked, Delivery::Cur2),
        "pass pass pass pass fail pass"
    );
    let told = told_at(&checked, READ, Delivery::Cur2);
    assert!(told.contains("is not whole: exports/cur2/data/"), "{told}");
}

#[test]
fn what_is_no_manifest_is_a_failure() {
    for (text, says) in [
        ("<html>", "it is no JSON"),
        ("{}", "it has neither `reportKeys` nor `dataFiles`"),
        (
            r#"{"account": "999900001111", "dataFiles": []}"#,
            "for payer 999900001111, not for <payer>",
        ),
    ] {
        let world = World::good();
        put(&world, &manifest(Delivery::Focus), text);
        let checked = Project::of(&world).check();
        let told = told_at(&checked, READ, Delivery::Focus);
        assert!(told.starts_with("fail ") && told.contains(says), "{told}");
    }
    let world = World::good();
    put(&world, &manifest(Delivery::Focus), r#"{"dataFiles": []}"#);
    let told = told_at(&Project::of(&world).check(), READ, Delivery::Focus);
    assert!(
        told.starts_with("warn ") && told.contains("names no file of data"),
        "{told}"
    );
}

#[test]
fn a_missing_permission_is_named_with_both_statements() {
    let world = World::good();
    world.without_permission("s3:ListBucket");
    let checked = Project::of(&world).check();
    assert_eq!(
        statuses(&checked, Delivery::Cur2),
        "pass pass pass pass fail skipped"
    );
    assert_snapshot!(told_at(&checked, READ, Delivery::Cur2), @r##"
    fail aws.export.read export/aws/<payer>/cur2
      cannot list what was delivered to `<bucket>`: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may not s3:ListBucket: no policy of it allows that
      said: AccessDenied: User: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar is not authorized to perform: s3:ListBucket because no identity-based policy allows the s3:ListBucket action
      help: add this to a policy of the principal:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Action": [
      |         "s3:GetBucketLocation",
      |         "s3:GetBucketPolicy",
      |         "s3:ListBucket"
      |       ],
      |       "Resource": "arn:aws:s3:::<bucket>"
      |     },
      |     {
      |       "Effect": "Allow",
      |       "Action": "s3:GetObject",
      |       "Resource": "arn:aws:s3:::<bucket>/exports/cur2/*"
      |     }
      |   ]
      | }
    "##);
    world.without_permission("s3:GetObject");
    let checked = Project::of(&world).check();
    assert_eq!(
        statuses(&checked, Delivery::Cur2),
        "pass pass pass pass fail pass"
    );
}

#[test]
fn a_key_of_ones_own_is_explained() {
    let world = World::good();
    let message = format!(
        "User: arn:aws:sts::{0}:assumed-role/BursarReader/bursar is not authorized to perform: \
         kms:Decrypt on resource: arn:aws:kms:eu-west-1:{0}:key/1234abcd because no identity-based \
         policy allows the kms:Decrypt action",
        world.payer
    );
    refused(&world, "AccessDenied", &message, "cur2-Manifest.json");
    let checked = Project::of(&world).check();
    assert_snapshot!(told_at(&checked, READ, Delivery::Cur2), @r##"
    fail aws.export.read export/aws/<payer>/cur2
      cannot read what was delivered to `<bucket>`: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may not kms:Decrypt: no policy of it allows that
      said: AccessDenied: User: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:<payer>:key/1234abcd because no identity-based policy allows the kms:Decrypt action
      help: the bucket is encrypted with a key of its own (Properties, Default encryption, says which): add this to a policy of the principal, and the principal to the key's policy:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Action": "kms:Decrypt",
      |       "Resource": "arn:aws:kms:eu-west-1:<payer>:key/1234abcd"
      |     }
      |   ]
      | }
    "##);
}

#[test]
fn data_in_an_archive_is_explained() {
    let world = World::good();
    let message = "The operation is not valid for the object's storage class";
    refused(&world, "InvalidObjectState", message, "/data/");
    let checked = Project::of(&world).check();
    assert_snapshot!(told_at(&checked, READ, Delivery::Cur2), @r##"
    fail aws.export.read export/aws/<payer>/cur2
      the data was moved to an archive, where it cannot be read
      said: InvalidObjectState: The operation is not valid for the object's storage class
      help: take the export's folder out of the bucket's lifecycle rule, or let that rule wait until a month is closed
    "##);
}

#[test]
fn a_bucket_of_another_account_needs_both_policies() {
    let world = World::good();
    let project = Project::of(&world);
    // The data is in the payer's bucket; it is read from a member.
    project.edit(
        "bursar.yaml",
        "credentials:\n",
        &format!("credentials:\n  lake: {{aws_role: {{role_arn: {}, source: ci, external_id: acme-7f3k}}}}\n", world.role(&world.tools)),
    );
    project.edit("estate/aws.yaml", "prefix:", "read_with: lake, prefix:");
    let checked = project.check();
    assert_snapshot!(told_at(&checked, READ, Delivery::Cur2), @r##"
    fail aws.export.read export/aws/<payer>/cur2
      cannot list what was delivered to `<bucket>`: arn:aws:sts::<tools>:assumed-role/BursarReader/bursar may not s3:ListBucket: no policy of it allows that
      said: AccessDenied: User: arn:aws:sts::<tools>:assumed-role/BursarReader/bursar is not authorized to perform: s3:ListBucket because no identity-based policy allows the s3:ListBucket action
      help: the bucket is in another account: add this to a policy of the principal, and see that the bucket's policy allows the principal the same:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Action": [
      |         "s3:GetBucketLocation",
      |         "s3:GetBucketPolicy",
      |         "s3:ListBucket"
      |       ],
      |       "Resource": "arn:aws:s3:::<bucket>"
      |     },
      |     {
      |       "Effect": "Allow",
      |       "Action": "s3:GetObject",
      |       "Resource": "arn:aws:s3:::<bucket>/exports/cur2/*"
      |     }
      |   ]
      | }
    "##);
}

#[test]
fn of_many_versions_the_newest_is_read() {
    let world = World::good();
    let folder = manifest(Delivery::Cur2);
    let folder = folder.rsplit_once('/').unwrap().0;
    put(
        &world,
        &format!("{folder}/20261101T000000Z-1/cur2-Manifest.json"),
        r#"{"dataFiles": ["s3://nowhere/x"]}"#,
    );
    let manifest = manifest(Delivery::Cur2);
    world
        .front
        .dated(&world.bucket, folder, Timestamp::now() - crate::hours(5));
    world
        .front
        .dated(&world.bucket, &manifest, Timestamp::now() - crate::hours(1));
    let checked = Project::of(&world).check();
    assert_eq!(
        statuses(&checked, Delivery::Cur2),
        "pass pass pass pass pass pass"
    );
}
