//! The way of a new user: from nothing to green badges, and to the next run that has nothing to do.

use crate::google::world::World;
use crate::project::Project;

pub fn badges(listed: &serde_json::Value) -> Vec<String> {
    let badges = listed["badges"].as_object().unwrap();
    ["API", "PAYER", "COST", "RECS"]
        .iter()
        .map(|name| format!("{name} {}", badges[*name]["light"].as_str().unwrap()))
        .collect()
}

#[test]
fn a_good_world_is_all_green() {
    let world = World::good();
    let project = Project::of(&world);
    let checked = project.check();
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(checked.skipped(), 0, "{:#?}", checked.findings);
    assert_eq!(world.google.wrong(), Vec::<String>::new());

    let plan = project.run(&["plan"]);
    assert!(!plan.out.contains("blocked"), "{}", plan.out);
    let applied = project.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);

    let accounts = project.run(&["accounts", "--json"]);
    let accounts: serde_json::Value = serde_json::from_str(&accounts.out).unwrap();
    let green = ["API green", "PAYER green", "COST green", "RECS green"];
    for kind in ["payers", "accounts"] {
        for listed in accounts[kind].as_array().unwrap() {
            assert_eq!(badges(listed), green, "{listed:#}");
        }
    }
    let again = project.run(&["apply", "--auto-approve"]);
    assert!(again.out.contains("Nothing to do"), "{}", again.out);
}

#[test]
fn offline_asks_nobody() {
    let world = World::good();
    let project = Project::of(&world);
    let checked = project.check_with(&["--offline"], &[]);
    assert_eq!(checked.code, 0);
    assert!(checked.calls.is_empty());
    assert!(project.run(&["plan", "--offline"]).code == 0);
    assert!(world.gate().came().is_empty());
}
