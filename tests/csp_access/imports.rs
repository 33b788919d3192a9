//! Customers and subscriptions that nobody declared become YAML.

use serde_json::json;

use crate::csp::{CONTOSO, FABRIKAM, PLAN, PRODUCTION, World};

#[test]
fn customers_come_with_their_subscriptions() {
    let world = World::good();
    let text = std::fs::read_to_string(world.path().join("bursar.yaml")).unwrap();
    let kept = text.split("accounts:").next().unwrap();
    world.write(
        "bursar.yaml",
        &format!("{kept}cost_centers:\n  CC: {{name: All}}\n"),
    );
    {
        let mut state = world.microsoft.state();
        let below = state.entitlements.get_mut(PLAN).unwrap();
        below.push(json!({"id": "eeeeeeee-0000-4000-8000-000000000002",
                          "friendlyName": "Contoso lab", "status": "deleted"}));
        let licence = json!({"id": "dddddddd-0000-4000-8000-000000000009", "status": "active",
                             "friendlyName": "Microsoft 365 E5", "billingType": "license"});
        state.subscriptions.get_mut(FABRIKAM).unwrap().push(licence);
        // Nobody may list what a customer without such a relation bought.
        let mut advised = crate::csp::customer("cccccccc-0000-4000-8000-000000000003", "Advised");
        advised["relationshipToPartner"] = json!("advisor");
        state.customers.push(advised);
        state.page = 1;
    }
    let ran = world.run(&["import", "csp", "--write", "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let document = ran.json();
    assert_eq!(document["accounts"], 6);
    assert_eq!(document["inactive"], 1);
    let written = document["files"][0]["path"].as_str().unwrap();
    let text = std::fs::read_to_string(world.path().join(written)).unwrap();
    let accounts = &text[text.find("accounts:").unwrap()..];
    let accounts = accounts.split("cost_centers").next().unwrap();
    insta::assert_snapshot!(accounts, @r#"
    accounts:
      "cccccccc-0000-4000-8000-000000000001": {name: Contoso, type: customer}
      "cccccccc-0000-4000-8000-000000000002": {name: Fabrikam, type: customer}
      "cccccccc-0000-4000-8000-000000000003": {name: Advised, type: customer}
      "dddddddd-0000-4000-8000-000000000009": {name: Microsoft 365 E5, within: cccccccc-0000-4000-8000-000000000002}
      "eeeeeeee-0000-4000-8000-000000000001": {name: Contoso production, within: cccccccc-0000-4000-8000-000000000001}
    "#);
    for id in [CONTOSO, FABRIKAM, PRODUCTION] {
        assert!(accounts.contains(id));
    }
    let gate = &world.microsoft.gate;
    assert_eq!(
        gate.count("/customers?"),
        3,
        "a page for each customer here"
    );
    assert_eq!(
        gate.count("/subscriptions"),
        3,
        "one a customer, and one Azure plan"
    );
    assert!(world.microsoft.state().wrong.is_empty());
    // Now all is declared, and a plan says so.
    let again = world.run(&["import", "csp", "--json"]).json();
    assert_eq!(again["undeclared"], 1, "the deleted one is left out");
}

#[test]
fn two_thousand_customers_are_a_page_for_each_five_hundred() {
    let world = World::good();
    let many = (0..2_000).map(|at| {
        let id = format!("cccccccc-1000-4000-8000-{at:012}");
        crate::csp::customer(&id, &format!("Customer {at}"))
    });
    world.microsoft.state().customers.extend(many);
    let ran = world.check();
    assert_eq!(ran.bad(), [""; 0]);
    let calls = &ran.json()["calls"]["by_operation"];
    assert_eq!(calls["partnercenter:ListCustomers"], 5);
    assert_eq!(calls["partnercenter:ListSubscriptions"], 1);
    let ids: Vec<String> = {
        let state = world.microsoft.state();
        let ids = state
            .customers
            .iter()
            .map(|one| one["id"].as_str().unwrap());
        ids.map(str::to_owned).collect()
    };
    for id in ids {
        let mut state = world.microsoft.state();
        state.subscriptions.entry(id).or_default();
    }
    let began = std::time::Instant::now();
    let listed = world.run(&["import", "csp", "--json"]).json();
    eprintln!("2,002 customers listed in {:?}", began.elapsed());
    assert_eq!(listed["undeclared"], 2_000);
    let calls = &listed["calls"];
    assert_eq!(
        calls["partnercenter:ListSubscriptions"], 2_002,
        "one a customer"
    );
}

#[test]
fn each_customer_can_have_a_file_of_its_own() {
    let world = World::good();
    let text = std::fs::read_to_string(world.path().join("bursar.yaml")).unwrap();
    let kept = text.split("accounts:").next().unwrap();
    world.write(
        "bursar.yaml",
        &format!("{kept}cost_centers:\n  CC: {{name: All}}\n"),
    );
    let by_customer = [
        "import",
        "csp",
        "--write",
        "--file",
        "estate/{ou}.yaml",
        "--json",
    ];
    let ran = world.run(&by_customer);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let files = ran.json()["files"].clone();
    let paths: Vec<&str> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["estate/contoso.yaml", "estate/fabrikam.yaml"]);
    let contoso = std::fs::read_to_string(world.path().join("estate/contoso.yaml")).unwrap();
    assert!(contoso.contains(PRODUCTION) && contoso.contains("organization: csp"));
    assert_eq!(
        world.microsoft.gate.count("/customers?"),
        1,
        "names cost no call"
    );
}
