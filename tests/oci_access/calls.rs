//! How many calls are made: listed, never asked one by one.

use std::collections::BTreeMap;

use crate::oci::world::{TENANCY, World};
use crate::project::Project;

/// The crowd declared too.
fn declare(project: &Project<'_>, count: usize) {
    let mut text = "accounts:\n".to_owned();
    for number in 0..count {
        text += &format!(
            "  ocid1.compartment.oc1..crowd{number:05}: {{name: Team {number}, organization: acme, within: {TENANCY}}}\n"
        );
    }
    project.write("estate/crowd.yaml", &text);
}

fn calls(count: usize, page: usize) -> BTreeMap<String, u64> {
    let world = World::good();
    world.crowd(count);
    world.change(|tenancy| tenancy.page = page);
    let project = Project::of(&world);
    declare(&project, count);
    let checked = project.check();
    assert_eq!(checked.told(), "exit 0\n");
    checked.calls
}

#[test]
fn accounts_cost_a_page_for_a_thousand_and_nothing_else() {
    let few = calls(10, 1000);
    let mut many = calls(2500, 1000);
    // 2,502 compartments: three pages.
    assert_eq!(
        many.insert("identity:ListCompartments".to_owned(), 1),
        Some(3)
    );
    assert_eq!(few, many);
    insta::assert_snapshot!(
        few.iter().map(|(call, count)| format!("{count} {call}\n")).collect::<String>(),
        @r##"
        1 identity:GetTenancy
        1 identity:ListApiKeys
        1 identity:ListCompartments
        1 identity:ListRegionSubscriptions
        2 objectstorage:GetObject
        2 objectstorage:ListObjects
        1 optimizer:ListEnrollmentStatuses
        1 optimizer:ListRecommendations
        1 organizations:ListOrganizationTenancies
        1 organizations:ListOrganizations
        1 usageapi:RequestSummarizedUsages
        "##
    );
}

#[test]
fn the_program_counts_what_the_other_side_counts() {
    let world = World::good();
    let told: u64 = Project::of(&world).check().calls.values().sum();
    assert_eq!(told, world.gate.came().len() as u64);
}

#[test]
fn small_pages_are_followed_to_their_end() {
    let world = World::good();
    world.change(|tenancy| tenancy.page = 7);
    let checked = Project::of(&world).check();
    assert_eq!(checked.told(), "exit 0\n");
    // 160 cost reports, and the one FOCUS report of today; two kinds of recommendation on one page.
    assert_eq!(checked.calls["objectstorage:ListObjects"], 23 + 1);
}

#[test]
fn early_in_the_day_yesterdays_folder_is_looked_into() {
    let world = World::good();
    world.stale(jiff::SignedDuration::from_hours(13));
    let checked = Project::of(&world).check();
    assert_eq!(checked.told(), "exit 0\n");
    // Today's folder, this month's days, the newest of them; and the cost reports.
    assert_eq!(checked.calls["objectstorage:ListObjects"], 3 + 1);
}
