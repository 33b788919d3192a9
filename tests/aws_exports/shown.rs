//! How far cost data goes, where people and machines look for it.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::aws::world::World;
use crate::project::Project;

#[test]
fn cost_data_has_a_last_day() {
    let world = World::good();
    let project = Project::of(&world);
    let json = |args: &[&str]| -> Value { serde_json::from_str(&project.run(args).out).unwrap() };
    assert_eq!(project.run(&["apply", "--auto-approve"]).code, 0);

    let day = world.made.to_zoned(TimeZone::UTC).date().to_string();
    let accounts = json(&["accounts", "--json"]);
    let payer = &accounts["payers"][0];
    assert_eq!(payer["data_through"], *day, "{payer:#}");
    let exports = payer["exports"].as_array().unwrap();
    let names: Vec<&str> = exports
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["cur2", "focus", "hourly"]);
    assert!(exports.iter().all(|one| one["data_through"] == *day));
    for account in accounts["accounts"].as_array().unwrap() {
        assert_eq!(account["data_through"], *day);
        assert_eq!(account.get("exports"), None);
    }

    let export = format!("export/aws/{}/focus", world.payer);
    assert_eq!(json(&["show", &export, "--json"])["data_through"], *day);
    let shown = project.run(&["show", &export]).out;
    assert!(
        shown.contains(&format!("cost data through {day}")),
        "{shown}"
    );
    let payer = format!("payer/aws/{}", world.payer);
    let shown = project.run(&["show", &payer]).out;
    let each = format!("cost data through {day} (cur2 {day}, focus {day},");
    assert!(shown.contains(&each), "{shown}");
    assert_eq!(
        json(&["show", &payer, "--json"])["exports"][0]["name"],
        "cur2"
    );
    let account = format!("account/aws/{}", world.tools);
    assert_eq!(json(&["show", &account, "--json"])["data_through"], *day);
    let organization = json(&["show", "organization/acme", "--json"]);
    assert_eq!(organization.get("data_through"), None);
}
