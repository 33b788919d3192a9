//! What the accounts are: the management account and its members.

use insta::assert_snapshot;

use crate::aws::billing::organization::MemberState;
use crate::aws::world::{Setup, World};
use crate::project::Project;

#[test]
fn members_that_are_closed_suspended_or_gone() {
    let world = World::build(Setup {
        members: 4,
        ..Setup::default()
    });
    world.member_state(&world.members[0], MemberState::Suspended);
    world.member_state(&world.members[1], MemberState::PendingClosure);
    world.member_left(&world.members[2]);
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail aws.account.member account/aws/<member 1>
      the account is SUSPENDED
      help: write `closed: YYYY-MM-DD`: the account is kept with its history, and no longer asked
    warn aws.account.member account/aws/<member 2>
      the account is being closed
      help: once it is closed, write `closed: YYYY-MM-DD`: it is kept with its history
    fail aws.account.member account/aws/<member 3>
      no member of <organization>
      help: it left, or belongs to another organization: correct `organization` or the id, or write `closed: YYYY-MM-DD` to keep it with its history
    "##);
}

#[test]
fn a_payer_that_is_a_member_itself() {
    let world = World::good();
    world.managed_by(&world.members[0]);
    let checked = Project::of(&world).check();
    let told = checked.told();
    assert!(
        told.contains(
            "<payer> is a member of <organization>; its management account is <member 1>"
        ),
        "{told}"
    );
    assert!(told.contains("external: true"), "{told}");
}

#[test]
fn a_payer_in_no_organization() {
    let world = World::good();
    world.without_organization();
    let told = Project::of(&world).check().told();
    assert!(told.contains("<payer> is in no organization"), "{told}");
}

#[test]
fn another_organization_than_the_declared_one() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/aws.yaml", &world.organization, "o-elsewhere0");
    let told = project.check().told();
    assert!(
        told.contains("<payer> manages organization <organization>, and o-elsewhere0 is declared"),
        "{told}"
    );
}

#[test]
fn an_external_payer_is_known_and_not_asked() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/aws.yaml",
        "name: Acme\n",
        "name: Acme\n    external: true\n",
    );
    world.front.forget_calls();
    let checked = project.check_with(&["payer/*", "account/*"], &[]);
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(world.front.count("organizations", "ListAccounts"), 0);
    assert_eq!(world.front.count("sts", "AssumeRole"), 0);
}

#[test]
fn a_member_with_a_role_of_its_own_says_who_pays() {
    let world = World::good();
    let project = Project::of(&world);
    let member = &world.members[0];
    project.edit(
        "estate/aws.yaml",
        &format!("\"{member}\": Account 1"),
        &format!("\"{member}\": {{name: Account 1, credentials: payers}}"),
    );
    let address = format!("account/aws/{member}");
    let checked = project.check_with(&[&address], &[]);
    assert_eq!(checked.told(), "exit 0\n");
    for check in ["aws.identity", "aws.role.external_id", "aws.permissions"] {
        assert_eq!(
            checked
                .statuses(check)
                .get("account/aws/<member 1>")
                .map(String::as_str),
            Some("pass"),
            "{check}"
        );
    }
    project.edit(
        "estate/aws.yaml",
        "name: Acme\n",
        "name: Acme\n    external: true\n",
    );
    let checked = project.check_with(&[&address], &[]);
    assert_eq!(checked.told(), "exit 0\n");
}
