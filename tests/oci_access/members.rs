//! What the accounts are: compartments and child tenancies.

use insta::assert_snapshot;

use crate::oci::world::{CHILD, SHOP, TENANCY, WEB, World};
use crate::project::Project;

#[test]
fn compartments_that_are_deleted_moved_or_gone() {
    let world = World::good();
    world.change(|tenancy| {
        tenancy.compartments.get_mut(SHOP).unwrap().state = "DELETED";
        tenancy.compartments.get_mut(WEB).unwrap().parent = TENANCY.to_owned();
        let organization = tenancy.organization.as_mut().unwrap();
        organization.children.clear();
    });
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.account.member account/oci/<shop>
      the compartment is DELETED
      help: write `closed: YYYY-MM-DD`: the account is kept with its history, and no longer asked
    warn oci.account.member account/oci/<web>
      it is in <tenancy>, and declared to be within <shop>
      help: write `within: <tenancy>`
    fail oci.account.member account/oci/<child>
      no tenancy of <tenancy>
      help: it was deleted long ago, or belongs to another tenancy: correct `organization` or the id, or write `closed: YYYY-MM-DD` to keep it with its history
    "##);
}

#[test]
fn a_compartment_that_was_never_there() {
    let world = World::good();
    world.change(|tenancy| {
        tenancy.compartments.remove(WEB);
    });
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("fail oci.account.member account/oci/<web>"),
        "{told}"
    );
    assert!(
        told.contains("no compartment of the tenancy of <tenancy>"),
        "{told}"
    );
}

#[test]
fn compartments_that_may_not_be_listed_are_one_cause() {
    let world = World::good();
    world.without("inspect compartments");
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.organization.compartments organization/acme
      cannot list the tenancy's compartments: OCI shows nothing: inspect compartments is not allowed, or it is not there
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to inspect compartments in tenancy
    "##);
    world.paste(&checked.paste("oci.organization.compartments"));
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn an_organization_that_may_not_be_read() {
    let world = World::good();
    world.without("organizations-family");
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    warn oci.payer.parent payer/oci/<tenancy>
      whether the tenancy has a parent cannot be seen
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to read organizations-family in tenancy
    fail oci.account.member account/oci/<child>
      cannot list the tenancies of the organization: OCI shows nothing: read organizations-family is not allowed, or it is not there
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment of the parent:
      | Allow group GROUP to read organizations-family in tenancy
    "##);
    world.paste(&checked.paste("oci.payer.parent"));
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn a_payer_without_an_organization_stands_alone() {
    let world = World::good();
    world.change(|tenancy| tenancy.organization = None);
    let project = Project::of(&world);
    let labs = format!("  {CHILD}: {{name: Labs, organization: acme, type: tenancy}}\n");
    project.edit("estate/oci.yaml", &labs, "");
    assert_eq!(project.check().told(), "exit 0\n");
}

#[test]
fn a_payer_that_is_somebody_elses_is_not_asked() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/oci.yaml", "currency: EUR", "external: true");
    let checked = project.check();
    assert_eq!(checked.told(), "exit 0\n");
    assert!(checked.statuses("oci.export.bucket").is_empty());
}

#[test]
fn the_currency_of_the_bill_is_compared() {
    let world = World::good();
    world.change(|tenancy| tenancy.currencies = vec!["BRL"]);
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("the bill is in BRL, and EUR is declared"),
        "{told}"
    );
    world.without("read usage-report in tenancy");
    let checked = Project::of(&world).check();
    assert!(
        checked
            .told()
            .contains("the currency of the bill cannot be seen")
    );
}

#[test]
fn cloud_advisor_that_is_off_or_closed() {
    let world = World::good();
    world.change(|tenancy| tenancy.enrolment = Some("INACTIVE"));
    let told = Project::of(&world).check().told();
    assert!(told.contains("Cloud Advisor is not switched on"), "{told}");
    let world = World::good();
    world.without("optimizer-api-family");
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.recommendations.cloud_advisor recommendations/acme
      cannot ask Cloud Advisor: OCI shows nothing: read optimizer-api-family is not allowed, or it is not there
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to read optimizer-api-family in tenancy
    "##);
    world.paste(&checked.paste("oci.recommendations.cloud_advisor"));
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}
