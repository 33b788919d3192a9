//! What says nothing about access: throttling, failures, a broken network. All of it is unknown, never
//! a failure of the user's.

use std::time::Duration;

use crate::oci::world::World;
use crate::project::Project;
use crate::stand::gate::{Fault, Rule};

/// Every service, and the check that needs it.
const NEEDED: [(&str, &str); 10] = [
    ("/tenancies/ocid1.tenancy.oc1..acmeroot", "oci.identity"),
    ("/regionSubscriptions", "oci.region.home"),
    ("/apiKeys", "oci.key.age"),
    ("/compartments?", "oci.organization.compartments"),
    ("/organizations?", "oci.payer.parent"),
    ("/usage", "oci.payer.currency"),
    ("/o?", "oci.export.bucket"),
    ("/o/", "oci.export.read"),
    ("/enrollmentStatus", "oci.recommendations.cloud_advisor"),
    ("/recommendations", "oci.recommendations.cloud_advisor"),
];

/// Side by side, as most of it is waiting.
fn under(rule: impl Fn(&World, &str) -> Rule + Sync, time: &str) {
    std::thread::scope(|scope| {
        for (words, check) in NEEDED {
            let rule = &rule;
            scope.spawn(move || one(words, check, rule, time));
        }
    });
}

fn one(words: &str, check: &str, rule: &dyn Fn(&World, &str) -> Rule, time: &str) {
    let world = World::good();
    let mut rule = rule(&world, words);
    if check == "oci.identity" {
        // Both tries of the first request: another begins with the same words.
        rule = rule.times(2);
    }
    world.gate.spoil(rule);
    let project = Project::of(&world);
    let checked = project.check_with(&[], &[("BURSAR_CALL_TIMEOUT", time)]);
    let told = checked.told();
    assert!(!told.contains("\nfail "), "{words}: {told}");
    assert!(
        told.contains(&format!("unknown {check} ")),
        "{words}: {told}"
    );
}

#[test]
fn throttling_is_unknown() {
    under(World::throttle, "6");
}

#[test]
fn failures_of_oci_are_unknown() {
    under(World::failing, "6");
}

#[test]
fn a_broken_connection_is_unknown() {
    under(|_, words| Rule::new(Fault::Reset).containing(words), "6");
}

#[test]
fn a_late_answer_is_unknown() {
    let late = Fault::Slow(Duration::from_secs(5));
    under(|_, words| Rule::new(late.clone()).containing(words), "3");
}

#[test]
fn nonsense_is_unknown() {
    under(|_, words| Rule::new(Fault::Foreign).containing(words), "6");
    let page = || Fault::Instead(200, Vec::new(), "<html>Sign in</html>".to_owned());
    under(|_, words| Rule::new(page()).containing(words), "6");
}

#[test]
fn half_an_answer_is_unknown() {
    let world = World::good();
    world
        .gate
        .spoil(Rule::new(Fault::Truncated).containing("/compartments?"));
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("unknown oci.organization.compartments"),
        "{told}"
    );
}

#[test]
fn a_trouble_that_passes_is_not_told_and_each_try_is_signed_anew() {
    let world = World::good();
    for words in ["/regionSubscriptions", "/compartments?", "/usage", "/o?"] {
        world.gate.spoil(world.throttle(words).times(1));
    }
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn a_user_that_vanishes_behind_a_proxy_is_no_denial() {
    let world = World::good();
    let rule = Rule::new(Fault::Instead(200, Vec::new(), "{}".to_owned())).containing("/o/");
    world.gate.spoil(rule);
    let told = Project::of(&world).check().told();
    assert!(told.contains("unknown oci.export.read"), "{told}");
    assert!(told.contains("the answer is not one of OCI's"), "{told}");
}
