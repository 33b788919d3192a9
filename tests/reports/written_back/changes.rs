//! What somebody changed or added comes into the lines that it is about.

use snapbox::str;

use super::{IMPORT, WRITE, commit, diff, of, project, row, save};

#[test]
fn changes_come_into_their_lines_and_new_rows_beside_their_likes() {
    let project = project();
    project.bursar(&["fmt"]).assert().success();
    commit(&project, "fmt");
    project
        .bursar(&["structure", "export", "finance.xlsx", "--force"])
        .assert()
        .success();
    let path = project.path().join("finance.xlsx");
    save(&path, |sheet, rows| match sheet {
        "Cost Centers" => {
            of(rows, 3, "SHOP")[2] = "Shops".into();
            of(rows, 3, "CC-120")[0] = "bob@acme.example".into();
            rows.push(row(&[
                "", "", "Web shop", "SHOP-2", "SHOP", "2027-04", "", "80",
            ]));
            rows.push(row(&["", "", "Outlets", "OUT", "BU-0"]));
        }
        "Budgets" => {
            of(rows, 0, "SHOP")[5] = "1.700,25".into();
            for month in 3..15 {
                of(rows, 0, "BU-0")[month] = "20000".into();
            }
            of(rows, 0, "CC-120")[3] = "9500".into();
            rows.push(row(&["SHOP-2", "FY2028", "BRL", "", "100"]));
        }
        "Workspaces" => {
            of(rows, 2, "210987654321")[5] = "SHOP".into();
            rows.push(row(&[
                "aws",
                "acme",
                "210987654322",
                "",
                "2027-02",
                "SHOP",
                "75",
            ]));
            rows.push(row(&[
                "aws",
                "acme",
                "210987654322",
                "",
                "2027-02",
                "OUT",
                "25",
            ]));
            rows.push(row(&[
                "aws",
                "acme",
                "310987654321",
                "",
                "2028-01",
                "OUT",
                "100",
            ]));
        }
        _ => {}
    });
    project
        .bursar(&WRITE)
        .assert()
        .success()
        .stdout_eq(str![[r#"
finance.xlsx: 27 changes since [..]

Changed in the workbook
  cost_center/CC-120  Manager e-mail, Cost Centers!A7
      nothing → `bob@acme.example`
  cost_center/OUT  Cost Center Name, Cost Centers!C10
      nothing → `Outlets`
  cost_center/OUT  Parent Code, Cost Centers!E10
      nothing → `BU-0`
  cost_center/SHOP  Cost Center Name, Cost Centers!C4
      `Shop` → `Shops`
  cost_center/SHOP-2  Cost Center Name, Cost Centers!C9
      nothing → `Web shop`
  cost_center/SHOP-2  Parent Code, Cost Centers!E9
      nothing → `SHOP`
  cost_center/SHOP-2  From, Cost Centers!F9
      nothing → `2027-04`
  cost_center/SHOP-2  Alert 1 %, Cost Centers!H9
      nothing → `80`
  budget/BU-0/FY2027  Apr, Budgets!D2
      `10000` → `20000`
  budget/BU-0/FY2027  May, Budgets!E2
      `10000` → `20000`
  budget/BU-0/FY2027  Jun, Budgets!F2
      `10000` → `20000`
  budget/BU-0/FY2027  Jul, Budgets!G2
      `10000` → `20000`
  budget/BU-0/FY2027  Aug, Budgets!H2
      `10000` → `20000`
  budget/BU-0/FY2027  Sep, Budgets!I2
      `10000` → `20000`
  budget/BU-0/FY2027  Oct, Budgets!J2
      `10000` → `20000`
  budget/BU-0/FY2027  Nov, Budgets!K2
      `10000` → `20000`
  budget/BU-0/FY2027  Dec, Budgets!L2
      `10000` → `20000`
  budget/BU-0/FY2027  Jan, Budgets!M2
      `10000` → `20000`
  budget/BU-0/FY2027  Feb, Budgets!N2
      `10000` → `20000`
  budget/BU-0/FY2027  Mar, Budgets!O2
      `10000` → `20000`
  budget/CC-120/FY2027  Apr, Budgets!D4
      `9000` → `9500`
  budget/SHOP/FY2027  Jun, Budgets!F5
      `1666.71` → `1700.25`
  budget/SHOP-2/FY2028  Currency, Budgets!C6
      nothing → `BRL`
  budget/SHOP-2/FY2028  May, Budgets!E6
      nothing → `100`
  account/aws/210987654321  Cost Center Code, Workspaces!F2
      `CC-110` → `SHOP`
  account/aws/210987654322  Cost Center Code, Workspaces!F3
      `CC-110` → `CC-110; from 2027-02 OUT 25% + SHOP 75%`
  account/aws/310987654321  Cost Center Code, Workspaces!F5
      `CC-110 60% + SHOP 40%; from 2027-01 CC-110 33.34% + CC-120 33.33% + SHOP 33.33%` → `CC-110 60% + SHOP 40%; from 2027-01 CC-110 33.34% + CC-120 33.33% + SHOP 33.33%; from 2028-01 OUT`

Written
  finance.yaml
      budget/SHOP-2/FY2028, where those of FY2027 are
  structure.yaml
      cost_center/OUT, beside the others below BU-0
      cost_center/SHOP-2, beside its parent SHOP
  teams/payments.yaml

Next: `git diff`, then `bursar plan`

"#]]);
    snapbox::assert_data_eq!(
        diff(&project),
        str![[r#"
diff --git a/finance.yaml b/finance.yaml
--- a/finance.yaml
+++ b/finance.yaml
@@ -6 +6 @@ cost_centers:
-  CC-120: {name: Platform, parent: BU-1}
+  CC-120: {name: Platform, manager: {email: bob@acme.example}, parent: BU-1}
@@ -10 +10,2 @@ budgets:
-    CC-120: {"2026-04": 9000, "2026-05": 9000, "2026-06": 9000}
+    CC-120: {"2026-04": 9500, "2026-05": 9000, "2026-06": 9000}
+  FY2028: {SHOP-2: {currency: BRL, "2027-05": 100}}
diff --git a/structure.yaml b/structure.yaml
--- a/structure.yaml
+++ b/structure.yaml
@@ -4,0 +5 @@ cost_centers:
+  OUT: {name: Outlets, parent: BU-0}
@@ -6 +7,2 @@ cost_centers:
-  SHOP: {name: "Shop", parent: BU-0}
+  SHOP: {name: "Shops", parent: BU-0}
+  SHOP-2: {name: Web shop, parent: SHOP, from: "2027-04", alerts: [80]}
@@ -8 +10 @@ budgets:
-  FY2027: {BU-0: 120000, SHOP: 20000.50} # agreed in March
+  FY2027: {BU-0: 240000, SHOP: {"2026-04": 1666.71, "2026-05": 1666.71, "2026-06": 1700.25, "2026-07": 1666.71, "2026-08": 1666.71, "2026-09": 1666.71, "2026-10": 1666.71, "2026-11": 1666.71, "2026-12": 1666.71, "2027-01": 1666.71, "2027-02": 1666.70, "2027-03": 1666.70}} # agreed in March
@@ -15,0 +18 @@ accounts:
+      - {from: "2028-01", cost_center: OUT}
diff --git a/teams/payments.yaml b/teams/payments.yaml
--- a/teams/payments.yaml
+++ b/teams/payments.yaml
@@ -6,2 +6,2 @@ accounts:
-  "210987654321": Shop production
-  "210987654322": {name: Shop staging, labels: {env: staging}}
+  "210987654321": {name: Shop production, cost_center: SHOP}
+  "210987654322": {name: Shop staging, labels: {env: staging}, cost_center: [CC-110, {from: "2027-02", split: {OUT: 25, SHOP: 75}}]}

"#]]
    );
    project.bursar(&["fmt", "--check"]).assert().success();
    project
        .bursar(&IMPORT)
        .assert()
        .success()
        .stdout_eq(str![[r#"
finance.xlsx: nothing changed since [..]

"#]]);
    project.bursar(&["validate"]).assert().success();
}
