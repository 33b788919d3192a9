//! Who we are: keys, tenancies, regions, the clock.

use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::oci::world::{USER, World};
use crate::project::Project;

#[test]
fn a_key_that_was_deleted_is_one_cause() {
    let world = World::good();
    world.without_key();
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.identity credential/reader
      cannot sign in: OCI does not accept the signature: it knows no such key of this user in this tenancy
      said: NotAuthenticated: The required information to complete authentication was not provided or was incorrect.
      help: see User settings, API keys: the declared fingerprint must be listed there, for the declared user, in the declared tenancy, and the tenancy must be subscribed to the declared region; a key that was just added takes up to a minute
    "##);
    assert!(checked.skipped() > 8);
}

#[test]
fn a_clock_that_is_off_is_unknown_and_says_by_how_much() {
    let world = World::good();
    world.clock(SignedDuration::from_mins(20));
    let told = Project::of(&world).check().told();
    assert!(
        told.starts_with("exit 1\nunknown oci.identity credential/reader\n"),
        "{told}"
    );
    assert!(
        told.contains("cannot sign in: this machine's clock is 20 minutes behind OCI's\n"),
        "{told}"
    );
    assert!(
        told.contains("help: set this machine's clock (NTP): OCI allows five minutes"),
        "{told}"
    );
    assert_eq!(told.matches("help:").count(), 1, "{told}");
}

#[test]
fn a_clock_that_drifts_is_a_warning() {
    let world = World::good();
    world.clock(SignedDuration::from_mins(-3));
    let told = Project::of(&world).check().told();
    assert!(
        told.starts_with("exit 0\nwarn oci.clock credential/reader"),
        "{told}"
    );
    assert!(
        told.contains("seconds ahead of OCI's; from 300 on it refuses"),
        "{told}"
    );
}

#[test]
fn another_region_than_home_is_told_and_the_reports_are_read_at_home_all_the_same() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "bursar.yaml",
        "region: eu-frankfurt-1",
        "region: us-ashburn-1",
    );
    let checked = project.check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail oci.region.home credential/reader
      the tenancy's home region is eu-frankfurt-1, and us-ashburn-1 is declared
      help: write `region: eu-frankfurt-1`: Oracle keeps the reports in the home region alone
    "##);
}

#[test]
fn a_region_that_the_tenancy_is_not_subscribed_to() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "bursar.yaml",
        "region: eu-frankfurt-1",
        "region: ap-tokyo-1",
    );
    let told = project.check().told();
    assert!(
        told.contains("fail oci.identity credential/reader"),
        "{told}"
    );
    assert!(told.contains("subscribed to the declared region"), "{told}");
}

#[test]
fn a_region_that_nobody_knows_is_refused_before_anybody_is_asked() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("bursar.yaml", "region: eu-frankfurt-1", "region: QQQ");
    let ran = project.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("`QQQ` does not read like an OCI region"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(world.gate.came().is_empty());
}

#[test]
fn a_key_of_another_tenancy_than_it_is_used_for() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/oci.yaml",
        "name: Labs, organization: acme",
        "name: Labs, organization: acme, credentials: reader",
    );
    let told = project.check().told();
    assert!(
        told.contains("`reader` is of tenancy <tenancy>, and is used for <child>"),
        "{told}"
    );
}

#[test]
fn an_old_key_is_a_warning() {
    let world = World::good();
    world.change(|tenancy| {
        for key in tenancy.users.get_mut(USER).unwrap().keys.values_mut() {
            key.created -= SignedDuration::from_hours(24 * 70);
        }
    });
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("warn oci.key.age credential/reader\n  the key is 100 days old"),
        "{told}"
    );
}

#[test]
fn a_user_that_may_see_nothing_of_the_tenancy_is_known_all_the_same() {
    let world = World::good();
    world.without("inspect tenancies");
    let checked = Project::of(&world).check();
    assert_eq!(
        checked.statuses("oci.identity")["credential/reader"],
        "pass"
    );
    assert_snapshot!(checked.told(), @r##"
    exit 0
    warn oci.region.home credential/reader
      whether eu-frankfurt-1 is the tenancy's home region cannot be seen
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to inspect tenancies in tenancy
    "##);
    world.paste(&checked.paste("oci.region.home"));
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn a_secret_that_is_not_there_is_told_once() {
    let world = World::good();
    let project = Project::of(&world);
    std::fs::remove_file(project.path().join("oci.pem")).unwrap();
    let told = project.check().told();
    assert_eq!(told.matches("\nfail ").count(), 1, "{told}");
    assert!(told.contains("fail oci.credential.present"), "{told}");
    assert!(world.gate.came().is_empty());
}
