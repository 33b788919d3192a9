//! The line of a plan.

use super::*;

#[test]
fn a_plan_says_nothing_where_all_is_declared() {
    let world = World::good();
    let project = settled(&world);
    let said = ok(project.run(&["plan"]));
    assert!(
        said.starts_with("No changes") && !said.contains("AWS"),
        "{said}"
    );
    // One listing, and what it takes to sign in.
    assert_eq!(world.front.count("organizations", "ListAccounts"), 1);
    assert_eq!(world.front.calls().len(), 3, "{:?}", world.front.counts());
    let plan = json_of(project.run(&["plan", "--json"]));
    assert_eq!(
        plan["listings"],
        json!([{"organization": "acme", "accounts": 4, "undeclared": 0, "undeclared_inactive": 0, "ignored": 0, "left": 0}])
    );
}

#[test]
fn a_plan_says_in_a_line_what_differs_and_the_digest_does_not_change() {
    let world = World::good();
    let project = settled(&world);
    let digest =
        |project: &Project<'_>| json_of(project.run(&["plan", "--json"]))["digest"].clone();
    let before = digest(&project);
    join(&world, &["Lake", "Old", "Older"]);
    world.member_state(&new(&world, 2), MemberState::Closed);
    world.member_state(&new(&world, 3), MemberState::Suspended);
    world.member_left(&world.members[1]);
    let said = ok(project.run(&["plan", "--detailed-exitcode"]));
    assert_snapshot!(plain(&world, &said), @r"
    No changes: 11 resources are registered as declared

    acme: 6 accounts in AWS; 3 are not declared (2 of them closed or suspended), 1 declared account has left (<member 2>): `bursar import acme`
    ");
    let plan = json_of(project.run(&["plan", "--json"]));
    assert_eq!(
        plan["listings"],
        json!([{"organization": "acme", "accounts": 6, "undeclared": 3, "undeclared_inactive": 2, "ignored": 0, "left": 1}])
    );
    assert_eq!(digest(&project), before);
}

#[test]
fn a_listing_is_shared_with_the_checks_and_costs_a_page_for_twenty() {
    let world = World::good();
    let names: Vec<String> = (0..41).map(|number| format!("New {number}")).collect();
    join(
        &world,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let project = Project::of(&world);
    world.front.forget_calls();
    let plan: Value = serde_json::from_str(&project.run(&["plan", "--json"]).out).unwrap();
    assert_eq!(plan["listings"][0]["undeclared"], 41);
    let members = plan["findings"].as_array().unwrap().iter();
    let mut members = members.filter(|finding| finding["check"] == "aws.organization.members");
    assert_eq!(members.next().unwrap()["status"], "pass");
    // 45 accounts.
    assert_eq!(world.front.count("organizations", "ListAccounts"), 3);
}

#[test]
fn a_listing_that_fails_is_a_line_and_no_failure() {
    let world = World::good();
    let project = settled(&world);
    world.without_permission("organizations:ListAccounts");
    let said = ok(project.run(&["plan"]));
    assert_snapshot!(plain(&world, &said), @r##"
    No changes: 11 resources are registered as declared

    acme: not compared with the accounts in AWS: cannot list the organization's
          accounts: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may
          not organizations:ListAccounts: no policy of it allows that
    "##);
    let plan = json_of(project.run(&["plan", "--json"]));
    let listing = &plan["listings"][0];
    assert_eq!(listing["organization"], "acme");
    assert!(
        listing["error"]
            .as_str()
            .unwrap()
            .contains("organizations:ListAccounts"),
        "{listing}"
    );
    assert_eq!(listing.get("accounts"), None);

    world
        .front
        .spoil(Rule::new(Fault::Throttled(None)).service("organizations"));
    let said = ok(project.run(&["plan"]));
    assert!(said.contains("AWS is throttling these calls"), "{said}");
}

#[test]
fn who_cannot_sign_in_lists_nothing_and_reads_why() {
    let world = World::good();
    let project = settled(&world);
    world.without_key();
    let said = ok(project.run(&["plan"]));
    assert_snapshot!(plain(&world, &said), @r##"
    No changes: 11 resources are registered as declared

    acme: not compared with the accounts in AWS: `ci` cannot sign in: AWS does not
          know the access key: it was deleted, is inactive, or belongs to another
          partition
    "##);
    assert_eq!(world.front.count("organizations", "ListAccounts"), 0);
}

#[test]
fn nothing_is_listed_that_nobody_asked_about() {
    let world = World::good();
    let project = settled(&world);
    join(&world, &["Lake"]);
    for arguments in [
        &["plan", "--offline"][..],
        &["plan", "--drift-only"],
        &["plan", "--target", "account/*"],
    ] {
        let said = ok(project.run(arguments));
        assert!(!said.contains("in AWS"), "{said}");
        assert_eq!(world.front.calls().len(), 0, "{arguments:?}");
    }
    let targeted = ok(project.run(&["plan", "--target", "organization/acme"]));
    assert!(targeted.contains("1 is not declared"), "{targeted}");
    // Somebody else's bill: its accounts are not ours to list.
    project.edit(
        "estate/aws.yaml",
        "name: Acme\n",
        "name: Acme\n    external: true\n",
    );
    world.front.forget_calls();
    let plan: Value = serde_json::from_str(&project.run(&["plan", "--json"]).out).unwrap();
    assert_eq!(plan["listings"], json!([]));
    assert_eq!(world.front.count("organizations", "ListAccounts"), 0);
}
