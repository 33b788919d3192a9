//! What changes with the months: the tree, and the line that says who pays.

use snapbox::str;

use crate::support::Project;

/// A tree that changes with the months.
fn moving() -> Project {
    let project = Project::new();
    project.write(
        "moving.yaml",
        r#"
cost_centers:
  BU-3: {name: Commerce, manager: {name: Rui Costa, email: rui@acme.example}, previously: [BU-9]}
  CC-130: {name: Retail, parent: [BU-1, {from: 2027-01, parent: BU-9}, {from: 2027-07}]}
accounts:
  "310987654321": {organization: acme, name: Store, cost_center: CC-130}
"#,
    );
    project
}

#[test]
fn each_month_has_its_own_tree() {
    let project = moving();
    let show = |month| project.bursar(&["structure", "show", "--month", month]);
    show("2026-12").assert().success().stdout_eq(str![[r#"
COST CENTRES IN 2026-12  MANAGER         FY2027  ACCOUNTS
BU-1 Digital
├ CC-110 Payments             120,000 USD         3
├ CC-120 Platform              27,000 USD
└ CC-130 Retail                                   1
BU-2 Operations
BU-3 Commerce      Rui Costa

6 cost centres, budgets of FY2027: 147,000 USD (what stands within a parent's is
not counted twice)

"#]]);
    show("2027-01").assert().success().stdout_eq(str![[r#"
COST CENTRES IN 2027-01  MANAGER         FY2027  ACCOUNTS
BU-1 Digital
├ CC-110 Payments             120,000 USD         3
└ CC-120 Platform              27,000 USD
BU-2 Operations
BU-3 Commerce      Rui Costa
└ CC-130 Retail                                   1

6 cost centres, budgets of FY2027: 147,000 USD (what stands within a parent's is
not counted twice)

"#]]);
    show("2027-07").assert().success().stdout_eq(str![[r#"
COST CENTRES IN 2027-07  MANAGER    FY2028  ACCOUNTS
BU-1 Digital
├ CC-110 Payments                            3
└ CC-120 Platform
BU-2 Operations
BU-3 Commerce      Rui Costa
CC-130 Retail                                1

6 cost centres, budgets of FY2028: none

"#]]);
    let who = ["structure", "who", "310987654321", "--month", "2027-02"];
    project.bursar(&who).assert().success().stdout_eq(str![[r#"
account/aws/310987654321, Store in 2027-02

  100.00 %  CC-130  Retail, in BU-3; Rui Costa <rui@acme.example>

  since ever: CC-130
  declared at moving.yaml:6

"#]]);
    let graph = ["structure", "graph", "--month", "2027-02"];
    project
        .bursar(&graph)
        .assert()
        .success()
        .stdout_eq(str![[r#"
flowchart TD
  c0["BU-1<br/>Digital"]
  c3["CC-110<br/>Payments<br/>FY2027 120,000 USD<br/>3 accounts"]
  c4["CC-120<br/>Platform<br/>FY2027 27,000 USD"]
  c1["BU-2<br/>Operations"]
  c2["BU-3<br/>Commerce"]
  c5["CC-130<br/>Retail<br/>1 account"]
  c0 --> c3
  c0 --> c4
  c2 --> c5

"#]]);
}

#[test]
fn parents_of_many_months_come_back_from_a_workbook() {
    let project = moving();
    project
        .bursar(&["structure", "export", "finance.xlsx"])
        .assert()
        .success();
    project
        .bursar(&["structure", "import", "finance.xlsx"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
finance.xlsx: nothing changed

"#]]);
}

/// The line is that of the period in force, also where it comes through defaults.
#[test]
fn the_line_of_a_period_is_named() {
    let project = Project::new();
    project.write(
        "teams/data.yaml",
        r#"
defaults:
  organization: acme
  cost_center:
    - CC-110
    - from: 2027-01
      split: [CC-110, CC-120]
accounts:
  "310987654321": Through the file
  "310987654322":
    name: Its own
    cost_center:
      - {from: 2026-04, cost_center: CC-110}
      # from the new year on
      - {from: 2027-01, cost_center: CC-120}
  "310987654323": {name: In one line, cost_center: [CC-110, {from: 2027-01, cost_center: CC-120}]}
  "310987654324": {name: Whole, cost_center: CC-120}
"#,
    );
    project.write(
        "labs.yaml",
        r#"
organizations:
  labs:
    provider: aws
    id: o-abcdefghik
    credentials: payers
    defaults:
      cost_center:
        - CC-120
        - {from: 2027-01, cost_center: CC-110}
payers:
  "444455556666": {organization: labs, name: Labs}
"#,
    );
    project.write(
        "teams/labs.yaml",
        "accounts:\n  \"410987654321\": {organization: labs, name: Bench}\n",
    );
    let lines = |month: &str| -> Vec<String> {
        let arguments = ["structure", "who", "--json", "--month", month];
        let rows = project.json(&arguments)["rows"].as_array().unwrap().clone();
        let told = rows.iter().map(|row| {
            let name = row["sub_account_name"].as_str().unwrap();
            format!("{name}: {}", row["source"].as_str().unwrap())
        });
        let mut told: Vec<String> = told.filter(|line| !line.contains("payments")).collect();
        told.dedup();
        told
    };
    assert_eq!(
        lines("2026-12"),
        [
            "Through the file: teams/data.yaml:5",
            "Its own: teams/data.yaml:13",
            "In one line: teams/data.yaml:16",
            "Whole: teams/data.yaml:17",
            "Bench: labs.yaml:9",
        ]
    );
    assert_eq!(
        lines("2027-01"),
        [
            "Through the file: teams/data.yaml:6",
            "Its own: teams/data.yaml:15",
            "In one line: teams/data.yaml:16",
            "Whole: teams/data.yaml:17",
            "Bench: labs.yaml:10",
        ]
    );
    // Before the first period nobody pays, and what says so is the list.
    assert!(lines("2026-03").contains(&"Its own: teams/data.yaml:12".to_owned()));
    let who = ["structure", "who", "310987654321", "--month", "2027-02"];
    project.bursar(&who).assert().success().stdout_eq(str![[r#"
account/aws/310987654321, Through the file in 2027-02

   50.00 %  CC-110  Payments, in BU-1
   50.00 %  CC-120  Platform, in BU-1

  since 2027-01: CC-110 + CC-120 evenly
  before: CC-110
  declared at teams/data.yaml:6 (defaults)

"#]]);
}
