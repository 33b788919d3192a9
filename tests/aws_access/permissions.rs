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
    let told = all.split("fail aws.").find(|part| part.starts_with("permissions"));
    assert_snapshot!(told.unwrap_or(&all), @"");
    assert_eq!(checked.code, 1);
}

#[test]
fn a_principal_that_may_not_simulate_is_a_warning() {
    let world = World::good();
    world.without_permission("iam:SimulatePrincipalPolicy");
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @"");
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
