//! What says nothing about access: throttling, failures, a broken network. All of it is unknown, never
//! a failure of the user's.

use std::time::Duration;

use crate::azure::project::Project;
use crate::azure::world::World;
use crate::stand::gate::{Fault, Rule};

/// Paths, and the check that is unknown where they give no answer.
const PATHS: [(&str, &str); 9] = [
    ("/oauth2/v2.0/token", "azure.identity"),
    ("/graph/", "azure.secret.expiry"),
    (
        "GET /arm/subscriptions?",
        "azure.organization.subscriptions",
    ),
    ("billingAccounts/8608480?", "azure.payer.billing"),
    (
        "Microsoft.CostManagement/exports",
        "azure.export.definition",
    ),
    ("Microsoft.Authorization/permissions", "azure.permissions"),
    ("Microsoft.CostManagementExports", "azure.export.provider"),
    ("GET /blob/", "azure.export.read"),
    ("Microsoft.Advisor", "azure.recommendations.advisor"),
];

fn under(world: &World, fault: &Fault, path: &str, check: &str) -> String {
    world.gate.heal();
    world.gate.spoil(Rule::new(fault.clone()).containing(path));
    let checked = Project::of(world).check_with(&[], &[("BURSAR_CALL_TIMEOUT", "4")]);
    let told = checked.told();
    assert_eq!(checked.code, 1, "{told}");
    assert!(
        told.contains(&format!("unknown {check} ")),
        "{path}: {told}"
    );
    assert!(!told.contains("\nfail "), "{path}: {told}");
    told
}

fn instead(status: u16, code: &str) -> Fault {
    let body = format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"later\"}}}}");
    Fault::Instead(status, vec![("retry-after", "0".to_owned())], body)
}

#[test]
fn throttling_and_failures_are_unknown() {
    let world = World::good();
    for (path, check) in PATHS {
        let told = under(&world, &instead(429, "TooManyRequests"), path, check);
        assert!(told.contains("throttling"), "{told}");
        under(&world, &instead(503, "ServerBusy"), path, check);
    }
}

#[test]
fn broken_late_and_foreign_answers_are_unknown() {
    let world = World::good();
    for (path, check) in PATHS {
        let told = under(&world, &Fault::Reset, path, check);
        assert!(told.contains("the network failed"), "{told}");
        under(&world, &Fault::Foreign, path, check);
        under(&world, &Fault::Truncated, path, check);
    }
    let late = Fault::Slow(Duration::from_secs(8));
    let told = under(&world, &late, PATHS[4].0, PATHS[4].1);
    assert!(told.contains("no answer in time"), "{told}");
}

#[test]
fn a_trouble_that_passes_is_not_told() {
    let world = World::good();
    for (path, _) in PATHS {
        world.gate.spoil(
            Rule::new(instead(429, "TooManyRequests"))
                .containing(path)
                .times(1),
        );
    }
    assert_eq!(Project::of(&world).check().told(), "exit 0\n");
}

#[test]
fn a_next_page_elsewhere_is_not_followed() {
    let world = World::good();
    let body =
        r#"{"value": [], "nextLink": "https://elsewhere.example/subscriptions?$skiptoken=1"}"#;
    let rule = Rule::new(Fault::Instead(200, Vec::new(), body.to_owned()));
    world.gate.spoil(rule.containing("GET /arm/subscriptions?"));
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("unknown azure.organization.subscriptions"),
        "{told}"
    );
}
