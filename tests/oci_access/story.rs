//! The seed's table of prerequisites for OCI, walked by somebody who has done nothing yet: tenancy OCID,
//! API key, access policy; then what this project adds.

use insta::assert_snapshot;

use crate::oci::world::{ALLOWED, TENANCY, USER, World};
use crate::project::Project;

#[test]
fn from_nothing_to_green_one_prerequisite_after_the_other() {
    let world = World::good();
    let project = Project::of(&world);
    let groups = |world: &World| {
        world.change(|tenancy| {
            tenancy.users.get_mut(USER).unwrap().groups.clear();
            tenancy.policies.clear();
            tenancy.enrolment = None;
        });
    };
    let keys = world.keys();
    groups(&world);
    world.without_key();
    let mut story = String::new();
    let mut tell = |title: &str, told: &str| {
        story.push_str(&format!("## {title}\n{told}\n"));
    };

    // The user's OCID was pasted where the tenancy's belongs.
    project.edit("bursar.yaml", &format!("tenancy: {TENANCY}"), &format!("tenancy: {USER}"));
    let ran = project.run(&["validate"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("oci.ocid") || ran.out.contains("oci.ocid"), "{}{}", ran.out, ran.err);
    project.edit("bursar.yaml", &format!("tenancy: {USER}"), &format!("tenancy: {TENANCY}"));

    tell("no API key at the user", &project.check().told());

    world.put_keys(keys);
    tell("no group and no policy", &project.check().told());

    world.join_group();
    world.paste(&ALLOWED[2..].join("\n"));
    tell("no policy for the reports", &project.check().told());

    world.paste(&ALLOWED[..2].join("\n"));
    tell("no Cloud Advisor, and the currency hidden", &project.check().told());

    world.change(|tenancy| tenancy.enrolment = Some("ACTIVE"));
    world.paste("Allow group cost-readers to read usage-report in tenancy");
    tell("all done", &project.check().told());
    assert_snapshot!(story, @"");
}
