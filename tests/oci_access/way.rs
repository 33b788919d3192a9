//! The way of a new user: from nothing to green badges, and to the next run that has nothing to do.

use crate::oci::world::World;
use crate::project::Project;

#[test]
fn a_good_world_is_green_from_plan_to_badges() {
    let world = World::good();
    assert_eq!(Project::of(&world).goes_from_plan_to_badges(), 4);
}

#[test]
fn a_key_with_a_passphrase_signs_too() {
    let world = World::good();
    let project = Project::of(&world);
    project.write("oci.pem", &crate::oci::world::encrypted_key());
    project.only_ours("oci.pem");
    let key = "private_key: {file: oci.pem}";
    project.edit(
        "bursar.yaml",
        key,
        &format!("{key}\n      passphrase: {{env: OCI_PASS}}"),
    );
    let checked = project.check_with(&[], &[("OCI_PASS", crate::oci::world::PASSPHRASE)]);
    assert_eq!(checked.told(), "exit 0\n");
    let wrong = project.check_with(&[], &[("OCI_PASS", "sesame")]);
    assert!(
        wrong.told().contains("fail oci.key.passphrase"),
        "{}",
        wrong.told()
    );
    assert!(!wrong.told().contains("oci.identity"), "{}", wrong.told());
}

#[test]
fn a_region_by_its_key_is_the_same_region() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("bursar.yaml", "region: eu-frankfurt-1", "region: FRA");
    assert_eq!(project.check().told(), "exit 0\n");
}

#[test]
fn what_is_not_proven_is_not_registered() {
    let world = World::good();
    let project = Project::of(&world);
    world.without_key();
    let plan = project.run(&["plan"]);
    assert_eq!(plan.code, 1, "{}", plan.out);
    assert!(plan.out.contains("blocked"), "{}", plan.out);
}

#[test]
fn offline_asks_nobody() {
    let world = World::good();
    let project = Project::of(&world);
    let checked = project.check_with(&["--offline"], &[]);
    assert_eq!(checked.code, 0);
    assert!(checked.calls.is_empty());
    assert_eq!(project.run(&["plan", "--offline"]).code, 0);
    assert!(world.gate.came().is_empty());
}

#[test]
fn usage_reports_were_ended_and_the_language_says_so() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/oci.yaml", "format: cost", "format: usage");
    let ran = project.run(&["validate"]);
    assert_eq!(ran.code, 1);
    let told = format!("{}{}", ran.out, ran.err);
    assert!(
        told.contains("Oracle ended usage reports in 2025: write `focus` or `cost`"),
        "{told}"
    );
}
