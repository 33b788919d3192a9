//! A workbook that comes back from finance people is written into the files.

use std::path::Path;

use snapbox::str;

use crate::documents::holds;
use crate::support::Project;

/// An estate in git, with its workbook.
fn project() -> Project {
    let project = Project::new();
    project.write(
        "structure.yaml",
        r#"# Finance keeps this file
cost_centers:
  BU-0: {name: Group, manager: {name: Ana Souza, email: ana@acme.example}}   # the board
  OLD: {name: Legacy, parent: BU-0, to: "2025-03"}
  # sells things
  SHOP: {name: "Shop", parent: BU-0}
budgets:
  FY2027: {BU-0: 120000, SHOP: 20000.50} # agreed in March
accounts:
  "310987654321":
    organization: acme
    name: Data lake
    cost_center:
      - {split: {CC-110: 60, SHOP: 40}}                    # as ever
      - {from: "2027-01", split: [CC-110, CC-120, SHOP]}   # since the reform
"#,
    );
    project.git(&["init", "--quiet"]);
    commit(&project, "structure");
    project
        .bursar(&["structure", "export", "finance.xlsx"])
        .assert()
        .success();
    project
}

fn commit(project: &Project, message: &str) {
    project.git(&["add", "--", "*.yaml"]);
    project.git(&[
        "commit",
        "--quiet",
        "--date",
        "2026-11-20T09:00:00Z",
        "--message",
        message,
    ]);
}

type Rows = Vec<Vec<String>>;

/// Saves the workbook with other rows, as a spreadsheet program would.
fn save(path: &Path, change: impl Fn(&str, &mut Rows)) {
    use calamine::{Reader, Xlsx, open_workbook};
    let mut old: Xlsx<_> = open_workbook(path).unwrap();
    let mut new = rust_xlsxwriter::Workbook::new();
    for name in old.sheet_names() {
        let range = old.worksheet_range(&name).unwrap();
        let row = |row: &[calamine::Data]| row.iter().map(ToString::to_string).collect();
        let mut rows: Rows = range.rows().map(row).collect();
        change(&name, &mut rows);
        let sheet = new.add_worksheet();
        sheet.set_name(&name).unwrap();
        for (at, cells) in (0u32..).zip(rows) {
            for (column, cell) in (0u16..).zip(cells) {
                match cell.parse::<f64>() {
                    Ok(number) if !cell.starts_with('0') && cell.len() < 12 => {
                        sheet.write_number(at, column, number).unwrap();
                    }
                    _ if cell.is_empty() => {}
                    _ => {
                        sheet.write_string(at, column, cell).unwrap();
                    }
                }
            }
        }
    }
    new.save(path).unwrap();
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The cells of the row that begins or is known by a text.
fn of<'r>(rows: &'r mut Rows, column: usize, text: &str) -> &'r mut Vec<String> {
    rows.iter_mut().find(|row| row[column] == text).unwrap()
}

fn diff(project: &Project) -> String {
    let output = std::process::Command::new("git")
        .current_dir(project.path())
        .args(["diff", "--no-color", "--unified=0"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("index "));
    lines.map(|line| format!("{line}\n")).collect()
}

const IMPORT: [&str; 3] = ["structure", "import", "finance.xlsx"];
const WRITE: [&str; 4] = ["structure", "import", "finance.xlsx", "--write"];

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

#[test]
fn a_conflict_says_who_wrote_our_side() {
    let project = project();
    let path = project.path().join("finance.xlsx");
    save(&path, |sheet, rows| {
        if sheet == "Cost Centers" {
            of(rows, 3, "BU-0")[2] = "Holding".into();
            of(rows, 3, "SHOP")[2] = "Shops".into();
            of(rows, 3, "CC-110")[2] = "Paying".into();
        }
    });
    project.edit("structure.yaml", "name: Group", "name: The group");
    commit(&project, "rename");
    project.edit("structure.yaml", "\"Shop\"", "\"Stores\"");
    let before = std::fs::read_to_string(project.path().join("finance.yaml")).unwrap();
    project
        .bursar(&WRITE)
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
finance.xlsx: 2 conflicts, 1 change since [..]

Changed here and there
  cost_center/BU-0  Cost Center Name, Cost Centers!C2
      it was `Group`
      the workbook says `Holding`
      declared now is `The group`  (structure.yaml:3, Ana Souza on 2026-11-20 in [..])
  cost_center/SHOP  Cost Center Name, Cost Centers!C4
      it was `Shop`
      the workbook says `Shops`
      declared now is `Stores`  (structure.yaml:6, not committed yet)
  help: settle each: write the same value here and there, and import again

Changed in the workbook
  cost_center/CC-110  Cost Center Name, Cost Centers!C6
      `Payments` → `Paying`

"#]])
        .stderr_eq(str![[r#"
note: nothing was written

"#]]);
    let document = project.json(&[&WRITE[..], &["--json"]].concat());
    holds("workbook", &document);
    assert_eq!(document["conflicts"][0]["declared"]["author"], "Ana Souza");
    assert_eq!(document["conflicts"][1]["declared"]["committed"], false);
    assert_eq!(document["written"], false);
    let after = std::fs::read_to_string(project.path().join("finance.yaml")).unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_missing_row_is_a_deletion_only_where_somebody_says_so() {
    let project = project();
    let path = project.path().join("finance.xlsx");
    save(&path, |sheet, rows| match sheet {
        "Cost Centers" => rows.retain(|row| row[3] != "OLD"),
        "Budgets" => rows.retain(|row| row[0] != "BU-0" && row[0] != "CC-120"),
        "Workspaces" => rows.retain(|row| row[2] != "210987654323"),
        _ => {}
    });
    project
        .bursar(&WRITE)
        .assert()
        .success()
        .stdout_eq(str![[r#"
finance.xlsx: 4 rows missing since [..]

Without a row any more: left as declared, a missing row is no deletion
  cost_center/OLD
  budget/BU-0/FY2027
  budget/CC-120/FY2027
  account/aws/210987654323
  help: `--delete-missing` takes cost centres and budgets out that have no row

"#]]);
    assert_eq!(diff(&project), "");
    let delete = [&WRITE[..], &["--delete-missing"]].concat();
    let document = project.json(&[&IMPORT[..], &["--delete-missing", "--json"]].concat());
    holds("workbook", &document);
    project
        .bursar(&delete)
        .assert()
        .success()
        .stdout_eq(str![[r#"
finance.xlsx: 3 deletions, 1 row missing since [..]

Deleted, as there is no row any more
  cost_center/OLD
  budget/BU-0/FY2027
  budget/CC-120/FY2027

Without a row any more: left as declared, a missing row is no deletion
  account/aws/210987654323
  help: an account is never taken out by a workbook: close it where it is
        declared (`closed: YYYY-MM-DD`), or take it out there with a word under
        `removed:`; where nobody pays for it, keep its row with an empty code

Written
  finance.yaml
  structure.yaml

Next: `git diff`, then `bursar plan`

"#]]);
    snapbox::assert_data_eq!(
        diff(&project),
        str![[r#"
diff --git a/finance.yaml b/finance.yaml
--- a/finance.yaml
+++ b/finance.yaml
@@ -10 +9,0 @@ budgets:
-    CC-120: {"2026-04": 9000, "2026-05": 9000, "2026-06": 9000}
diff --git a/structure.yaml b/structure.yaml
--- a/structure.yaml
+++ b/structure.yaml
@@ -4 +3,0 @@ cost_centers:
-  OLD: {name: Legacy, parent: BU-0, to: "2025-03"}
@@ -8 +7 @@ budgets:
-  FY2027: {BU-0: 120000, SHOP: 20000.50} # agreed in March
+  FY2027: {SHOP: 20000.50} # agreed in March

"#]]
    );
    // What changed here since is not taken out.
    project.git(&["checkout", "--quiet", "."]);
    project.edit("structure.yaml", "name: Legacy", "name: Legacy systems");
    project.bursar(&delete).assert().code(1).stdout_eq(str![[r#"
finance.xlsx: 1 lost row, 2 deletions, 1 row missing since [..]

Without a row any more, and changed here since
  cost_center/OLD  (structure.yaml:4, not committed yet)
  help: take them out by hand, or export a new workbook and delete their rows
        there

To be deleted, as there is no row any more
  budget/BU-0/FY2027
  budget/CC-120/FY2027

Without a row any more: left as declared, a missing row is no deletion
  account/aws/210987654323
  help: an account is never taken out by a workbook: close it where it is
        declared (`closed: YYYY-MM-DD`), or take it out there with a word under
        `removed:`; where nobody pays for it, keep its row with an empty code

"#]]);
}

#[test]
fn what_cannot_be_changed_safely_is_refused_before_anything_is_written() {
    let project = project();
    project.write(
        "more.yaml",
        "cost_centers:\n  X-1: {name: &n One}\n  X-2: {name: *n}\n",
    );
    commit(&project, "more");
    let export = ["structure", "export", "finance.xlsx", "--force"];
    project.bursar(&export).assert().success();
    let path = project.path().join("finance.xlsx");
    let rename = |code: &'static str| {
        project.bursar(&export).assert().success();
        save(&path, |sheet, rows| match sheet {
            "Cost Centers" => of(rows, 3, code)[2] = "New".into(),
            "Budgets" => of(rows, 0, "SHOP")[3] = "1".into(),
            _ => {}
        });
    };
    rename("X-1");
    project.bursar(&WRITE).assert().code(1).stderr_eq(str![[r#"
error[structure.unwritable]: more.yaml:2 cannot be changed: the value is used in
       other places as `*n`
  help: write the value itself in the places where it is meant, without `&` and
        `*`
  help: nothing was written

"#]]);
    rename("X-2");
    project.bursar(&WRITE).assert().code(1).stderr_eq(str![[r#"
error[structure.unwritable]: more.yaml:3 cannot be changed: the value is that of
       the anchor `&n`
  help: write the value itself in the places where it is meant, without `&` and
        `*`
  help: nothing was written

"#]]);
    // What the rules refuse is refused with the lines as they would be.
    project.bursar(&export).assert().success();
    save(&path, |sheet, rows| {
        if sheet == "Cost Centers" {
            of(rows, 3, "BU-0")[4] = "SHOP".into();
        }
    });
    project.bursar(&WRITE).assert().code(1).stderr_eq(str![[r#"
1 error in 1 file

error[cycle.cost-center]: cost centres are each other's parents: BU-0 → SHOP →
  BU-0
   ╭─[structure.yaml:3:84]
 2 │ cost_centers:
 3 │ …cme.example}, parent: SHOP}   # the board
   ·                        ──┬─
   ·                          ╰── leads back here
 4 │   OLD: {name: Legacy, parent: BU-0, to: "2025-03"}
 5 │   # sells things
 6 │   SHOP: {name: "Shop", parent: BU-0}
   ·                                ──┬─
   ·                                  ╰── goes on here
 7 │ budgets:
   ╰────
  help: take `parent` out of one of them, or name another parent

`bursar explain CODE` tells more about a code in brackets
error[structure.invalid]: with these changes the project would not be valid;
       nothing was written
  help: correct the workbook where it says so above; the lines are those of the
        files as they would be

"#]]);
    // Cells that nothing can be made of.
    project.bursar(&export).assert().success();
    save(&path, |sheet, rows| match sheet {
        "Cost Centers" => of(rows, 3, "SHOP")[4] = "BU-9".into(),
        "Budgets" => {
            let budget = of(rows, 0, "SHOP");
            budget[3..15].fill(String::new());
        }
        "Workspaces" => {
            of(rows, 2, "210987654321")[5] = "CC-1100".into();
            rows.push(row(&[
                "aws",
                "acme",
                "210987654322",
                "",
                "2027-02",
                "",
                "100",
            ]));
        }
        _ => {}
    });
    project.bursar(&WRITE).assert().code(1).stdout_eq(str![[r#"
finance.xlsx: 4 wrong cells, 15 changes since [..]

Budgets!D5: the budget of SHOP has no amount in any month
  help: write amounts, 0 for none; a budget that is not wanted any more loses
        its row, with `--delete-missing`

Cost Centers!E4: no cost centre has the code `BU-9`
  help: correct the code, or add the cost centre to the sheet Cost Centers

Workspaces!F2: no cost centre has the code `CC-1100`
  help: correct the code, or add the cost centre to the sheet Cost Centers

Workspaces!F10: 210987654322 would fall on nobody from 2027-02 on
  help: write a code; an account that has ended is closed where it is declared
        (`closed: YYYY-MM-DD`)

Changed in the workbook
  cost_center/SHOP  Parent Code, Cost Centers!E4
      `BU-0` → `BU-9`
  budget/SHOP/FY2027  Apr, Budgets!D5
      `1666.71` → nothing
  budget/SHOP/FY2027  May, Budgets!E5
      `1666.71` → nothing
  budget/SHOP/FY2027  Jun, Budgets!F5
      `1666.71` → nothing
  budget/SHOP/FY2027  Jul, Budgets!G5
      `1666.71` → nothing
  budget/SHOP/FY2027  Aug, Budgets!H5
      `1666.71` → nothing
  budget/SHOP/FY2027  Sep, Budgets!I5
      `1666.71` → nothing
  budget/SHOP/FY2027  Oct, Budgets!J5
      `1666.71` → nothing
  budget/SHOP/FY2027  Nov, Budgets!K5
      `1666.71` → nothing
  budget/SHOP/FY2027  Dec, Budgets!L5
      `1666.71` → nothing
  budget/SHOP/FY2027  Jan, Budgets!M5
      `1666.71` → nothing
  budget/SHOP/FY2027  Feb, Budgets!N5
      `1666.7` → nothing
  budget/SHOP/FY2027  Mar, Budgets!O5
      `1666.7` → nothing
  account/aws/210987654321  Cost Center Code, Workspaces!F2
      `CC-110` → `CC-1100`
  account/aws/210987654322  Cost Center Code, Workspaces!F3
      `CC-110` → `CC-110; from 2027-02 nobody`

"#]]);
    assert_eq!(diff(&project), "");
}

#[test]
fn nobody_pays_cannot_be_said_below_defaults() {
    let project = project();
    let path = project.path().join("finance.xlsx");
    save(&path, |sheet, rows| {
        if sheet == "Workspaces" {
            of(rows, 2, "210987654322")[5] = String::new();
        }
    });
    project.bursar(&WRITE).assert().code(1).stderr_eq(str![[r#"
error[structure.unwritable]: `210987654322` in teams/payments.yaml cannot fall
       on nobody: `defaults` give it the cost centre `CC-110`
  help: name a cost centre in the workbook, or take `cost_center` out of the
        `defaults` first
  help: nothing was written

"#]]);
    // Where it is what the defaults say anyway, nothing is written of it.
    save(&path, |sheet, rows| {
        if sheet == "Workspaces" {
            of(rows, 2, "210987654322")[5] = "SHOP".into();
        }
    });
    project.bursar(&WRITE).assert().success();
    save(&path, |sheet, rows| {
        if sheet == "Workspaces" {
            of(rows, 2, "210987654322")[5] = "CC-110".into();
        }
    });
    project
        .bursar(&[&WRITE[..], &["--base", "HEAD"]].concat())
        .assert()
        .success();
}

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
