//! `aws.export.bucket`: there, in its region, of its owner.

use insta::assert_snapshot;

use crate::aws::world::{Delivery, Setup, World};
use crate::project::Project;
use crate::{evidence, statuses, told_at};

const BUCKET: &str = "aws.export.bucket";

#[test]
fn a_bucket_that_is_gone_is_one_cause() {
    let world = World::good();
    world.without_bucket();
    let checked = Project::of(&world).check();
    for delivery in Delivery::ALL {
        assert_eq!(
            statuses(&checked, delivery),
            "pass pass fail skipped skipped skipped"
        );
    }
    assert_snapshot!(told_at(&checked, BUCKET, Delivery::Focus), @r##"
    fail aws.export.bucket export/aws/<payer>/focus
      there is no bucket `<bucket>`
      said: NoSuchBucket: The specified bucket does not exist
      help: correct the name, or create the bucket again with its policy; AWS delivers to it within a day
    "##);
    // People read it once.
    let said = Project::of(&world).run(&["check"]);
    assert_eq!(
        said.out.matches("there is no bucket").count(),
        1,
        "{}",
        said.out
    );
}

#[test]
fn a_bucket_in_another_region_is_read_there() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/aws.yaml", "eu-west-1", "eu-central-1");
    let checked = project.check();
    assert_snapshot!(told_at(&checked, BUCKET, Delivery::Cur2), @r##"
    fail aws.export.bucket export/aws/<payer>/cur2
      bucket `<bucket>` is in eu-west-1, and eu-central-1 is declared
      help: declare the region that the bucket is in:
      | bucket_region: eu-west-1
    "##);
    // What else is asked of it needs the declared region for nothing.
    assert_eq!(
        statuses(&checked, Delivery::Cur2),
        "fail pass fail pass pass pass"
    );
    assert_eq!(
        evidence(&checked, BUCKET, Delivery::Cur2, "found.bucket_region"),
        "eu-west-1"
    );
}

#[test]
fn a_bucket_at_home_has_no_name_for_its_region() {
    let world = World::build(Setup {
        bucket_region: "us-east-1",
        ..Setup::default()
    });
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn a_bucket_of_somebody_else_is_told_from_one_that_may_not_be_looked_at() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/aws.yaml",
        "{table: FOCUS_1_2_AWS,",
        "{table: FOCUS_1_2_AWS, bucket_owner: \"999900001111\",",
    );
    let checked = project.check();
    assert_snapshot!(told_at(&checked, BUCKET, Delivery::Focus), @r##"
    fail aws.export.bucket export/aws/<payer>/focus
      bucket `<bucket>` does not belong to 999900001111
      help: declare the account that owns it as `bucket_owner`, if that is one of yours; else take another bucket: whoever owns it reads your costs
    "##);
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "fail pass fail skipped skipped skipped"
    );

    let world = World::good();
    world.without_permission("s3:GetBucketLocation");
    let checked = Project::of(&world).check();
    assert_snapshot!(told_at(&checked, BUCKET, Delivery::Focus), @r##"
    fail aws.export.bucket export/aws/<payer>/focus
      cannot find bucket `<bucket>`: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may not s3:GetBucketLocation: no policy of it allows that
      said: AccessDenied: User: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar is not authorized to perform: s3:GetBucketLocation because no identity-based policy allows the s3:GetBucketLocation action
      help: add this to a policy of the principal:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Action": "s3:GetBucketLocation",
      |       "Resource": "arn:aws:s3:::<bucket>"
      |     }
      |   ]
      | }
    "##);
    // Whoever may not ask where it is may be allowed to read it all the same.
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "pass pass fail pass pass pass"
    );
}

#[test]
fn a_wrong_region_without_the_permission_to_ask_says_where_it_is() {
    let world = World::good();
    world.without_permission("s3:GetBucketLocation");
    let project = Project::of(&world);
    project.edit("estate/aws.yaml", "eu-west-1", "eu-central-1");
    let checked = project.check();
    assert_eq!(
        statuses(&checked, Delivery::Focus),
        "fail pass fail skipped fail skipped"
    );
    assert_snapshot!(told_at(&checked, "aws.export.read", Delivery::Focus), @r##"
    fail aws.export.read export/aws/<payer>/focus
      cannot list what was delivered to `<bucket>`: the bucket is in eu-west-1
      said: PermanentRedirect: the bucket is in eu-west-1
      help: declare that region
    "##);
}

#[test]
fn the_credential_of_the_bucket_is_its_own() {
    let world = World::good();
    let project = Project::of(&world);
    // The payer's role may no longer read; another credential may, that of the account's root user.
    world.without_permissions(
        &world.payer,
        &[
            "s3:GetBucketLocation",
            "s3:GetBucketPolicy",
            "s3:ListBucket",
            "s3:GetObject",
        ],
    );
    project.edit(
        "bursar.yaml",
        "credentials:\n",
        "credentials:\n  lake: {aws_access_key: {access_key_id: {env: LAKE_ID}, secret_access_key: {env: LAKE_SECRET}}}\n",
    );
    project.edit("estate/aws.yaml", "prefix:", "read_with: lake, prefix:");
    let lake = [("LAKE_ID", &*world.payer), ("LAKE_SECRET", "test")];
    let checked = project.check_with(&[], &lake);
    for delivery in Delivery::ALL {
        assert_eq!(
            statuses(&checked, delivery),
            "pass pass pass pass pass pass"
        );
    }
    // A role by name is looked for in the account that owns the bucket, and told at the export.
    project.edit(
        "bursar.yaml",
        "lake: {aws_access_key: {access_key_id: {env: LAKE_ID}, secret_access_key: {env: LAKE_SECRET}}}",
        "lake: {aws_role: {role_name: Nobody, source: ci}}",
    );
    let checked = project.check();
    assert_eq!(
        statuses(&checked, Delivery::Cur2),
        "pass pass fail skipped skipped skipped"
    );
    assert_snapshot!(told_at(&checked, BUCKET, Delivery::Cur2), @r##"
    fail aws.export.bucket export/aws/<payer>/cur2
      arn:aws:iam::<tools>:user/ci may not assume Nobody
      said: AccessDenied: User: arn:aws:iam::<tools>:user/ci is not authorized to perform: sts:AssumeRole because no identity-based policy allows the sts:AssumeRole action
      help: see three things in the account: the role is there under this name, its trust policy names the principal below and asks for no external id, and the principal's own policy allows `sts:AssumeRole` on it; a change takes up to a minute to hold. Its trust policy:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Principal": {
      |         "AWS": "arn:aws:iam::<tools>:user/ci"
      |       },
      |       "Action": "sts:AssumeRole"
      |     }
      |   ]
      | }
    "##);
}
