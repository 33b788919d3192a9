//! Subscriptions that Azure lists and nobody declared: the line of a plan, the import, and badges.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::azure::project::Project;
use crate::azure::world::{Subscription, World};

fn join(world: &World, id: &str, name: &str, state: &str) {
    let (tenant, bill) = (world.inside().tenant.clone(), world.bill());
    world.inside().subscriptions.push(Subscription {
        id: id.to_owned(),
        name: name.to_owned(),
        state: state.to_owned(),
        tenant,
        tags: json!({"team": "lake", "empty": null}),
        bill,
    });
}

#[test]
fn a_plan_says_what_nobody_declared_and_an_import_declares_it() {
    let world = World::good();
    let project = Project::of(&world);
    let applied = project.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
    join(
        &world,
        "aaaaaaaa-0000-4000-8000-00000000000a",
        "Lake",
        "Enabled",
    );
    join(
        &world,
        "aaaaaaaa-0000-4000-8000-00000000000b",
        "Old",
        "Disabled",
    );
    // Lighthouse shows subscriptions of others.
    join(
        &world,
        "aaaaaaaa-0000-4000-8000-00000000000c",
        "Theirs",
        "Enabled",
    );
    world.inside().subscriptions.last_mut().unwrap().tenant = "another-tenant".to_owned();
    let said = project.run(&["plan"]);
    assert_snapshot!(world.plain(&said.out), @r##"
    No changes: 9 resources are registered as declared

    acme: 5 accounts in Azure; 2 are not declared (1 of them closed or suspended): `bursar import acme`
    "##);
    // Tags come with the list: they cost no call.
    let by_tag = project.run(&[
        "import",
        "acme",
        "--file",
        "estate/{tag:team}.yaml",
        "--json",
    ]);
    let by_tag: Value = serde_json::from_str(&by_tag.out).unwrap();
    assert!(
        by_tag.to_string().contains("estate/lake.yaml"),
        "{by_tag:#}"
    );
    let before = project.read("estate/azure.yaml");
    let imported = project.run(&["import", "acme", "--write"]);
    assert_eq!(imported.code, 0, "{}{}", imported.out, imported.err);
    let after = format!("{}\n{}", project.read("estate/azure.yaml"), imported.out);
    assert!(
        after.contains("aaaaaaaa-0000-4000-8000-00000000000a"),
        "{after}"
    );
    assert!(!after.contains("00000000000c"), "{after}");
    assert!(!before.contains("00000000000a"));
    let again = project.run(&["import", "acme"]);
    assert!(
        again.out.starts_with("acme: nothing to import"),
        "{}",
        again.out
    );
    assert_eq!(project.run(&["validate"]).code, 0);
}

#[test]
fn badges_are_green_in_a_good_world() {
    let world = World::good();
    let project = Project::of(&world);
    let applied = project.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
    let said = project.run(&["accounts", "--json"]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let text = document.to_string();
    let accounts = document["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 3, "{text}");
    for account in accounts {
        let badges = &account["badges"];
        for badge in ["API", "PAYER", "COST", "RECS"] {
            assert_eq!(badges[badge]["light"], "green", "{account:#}");
        }
    }
}

#[test]
fn lists_are_asked_never_one_by_one() {
    let few = World::with_members(3);
    let many = World::with_members(40);
    many.inside().page = 10;
    let [few, many] = [&few, &many].map(|world| {
        let project = Project::of(world);
        world.gate.forget();
        let calls = project.check().calls;
        assert_eq!(calls.values().sum::<u64>(), world.gate.came().len() as u64);
        calls
    });
    assert_eq!(few["Resources:Subscriptions_List"], 1);
    assert_eq!(few["Billing:BillingSubscriptions_List"], 1);
    assert_eq!(few["CostManagement:Exports_List"], 1);
    // Two exports: months, and what is in two of them.
    assert_eq!(few["Blob:ListBlobs"], 6);
    assert_eq!(few["Blob:GetBlob"], 4);
    let mut more = many.clone();
    assert_eq!(
        more.insert("Resources:Subscriptions_List".to_owned(), 1),
        Some(4),
        "{more:?}"
    );
    assert_eq!(
        more.insert("Billing:BillingSubscriptions_List".to_owned(), 1),
        Some(4)
    );
    assert_eq!(more, few);
}
