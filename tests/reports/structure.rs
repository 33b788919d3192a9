//! The financial structure as it is looked at.

use snapbox::str;

use crate::documents::holds;
use crate::support::Project;

fn project() -> Project {
    let project = Project::new();
    project.write(
        "structure.yaml",
        r#"
cost_centers:
  BU-0: {name: Group, manager: {name: Ana Souza, email: ana@acme.example}}
  SHOP: {name: "Shop \"&\" more", parent: BU-0}
  OLD: {name: Legacy, parent: BU-0, to: 2025-03}
budgets:
  FY2027: {BU-0: 120000, SHOP: 20000.50}
accounts:
  "310987654321":
    organization: acme
    name: Data lake
    cost_center:
      - {split: {CC-110: 60, SHOP: 40}}
      - {from: 2027-01, split: [CC-110, CC-120, SHOP]}
  "310987654322": {organization: acme, name: Nobody's}
  "310987654323": {organization: acme, name: Gone, closed: 2026-10-31}
"#,
    );
    project
}

#[test]
fn the_tree_has_managers_budgets_and_accounts() {
    project()
        .bursar(&["structure", "show", "--month", "2026-11"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
COST CENTRES IN 2026-11           MANAGER           FY2027  ACCOUNTS
BU-0 Group                        Ana Souza    120,000 USD
├ OLD Legacy (not in this month)
└ SHOP Shop "&" more                         20,000.50 USD         1
BU-1 Digital
├ CC-110 Payments                              120,000 USD         4
└ CC-120 Platform                               27,000 USD
BU-2 Operations

7 cost centres, budgets of FY2027: 267,000 USD (what stands within a parent's is
not counted twice); 1 account on no cost centre: `bursar structure coverage`
names them

"#]]);
}

#[test]
fn one_account_is_told_with_its_times_and_its_line() {
    let project = project();
    project
        .bursar(&["structure", "who", "310987654321", "--month", "2026-11"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
account/aws/310987654321, Data lake in 2026-11

   60.00 %  CC-110  Payments, in BU-1
   40.00 %  SHOP    Shop "&" more, in BU-0; Ana Souza <ana@acme.example>

  since ever: CC-110 60% + SHOP 40%
  from 2027-01: CC-110 + CC-120 + SHOP evenly
  declared at structure.yaml:13

"#]]);
    project
        .bursar(&[
            "structure",
            "who",
            "account/aws/310987654321",
            "--month",
            "2027-03",
        ])
        .assert()
        .success()
        .stdout_eq(str![[r#"
account/aws/310987654321, Data lake in 2027-03

   33.34 %  CC-110  Payments, in BU-1
   33.33 %  CC-120  Platform, in BU-1
   33.33 %  SHOP    Shop "&" more, in BU-0; Ana Souza <ana@acme.example>

  since 2027-01: CC-110 + CC-120 + SHOP evenly
  before: CC-110 60% + SHOP 40%
  declared at structure.yaml:14

"#]]);
    project
        .bursar(&["structure", "who", "310987654323", "--month", "2026-11"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
account/aws/310987654323, Gone in 2026-11

  closed on 2026-10-31: no costs are expected any more
  nobody: it falls on no cost centre in this month


"#]]);
    project
        .bursar(&["structure", "who", "999999999999"])
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error[address.unknown]: no account is declared as 999999999999
  help: give an account's address, for example account/aws/210987654321, or its
        id

"#]]);
}

#[test]
fn a_month_is_joined_with_cost_data() {
    project()
        .bursar(&["structure", "who", "--month", "2027-03", "--format", "csv"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Month,ProviderName,BillingAccountId,SubAccountId,SubAccountName,x_CostCenterCode,x_CostCenterName,x_CostCenterPercent,x_CostCenterSource
2027-03,AWS,111122223333,210987654321,Shop production,CC-110,Payments,100.00,teams/payments.yaml:4
2027-03,AWS,111122223333,210987654322,Shop staging,CC-110,Payments,100.00,teams/payments.yaml:4
2027-03,AWS,111122223333,210987654323,Card vault,CC-110,Payments,100.00,teams/payments.yaml:4
2027-03,AWS,111122223333,310987654321,Data lake,CC-110,Payments,33.34,structure.yaml:14
2027-03,AWS,111122223333,310987654321,Data lake,CC-120,Platform,33.33,structure.yaml:14
2027-03,AWS,111122223333,310987654321,Data lake,SHOP,"Shop ""&"" more",33.33,structure.yaml:14
2027-03,AWS,111122223333,310987654322,Nobody's,,,100.00,

"#]]);
}

#[test]
fn what_falls_on_nobody_is_named() {
    let project = project();
    let coverage = ["structure", "coverage", "--month", "2026-11"];
    project
        .bursar(&coverage)
        .assert()
        .success()
        .stdout_eq(str![[r#"
80 % of 5 accounts fall on cost centres in 2026-11

1 on no cost centre
  acme: 1
    account/aws/310987654322  Nobody's

1 on several cost centres, covered by parts

help: give them a `cost_center`, one by one, in the `defaults` of their file, or
      in those of their organization

"#]]);
    let least = [&coverage[..], &["--min", "99.5", "--json"]].concat();
    project
        .bursar(&least)
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
{
  "format_version": 1,
  "month": "2026-11",
  "accounts": 5,
  "covered": 4,
  "percent": "80",
  "on_none": [
    "account/aws/310987654322"
  ],
  "on_closed": [],
  "on_several": [
    "account/aws/310987654321"
  ]
}

"#]])
        .stderr_eq(str![[r#"
error[structure.coverage]: 80 % of the accounts fall on cost centres, and 99.5 %
       are wanted

"#]]);
}

#[test]
fn the_drawing_escapes_what_people_write() {
    let project = project();
    let graph = ["structure", "graph", "--month", "2026-11"];
    project
        .bursar(&graph)
        .assert()
        .success()
        .stdout_eq(str![[r#"
flowchart TD
  c0["BU-0<br/>Group<br/>FY2027 120,000 USD"]
  c5["OLD<br/>Legacy"]
  c6["SHOP<br/>Shop #34;#38;#34; more<br/>FY2027 20,000.50 USD<br/>1 account"]
  c1["BU-1<br/>Digital"]
  c3["CC-110<br/>Payments<br/>FY2027 120,000 USD<br/>4 accounts"]
  c4["CC-120<br/>Platform<br/>FY2027 27,000 USD"]
  c2["BU-2<br/>Operations"]
  c0 --> c5
  c0 --> c6
  c1 --> c3
  c1 --> c4
  classDef gone stroke-dasharray: 4 4
  class c5 gone
  none(["on no cost centre<br/>1 account"])

"#]]);
    let dot = project.bursar(&[&graph[..], &["--format", "dot"]].concat());
    let text = String::from_utf8(dot.assert().success().get_output().stdout.clone()).unwrap();
    let shop = "c6 [label=\"SHOP\\nShop \\\"&\\\" more\\nFY2027 20,000.50 USD\\n1 account\"]";
    assert!(text.contains(shop), "{text}");
}

#[test]
fn documents_are_what_their_schemas_say() {
    let project = project();
    let month = ["--month", "2026-11", "--json"];
    let of = |command: &[&str]| project.json(&[command, &month[..]].concat());
    holds("structure", &of(&["structure", "show"]));
    holds("coverage", &of(&["structure", "coverage"]));
    holds("who", &of(&["structure", "who", "310987654321"]));
    let all = of(&["structure", "who"]);
    holds("who", &all);
    assert_eq!(all["rows"].as_array().unwrap().len(), 6);
}

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
