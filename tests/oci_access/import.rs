//! Compartments and child tenancies that nobody declared yet become YAML.

use insta::assert_snapshot;

use crate::oci::world::{CHILD, SHOP, TENANCY, WEB, World};
use crate::project::Project;

/// A project that declares no accounts.
fn bare(world: &World) -> Project<'_> {
    let project = Project::of(world);
    let estate = std::fs::read_to_string(project.path().join("estate/oci.yaml")).unwrap();
    let accounts = estate.find("accounts:").unwrap();
    project.write("estate/oci.yaml", &estate[..accounts]);
    project
}

#[test]
fn what_is_not_declared_becomes_yaml_and_then_nothing_is_left() {
    let world = World::good();
    let project = bare(&world);
    let plan = project.run(&["plan"]);
    assert!(
        plan.out
            .contains("acme: 3 accounts in OCI; 3 are not declared"),
        "{}",
        plan.out
    );
    let ran = project.run(&["import", "acme", "--write"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let written =
        std::fs::read_to_string(project.path().join("estate/accounts-acme.yaml")).unwrap();
    assert_snapshot!(written, @r##"
    defaults: {organization: acme}
    accounts:
      "ocid1.compartment.oc1..shop": shop
      "ocid1.compartment.oc1..web": web
      "ocid1.tenancy.oc1..acmelabs": acme-labs
    "##);
    let checked = project.check();
    assert_eq!(checked.told(), "exit 0\n");
    let again = project.run(&["import", "acme"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert!(again.out.contains("all"), "{}", again.out);
}

#[test]
fn files_by_unit_follow_the_compartments() {
    let world = World::good();
    let project = bare(&world);
    let ran = project.run(&["import", "acme", "--write", "--file", "estate/{ou}.yaml"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let text = std::fs::read_to_string(project.path().join("estate/shop.yaml")).unwrap();
    assert!(text.contains(WEB) && !text.contains(SHOP), "{text}");
    // Names of compartments come with the listing: no more calls.
    assert_eq!(world.gate.count("/compartments?"), 1);
}

#[test]
fn tags_come_with_the_listing() {
    let world = World::good();
    let project = bare(&world);
    let file = "estate/{tag:team}.yaml";
    let ran = project.run(&["import", "acme", "--write", "--file", file]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(world.gate.count("/compartments?"), 1);
    let text = std::fs::read_to_string(project.path().join("estate/team-web.yaml")).unwrap();
    assert!(text.contains(WEB), "{text}");
}

#[test]
fn children_are_left_out_where_the_organization_may_not_be_read() {
    let world = World::good();
    world.without("organizations-family");
    let project = bare(&world);
    let ran = project.run(&["import", "acme", "--write"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let written =
        std::fs::read_to_string(project.path().join("estate/accounts-acme.yaml")).unwrap();
    assert!(!written.contains(CHILD), "{written}");
    assert!(!written.contains(&format!("  {TENANCY}")), "{written}");
}

#[test]
fn a_listing_that_is_denied_says_what_to_allow() {
    let world = World::good();
    world.without("inspect compartments");
    let project = bare(&world);
    let ran = project.run(&["import", "acme"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let told = format!("{}{}", ran.out, ran.err);
    assert!(
        told.contains("Allow group GROUP to inspect compartments in tenancy"),
        "{told}"
    );
}
