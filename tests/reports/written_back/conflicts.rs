//! What was changed here and there is nobody's to decide but people's.

use snapbox::str;

use super::{WRITE, commit, of, project, save};
use crate::documents::holds;

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
