//! A good world: everything passes, and few calls are made.

use crate::azure::project::Project;
use crate::azure::world::World;

#[test]
fn a_good_world_is_all_green() {
    let world = World::good();
    let project = Project::of(&world);
    let checked = project.check();
    assert_eq!(checked.told(), "exit 0\n");
    for check in [
        "azure.identity",
        "azure.permissions",
        "azure.secret.expiry",
        "azure.organization.subscriptions",
        "azure.payer.billing",
        "azure.account.subscription",
        "azure.export.definition",
        "azure.export.health",
        "azure.export.provider",
        "azure.export.read",
        "azure.export.age",
        "azure.recommendations.advisor",
    ] {
        assert_eq!(checked.status(check), "pass", "{check}");
    }
    assert_eq!(checked.status("azure.payer.datasets"), "pass");
    project.edit(
        "estate/azure.yaml",
        "dataset: AmortizedCost",
        "dataset: FocusCost",
    );
    assert_eq!(project.check().status("azure.payer.datasets"), "pass");
    let text = project.read("estate/azure.yaml");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("FocusCost"))
        .collect();
    project.write("estate/azure.yaml", &lines.join("\n"));
    let told = project.check().told();
    assert!(told.contains("warn azure.payer.datasets"), "{told}");
}
