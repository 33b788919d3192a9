//! What says nothing about cost data: throttling, failures, a broken network. All of it is unknown, once,
//! and what needs it is left out.

use crate::aws::front::fault::{Fault, Rule};
use crate::aws::world::{Delivery, World};
use crate::project::Project;
use crate::statuses;

/// A fault on every request of an operation: what it makes of the checks of CUR 2.0.
#[track_caller]
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
    statuses(&checked, Delivery::Cur2)
}

#[test]
fn each_call_may_be_throttled() {
    let throttled = || Fault::Throttled(None);
    for (service, operation, said) in [
        (
            "bcm-data-exports",
            "ListExports",
            "unknown skipped pass pass pass pass",
        ),
        (
            "bcm-data-exports",
            "GetExport",
            "unknown pass pass pass pass pass",
        ),
        (
            "s3",
            "GetBucketLocation",
            "pass pass unknown skipped skipped skipped",
        ),
        ("s3", "GetBucketPolicy", "pass pass pass unknown pass pass"),
        ("s3", "ListObjectsV2", "pass pass pass pass unknown skipped"),
        ("s3", "GetObject", "pass pass pass pass unknown pass"),
    ] {
        assert_eq!(under(throttled(), service, operation), said, "{operation}");
    }
}

#[test]
fn each_fault_is_unknown() {
    let listing = "pass pass pass pass unknown skipped";
    for fault in [
        Fault::Internal,
        Fault::Unavailable,
        Fault::Reset,
        Fault::Html(502),
        Fault::Html(200),
        Fault::Truncated,
    ] {
        let name = format!("{fault:?}");
        assert_eq!(under(fault, "s3", "ListObjectsV2"), listing, "{name}");
    }
    for operation in ["GetBucketLocation", "GetObject", "GetBucketPolicy"] {
        let said = under(Fault::Html(200), "s3", operation);
        assert!(said.contains("unknown"), "{operation}: {said}");
    }
    let definition = "unknown skipped pass pass pass pass";
    for fault in [
        Fault::Internal,
        Fault::Reset,
        Fault::Html(200),
        Fault::Truncated,
    ] {
        let name = format!("{fault:?}");
        assert_eq!(
            under(fault, "bcm-data-exports", "ListExports"),
            definition,
            "{name}"
        );
    }
}

#[test]
fn recommendations_that_cannot_be_asked_are_unknown() {
    for (service, operation) in [
        ("compute-optimizer", "GetEnrollmentStatus"),
        ("compute-optimizer", "GetRecommendationSummaries"),
        ("cost-optimization-hub", "ListEnrollmentStatuses"),
        ("cost-optimization-hub", "ListRecommendationSummaries"),
        ("support", "DescribeTrustedAdvisorChecks"),
    ] {
        for fault in [Fault::Throttled(None), Fault::Internal, Fault::Html(502)] {
            under(fault, service, operation);
        }
    }
}
