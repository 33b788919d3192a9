//! What `show`, `who`, `coverage` and `graph` say.

use snapbox::str;

use super::project;
use crate::documents::holds;

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
