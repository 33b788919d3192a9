//! What says nothing about access: throttling, failures, a broken network, a wrong clock. All of it
//! is unknown, never a failure of the user's.

use std::time::Duration;

use jiff::SignedDuration;

use crate::aws::front::fault::{Fault, Rule};
use crate::aws::world::World;
use crate::project::Project;

/// A fault on every request of a service: what it makes of the checks that need it.
fn under(fault: Fault, service: &str, operation: &str) -> String {
    let world = World::good();
    let project = Project::of(&world);
    world
        .front
        .spoil(Rule::new(fault).service(service).operation(operation));
    let checked = project.check_with(&[], &[("BURSAR_CALL_TIMEOUT", "3")]);
    let told = checked.told();
    assert_eq!(checked.code, 1, "{told}");
    assert!(!told.contains("\nfail "), "{told}");
    told
}

#[test]
fn throttling_is_unknown() {
    let told = under(Fault::Throttled(None), "organizations", "ListAccounts");
    assert!(told.contains("unknown aws.organization.members"), "{told}");
    assert!(told.contains("AWS is throttling these calls"), "{told}");
    let told = under(Fault::Throttled(None), "iam", "SimulatePrincipalPolicy");
    assert!(told.contains("unknown aws.permissions"), "{told}");
    let told = under(Fault::Throttled(None), "sts", "AssumeRole");
    assert!(told.contains("unknown aws.identity"), "{told}");
}

#[test]
fn failures_of_aws_are_unknown() {
    for fault in [Fault::Internal, Fault::Unavailable, Fault::Html(502)] {
        let told = under(fault, "organizations", "DescribeOrganization");
        assert!(told.contains("unknown aws.payer.management"), "{told}");
    }
}

#[test]
fn a_broken_connection_is_unknown() {
    let told = under(Fault::Reset, "sts", "GetCallerIdentity");
    assert!(
        told.contains("unknown aws.identity credential/ci"),
        "{told}"
    );
    assert!(told.contains("the network failed"), "{told}");
}

#[test]
fn a_late_answer_is_unknown() {
    let late = Fault::Slow(Duration::from_secs(8));
    let told = under(late, "organizations", "ListAccounts");
    assert!(told.contains("no answer in time"), "{told}");
}

#[test]
fn nonsense_is_unknown() {
    for fault in [Fault::Truncated, Fault::Html(200)] {
        let told = under(fault, "organizations", "ListAccounts");
        assert!(told.contains("unknown aws.organization.members"), "{told}");
        assert!(told.contains("not one of AWS's"), "{told}");
    }
}

#[test]
fn a_clock_that_is_off_is_named() {
    let told = under(
        Fault::ClockSkew(SignedDuration::from_mins(20)),
        "sts",
        "GetCallerIdentity",
    );
    assert!(
        told.contains("takes the time of this machine for wrong"),
        "{told}"
    );
}

#[test]
fn a_trouble_that_passes_is_not_told() {
    let world = World::good();
    let project = Project::of(&world);
    for (service, operation) in [("sts", "AssumeRole"), ("organizations", "ListAccounts")] {
        let once = Rule::new(Fault::Throttled(None)).times(1);
        world
            .front
            .spoil(once.service(service).operation(operation));
    }
    assert_eq!(project.check().told(), "exit 0\n");
}

#[test]
fn an_ended_session_is_a_failure_that_says_so() {
    let world = World::good();
    let project = Project::of(&world);
    let ended = Rule::new(Fault::ExpiredToken)
        .service("sts")
        .operation("GetCallerIdentity");
    world.front.spoil(ended);
    let told = project.check().told();
    assert!(told.contains("the session has expired"), "{told}");
}
