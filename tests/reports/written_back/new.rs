//! A project without a structure gets one.

use snapbox::str;

use super::{WRITE, row, save};
use crate::support::Project;

#[test]
fn a_project_without_a_structure_gets_one() {
    let project = Project::empty();
    project.write("bursar.yaml", "version: 1\nsources: [estate]\n");
    std::fs::create_dir(project.path().join("estate")).unwrap();
    project
        .bursar(&["structure", "export", "finance.xlsx"])
        .assert()
        .success();
    save(
        &project.path().join("finance.xlsx"),
        |sheet, rows| match sheet {
            "Cost Centers" => {
                rows.push(row(&["ana@acme.example", "Ana", "Group", "0071"]));
                rows.push(row(&["", "", "Shop", "SHOP", "0071"]));
            }
            "Budgets" => {
                let mut budget = row(&["SHOP", "FY2027", ""]);
                budget.extend((0..12).map(|_| "100".to_owned()));
                rows.push(budget);
            }
            _ => {}
        },
    );
    project
        .bursar(&WRITE)
        .assert()
        .success()
        .stdout_eq(str![[r#"
finance.xlsx: 18 changes

Changed in the workbook
  cost_center/0071  Manager e-mail, Cost Centers!A2
      nothing → `ana@acme.example`
  cost_center/0071  Manager Name, Cost Centers!B2
      nothing → `Ana`
  cost_center/0071  Cost Center Name, Cost Centers!C2
      nothing → `Group`
  cost_center/SHOP  Cost Center Name, Cost Centers!C3
      nothing → `Shop`
  cost_center/SHOP  Parent Code, Cost Centers!E3
      nothing → `0071`
  budget/SHOP/FY2027  Currency, Budgets!C2
      nothing → `USD`
  budget/SHOP/FY2027  Jan, Budgets!D2
      nothing → `100`
  budget/SHOP/FY2027  Feb, Budgets!E2
      nothing → `100`
  budget/SHOP/FY2027  Mar, Budgets!F2
      nothing → `100`
  budget/SHOP/FY2027  Apr, Budgets!G2
      nothing → `100`
  budget/SHOP/FY2027  May, Budgets!H2
      nothing → `100`
  budget/SHOP/FY2027  Jun, Budgets!I2
      nothing → `100`
  budget/SHOP/FY2027  Jul, Budgets!J2
      nothing → `100`
  budget/SHOP/FY2027  Aug, Budgets!K2
      nothing → `100`
  budget/SHOP/FY2027  Sep, Budgets!L2
      nothing → `100`
  budget/SHOP/FY2027  Oct, Budgets!M2
      nothing → `100`
  budget/SHOP/FY2027  Nov, Budgets!N2
      nothing → `100`
  budget/SHOP/FY2027  Dec, Budgets!O2
      nothing → `100`

Written
  estate/finance.yaml, a new file
      cost_center/0071, there are no others yet
      cost_center/SHOP, beside its parent 0071
      budget/SHOP/FY2027, beside its cost centre

Next: `git diff`, then `bursar plan`

"#]]);
    let text = std::fs::read_to_string(project.path().join("estate/finance.yaml")).unwrap();
    snapbox::assert_data_eq!(
        text,
        str![[r#"
cost_centers:
  "0071": {name: Group, manager: {name: Ana, email: ana@acme.example}}
  SHOP: {name: Shop, parent: "0071"}
budgets:
  FY2027:
    SHOP: 1200

"#]]
    );
    project.bursar(&["fmt", "--check"]).assert().success();
}
