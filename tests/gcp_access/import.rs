//! Projects that Google Cloud lists and nobody declared: the line of a plan, and the import that declares
//! them.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use crate::declared::Ran;
use crate::google::world::World;
use crate::project::Project;

fn ok(ran: Ran) -> String {
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    ran.out
}

/// A project that is registered as it is declared, in a world where others came since.
fn settled(world: &World) -> Project<'_> {
    let project = Project::of(world);
    ok(project.run(&["apply", "--offline", "--auto-approve"]));
    let mut new = world.state().projects[1].clone();
    for (number, id, parent) in [
        (1, "acme-new-flat", "organizations/123456789012"),
        (2, "acme-new-deep", "folders/1002"),
        (3, "acme-new-lone", "organizations/999999999999"),
    ] {
        new.id = id.to_owned();
        new.name = format!("New {number}");
        new.number = format!("{}", 800_000_000_000_u64 + number);
        new.parent = parent.to_owned();
        new.labels = BTreeMap::from([("team".to_owned(), "payments".to_owned())]);
        world.state().projects.push(new.clone());
    }
    world.gate().forget();
    project
}

#[test]
fn a_plan_says_what_nobody_declared() {
    let world = World::good();
    let project = settled(&world);
    let plan = ok(project.run(&["plan"]));
    assert_snapshot!(plan, @r##"
    No changes: 10 resources are registered as declared

    acme: 5 accounts in Google Cloud; 2 are not declared: `bursar import acme`
    "##);
    // Two listings, and what may be seen at all.
    assert_eq!(world.gate().came().len(), 3, "{:#?}", world.gate().came());
}

#[test]
fn an_import_declares_them_with_folders_and_labels() {
    let world = World::good();
    let project = settled(&world);
    ok(project.run(&["import", "acme", "--write"]));
    let text = std::fs::read_to_string(project.path().join("estate/gcp.yaml")).unwrap();
    let new: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("acme-new"))
        .collect();
    assert_snapshot!(new.join("\n"), @r##"
    "acme-new-deep": New 2
    "acme-new-flat": New 1
    "##);
    ok(project.run(&["validate"]));
    ok(project.run(&["fmt", "--check"]));
    let again = ok(project.run(&["import", "acme"]));
    assert!(again.starts_with("acme: nothing to import"), "{again}");
}

#[test]
fn with_several_billing_accounts_each_project_names_its_own() {
    let world = World::good();
    let other = "0FEDCB-234567-89EFAB";
    let project = settled(&world);
    let mut account = world.state().billing_accounts[0].clone();
    account.id = other.to_owned();
    world.state().billing_accounts.push(account);
    let mut grant = world.state().grants.iter().next().unwrap().clone();
    grant.resource = format!("billingAccounts/{other}");
    grant.role = "roles/billing.viewer";
    world.state().grants.insert(grant);
    world.project("acme-new-deep", |one| one.billed = Some(other.to_owned()));
    project.edit(
        "estate/gcp.yaml",
        "defaults: {organization: acme}",
        &format!("  {other}: {{organization: acme}}\ndefaults: {{organization: acme, payer: 01ABCD-234567-89EFAB}}"),
    );
    ok(project.run(&["import", "acme", "--write"]));
    let text = std::fs::read_to_string(project.path().join("estate/gcp.yaml")).unwrap();
    assert!(text.contains("\"acme-new-flat\": New 1\n"), "{text}");
    let deep = text
        .lines()
        .find(|line| line.contains("acme-new-deep"))
        .unwrap();
    assert!(deep.contains(other), "{text}");
    assert_eq!(project.check_with(&["account/*"], &[]).told(), "exit 0\n");
}

#[test]
fn a_deleted_project_is_closed_since_its_day() {
    let world = World::good();
    let project = settled(&world);
    let deleted = "2026-11-02T10:00:00Z".parse().unwrap();
    world.project("acme-new-flat", |one| one.deleted = Some(deleted));
    ok(project.run(&["import", "acme", "--include-closed", "--write"]));
    let text = std::fs::read_to_string(project.path().join("estate/gcp.yaml")).unwrap();
    assert!(text.contains("closed: \"2026-11-02\""), "{text}");
}

#[test]
fn without_the_right_to_see_all_nothing_is_taken_for_gone() {
    let world = World::good();
    let project = settled(&world);
    world.without_role("roles/browser");
    let plan = project.run(&["plan"]);
    assert!(
        plan.out.contains("resourcemanager.projects.get is missing"),
        "{}",
        plan.out
    );
    assert!(!plan.out.contains("acme-shop-1"), "{}", plan.out);
    let import = project.run(&["import", "acme"]);
    assert_eq!(import.code, 1);
    assert!(import.err.contains("roles/browser"), "{}", import.err);
}
