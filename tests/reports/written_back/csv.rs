//! One sheet comes back as CSV.

use snapbox::str;

use super::{diff, project};

#[test]
fn one_sheet_comes_back_as_csv() {
    let project = project();
    let import = |file: &'static str| ["structure", "import", file, "--write"];
    project.write(
        "workspaces.csv",
        "\u{FEFF}Workspace ID;Workspace Name;From;Cost Center Code;Percent\r\n\
         210987654321;Shop production;;CC-110;33,34\r\n\
         210987654321;\"Shop\nproduction\";;SHOP;66,66\r\n\
         \r\n\
         310987654321;Data lake;;CC-110;60,00\r\n\
         310987654321;Data lake;;SHOP;40 %\r\n\
         310987654321;Data lake;2027-01-01;CC-110;33,34\r\n\
         310987654321;Data lake;2027-01-01;CC-120;33,33\r\n\
         310987654321;Data lake;2027-01-01;SHOP;33,33\r\n",
    );
    project
        .bursar(&import("workspaces.csv"))
        .assert()
        .success()
        .stdout_eq(str![[r#"
workspaces.csv: 1 change, 2 rows missing

Changed in the workbook
  account/aws/210987654321  Cost Center Code, workspaces.csv:2, Cost Center Code
      `CC-110` → `CC-110 33.34% + SHOP 66.66%`

Without a row any more: left as declared, a missing row is no deletion
  account/aws/210987654322
  account/aws/210987654323

Written
  teams/payments.yaml

Next: `git diff`, then `bursar plan`

"#]]);
    snapbox::assert_data_eq!(
        diff(&project),
        str![[r#"
diff --git a/teams/payments.yaml b/teams/payments.yaml
--- a/teams/payments.yaml
+++ b/teams/payments.yaml
@@ -6 +6 @@ accounts:
-  "210987654321": Shop production
+  "210987654321": {name: Shop production, cost_center: {split: {CC-110: 33.34, SHOP: 66.66}}}

"#]]
    );
    project.write(
        "workspaces.csv",
        "Workspace ID,Cost Center Code,Percent,From\n\n210987654322,SHOP,\"1,234\",\n210987654323,#REF!,100,Jan 2027\n",
    );
    project.write(
        "budgets.csv",
        "sep=,\nFiscal year,COST CENTER CODE,Apr,Total\nFY2027,SHOP,\"2,000.50\",0\nFY2027,SHOP,1,1\n",
    );
    project
        .bursar(&import("workspaces.csv"))
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
workspaces.csv: 3 wrong cells

workspaces.csv:3, Percent: `1,234` can be read in two ways
  help: write it without separators, with a point before the decimals: 1234.50

workspaces.csv:4, From: `Jan 2027` is no month
  help: write it as YYYY-MM, for example 2027-01

workspaces.csv:4, Cost Center Code: the cell shows the error #REF!
  help: mend the formula, or write the value itself

"#]]);
    project
        .bursar(&import("budgets.csv"))
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
budgets.csv: 1 wrong cell, 1 change

budgets.csv:4, Cost Center Code: `SHOP of FY2027` stands in row 3 too
  help: delete one of the rows, or correct its code

Changed in the workbook
  budget/SHOP/FY2027  Apr, budgets.csv:3, Apr
      `1666.71` → `2000.5`

"#]]);
    project.write(
        "cost-centers.csv",
        "Cost Center Code\tCost Center Name\nSHOP\tShops\n",
    );
    project
        .bursar(&import("cost-centers.csv"))
        .assert()
        .success()
        .stdout_eq(str![[r#"
cost-centers.csv: 1 change, 6 rows missing

Changed in the workbook
  cost_center/SHOP  Cost Center Name, cost-centers.csv:2, Cost Center Name
      `Shop` → `Shops`

Without a row any more: left as declared, a missing row is no deletion
  cost_center/BU-0
  cost_center/BU-1
  cost_center/BU-2
  cost_center/CC-110
  cost_center/CC-120
  cost_center/OLD
  help: `--delete-missing` takes cost centres and budgets out that have no row

Written
  structure.yaml

Next: `git diff`, then `bursar plan`

"#]]);
    let refused = |bytes: &[u8]| {
        std::fs::write(project.path().join("x.csv"), bytes).unwrap();
        let output = project.bursar(&import("x.csv")).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let utf16: Vec<u8> = "Workspace ID;Cost Center Code"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    snapbox::assert_data_eq!(
        refused(&utf16),
        str![[r#"
error[structure.workbook]: x.csv: the file is written in UTF-16, or is no text
  help: save it as "CSV UTF-8", not as "Unicode text"

"#]]
    );
    let latin = b"Cost Center Code;Cost Center Name\nX;Caf\xE9\n";
    snapbox::assert_data_eq!(
        refused(latin),
        str![[r#"
error[structure.workbook]: x.csv: the file is not written in UTF-8: line 2 has
       other letters
  help: save it as "CSV UTF-8"; plain "CSV" of Excel loses letters that the
        local alphabet does not have

"#]]
    );
    snapbox::assert_data_eq!(
        refused(b"a;b\n1;2\n"),
        str![[r#"
error[structure.workbook]: x.csv: no sheet has these headings: a, b
  help: the first row holds them: Cost Center Name and Cost Center Code for cost
        centres, Cost Center Code and Fiscal Year for budgets, Workspace ID and
        Cost Center Code for workspaces

"#]]
    );
    let both = b"Workspace ID,Cost Center Code,Cost Center Name\n";
    snapbox::assert_data_eq!(
        refused(both),
        str![[r#"
error[structure.workbook]: x.csv: the headings are those of Workspaces and Cost
       Centers
  help: give each sheet in a file of its own

"#]]
    );
}
