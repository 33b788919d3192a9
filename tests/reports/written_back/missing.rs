//! A row that is gone is a deletion only where somebody says so.

use snapbox::str;

use super::{IMPORT, WRITE, diff, project, save};
use crate::documents::holds;

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
