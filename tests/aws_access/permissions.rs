//! What we may do: each missing permission is named, with the JSON that allows it.

use insta::assert_snapshot;

use crate::aws::world::World;
use crate::project::Project;

#[test]
fn missing_permissions_are_named_all_at_once() {
    let world = World::good();
    let missing = ["organizations:ListAccounts", "s3:GetObject"];
    world.without_permissions(&world.payer, &missing);
    let checked = Project::of(&world).check();
    let all = checked.told();
    let told = all
        .split("fail aws.")
        .find(|part| part.starts_with("permissions"));
    assert_snapshot!(told.unwrap_or(&all), @r##"
    permissions payer/aws/<payer>
      4 of 12 permissions are missing: organizations:ListAccounts, s3:GetObject on arn:aws:s3:::<bucket>/exports/cur2/manifest.json, s3:GetObject on arn:aws:s3:::<bucket>/exports/focus/focus/manifest.json, s3:GetObject on arn:aws:s3:::<bucket>/cur/hourly/manifest.json
      help: add the statements below to a policy of the principal
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Action": "organizations:ListAccounts",
      |       "Resource": "*"
      |     },
      |     {
      |       "Effect": "Allow",
      |       "Action": "s3:GetObject",
      |       "Resource": "arn:aws:s3:::<bucket>/cur/hourly/*"
      |     },
      |     {
      |       "Effect": "Allow",
      |       "Action": "s3:GetObject",
      |       "Resource": "arn:aws:s3:::<bucket>/exports/cur2/*"
      |     },
      |     {
      |       "Effect": "Allow",
      |       "Action": "s3:GetObject",
      |       "Resource": "arn:aws:s3:::<bucket>/exports/focus/focus/*"
      |     }
      |   ]
      | }
    "##);
    assert_eq!(checked.code, 1);
}

#[test]
fn a_principal_that_may_not_simulate_is_a_warning() {
    let world = World::good();
    world.without_permission("iam:SimulatePrincipalPolicy");
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 0
    warn aws.permissions payer/aws/<payer>
      permissions cannot be simulated: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may not iam:SimulatePrincipalPolicy: no policy of it allows that
      said: AccessDenied: User: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar is not authorized to perform: iam:SimulatePrincipalPolicy because no identity-based policy allows the iam:SimulatePrincipalPolicy action
      help: allow the principal to simulate itself, so that missing permissions are named all at once and before they are needed:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Action": "iam:SimulatePrincipalPolicy",
      |       "Resource": "arn:aws:iam::<payer>:role/BursarReader"
      |     }
      |   ]
      | }
    "##);
}

#[test]
fn every_permission_that_is_taken_away_is_named() {
    let world = World::good();
    let project = Project::of(&world);
    for action in [
        "organizations:DescribeOrganization",
        "organizations:ListAccounts",
        "cur:DescribeReportDefinitions",
        "bcm-data-exports:ListExports",
        "s3:GetBucketLocation",
        "s3:GetBucketPolicy",
        "s3:ListBucket",
        "s3:GetObject",
    ] {
        world.without_permission(action);
        let checked = project.check();
        let told = checked.told();
        assert_eq!(checked.code, 1, "{action}: {told}");
        assert!(
            told.contains(&format!("\"{action}\"")),
            "{action} is not in the JSON to paste:\n{told}"
        );
    }
}

#[test]
fn a_listing_is_simulated_with_its_prefix() {
    let world = World::good();
    let project = Project::of(&world);
    world.front.forget_calls();
    assert_eq!(project.check().told(), "exit 0\n");
    let calls = world.front.calls();
    let listing = calls
        .iter()
        .find(|call| call.body.contains("ListBucket"))
        .unwrap();
    assert!(listing.body.contains("s3%3Aprefix"), "{}", listing.body);
    // Objects and buckets are never asked about together.
    let together = |body: &str| body.contains("GetObject") && body.contains("ListBucket");
    assert!(!calls.iter().any(|call| together(&call.body)));
}
