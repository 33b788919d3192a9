//! What the accounts are: projects of the organization, on the payer's bill.

use insta::assert_snapshot;

use crate::google::state::Folder;
use crate::google::world::{BILLING, World};
use crate::project::Project;

#[test]
fn projects_that_are_deleted_elsewhere_unpaid_or_gone() {
    let world = World::with(6);
    let project = Project::of(&world);
    let deleted = "2026-11-02T10:00:00Z".parse().unwrap();
    world.project("acme-shop-1", |one| one.deleted = Some(deleted));
    world.project("acme-shop-2", |one| {
        one.parent = "organizations/999999999999".to_owned()
    });
    world.project("acme-shop-3", |one| one.billed = None);
    world.project("acme-shop-4", |one| {
        one.billed = Some("FFFFFF-000000-111111".to_owned())
    });
    world.project("acme-shop-5", |one| one.parent = String::new());
    world.state().projects.pop();
    // Whoever sees all sees those of others, too.
    let seen = ["organizations/999999999999", "projects/acme-shop-5"];
    for resource in seen {
        let mut grant = world.state().grants.first().unwrap().clone();
        grant.resource = resource.to_owned();
        grant.role = "roles/browser";
        grant.member = "serviceAccount:bursar@acme-billing.iam.gserviceaccount.com".to_owned();
        world.state().grants.insert(grant);
    }
    assert_snapshot!(project.check().told(), @r##"
    exit 1
    fail gcp.account.project account/gcp/acme-shop-1
      the project is being deleted
      help: write `closed: 2026-11-02`: it is kept with its history, and no longer asked
    fail gcp.account.project account/gcp/acme-shop-2
      the project belongs to organization 999999999999, and 123456789012 is declared
      help: correct the account's `organization`
    fail gcp.account.project account/gcp/acme-shop-3
      nobody pays for the project: billing is disabled
      help: give it its payer again, or write `closed: YYYY-MM-DD` if it is out of use:
      | gcloud billing projects link acme-shop-3 --billing-account=01ABCD-234567-89EFAB
    fail gcp.account.project account/gcp/acme-shop-4
      FFFFFF-000000-111111 pays for the project, and 01ABCD-234567-89EFAB is declared
      help: write `payer: FFFFFF-000000-111111`, or move the project:
      | gcloud billing projects link acme-shop-4 --billing-account=01ABCD-234567-89EFAB
    fail gcp.account.project account/gcp/acme-shop-5
      the project belongs to no organization
      help: move it into the organization: gcloud projects move acme-shop-5 --organization=123456789012
    fail gcp.account.project account/gcp/acme-shop-6
      no project acme-shop-6 can be seen
      help: it was deleted, has another id (never its name or number), or the credential may not see it: correct the id, or write `closed: YYYY-MM-DD` to keep it with its history
    "##);
}

#[test]
fn folders_that_cannot_be_seen_are_said() {
    let world = World::good();
    world.state().folders.push(Folder {
        number: "1003".to_owned(),
        name: "Hidden".to_owned(),
        parent: "organizations/999999999999".to_owned(),
    });
    let mut grant = world.state().grants.first().unwrap().clone();
    grant.resource = "projects/acme-shop-1".to_owned();
    grant.role = "roles/browser";
    world.state().grants.insert(grant);
    world.project("acme-shop-1", |one| one.parent = "folders/1003".to_owned());
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("1 of 3 projects are in folders that cannot be seen"),
        "{told}"
    );
}

#[test]
fn a_billing_account_that_is_closed_or_in_another_currency() {
    let world = World::good();
    world.billing(|account| account.currency = "USD".to_owned());
    let project = Project::of(&world);
    let told = project.check().told();
    assert!(
        told.contains("the billing account is in USD, and EUR is declared"),
        "{told}"
    );
    assert!(told.contains("write `currency: USD`"), "{told}");
    world.billing(|account| account.open = false);
    assert_snapshot!(project.check().told(), @r##"
    exit 1
    fail gcp.payer.billing_account payer/gcp/01ABCD-234567-89EFAB
      the billing account is closed
      help: reopen it (Billing, Account management), or declare the billing account that pays now
    "##);
}

#[test]
fn a_billing_account_that_is_none() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/gcp.yaml", BILLING, "0FFFFF-234567-89EFAB");
    let told = project.check_with(&["payer/*"], &[]).told();
    assert!(
        told.contains("fail gcp.permissions payer/gcp/0FFFFF-234567-89EFAB"),
        "{told}"
    );
}

#[test]
fn an_external_payer_is_known_and_not_asked() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/gcp.yaml",
        "name: Acme\n",
        "name: Acme\n    external: true\n",
    );
    world.gate().forget();
    let checked = project.check_with(&["payer/*", "export/*"], &[]);
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(world.gate().count("billingAccounts"), 0);
    assert_eq!(world.gate().count("/bigquery/"), 0);
}

#[test]
fn a_project_with_a_credential_of_its_own_is_asked_with_that() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit(
        "estate/gcp.yaml",
        "acme-shop-1: acme shop 1",
        "acme-shop-1: {name: Shop, credentials: reader}",
    );
    let checked = project.check_with(&["account/gcp/acme-shop-1"], &[]);
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(
        checked.statuses("gcp.account.project")["account/gcp/acme-shop-1"],
        "pass"
    );
}
