//! How many calls are made: listed, never asked one by one.

use crate::aws::world::{Setup, World};
use crate::project::Project;

#[test]
fn accounts_cost_a_page_for_twenty_and_nothing_else() {
    let few = World::build(Setup {
        members: 2,
        ..Setup::default()
    });
    let many = World::build(Setup {
        members: 60,
        ..Setup::default()
    });
    let [mut few, mut many] = [&few, &many].map(|world| Project::of(world).check().calls);
    // 4 accounts (the payer is one) and 62: one page and four.
    assert_eq!(few.remove("Organizations:ListAccounts"), Some(1));
    assert_eq!(many.remove("Organizations:ListAccounts"), Some(4));
    assert_eq!(few, many);
}

#[test]
fn an_account_with_a_role_of_its_own_costs_three() {
    let world = World::build(Setup {
        members: 12,
        ..Setup::default()
    });
    let project = Project::of(&world);
    let before = project.check().calls;
    project.edit(
        "estate/aws.yaml",
        "{organization: acme}",
        "{organization: acme, credentials: payers}",
    );
    let after = project.check().calls;
    let more =
        |operation: &str| after.get(operation).unwrap_or(&0) - before.get(operation).unwrap_or(&0);
    // 12 members and the account of `ci`.
    assert_eq!(more("STS:AssumeRole"), 26);
    assert_eq!(more("IAM:SimulatePrincipalPolicy"), 13);
    assert_eq!(
        after.values().sum::<u64>() - before.values().sum::<u64>(),
        39,
        "{after:#?}"
    );
}

#[test]
fn the_program_counts_what_the_other_side_counts() {
    let world = World::good();
    let project = Project::of(&world);
    world.front.forget_calls();
    let told: u64 = project.check().calls.values().sum();
    assert_eq!(told, world.front.calls().len() as u64);
}
