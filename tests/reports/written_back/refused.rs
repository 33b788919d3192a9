//! What cannot be changed safely is refused before anything is written.

use snapbox::str;

use super::{WRITE, commit, diff, of, project, row, save};

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
