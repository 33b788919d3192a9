//! How many calls are made: listed, never asked one by one.

use insta::assert_debug_snapshot;

use crate::google::world::World;
use crate::project::Project;

#[test]
fn projects_cost_a_page_and_nothing_else() {
    let few = World::with(2);
    let many = World::with(120);
    let [mut few, mut many] = [&few, &many].map(|world| Project::of(world).check().calls);
    assert_debug_snapshot!(few, @r##"
    {
        "BigQuery:GetDataset": 2,
        "BigQuery:GetTable": 3,
        "BigQuery:ListTables": 2,
        "BigQuery:Query": 6,
        "BigQuery:TestIamPermissions": 3,
        "Billing:GetBillingAccount": 1,
        "Billing:ListProjectBillingInfo": 1,
        "Billing:TestIamPermissions": 1,
        "IAM:ListServiceAccountKeys": 1,
        "Recommender:ListRecommendations": 2,
        "ResourceManager:SearchFolders": 1,
        "ResourceManager:SearchProjects": 1,
        "ResourceManager:TestIamPermissions": 2,
        "ServiceUsage:BatchGetServices": 1,
    }
    "##);
    // 3 projects and 121, in pages of 50.
    for listing in [
        "ResourceManager:SearchProjects",
        "Billing:ListProjectBillingInfo",
    ] {
        assert_eq!(few.remove(listing), Some(1));
        assert_eq!(many.remove(listing), Some(3));
    }
    assert_eq!(few, many);
}

#[test]
fn the_program_counts_what_the_other_side_counts() {
    let world = World::good();
    world.gate().forget();
    let told: u64 = Project::of(&world).check().calls.values().sum();
    assert_eq!(told, world.gate().came().len() as u64);
}
