//! What stands in the workbook, and what is told of an edited one.

use snapbox::str;

use super::project;
use crate::documents::holds;
use crate::support::Project;

/// All cells of a sheet as text.
fn cells(path: &std::path::Path, sheet: &str) -> Vec<Vec<String>> {
    use calamine::{Reader, Xlsx, open_workbook};
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    range
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect()
}

#[test]
fn a_workbook_says_what_is_declared() {
    let project = project();
    project
        .bursar(&["structure", "export", "finance.xlsx"])
        .env("BURSAR_NOW", "2026-11-22")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Wrote finance.xlsx: 7 cost centres, 4 budgets, 9 rows of workspaces

"#]]);
    let path = project.path().join("finance.xlsx");
    let sheet = |name: &str| {
        let rows = cells(&path, name).into_iter();
        let lines: Vec<String> = rows.map(|row| row.join(" | ")).collect();
        lines.join("\n") + "\n"
    };
    snapbox::assert_data_eq!(
        sheet("Cost Centers"),
        str![[r#"
Manager e-mail | Manager Name | Cost Center Name | Cost Center Code | Parent Code | From | To | Alert 1 % | Alert 2 % | Alert 3 %
ana@acme.example | Ana Souza | Group | BU-0 |  |  |  |  |  | 
ana@acme.example | Ana Souza | Legacy | OLD | BU-0 |  | 2025-03 |  |  | 
ana@acme.example | Ana Souza | Shop "&" more | SHOP | BU-0 |  |  |  |  | 
 |  | Digital | BU-1 |  |  |  |  |  | 
 |  | Payments | CC-110 | BU-1 |  |  |  |  | 
 |  | Platform | CC-120 | BU-1 |  |  |  |  | 
 |  | Operations | BU-2 |  |  |  |  |  | 

"#]]
    );
    snapbox::assert_data_eq!(
        sheet("Budgets"),
        str![[r#"
Cost Center Code | Fiscal Year | Currency | Apr | May | Jun | Jul | Aug | Sep | Oct | Nov | Dec | Jan | Feb | Mar | Total
BU-0 | FY2027 | USD | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 120000
CC-110 | FY2027 | USD | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 10000 | 120000
CC-120 | FY2027 | USD | 9000 | 9000 | 9000 |  |  |  |  |  |  |  |  |  | 27000
SHOP | FY2027 | USD | 1666.71 | 1666.71 | 1666.71 | 1666.71 | 1666.71 | 1666.71 | 1666.71 | 1666.71 | 1666.71 | 1666.71 | 1666.7 | 1666.7 | 20000.5

"#]]
    );
    snapbox::assert_data_eq!(
        sheet("Workspaces"),
        str![[r#"
Provider | Organization | Workspace ID | Workspace Name | From | Cost Center Code | Percent
aws | acme | 210987654321 | Shop production |  | CC-110 | 100
aws | acme | 210987654322 | Shop staging |  | CC-110 | 100
aws | acme | 210987654323 | Card vault |  | CC-110 | 100
aws | acme | 310987654321 | Data lake |  | CC-110 | 60
aws | acme | 310987654321 | Data lake |  | SHOP | 40
aws | acme | 310987654321 | Data lake | 2027-01 | CC-110 | 33.34
aws | acme | 310987654321 | Data lake | 2027-01 | CC-120 | 33.33
aws | acme | 310987654321 | Data lake | 2027-01 | SHOP | 33.33
aws | acme | 310987654322 | Nobody's |  |  | 100

"#]]
    );
    assert!(sheet("Guide").contains("Exported on | 2026-11-22"));
    // What somebody wrote into it is not lost by mistake.
    project
        .bursar(&["structure", "export", "finance.xlsx"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error[structure.export-exists]: finance.xlsx is there already
  help: give another name, or `--force` to replace it: what somebody wrote into
        it is lost

"#]]);
    project
        .bursar(&["structure", "export", "finance.xlsx", "--force"])
        .assert()
        .success();
    project
        .bursar(&["structure", "export", "finance.csv"])
        .assert()
        .code(1);
}

#[test]
fn a_project_without_a_structure_gives_the_template() {
    let project = Project::empty();
    project.write("bursar.yaml", "version: 1\n");
    project
        .bursar(&["structure", "export", "t.xlsx"])
        .assert()
        .success();
    let path = project.path().join("t.xlsx");
    assert_eq!(cells(&path, "Cost Centers").len(), 1);
    assert_eq!(cells(&path, "Budgets")[0][3], "Jan");
    assert_eq!(cells(&path, "Workspaces")[0][2], "Workspace ID");
}

/// The workbook with other values in its cells, as a spreadsheet program would save it.
fn edit(path: &std::path::Path, change: impl Fn(&str, u32, u16) -> Option<&'static str>) {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let mut old: Xlsx<_> = open_workbook(path).unwrap();
    let mut new = rust_xlsxwriter::Workbook::new();
    for name in old.sheet_names() {
        let range = old.worksheet_range(&name).unwrap();
        let sheet = new.add_worksheet();
        sheet.set_name(&name).unwrap();
        for (row, cells) in (0u32..).zip(range.rows()) {
            for (column, cell) in (0u16..).zip(cells) {
                match (change(&name, row, column), cell) {
                    (Some(text), _) => sheet.write_string(row, column, text).unwrap(),
                    (None, Data::Float(number)) => {
                        sheet.write_number(row, column, *number).unwrap()
                    }
                    (None, Data::Empty) => continue,
                    (None, other) => sheet.write_string(row, column, other.to_string()).unwrap(),
                };
            }
        }
    }
    new.save(path).unwrap();
}

#[test]
fn an_edited_workbook_is_told_cell_by_cell() {
    let project = project();
    project.git(&["init", "--quiet"]);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "--message", "structure"]);
    let export = ["structure", "export", "finance.xlsx"];
    project.bursar(&export).assert().success();
    let import = ["structure", "import", "finance.xlsx"];
    project
        .bursar(&import)
        .assert()
        .success()
        .stdout_eq(str![[r#"
finance.xlsx: nothing changed since [..]

"#]]);
    let path = project.path().join("finance.xlsx");
    edit(&path, |sheet, row, column| match (sheet, row, column) {
        ("Cost Centers", 1, 2) => Some("Holding"),
        ("Budgets", 1, 5) => Some("1.234,50"),
        ("Budgets", 2, 5) => Some("1,234"),
        ("Workspaces", 1, 5) => Some("SHOP"),
        _ => None,
    });
    project.edit("structure.yaml", "name: Group", "name: The group");
    project.bursar(&import).assert().code(1).stdout_eq(str![[r#"
finance.xlsx: 1 wrong cell, 1 conflict, 2 changes since [..]

Budgets!F3: `1,234` can be read in two ways
  help: write it without separators, with a point before the decimals: 1234.50

Changed here and there
  cost_center/BU-0  Cost Center Name, Cost Centers!C2
      it was `Group`
      the workbook says `Holding`
      declared now is `The group`  (structure.yaml:3, not committed yet)
  help: settle each: write the same value here and there, and import again

Changed in the workbook
  budget/BU-0/FY2027  Jun, Budgets!F2
      `10000` → `1234.5`
  account/aws/210987654321  Cost Center Code, Workspaces!F2
      `CC-110` → `SHOP`

"#]]);
    let document = project.bursar(&[&import[..], &["--json"]].concat());
    let output = document.assert().code(1).get_output().stdout.clone();
    holds("workbook", &serde_json::from_slice(&output).unwrap());
    project.write("broken.xlsx", "no workbook");
    project
        .bursar(&["structure", "import", "broken.xlsx"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error[structure.workbook]: broken.xlsx: this is no workbook
  help: give a file that a spreadsheet program saved as .xlsx

"#]]);
}
