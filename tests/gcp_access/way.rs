//! The way of a new user: from nothing to green badges, and to the next run that has nothing to do.

use crate::google::world::World;
use crate::project::Project;

#[test]
fn a_good_world_is_all_green() {
    let world = World::good();
    assert!(Project::of(&world).goes_from_plan_to_badges() > 0);
    assert_eq!(world.google.wrong(), Vec::<String>::new());
}

#[test]
fn offline_asks_nobody() {
    let world = World::good();
    let project = Project::of(&world);
    let checked = project.check_with(&["--offline"], &[]);
    assert_eq!(checked.code, 0);
    assert!(checked.calls.is_empty());
    assert!(project.run(&["plan", "--offline"]).code == 0);
    assert!(world.gate().came().is_empty());
}
