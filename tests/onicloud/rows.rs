//! Rows that people made, changed and removed in Onicloud, beside ours.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::book::Book;
use crate::estate::{Estate, drifted, names};

fn hand_made(book: &mut Book) {
    let cells = [
        ("Cost Center Name", "Made by hand"),
        ("Cost Center Code", "HAND"),
        ("Manager e-mail", "zoe@acme.example"),
    ];
    book.add("Cost Centers", &cells);
    let cells = [
        ("Provider", "aws"),
        ("Workspace ID", "999999999999"),
        ("Cost Center Code", "HAND"),
    ];
    book.add("Workspaces", &cells);
}

#[test]
fn what_nobody_declares_is_kept_and_named() {
    let estate = Estate::loaded();
    estate.by_hand(|book| {
        hand_made(book);
        // A column and a sheet that bursar does not know.
        for (at, row) in book.sheet("Cost Centers").iter_mut().enumerate() {
            row.push(if at == 0 {
                "Colour".into()
            } else {
                format!("colour {at}")
            });
        }
        book.0.push((
            "Instructions".into(),
            vec![vec!["Fill in all sheets".into()]],
        ));
    });
    let plan = estate.planned();
    let kept = ["cost_center/HAND", "account/aws/999999999999"];
    assert_eq!(names(&plan, "unmanaged"), kept);
    assert_eq!((names(&plan, "waiting"), drifted(&plan)), (vec![], vec![]));
    estate.edit("finance.yaml", "name: Platform", "name: Engineering");
    assert_data_eq!(
        estate.plan(),
        str![[r#"
Plan: 1 to change, nothing deleted

Changed
  ~ cost_center/CC-120  Engineering                               finance.yaml:5
      name: Platform → Engineering

Onicloud
  not managed here, kept: cost_center/HAND, account/aws/999999999999
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account

Next: `bursar apply --offline` (digest ec330e9e1864f9fbfa45a5e4bf6e4359)

"#]]
    );
    estate.apply();
    let mut upload = estate.upload();
    assert_eq!(
        upload.cell("Cost Centers", "HAND", "Manager e-mail"),
        "zoe@acme.example"
    );
    assert_eq!(
        upload.cell("Workspaces", "999999999999", "Cost Center Code"),
        "HAND"
    );
    assert_eq!(
        upload.cell("Cost Centers", "CC-120", "Cost Center Name"),
        "Engineering"
    );
    assert_eq!(upload.cell("Cost Centers", "CC-120", "Colour"), "colour 3");
    assert_eq!(upload.sheet("Instructions")[0], ["Fill in all sheets"]);
}

#[test]
fn what_was_made_by_hand_is_adopted_once_it_is_declared() {
    let estate = Estate::loaded();
    estate.by_hand(|book| {
        hand_made(book);
        let budget = [
            ("Cost Center Code", "HAND"),
            ("Fiscal Year", "FY2027"),
            ("Apr", "60"),
            ("May", "60"),
        ];
        book.add("Budgets", &budget);
    });
    estate.edit(
        "finance.yaml",
        "cost_centers:\n",
        "cost_centers:\n  HAND: {name: Ours now}\n",
    );
    estate.edit(
        "finance.yaml",
        "FY2027: {",
        "FY2027: {HAND: {2026-04: 60, 2026-05: 60}, ",
    );
    let plan = estate.planned();
    assert_eq!(plan["changes"][0]["action"], "adopt");
    assert_eq!(plan["changes"][0]["fields"][0]["before"], "Made by hand");
    // A budget is the same, however it is written.
    assert_eq!(plan["changes"][1]["address"], "budget/HAND/FY2027");
    assert_eq!(plan["changes"][1]["action"], "adopt");
    assert_eq!(plan["changes"][1]["fields"], json!([]));
    assert_eq!(names(&plan, "unmanaged"), ["account/aws/999999999999"]);
    estate.apply();
    let mut upload = estate.upload();
    assert_eq!(
        upload.cell("Cost Centers", "HAND", "Cost Center Name"),
        "Ours now"
    );
    // What nobody says here stays as it was there.
    assert_eq!(
        upload.cell("Cost Centers", "HAND", "Manager e-mail"),
        "zoe@acme.example"
    );
    estate.carry();
    assert_eq!(names(&estate.planned(), "waiting"), Vec::<String>::new());
}

#[test]
fn what_somebody_changed_there_is_drift_and_stays_until_it_is_asked_for() {
    let estate = Estate::loaded();
    estate.by_hand(|book| {
        *book.cell("Cost Centers", "CC-110", "Cost Center Name") = "Renamed there".into();
        *book.cell("Budgets", "CC-110", "Apr") = "99".into();
        *book.cell("Workspaces", "210987654321", "Cost Center Code") = "CC-120".into();
        book.sheet("Cost Centers").retain(|row| row[3] != "CC-120");
    });
    assert_data_eq!(
        estate.plan(),
        str![[r#"
No changes: 10 resources are registered as declared

Drifted: changed on the platform, not here
  ! account/aws/210987654321
      cost centre: CC-120 (declared: CC-110)
  ! budget/CC-110/FY2027
      amount: 110099 (declared: 120000)
  ! cost_center/CC-110
      name: Renamed there (declared: Payments)
  ! cost_center/CC-120  gone from the platform
  `bursar apply --drift-only` writes back what is declared

Onicloud
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account

"#]]
    );
    estate.apply();
    let mut upload = estate.upload();
    assert_eq!(
        upload.cell("Cost Centers", "CC-110", "Cost Center Name"),
        "Renamed there"
    );
    assert_eq!(
        upload.below("Cost Centers", "Cost Center Code"),
        ["BU-1", "CC-110"]
    );
    estate
        .run(&["apply", "--offline", "--auto-approve", "--drift-only"])
        .expect(0);
    let mut upload = estate.upload();
    assert_eq!(
        upload.cell("Cost Centers", "CC-110", "Cost Center Name"),
        "Payments"
    );
    assert_eq!(upload.cell("Budgets", "CC-110", "Apr"), "10000");
    assert_eq!(
        upload.cell("Workspaces", "210987654321", "Cost Center Code"),
        "CC-110"
    );
    assert_eq!(
        upload.cell("Cost Centers", "CC-120", "Cost Center Name"),
        "Platform"
    );
    let plan = estate.planned();
    assert_eq!(drifted(&plan), Vec::<String>::new());
    assert_eq!(names(&plan, "waiting").len(), 4);
    estate.carry();
    let plan = estate.planned();
    assert_eq!((names(&plan, "waiting"), drifted(&plan)), (vec![], vec![]));
}

#[test]
fn what_is_removed_here_is_left_out_until_it_is_gone_there() {
    let estate = Estate::loaded();
    estate.by_hand(hand_made);
    estate.edit(
        "finance.yaml",
        "  CC-120: {name: Platform, parent: BU-1}\n",
        "",
    );
    estate.edit("finance.yaml", ", CC-120: {amount: 700, currency: BRL}", "");
    estate.edit(
        "accounts.yaml",
        "[{split: {CC-110: 40, CC-120: 60}}, {from: 2027-03, cost_center: CC-110}]",
        "CC-110",
    );
    estate.apply();
    let codes = |mut book: Book| book.below("Cost Centers", "Cost Center Code");
    assert_eq!(codes(estate.upload()), ["BU-1", "CC-110", "HAND"]);
    assert_eq!(
        estate.upload().below("Budgets", "Cost Center Code"),
        ["CC-110"]
    );
    let plan = estate.planned();
    assert_eq!(
        names(&plan, "leaving"),
        ["cost_center/CC-120", "budget/CC-120/FY2027"]
    );
    // Another change before the upload brings nothing back.
    estate.edit("finance.yaml", "name: Payments", "name: Pay");
    estate.apply();
    assert_eq!(codes(estate.upload()), ["BU-1", "CC-110", "HAND"]);
    estate.carry();
    let plan = estate.planned();
    assert_eq!(names(&plan, "leaving"), Vec::<String>::new());
    assert_eq!(plan["changes"], json!([]));
    // Somebody makes it again by hand: it is theirs.
    estate.apply();
    estate.by_hand(|book| {
        let cells = [
            ("Cost Center Name", "Platform"),
            ("Cost Center Code", "CC-120"),
        ];
        book.add("Cost Centers", &cells);
    });
    let plan = estate.planned();
    assert_eq!(names(&plan, "leaving"), Vec::<String>::new());
    assert!(names(&plan, "unmanaged").contains(&"cost_center/CC-120".to_owned()));
}

#[test]
fn what_is_forgotten_stays_there() {
    let estate = Estate::loaded();
    estate.edit(
        "accounts.yaml",
        "  '210987654321': {organization: acme, name: Shop, cost_center: CC-110}\n",
        "",
    );
    let forget = "removed:\n  account/aws/210987654321: {action: forget}\n";
    estate.write("removed.yaml", forget);
    estate.apply();
    assert_eq!(
        estate.upload().below("Workspaces", "Workspace ID"),
        ["210987654321", "210987654322"]
    );
    assert_eq!(
        names(&estate.planned(), "unmanaged"),
        ["account/aws/210987654321"]
    );
}

#[test]
fn a_renamed_cost_centre_takes_its_row_along() {
    let estate = Estate::loaded();
    estate.edit(
        "finance.yaml",
        "  CC-110: {name: Payments,",
        "  CC-111: {name: Payments, previously: [CC-110],",
    );
    estate.edit("finance.yaml", "FY2027: {CC-110:", "FY2027: {CC-111:");
    for (old, new) in [
        ("cost_center: CC-110}\n", "cost_center: CC-111}\n"),
        ("CC-110: 40", "CC-111: 40"),
        ("cost_center: CC-110}]", "cost_center: CC-111}]"),
    ] {
        estate.edit("accounts.yaml", old, new);
    }
    estate.apply();
    let mut upload = estate.upload();
    let codes = upload.below("Cost Centers", "Cost Center Code");
    assert_eq!(codes, ["BU-1", "CC-120", "CC-111"]);
    assert_eq!(
        upload.below("Budgets", "Cost Center Code"),
        ["CC-120", "CC-111"]
    );
    assert_eq!(
        upload.cell("Workspaces", "210987654321", "Cost Center Code"),
        "CC-111"
    );
    estate.carry();
    let plan = estate.planned();
    assert_eq!(
        (
            names(&plan, "waiting"),
            names(&plan, "leaving"),
            drifted(&plan)
        ),
        (vec![], vec![], vec![])
    );
}

#[test]
fn what_is_no_longer_said_goes_from_its_row() {
    let estate = Estate::loaded();
    estate.edit("finance.yaml", ", alerts: [50, 80, 100]", "");
    estate.edit(
        "accounts.yaml",
        "name: Shop, cost_center: CC-110",
        "name: Shop",
    );
    estate.apply();
    let mut upload = estate.upload();
    assert_eq!(upload.cell("Cost Centers", "CC-110", "Alert 1 %"), "");
    assert_eq!(
        upload.cell("Workspaces", "210987654321", "Cost Center Code"),
        ""
    );
    estate.carry();
    let plan = estate.planned();
    assert_eq!((names(&plan, "waiting"), drifted(&plan)), (vec![], vec![]));
}

#[test]
fn a_column_for_percentages_carries_splits() {
    let estate = Estate::loaded();
    estate.by_hand(|book| {
        for (at, row) in book.sheet("Workspaces").iter_mut().enumerate() {
            row.push(if at == 0 {
                "Percent".into()
            } else {
                "100".into()
            });
        }
    });
    // What could not be held before is not somebody's change.
    let waiting = names(&estate.planned(), "waiting");
    assert_eq!(waiting, ["account/aws/210987654322"]);
    estate.apply();
    let mut upload = estate.upload();
    assert_eq!(
        upload.below("Workspaces", "Cost Center Code"),
        ["CC-110", "CC-110", "CC-120"]
    );
    assert_eq!(upload.below("Workspaces", "Percent"), ["100", "40", "60"]);
    estate.carry();
    assert_eq!(names(&estate.planned(), "waiting"), Vec::<String>::new());
}

#[test]
fn parents_that_somebody_entered_stay_where_none_is_declared() {
    let estate = Estate::loaded();
    estate.by_hand(|book| {
        for (at, row) in book.sheet("Cost Centers").iter_mut().enumerate() {
            row.push(if at == 0 {
                "Parent Code".into()
            } else {
                String::new()
            });
        }
        *book.cell("Cost Centers", "BU-1", "Parent Code") = "GROUP".into();
    });
    // Those that are declared wait for the upload.
    let waiting = names(&estate.planned(), "waiting");
    assert_eq!(waiting, ["cost_center/CC-110", "cost_center/CC-120"]);
    estate.apply();
    let mut upload = estate.upload();
    assert_eq!(upload.cell("Cost Centers", "BU-1", "Parent Code"), "GROUP");
    assert_eq!(upload.cell("Cost Centers", "CC-110", "Parent Code"), "BU-1");
    estate.carry();
    estate.apply();
    estate.edit(
        "finance.yaml",
        "name: Platform, parent: BU-1",
        "name: Platform",
    );
    estate.apply();
    assert_eq!(names(&estate.planned(), "waiting"), ["cost_center/CC-120"]);
    let mut upload = estate.upload();
    assert_eq!(upload.cell("Cost Centers", "CC-120", "Parent Code"), "");
}

#[test]
fn rows_of_months_to_come_stay() {
    let estate = Estate::loaded();
    estate.by_hand(|book| {
        for (at, row) in book.sheet("Workspaces").iter_mut().enumerate() {
            row.push(if at == 0 {
                "From".into()
            } else {
                String::new()
            });
        }
        let later = [
            ("Workspace ID", "210987654321"),
            ("Provider", "aws"),
            ("Cost Center Code", "CC-120"),
            ("From", "2027-06"),
        ];
        book.add("Workspaces", &later);
    });
    estate.edit(
        "accounts.yaml",
        "name: Shop, cost_center: CC-110",
        "name: Shop, cost_center: BU-1",
    );
    estate.apply();
    let mut upload = estate.upload();
    let codes = upload.below("Workspaces", "Cost Center Code");
    assert!(codes.contains(&"BU-1".to_owned()), "{codes:?}");
    let from = upload.below("Workspaces", "From");
    assert!(from.contains(&"2027-06".to_owned()), "{from:?}");
}
