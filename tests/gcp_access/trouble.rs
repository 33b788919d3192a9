//! What says nothing about access: throttling, failures, a broken network, a wrong clock. All of it is
//! unknown, never a failure of the user's.

use std::time::Duration;

use crate::google::world::{Reader, World};
use crate::project::Project;
use crate::stand::gate::{Fault, Rule};

fn error(code: u16, status: &str, reason: &str) -> String {
    serde_json::json!({"error": {"code": code, "message": "No, later", "status": status, "details": [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"},
    ]}})
    .to_string()
}

fn throttled() -> Fault {
    let body = error(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED");
    Fault::Instead(429, vec![("retry-after", "0".to_owned())], body)
}

/// BigQuery says it with 403, and Resource Manager with 429.
fn quota() -> Fault {
    let body = serde_json::json!({"error": {"code": 403, "message": "Exceeded rate limits", "errors": [
        {"message": "Exceeded rate limits", "domain": "usageLimits", "reason": "rateLimitExceeded"},
    ], "status": "PERMISSION_DENIED"}});
    Fault::Instead(403, Vec::new(), body.to_string())
}

fn ill() -> Fault {
    Fault::Instead(503, Vec::new(), error(503, "UNAVAILABLE", "X"))
}

/// What a fault on every request with these words makes of the checks.
fn under(world: &World, fault: Fault, words: &str) -> String {
    world.gate().spoil(Rule::new(fault).containing(words));
    let checked = Project::of(world).check_with(&[], &[("BURSAR_CALL_TIMEOUT", "3")]);
    let told = checked.told();
    assert_eq!(checked.code, 1, "{told}");
    assert!(!told.contains("\nfail "), "{told}");
    world.gate().heal();
    told
}

/// Each call, and the check that speaks about it.
const CALLS: &[(&str, &str)] = &[
    ("services:batchGet", "gcp.apis credential/reader"),
    (
        "/organizations/123456789012:test",
        "gcp.permissions organization/acme",
    ),
    (
        "/billingAccounts/01ABCD-234567-89EFAB:test",
        "gcp.permissions payer/gcp",
    ),
    (
        "projects:search",
        "gcp.organization.members organization/acme",
    ),
    (
        "GET /cloudbilling/v1/billingAccounts/01ABCD-234567-89EFAB?",
        "gcp.payer.billing_account",
    ),
    ("/datasets/billing_export?", "gcp.export.dataset"),
    (
        "/tables/gcp_billing_export_v1_01ABCD_234567_89EFAB?",
        "gcp.export.table",
    ),
    (
        "POST /bigquery/bigquery/v2/projects/acme-billing/queries",
        "gcp.export.read",
    ),
    (
        "recommenders/google.cloudbilling",
        "gcp.recommendations.commitments",
    ),
    (
        "recommenders/google.resourcemanager",
        "gcp.recommendations.projects",
    ),
];

#[test]
fn whatever_passes_by_itself_is_unknown_for_every_call() {
    let world = World::good();
    for (call, check) in CALLS {
        // Requests without a query end there.
        let call = call.trim_end_matches('?');
        let told = under(&world, throttled(), call);
        assert!(told.contains(&format!("unknown {check}")), "{call}: {told}");
        assert!(
            told.contains("Google Cloud is throttling these calls"),
            "{call}: {told}"
        );
        let told = under(&world, ill(), call);
        assert!(told.contains(&format!("unknown {check}")), "{call}: {told}");
        assert!(told.contains("status.cloud.google.com"), "{call}: {told}");
    }
}

#[test]
fn bigquerys_own_throttling_is_unknown_too() {
    let world = World::good();
    let told = under(&world, quota(), "/queries");
    assert!(told.contains("unknown gcp.export.read"), "{told}");
}

#[test]
fn nonsense_is_unknown() {
    let world = World::good();
    for fault in [Fault::Truncated, Fault::Foreign] {
        let told = under(&world, fault, "projects:search");
        assert!(told.contains("unknown gcp.organization.members"), "{told}");
        assert!(told.contains("not one of Google Cloud's"), "{told}");
    }
}

#[test]
fn a_broken_or_late_answer_is_unknown() {
    let world = World::good();
    let told = under(&world, Fault::Reset, "services:batchGet");
    assert!(
        told.contains("unknown gcp.identity credential/reader"),
        "{told}"
    );
    assert!(told.contains("the network failed"), "{told}");
    let late = Fault::Slow(Duration::from_secs(8));
    let told = under(&world, late, "projects:search");
    assert!(told.contains("no answer in time"), "{told}");
}

#[test]
fn trouble_with_signing_in_is_unknown() {
    for (words, reader) in [
        ("POST /sts", Reader::Runner),
        ("generateAccessToken", Reader::Runner),
        ("GET /runner", Reader::Runner),
    ] {
        let world = World::read_by(reader);
        let told = under(&world, ill(), words);
        assert!(
            told.contains("unknown gcp.identity credential/reader"),
            "{words}: {told}"
        );
        let told = under(&world, Fault::Reset, words);
        assert!(
            told.contains("unknown gcp.identity credential/reader"),
            "{words}: {told}"
        );
    }
}

#[test]
fn a_clock_that_is_off_is_named() {
    let world = World::good();
    let body = error(401, "UNAUTHENTICATED", "X");
    let date = [("date", "Sat, 21 Nov 2020 12:00:00 GMT".to_owned())];
    let skewed = Fault::Instead(401, date.to_vec(), body);
    let told = under(&world, skewed, "services:batchGet");
    assert!(
        told.contains("takes the time of this machine for wrong"),
        "{told}"
    );
}

#[test]
fn a_trouble_that_passes_is_not_told() {
    let world = World::good();
    for words in ["projects:search", "/queries", "services:batchGet"] {
        world
            .gate()
            .spoil(Rule::new(throttled()).containing(words).times(1));
    }
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}
