//! The way of a new user: from nothing to green badges, and to the next run that has nothing to do.

use crate::aws::world::World;
use crate::project::Project;

#[test]
fn a_good_world_is_green_from_plan_to_badges() {
    let world = World::good();
    assert!(Project::of(&world).goes_from_plan_to_badges() > 0);
}

#[test]
fn what_is_not_proven_is_not_registered() {
    let world = World::good();
    let project = Project::of(&world);
    world.without_trust(&world.payer);
    let plan = project.run(&["plan"]);
    assert_eq!(plan.code, 1, "{}", plan.out);
    assert!(plan.out.contains("blocked"), "{}", plan.out);
    let applied = project.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 1, "{}{}", applied.out, applied.err);
    let accounts = project.run(&["accounts", "--json"]);
    assert!(!accounts.out.contains(&world.payer), "{}", accounts.out);
}

#[test]
fn offline_asks_nobody() {
    let world = World::good();
    let project = Project::of(&world);
    world.front.forget_calls();
    let checked = project.check_with(&["--offline"], &[]);
    assert_eq!(checked.code, 0);
    assert!(checked.calls.is_empty());
    assert!(project.run(&["plan", "--offline"]).code == 0);
    assert!(world.front.calls().is_empty());
}
