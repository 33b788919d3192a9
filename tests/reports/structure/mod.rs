//! The financial structure as it is looked at, as a workbook and by month. Here an estate that the tests
//! share.

mod months;
mod views;
mod workbook;

use crate::support::Project;

fn project() -> Project {
    let project = Project::new();
    project.write(
        "structure.yaml",
        r#"
cost_centers:
  BU-0: {name: Group, manager: {name: Ana Souza, email: ana@acme.example}}
  SHOP: {name: "Shop \"&\" more", parent: BU-0}
  OLD: {name: Legacy, parent: BU-0, to: 2025-03}
budgets:
  FY2027: {BU-0: 120000, SHOP: 20000.50}
accounts:
  "310987654321":
    organization: acme
    name: Data lake
    cost_center:
      - {split: {CC-110: 60, SHOP: 40}}
      - {from: 2027-01, split: [CC-110, CC-120, SHOP]}
  "310987654322": {organization: acme, name: Nobody's}
  "310987654323": {organization: acme, name: Gone, closed: 2026-10-31}
"#,
    );
    project
}
